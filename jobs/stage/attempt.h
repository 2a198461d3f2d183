// One run of a stage: which job, which restart, where.
#pragma once
#include <cstdint>
#include <string>

namespace sealyard::stage {

struct Attempt {
  std::uint64_t job_id = 0;  ///< 0: by hand, without Slurm
  unsigned restart = 0;      ///< SLURM_RESTART_COUNT, 0 when unset
  std::string node;          ///< SLURMD_NODENAME, else the host's name
  std::string host;          ///< gethostname(): several slurmd may share a host
  std::int64_t pid = 0;

  /// "job 4711 restart 0 node n03 pid 812": the text of a sector's lock.
  std::string text() const;
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

}  // namespace sealyard::stage
