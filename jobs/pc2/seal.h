// PC2 of one sector: replica, tree_c, tree_r_last, CommR.
#pragma once
#include <string>

#include "jobs/launch/launch.h"
#include "kernels/base/sector_id.h"

namespace sealyard::pc2 {

struct Order {
  SectorId sector;
  std::string pc2_json;      ///< where the reference's PC2 output goes; empty: nowhere
  bool one_pass = false;     ///< also where no GPU does it; for a job of one rank
  bool clear_cache = false;  ///< trim the cache folder as the reference's clear_cache, at the end
};

/// Makes everything from the layers up to CommR and leaves pc2.result.json. The unsealed data is
/// never written over; a base tree that an earlier attempt finished is kept. A sector that is done
/// is left as it is. Collective over the ranks of the job.
///
/// @throws Error  missing (no layers: run seal-pc1), corrupt (an input is not what was declared),
///                io, busy (stopped or locked).
void seal(launch::Job& job, const Order& order);

}  // namespace sealyard::pc2
