// Following jobs with one request per tick, and nothing to read while nothing has changed.
#pragma once
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "slurm/job.h"

namespace sealyard::slurm {

/// The jobs slurmctld knows, read incrementally. One per process and user is enough. Poll at least
/// every MinJobAge/3 seconds: an ended job leaves slurmctld after MinJobAge. Not thread-safe.
class Watch {
 public:
  enum class Whose { mine, all };
  explicit Watch(Whose whose = Whose::mine);
  ~Watch();
  Watch(Watch&&) noexcept;
  Watch& operator=(Watch&&) noexcept;

  /// Asks slurmctld. true = jobs() changed; false = nothing has happened since the last call.
  /// @throws Error{io} slurmctld does not answer; jobs() keeps what was last known.
  bool poll();

  /// As of the last poll, in order of id; array tasks one by one, waiting ones in one record.
  const std::vector<JobState>& jobs() const;

  /// Every record that covers this job, task or array.
  std::vector<JobState> find(JobId id) const;
  /// Every record of this name, newest submission first. A record with a known id but another
  /// name is another job: the id was reused.
  std::vector<JobState> find(const std::string& name) const;

  /// slurmctld's clock at its last change; 0 before the first poll.
  std::time_t last_update() const;

 private:
  struct Records;
  std::unique_ptr<Records> records_;
};

}  // namespace sealyard::slurm
