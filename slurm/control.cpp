#include <signal.h>

#include <algorithm>
#include <ctime>

#include "slurm/contact.h"
#include "slurm/convert.h"
#include "slurm/description.h"
#include "slurm/submit.h"

namespace sealyard::slurm {
namespace {

using ArrayResponse = Loaded<job_array_resp_msg_t, slurm_free_job_array_resp>;

std::string about(JobId id) { return "job " + id.text(); }

// Some calls answer 0 and put the refusal beside the task it concerns.
int first_code(int rc, const job_array_resp_msg_t* response) {
  if (rc != SLURM_SUCCESS) return version::code(rc);
  for (std::uint32_t i = 0; response && i < response->job_array_count; ++i)
    if (response->error_code[i] != SLURM_SUCCESS) return static_cast<int>(response->error_code[i]);
  return 0;
}

bool already_over(int code) {
  return code == ESLURM_ALREADY_DONE || code == ESLURM_INVALID_JOB_ID ||
         code == ESLURM_TRANSITION_STATE_NO_UPDATE || code == ESLURM_JOB_FINISHED;
}

bool kill(JobId id, int number, std::uint16_t flags) {
  contact();
  const std::string text = id.text();
  const int rc = slurm_kill_job2(text.c_str(), static_cast<std::uint16_t>(number), flags, nullptr);
  const int code = rc == SLURM_SUCCESS ? 0 : version::code(rc);
  if (code != 0 && !already_over(code)) throw failure(code, about(id));
  return code == 0;
}

void send_update(JobId id, job_desc_msg_t& message) {
  std::string text = id.text();
  message.job_id_str = text.data();
  job_array_resp_msg_t* loaded = nullptr;
  const int rc = slurm_update_job2(&message, &loaded);
  const ArrayResponse response(loaded);
  if (const int code = first_code(rc, loaded)) throw failure(code, about(id));
}

void set_priority(JobId id, std::uint32_t priority, std::uint32_t hold) {
  contact();
  job_desc_msg_t message;
  slurm_init_job_desc_msg(&message);
  message.priority = priority;
  message.alloc_sid = hold;
  send_update(id, message);
}

using Suspend = int(char*, job_array_resp_msg_t**);
void suspend_or_resume(JobId id, Suspend* call) {
  contact();
  std::string text = id.text();
  job_array_resp_msg_t* loaded = nullptr;
  const int rc = call(text.data(), &loaded);
  const ArrayResponse response(loaded);
  if (const int code = first_code(rc, loaded)) throw failure(code, about(id));
}

}  // namespace

std::optional<JobState> load(JobId id) {
  contact();
  const auto records = load_records(id.job);
  const auto found =
      std::ranges::find_if(records, [&](const JobState& job) { return covers(job, id); });
  if (found == records.end()) return std::nullopt;
  return *found;
}

bool cancel(JobId id) { return kill(id, SIGKILL, 0); }

bool signal(JobId id, int number, bool batch_too) {
  return kill(id, number, batch_too ? KILL_FULL_JOB : 0);
}

void hold(JobId id) { set_priority(id, 0, ALLOC_SID_USER_HOLD); }
void release(JobId id) { set_priority(id, INFINITE, 0); }
void suspend(JobId id) { suspend_or_resume(id, slurm_suspend2); }
void resume(JobId id) { suspend_or_resume(id, slurm_resume2); }

void requeue(JobId id, bool held) {
  contact();
  std::string text = id.text();
  job_array_resp_msg_t* loaded = nullptr;
  const int rc = slurm_requeue2(text.data(), held ? JOB_REQUEUE_HOLD : 0, &loaded);
  const ArrayResponse response(loaded);
  if (const int code = first_code(rc, loaded)) throw failure(code, about(id));
}

void update(JobId id, const Update& change) {
  contact();
  job_desc_msg_t message;
  slurm_init_job_desc_msg(&message);
  std::deque<std::string> strings;
  const auto set = [&](char*& field, const std::optional<std::string>& value) {
    if (value) field = strings.emplace_back(*value).data();
  };
  set(message.comment, change.comment);
  set(message.partition, change.slurm_partition);
  set(message.qos, change.qos);
  set(message.account, change.account);
  set(message.features, change.constraint);
  set(message.dependency, change.dependency);
  set(message.licenses, change.licences);
  if (change.time_s) message.time_limit = to_minutes(*change.time_s);
  if (change.memory_bytes) message.pn_min_memory = to_mib(*change.memory_bytes);
  if (change.nice)
    message.nice = static_cast<std::uint32_t>(std::int64_t{NICE_OFFSET} + *change.nice);
  if (change.priority) message.priority = *change.priority;
  if (change.begin) message.begin_time = *change.begin;
  if (change.start_soon) message.begin_time = std::time(nullptr) + 2;
  if (change.deadline) message.deadline = *change.deadline;
  if (change.requeue) message.requeue = *change.requeue ? 1 : 0;
  if (change.array_throttle)
    message.array_inx = strings.emplace_back('%' + std::to_string(*change.array_throttle)).data();
  send_update(id, message);
}

}  // namespace sealyard::slurm
