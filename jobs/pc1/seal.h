// PC1 of one sector: tree_d over its data, then the SDR labels of every layer.
#pragma once
#include <string>

#include "jobs/launch/launch.h"
#include "jobs/placement/placement.h"
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
};

/// Seals one sector up to its layers and leaves pc1.result.json. Goes on where an earlier attempt
/// stopped; a sector that is done with this ticket is left as it is.
///
/// @param unit  the cores to work on; nullptr: unbound.
/// @throws Error  missing (no data: run seal-add-piece), corrupt (data and CommD differ),
///                usage (already sealed with another ticket), io, busy (stopped or locked).
void seal(launch::Job& job, const Order& order, const placement::Host& host,
          const placement::Unit* unit);

}  // namespace sealyard::pc1
