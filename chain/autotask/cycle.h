// When to check: a wait, a check, a minute, a second check, a pledge; then all again.
#pragma once
#include <cstdint>

namespace sealyard::autotask {

inline constexpr unsigned kMostDrawS = 120;  ///< drawn anew for each cycle, 0 to this many
inline constexpr std::int64_t kSecondCheckMs = 60'000;

struct Cycle {
  std::int64_t begun_ms = 0;  ///< also the name of what it pledges
  unsigned draw_s = 0;
  std::int64_t passed_ms = 0;  ///< when the first check passed; 0: it has not
};

inline std::int64_t due_ms(const Cycle& cycle, std::uint64_t delay_s) {
  if (cycle.passed_ms != 0) return cycle.passed_ms + kSecondCheckMs;
  return cycle.begun_ms + static_cast<std::int64_t>(delay_s + cycle.draw_s) * 1000;
}

/// Nothing was pledged for too long: since the last pledge, or since it is on.
inline bool idle_too_long(std::int64_t since_ms, std::int64_t now_ms, std::uint64_t delay_s) {
  return now_ms - since_ms > 3 * static_cast<std::int64_t>(delay_s + 180) * 1000;
}

}  // namespace sealyard::autotask
