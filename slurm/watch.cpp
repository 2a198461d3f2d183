#include "slurm/watch.h"

#include <unistd.h>

#include <algorithm>

#include "slurm/contact.h"
#include "slurm/convert.h"

namespace sealyard::slurm {

struct Watch::Records {
  Whose whose;
  std::time_t last_update = 0;
  std::vector<JobState> jobs;
};

Watch::Watch(Whose whose) : records_(std::make_unique<Records>(Records{whose, 0, {}})) {}
Watch::~Watch() = default;
Watch::Watch(Watch&&) noexcept = default;
Watch& Watch::operator=(Watch&&) noexcept = default;

bool Watch::poll() {
  contact();
  job_info_msg_t* loaded = nullptr;
  const int rc = slurm_load_jobs(records_->last_update, &loaded, SHOW_ALL | SHOW_DETAIL);
  if (rc != SLURM_SUCCESS && version::code(rc) == SLURM_NO_CHANGE_IN_DATA) return false;
  check(rc, "list of jobs");

  const Jobs message(loaded);
  std::vector<JobState> jobs;
  const uid_t user = getuid();
  for (std::uint32_t i = 0; i < message->record_count; ++i) {
    const slurm_job_info_t& record = message->job_array[i];
    if (records_->whose == Whose::all || record.user_id == user) jobs.push_back(to_job(record));
  }
  std::ranges::sort(jobs, {}, &JobState::id);
  records_->jobs = std::move(jobs);
  records_->last_update = message->last_update;
  return true;
}

const std::vector<JobState>& Watch::jobs() const { return records_->jobs; }

std::time_t Watch::last_update() const { return records_->last_update; }

std::vector<JobState> Watch::find(JobId id) const {
  std::vector<JobState> found;
  std::ranges::copy_if(records_->jobs, std::back_inserter(found),
                       [&](const JobState& job) { return covers(job, id); });
  return found;
}

std::vector<JobState> Watch::find(const std::string& name) const {
  std::vector<JobState> found;
  std::ranges::copy_if(records_->jobs, std::back_inserter(found),
                       [&](const JobState& job) { return job.name == name; });
  std::ranges::stable_sort(found, std::ranges::greater(), &JobState::submit_time);
  return found;
}

}  // namespace sealyard::slurm
