// When what of a miner is to be proven: occurrences of its deadlines, by the numbers of the chain.
// Source: builtin-actors v18, actors/miner/src/deadline_info.rs; lotus, storage/wdpost.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "chain/rpc/answers.h"

namespace sealyard::deadline {

using types::Epoch;

/// One occurrence of a deadline. A message of it counts from `open` on, and before `close`.
struct Window {
  std::uint64_t miner = 0, index = 0;
  Epoch open = 0, close = 0, challenge = 0, fault_cutoff = 0;

  /// Its sectors are looked at from here on: for declarations, which count before the cutoff.
  Epoch check() const { return open - 2 * (close - open) - (open - challenge); }
  /// The first head that has the challenge, and one epoch on it.
  Epoch prove() const { return challenge + 1; }
  /// Proofs are sent from here on: an opening may be taken back. Short windows have no time for it.
  Epoch submit() const { return open + std::min<Epoch>(4, (close - open) / 15); }

  std::string text() const;  ///< "t01000 deadline 3 at 1440"
  friend bool operator==(const Window&, const Window&) = default;
};

/// What there is to do for at `head`, or so many epochs later: check() is reached, and they are not
/// closed for longer than a window. In order of opening.
std::vector<Window> windows(std::uint64_t miner, const rpc::DeadlineInfo& info, Epoch head,
                            Epoch ahead = 0);

/// How many partitions of so many sectors one message may prove.
std::uint64_t most_partitions(std::uint64_t partition_sectors);

}  // namespace sealyard::deadline
