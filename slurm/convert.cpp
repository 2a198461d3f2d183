#include "slurm/convert.h"

#include <sys/wait.h>

#include <algorithm>
#include <iterator>

#include "slurm/contact.h"
#include "slurm/request.h"

namespace sealyard::slurm {
namespace {

struct Reason {
  std::uint32_t code;
  const char* text;
};
constexpr Reason kReasons[] = {
#include "slurm/reasons.inc"
};

std::string reason_text(std::uint32_t code) {
  const auto* const found = std::ranges::find(kReasons, code, &Reason::code);
  return found == std::end(kReasons) ? fmt::format("reason {}", code) : found->text;
}

std::uint64_t memory_per_host(const slurm_job_info_t& record) {
  std::uint64_t mib = record.pn_min_memory;
  if (mib & MEM_PER_CPU) {
    mib &= ~MEM_PER_CPU;
    const std::uint32_t hosts = std::max(record.num_nodes, 1u);
    mib *= (record.num_cpus + hosts - 1) / hosts;
  }
  return mib << 20;
}

}  // namespace

State to_state(std::uint32_t job_state) {
  switch (job_state & JOB_STATE_BASE) {
    case JOB_PENDING:
      return State::pending;
    case JOB_RUNNING:
      return State::running;
    case JOB_SUSPENDED:
      return State::suspended;
    case JOB_COMPLETE:
      return State::completed;
    case JOB_CANCELLED:
      return State::cancelled;
    case JOB_TIMEOUT:
      return State::timeout;
    case JOB_NODE_FAIL:
      return State::node_fail;
    case JOB_PREEMPTED:
      return State::preempted;
    case JOB_BOOT_FAIL:
      return State::boot_fail;
    case JOB_DEADLINE:
      return State::deadline;
    case JOB_OOM:
      return State::out_of_memory;
    default:
      return State::failed;
  }
}

JobState to_job(const slurm_job_info_t& record) {
  JobState job;
  job.raw_id = record.job_id;
  job.id.job = record.array_job_id ? record.array_job_id : record.job_id;
  if (record.array_job_id && record.array_task_id != NO_VAL) job.id.task = record.array_task_id;
  job.array_tasks = text(record.array_task_str);
  job.name = text(record.name);
  job.comment = text(record.comment);
  job.user_id = record.user_id;

  job.state = to_state(record.job_state);
  job.completing = record.job_state & JOB_COMPLETING;
  job.configuring = record.job_state & JOB_CONFIGURING;
  job.requeued = record.job_state & (JOB_REQUEUE | JOB_REQUEUE_HOLD);
  job.special_exit = record.job_state & JOB_SPECIAL_EXIT;
  job.held = record.priority == 0 && job.state == State::pending;
  job.reason = reason_text(record.state_reason);
  job.description = text(record.state_desc);

  const int status = static_cast<int>(record.exit_code);
  job.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  job.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (record.derived_ec != NO_VAL) job.step_exit_code = WEXITSTATUS(record.derived_ec);
  job.restarts = record.restart_cnt;

  job.submit_time = record.submit_time;
  job.eligible_time = known_time(record.eligible_time);
  job.start_time = known_time(record.start_time);
  job.end_time = known_time(record.end_time);
  job.preempt_time = known_time(record.preempt_time);
  job.time_limit_s = minutes_to_s(record.time_limit);

  job.nodes = expand_hosts(record.nodes);
  job.cpus = record.num_cpus;
  job.memory_bytes = memory_per_host(record);
  job.priority = record.priority;
  job.slurm_partition = text(record.partition);
  job.constraint = text(record.features);
  job.account = text(record.account);
  job.qos = text(record.qos);
  job.dependency = text(record.dependency);
  job.licences = text(record.licenses);
  job.gres = text(record.tres_per_node);
  job.work_dir = text(record.work_dir);
  job.output = text(record.std_out);
  return job;
}

bool covers(const JobState& job, JobId id) {
  if (id.task < 0) return job.id.job == id.job || job.raw_id == id.job;
  if (job.id.job != id.job) return false;
  if (job.array_tasks.empty()) return job.id.task == id.task;
  // slurmctld shortens a long list with "..."; what is behind it is waiting as well.
  std::string listed = job.array_tasks.substr(0, job.array_tasks.find('%'));
  if (const auto cut = listed.find("..."); cut != listed.npos) return true;
  return std::ranges::count(array_indices(listed), static_cast<std::uint32_t>(id.task)) != 0;
}

std::vector<JobState> load_records(std::uint32_t id) {
  job_info_msg_t* loaded = nullptr;
  const int rc = version::load_job(slurm_load_job, &loaded, id, SHOW_ALL | SHOW_DETAIL);
  const Jobs message(loaded);
  std::vector<JobState> jobs;
  if (rc != SLURM_SUCCESS) {
    if (version::code(rc) == ESLURM_INVALID_JOB_ID) return jobs;
    throw failure(version::code(rc), fmt::format("job {}", id));
  }
  for (std::uint32_t i = 0; i < message->record_count; ++i)
    jobs.push_back(to_job(message->job_array[i]));
  return jobs;
}

}  // namespace sealyard::slurm
