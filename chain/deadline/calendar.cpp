#include "chain/deadline/calendar.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::deadline {
namespace {

constexpr std::int64_t kLookMs = 30'000;
/// Who may not make one is asked to again so much later.
constexpr std::int64_t kRefusedMs = 3'600'000;
/// Epochs come as they come: what differs by less is left.
constexpr std::int64_t kLeastMoveS = 120;
/// Freed when its jobs are over, and it has become sure that no other follows.
constexpr std::int64_t kPurgeS = 300;

std::string own_name() {
  const auto* user = getpwuid(getuid());
  return user ? user->pw_name : std::to_string(getuid());
}

}  // namespace

std::string reservation_name(std::string_view tag, const Window& window) {
  return fmt::format("sp-{}-{}-{}-{}", tag, window.miner, window.open, window.index);
}

slurm::Reservation reservation(const Need& need, std::string_view tag,
                               const settings::Settings& settings, const Moment& moment) {
  const auto at = [&](Epoch epoch) {
    const auto seconds = static_cast<double>(epoch - moment.head) * moment.epoch_s;
    return static_cast<std::time_t>(moment.now_ms / 1000) +
           static_cast<std::time_t>(std::llround(seconds));
  };
  slurm::Reservation out;
  out.name = reservation_name(tag, need.window);
  out.start = at(need.window.prove());
  out.end = std::min(out.start + std::max<std::int64_t>(need.time_s, 60),
                     std::max(at(need.window.close), out.start + 60));
  out.cores = need.cores;
  out.users = own_name();
  out.slurm_partition = settings.stage(std::string(stage::kWindowPost)).slurm_partition;
  // What runs may run on, jobs of the deadline may take others besides: it can only help them.
  out.ignore_jobs = out.flexible = true;
  out.purge_s = kPurgeS;
  return out;
}

Calendar::Calendar(const settings::Settings& settings, std::string tag, Jobs& jobs, Log log)
    : settings_(settings), tag_(std::move(tag)), jobs_(jobs), log_(std::move(log)) {}

std::string Calendar::of(const Window& window) const {
  const auto name = reservation_name(tag_, window);
  return there_.contains(name) ? name : std::string();
}

void Calendar::tick(const std::vector<Need>& needs, const Moment& moment) {
  if (moment.now_ms < again_ms_ || !jobs_.answers()) return;
  again_ms_ = moment.now_ms + kLookMs;
  try {
    const auto ours = fmt::format("sp-{}-{}-", tag_, settings_.miner);
    std::map<std::string, slurm::Reservation> there;
    for (auto& one : jobs_.reservations())
      if (one.name.starts_with(ours)) there[one.name] = std::move(one);
    there_.clear();
    for (const auto& [name, one] : there) there_[name] = one.start;
    bool all = true;
    for (const auto& need : needs) {
      const auto wanted = reservation(need, tag_, settings_, moment);
      const auto found = there.find(wanted.name);
      if (found != there.end()) {
        move(found->second, wanted, moment);
        there.erase(found);
      } else if (wanted.start > moment.now_ms / 1000) {  // later, its jobs are on their way
        all = make(wanted) && all;
      }
    }
    for (const auto& [name, one] : there) {
      jobs_.unreserve(name);
      there_.erase(name);
    }
    if (all) said_.clear();
  } catch (const Error& error) {
    const bool refused = error.fault() == Fault::configuration;
    if (refused) again_ms_ = moment.now_ms + kRefusedMs;
    if (said_ != error.what())
      log_(true, fmt::format("proving calendar: {}; {}", error.what(),
                             refused ? "wants a Slurm operator, or post_reserve = 0; deadlines are "
                                       "proven without reservations"
                                     : "looked at again soon"));
    said_ = error.what();
  }
}

bool Calendar::make(const slurm::Reservation& wanted) {
  try {
    jobs_.reserve(wanted);
    there_[wanted.name] = wanted.start;
    log_(false, fmt::format("reserved {} cores from {} s on: {}", wanted.cores, wanted.start,
                            wanted.name));
    return true;
  } catch (const Error& error) {
    // Too few cores are free then: another deadline may fit all the same.
    if (error.fault() == Fault::configuration) throw;
    if (said_ != error.what()) log_(true, fmt::format("proving calendar: {}", error.what()));
    said_ = error.what();
    return false;
  }
}

void Calendar::move(const slurm::Reservation& there, const slurm::Reservation& wanted,
                    const Moment& moment) {
  if (there.start <= moment.now_ms / 1000 || std::abs(there.start - wanted.start) < kLeastMoveS)
    return;
  jobs_.move(wanted);
  there_[wanted.name] = wanted.start;
}

}  // namespace sealyard::deadline
