// What proving needs of Slurm, and its jobs.
#pragma once
#include <ctime>
#include <string>
#include <vector>

#include "chain/deadline/files.h"
#include "slurm/accounting.h"
#include "slurm/cluster.h"
#include "slurm/submit.h"

namespace sealyard::deadline {

class Jobs {
 public:
  virtual ~Jobs() = default;
  virtual bool answers() const = 0;
  /// Records of this name, newest first, as of the last poll.
  virtual std::vector<slurm::JobState> find(const std::string& name) const = 0;
  virtual std::vector<slurm::JobState> all() const = 0;
  /// As slurm::submit_once().
  virtual slurm::Submitted submit(const slurm::Request& request, std::time_t since) = 0;
  virtual void cancel(slurm::JobId id) = 0;
  /// What slurmdbd remembers of jobs of these names; nothing where there is none.
  virtual std::vector<slurm::Attempt> past(const std::vector<std::string>& names) const = 0;
  /// As slurm/cluster.h has them.
  virtual std::vector<slurm::Reservation> reservations() const = 0;
  virtual void reserve(const slurm::Reservation& wanted) = 0;
  virtual void move(const slurm::Reservation& wanted) = 0;
  virtual void unreserve(const std::string& name) = 0;
};

/// The job of a part. A check reads and proves nothing. What went wrong for want of memory or time
/// goes better with more of both: every generation asks for half as much again.
/// @param usual_s  how long a partition took until now (usual.h); 0: the model says.
/// @throws Error{configuration} a gres of the settings is not "name" or "name:count".
slurm::Request request(const Part& part, unsigned generation, std::string_view tag,
                       const Files& files, const settings::Settings& settings, double usual_s = 0);

/// One task of an array for each of these parts of a deadline, all of the first generation.
slurm::Request array_request(const std::vector<Part>& parts, std::string_view tag,
                             const Files& files, const settings::Settings& settings,
                             double usual_s = 0);
/// A record of an array that is of, or also of, this task.
bool covers(const slurm::JobState& job, std::uint64_t task);

/// How long the model says that a partition takes, in seconds.
double model_s(const settings::Settings& settings);

}  // namespace sealyard::deadline
