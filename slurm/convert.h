// libslurm's records as ours. Included by slurm/*.cpp only.
#pragma once
#include <cstdint>
#include <ctime>
#include <optional>
#include <vector>

#include "slurm/job.h"
#include "slurm/version.h"

namespace sealyard::slurm {

JobState to_job(const slurm_job_info_t& record);

/// The base of a job_state; newer, unknown ones count as failed.
State to_state(std::uint32_t job_state);

/// The record speaks of this job or task; also as one of an array's tasks not started yet.
bool covers(const JobState& job, JobId id);

/// slurmctld's records of this job, task or array; nothing when it does not know the id.
std::vector<JobState> load_records(std::uint32_t id);

inline std::int64_t minutes_to_s(std::uint32_t minutes) {
  return minutes == INFINITE || minutes == NO_VAL ? -1 : std::int64_t{minutes} * 60;
}

inline std::time_t known_time(std::time_t time) {
  return time == static_cast<std::time_t>(NO_VAL) || time < 0 ? 0 : time;
}

}  // namespace sealyard::slurm
