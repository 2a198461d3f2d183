#include "chain/deadline/window.h"

#include <fmt/format.h>

namespace sealyard::deadline {
namespace {

Epoch floor_div(Epoch value, Epoch by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

std::string Window::text() const {
  return fmt::format("t0{} deadline {} at {}", miner, index, open);
}

std::vector<Window> windows(std::uint64_t miner, const rpc::DeadlineInfo& info, Epoch head) {
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
    if (w.check() <= head) found.push_back(w);
  }
  std::sort(found.begin(), found.end(),
            [](const Window& a, const Window& b) { return a.open < b.open; });
  return found;
}

}  // namespace sealyard::deadline
