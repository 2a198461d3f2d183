// The replica and the Poseidon trees of a sector, shared out over ranks.
#pragma once
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/sector/digest_record.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "kernels/base/node.h"

namespace sealyard::pc2 {

/// What the ranks of one PC2 job have in common.
struct Work {
  launch::Job& job;
  const sector::Folder& folder;
  const Node& replica_id;
  const sector::Lock* lock;  ///< held by the first rank, nullptr on the others
};

/// Writes the replica: unsealed data plus last layer, into a new file, never over its own input.
/// Done by the first rank with its threads (it moves bytes, it computes next to nothing); the
/// others wait until it is there. Collective.
sector::Written make_replica(const Work& work);

/// The base trees of one kind, in order; equal on every rank. With at least as many base trees as
/// ranks, whole trees are dealt to ranks; else each tree's columns are split over all of them and
/// gathered by the first. A tree whose record fits is kept. Collective.
std::vector<sector::DigestRecord> make_tree_c(const Work& work);
std::vector<sector::DigestRecord> make_tree_r_last(const Work& work);

}  // namespace sealyard::pc2
