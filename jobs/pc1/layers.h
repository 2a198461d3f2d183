// All layers of several sectors in lock step, from wherever earlier attempts stopped.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/pc1/plan.h"
#include "jobs/pc1/seal.h"
#include "jobs/placement/placement.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/layer_record.h"
#include "jobs/sector/lock.h"

namespace sealyard::pc1 {

/// A sector whose layers are being made.
struct Member {
  const Order& order;
  const sector::Folder& folder;
  const sector::Lock& lock;
  Node replica_id;
  /// What earlier attempts left; in the end the records of all layers, layer 1 first.
  std::vector<sector::LayerRecord> whole;
  std::optional<sector::LayerRecord> checkpoint;

  /// Nodes, over all layers, that need not be computed again.
  std::uint64_t position() const;
  bool done() const;
};

/// Looks at what is on the disk, removes what cannot be trusted and sees to the space.
/// @throws Error{io} not enough space.
Member open_member(launch::Job& job, const Order& order, const sector::Folder& folder,
                   const sector::Lock& lock, const Node& replica_id);

/// Computes the layers that are not there yet, for all members in lock step, from the position of
/// the one that is furthest behind; those ahead of it go along and write nothing until it has come
/// up with them. Holds two layers of each in memory (2 S), streams each to its file while it
/// grows, with a checkpoint every order.checkpoint_s seconds and when asked to stop: a killed
/// attempt loses at most that (SEAL-08). Members are of one porep, none is done.
///
/// @param shares  who labels how many of them, in order.
/// @param units   where; fewer than shares: unbound.
/// @throws Error{busy} stopped, after a checkpoint; io; configuration (no memory).
void make_layers(launch::Job& job, std::span<Member> members, const std::vector<Share>& shares,
                 const placement::Host& host, std::span<const placement::Unit> units);

}  // namespace sealyard::pc1
