// Replica and both trees in one pass over the layers: how a GPU does PC2.
#pragma once
#include <vector>

#include "jobs/pc2/trees.h"
#include "jobs/sector/digest_record.h"
#include "jobs/sector/output.h"
#include "kernels/slice/slice.h"

namespace sealyard::pc2 {

struct OnePass {
  sector::Written replica;
  std::vector<sector::DigestRecord> tree_c, tree_r_last;  ///< of the base trees, in order
};

/// What make_replica(), make_tree_c() and make_tree_r_last() make, for a job of one rank: layers,
/// data and replica are touched once, slice by slice. What an earlier attempt left is kept, in
/// whichever way it was made.
OnePass make_in_one_pass(const Work& work, const slice::Plan& plan);

}  // namespace sealyard::pc2
