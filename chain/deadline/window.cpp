#include "chain/deadline/window.h"

#include <fmt/format.h>

namespace sealyard::deadline {
namespace {

/// Source: builtin-actors v18, runtime/src/runtime/policy.rs, posted_partitions_max,
/// addressed_sectors_max.
constexpr std::uint64_t kPostedPartitions = 3, kAddressedSectors = 25'000;

Epoch floor_div(Epoch value, Epoch by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

std::string Window::text() const {
  return fmt::format("t0{} deadline {} at {}", miner, index, open);
}

std::uint64_t most_partitions(std::uint64_t partition_sectors) {
  const auto addressed = kAddressedSectors / std::max<std::uint64_t>(partition_sectors, 1);
  return std::clamp<std::uint64_t>(addressed, 1, kPostedPartitions);
}

std::vector<Window> windows(std::uint64_t miner, const rpc::DeadlineInfo& info, Epoch head,
                            Epoch ahead) {
  std::vector<Window> found;
  const Epoch length = info.challenge_window;
  for (std::uint64_t i = 0; i < info.deadlines; ++i) {
    const Epoch first = info.period_start + static_cast<Epoch>(i) * length;
    // The first occurrence with head < close + length, whatever period the node speaks of.
    const Epoch periods = floor_div(head - 2 * length - first, info.proving_period) + 1;
    Window w{.miner = miner, .index = i, .open = first + periods * info.proving_period};
    w.close = w.open + length;
    w.challenge = w.open - info.challenge_lookback;
    w.fault_cutoff = w.open - info.declaration_cutoff;
    if (w.check() <= head + ahead) found.push_back(w);
  }
  std::sort(found.begin(), found.end(),
            [](const Window& a, const Window& b) { return a.open < b.open; });
  return found;
}

}  // namespace sealyard::deadline
