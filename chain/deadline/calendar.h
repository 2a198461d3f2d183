// The proving calendar: cores that Slurm keeps for deadlines to come, so that no job starts on them
// that would not be over by then. A site that does not allow it loses nothing but that.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "chain/deadline/jobs.h"

namespace sealyard::deadline {

/// What the jobs of a deadline need from its challenge on.
struct Need {
  Window window;
  std::uint32_t cores = 0;
  std::int64_t time_s = 0;
};

/// When it is, by the head of now.
struct Moment {
  Epoch head = 0;
  double epoch_s = 30;
  std::int64_t now_ms = 0;
};

/// "sp-3f2a91bc-1000-1440-3"
std::string reservation_name(std::string_view tag, const Window& window);

/// From the epoch in which the challenge is known until its jobs are over, or it closes.
slurm::Reservation reservation(const Need& need, std::string_view tag,
                               const settings::Settings& settings, const Moment& moment);

/// Keeps the reservations of a miner as they are needed; knows none but those that Slurm has.
class Calendar {
 public:
  using Log = std::function<void(bool warning, const std::string& line)>;
  Calendar(const settings::Settings& settings, std::string tag, Jobs& jobs, Log log);

  /// Makes, moves and removes; seldom, however often it is called.
  void tick(const std::vector<Need>& needs, const Moment& moment);

  /// For the jobs of a deadline; empty: it has none.
  std::string of(const Window& window) const;

 private:
  /// False: not now.
  bool make(const slurm::Reservation& wanted);
  void move(const slurm::Reservation& there, const slurm::Reservation& wanted,
            const Moment& moment);

  const settings::Settings& settings_;
  std::string tag_;
  Jobs& jobs_;
  Log log_;
  std::int64_t again_ms_ = 0;
  std::map<std::string, std::time_t> there_;  ///< name and start
  std::string said_;
};

}  // namespace sealyard::deadline
