#include "chain/dev/deadline.h"

#include <algorithm>
#include <tuple>

#include "chain/dev/call.h"
#include "chain/types/cbor.h"
#include "kernels/base/bytes.h"

namespace sealyard::dev {
namespace {

Epoch floor_mod(Epoch value, Epoch by) { return ((value % by) + by) % by; }

Window window_of(Epoch period_start, std::uint64_t index, const Policy& p) {
  Window w;
  w.period_start = period_start;
  w.index = index;
  w.open = period_start + p.window * static_cast<Epoch>(index);
  w.close = w.open + p.window;
  w.challenge = w.open - p.challenge_lookback;
  w.fault_cutoff = w.open - p.declaration_cutoff;
  return w;
}

}  // namespace

Window window_at(const Miner& m, Epoch epoch, const Policy& p) {
  const auto since = floor_mod(epoch - m.period_offset, p.period());
  return window_of(epoch - since, static_cast<std::uint64_t>(since / p.window), p);
}

Window next_window(const Miner& m, std::uint64_t index, Epoch epoch, const Policy& p) {
  const auto now = window_at(m, epoch, p);
  auto w = window_of(now.period_start, index, p);
  return w.close > epoch ? w : window_of(now.period_start + p.period(), index, p);
}

bool is_mutable(const Miner& m, std::uint64_t index, Epoch epoch, const Policy& p) {
  return epoch < next_window(m, index, epoch, p).open - p.window;
}

Epoch period_offset(const Address& miner, Epoch created, const Policy& p) {
  auto bytes = types::CborWriter().address(miner).take();
  bytes.resize(bytes.size() + 8);
  store_be<std::uint64_t>(bytes.data() + bytes.size() - 8, static_cast<std::uint64_t>(created));
  const auto digest = types::blake2b_256(bytes);
  std::uint64_t first = 0;
  for (int i = 0; i < 8; ++i) first = first << 8 | digest[static_cast<std::size_t>(i)];
  return static_cast<Epoch>(first % static_cast<std::uint64_t>(p.period()));
}

void assign(Miner& m, const std::vector<std::uint64_t>& sectors, Epoch epoch, const Policy& p) {
  for (const auto number : sectors) {
    // Fewest partitions; then one that is not full, the fullest first; then fewest live sectors.
    using Rank = std::tuple<std::size_t, bool, std::size_t, std::size_t, std::size_t>;
    std::optional<Rank> best;
    for (std::size_t i = 0; i < m.deadlines.size(); ++i) {
      if (!is_mutable(m, i, epoch, p)) continue;
      const auto& parts = m.deadlines[i].partitions;
      std::size_t live = 0;
      for (const auto& part : parts) live += part.live.size();
      const auto last = parts.empty() ? 0 : parts.back().all.size();
      const bool full = parts.empty() || last >= m.partition_sectors;
      const Rank rank{parts.size() + (full ? 1 : 0), full, m.partition_sectors - (full ? 0 : last),
                      live, i};
      if (!best || rank < *best) best = rank;
    }
    if (!best) throw Abort(Exit::illegal_state, "no deadline is mutable");
    const auto index = std::get<4>(*best);
    auto& parts = m.deadlines[index].partitions;
    if (parts.empty() || parts.back().all.size() >= m.partition_sectors) parts.emplace_back();
    auto& part = parts.back();
    part.all.insert(number);
    part.live.insert(number);
    part.unproven.insert(number);
    auto& sector = m.sectors.at(number);
    sector.deadline = index;
    sector.partition = parts.size() - 1;
  }
}

void remove(Miner& m, const Numbers& sectors) {
  for (const auto number : sectors) {
    const auto found = m.sectors.find(number);
    if (found == m.sectors.end()) continue;
    auto& part = m.deadlines.at(found->second.deadline).partitions.at(found->second.partition);
    for (auto* set : {&part.live, &part.faulty, &part.recovering, &part.unproven})
      set->erase(number);
    m.sectors.erase(found);
  }
}

std::set<Due> proofs_due(const State& state, Epoch epoch, Epoch margin, const Policy& p) {
  std::set<Due> due;
  for (const auto& [id, actor] : state.actors()) {
    if (!actor->miner) continue;
    const auto w = window_at(*actor->miner, epoch, p);
    if (w.close - epoch > margin) continue;
    const auto& deadline = actor->miner->deadlines.at(w.index);
    for (std::size_t i = 0; i < deadline.partitions.size(); ++i) {
      const auto& part = deadline.partitions[i];
      if (!(part.live - (part.faulty - part.recovering)).empty() && !deadline.posted.contains(i))
        due.insert({id, w.index, i});
    }
  }
  return due;
}

}  // namespace sealyard::dev
