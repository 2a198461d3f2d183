// Proving periods: when which sectors of a miner are to be proven, and what happens when not.
// Source: builtin-actors v18, actors/miner/src/deadlines.rs, deadline_info.rs,
// deadline_assignment.rs.
#pragma once
#include "chain/dev/state.h"

namespace sealyard::dev {

/// One occurrence of a deadline. `close` is the first epoch after it.
struct Window {
  Epoch period_start = 0;
  std::uint64_t index = 0;
  Epoch open = 0, close = 0, challenge = 0, fault_cutoff = 0;
};

/// The one that is open at `epoch`.
Window window_at(const Miner& miner, Epoch epoch, const Policy& policy);
/// The occurrence of deadline `index` that is open at `epoch` or opens next.
Window next_window(const Miner& miner, std::uint64_t index, Epoch epoch, const Policy& policy);
/// Sectors may be added, removed or moved: it neither is open nor opens within a window.
bool is_mutable(const Miner& miner, std::uint64_t index, Epoch epoch, const Policy& policy);

/// Where the periods of a new miner begin: a hash of who it is and when it came.
Epoch period_offset(const Address& miner, Epoch created, const Policy& policy);

/// Gives new sectors their deadline and partition.
/// @throws Abort{illegal_state} no deadline is mutable.
void assign(Miner& miner, const std::vector<std::uint64_t>& sectors, Epoch epoch,
            const Policy& policy);

/// Takes sectors out of their partition and the miner, with their pledge.
void remove(Miner& miner, const Numbers& sectors);

/// What is due at the end of `epoch`: for a miner whose window ends with it, faults of what was not
/// proven, fees, expirations; for every miner vesting and pre-commits that ran out.
void cron(State& state, Epoch epoch, const Policy& policy);
/// The first epoch after `after` at which cron() has something to do or a window of a sector opens.
Epoch next_event(const State& state, Epoch after, const Policy& policy);

/// A partition of the window that is open.
struct Due {
  ActorId miner = 0;
  std::uint64_t deadline = 0, partition = 0;
  friend auto operator<=>(const Due&, const Due&) = default;
};
/// Partitions with sectors to prove that are not proven yet in the window that is open at `epoch`
/// and closes within `margin` epochs.
std::set<Due> proofs_due(const State& state, Epoch epoch, Epoch margin, const Policy& policy);

}  // namespace sealyard::dev
