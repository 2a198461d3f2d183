// What the surroundings say, read once.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "jobs/stage/attempt.h"

namespace sealyard::launch {

/// What the system says of this process.
struct Machine {
  std::string host;
  std::int64_t pid = 0;
  unsigned allowed_cpus = 1;  ///< of the affinity mask
  unsigned online_cpus = 1;
};
Machine this_machine();

struct Environment {
  stage::Attempt attempt;
  bool in_slurm = false;
  /// What this process may keep busy: affinity mask, Slurm's share, ranks; outside Slurm so many
  /// percent of it as YC_PARALLEL_NUM says.
  unsigned cpus = 1;
  std::optional<std::uint64_t> memory_bytes;  ///< of this job on this host, when Slurm limits it
  std::string log_level = "info";  ///< RUST_LOG, as users of the reference know it: trace .. error
  std::string parents_folder;      ///< FIL_PROOFS_PARENT_CACHE or /var/tmp/filecoin-parents
  unsigned progress_s = 60;        ///< SEALYARD_PROGRESS_S: between progress lines of a log
};

/// @param get  looks a variable up, nullptr when unset: std::getenv, or a test's table.
/// @throws Error{configuration} a variable that should be a number is not: its name and value.
Environment read_environment(const std::function<const char*(const char*)>& get,
                             const Machine& machine = this_machine());

}  // namespace sealyard::launch
