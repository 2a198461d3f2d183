// What slurmdbd remembers: every attempt of every job, with what it used.
#pragma once
#include <cstdint>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "slurm/job.h"

namespace sealyard::slurm {

/// One run of a job. A requeued job has several with one id; a later one has a later submit_time.
struct Attempt {
  JobId id;
  std::uint32_t raw_id = 0;
  std::string name;
  std::string account;
  std::string slurm_partition;
  std::string comment;  ///< only where AccountingStoreFlags has job_comment
  std::uint32_t user_id = 0;
  std::uint32_t number = 0;  ///< 0 = first attempt among those found under this id and name
  State state = State::pending;
  bool requeued = false;  ///< this attempt ended by going back to the queue
  std::time_t submit_time = 0;
  std::time_t eligible_time = 0;
  std::time_t start_time = 0;
  std::time_t end_time = 0;
  std::int64_t elapsed_s = 0;
  std::int64_t time_limit_s = -1;
  int exit_code = 0;
  int signal = 0;
  std::vector<std::string> nodes;
  std::map<std::string, std::uint64_t> tres;  ///< allocated: "cpu", "mem" (MiB), "gres/gpu", ...
  std::uint64_t max_rss_bytes = 0;            ///< highest of its steps; 0 = never sampled
};

/// What to look for; empty members do not restrict.
struct History {
  std::vector<std::string> names;
  std::vector<JobId> ids;
  std::time_t since = 0;  ///< 0 = the last 30 days
  std::time_t until = 0;  ///< 0 = now
  bool all_users = false;
};

/// Attempts in order of id, then submit time; duplicates of an id (= requeues) included.
/// @throws Error{configuration} the site has no slurmdbd.
/// @throws Error{io} slurmdbd does not answer.
std::vector<Attempt> attempts(const History& history);

/// The site has slurmdbd configured (it need not answer at the moment).
bool has_accounting();

}  // namespace sealyard::slurm
