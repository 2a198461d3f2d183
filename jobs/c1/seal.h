// C1 of one sector: challenges, vanilla proofs, their verification, JSON.
#pragma once
#include <filesystem>
#include <optional>

#include "jobs/launch/launch.h"
#include "kernels/base/node.h"
#include "kernels/base/sector_id.h"

namespace sealyard::c1 {

struct Order {
  SectorId sector;
  Node seed;
  std::filesystem::path out;   ///< empty: work/<sector>/c1.json
  std::optional<Node> comm_r;  ///< what the chain has on record, when it says so
};

/// Proves the challenges of the seed, verifies every proof, writes the JSON, the same in HDF5 for
/// our C2 (work/<sector>/c1.h5), and leaves c1.result.json. Done once for a seed and file; another
/// seed takes the place of the one before.
///
/// @throws Error  usage (another CommR), missing (layers trimmed: run seal-pc1), corrupt
/// (challenge,
///                layer and field of what does not hold), io, busy (stopped or locked).
void seal(launch::Job& job, const Order& order);

}  // namespace sealyard::c1
