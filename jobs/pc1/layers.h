// All layers of one sector, from wherever an earlier attempt stopped.
#pragma once
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/pc1/seal.h"
#include "jobs/placement/placement.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/layer_record.h"
#include "jobs/sector/lock.h"

namespace sealyard::pc1 {

/// Computes the layers that are not there yet. Holds two layers in memory (2 S), streams each to
/// its file while it grows, with a checkpoint every order.checkpoint_s seconds and when asked to
/// stop: a killed attempt loses at most that (SEAL-08).
/// Returns the records of all layers, layer 1 first.
/// @throws Error{busy} stopped, after a checkpoint; io; configuration (no memory).
std::vector<sector::LayerRecord> make_layers(launch::Job& job, const Order& order,
                                             const sector::Folder& folder, const sector::Lock& lock,
                                             const Node& replica_id, const placement::Host& host,
                                             const placement::Unit* unit);

}  // namespace sealyard::pc1
