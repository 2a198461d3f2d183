// PC1: tree_d over a sector's data, then the SDR labels of every layer.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/placement/placement.h"
#include "jobs/sector/layer_memory.h"
#include "kernels/base/node.h"
#include "kernels/base/sector_id.h"

namespace sealyard::pc1 {

struct Order {
  SectorId sector;
  Node ticket;               ///< raw 32 bytes, part of the replica id
  bool recalculate = false;  ///< nothing found on the disk is trusted (SEAL-09)
  std::string pc1_json;      ///< where the reference's PC1 output goes; empty: nowhere
  std::string parents;       ///< folder of the parents caches
  std::uint64_t checkpoint_s = 300;
  sector::Pages pages = sector::Pages::automatic;
};

/// What the layers of a batch may take.
struct Means {
  const placement::Host& host;
  std::vector<placement::Unit> units;  ///< a core each; none: unbound
  unsigned cores;                      ///< at most so many label at a time
  std::uint64_t memory_bytes;
  std::optional<std::uint64_t> deadline_s;
};

/// Seals sectors up to their layers and leaves pc1.result.json in each. Goes on where an earlier
/// attempt stopped; a sector that is done with its ticket is left as it is. Those of one porep are
/// labelled in lock step as far as `means` allow: see plan.h.
///
/// @throws Error  missing (no data: run seal-add-piece), corrupt (data and CommD differ),
///                usage (already sealed with another ticket), io, busy (stopped or locked).
void seal(launch::Job& job, const std::vector<Order>& orders, const Means& means);

}  // namespace sealyard::pc1
