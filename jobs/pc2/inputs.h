// What PC2 reads, proven before it is believed.
#pragma once
#include "jobs/launch/launch.h"
#include "jobs/sector/folder.h"
#include "kernels/base/node.h"

namespace sealyard::pc2 {

/// Compares every layer with its side record, and the data and tree_d with the results that
/// declared them. The files are dealt to the ranks, a rank's files to its threads; each is read
/// once. Collective.
/// @throws Error{missing}, Error{corrupt} which file, and which stage makes it anew.
void prove_inputs(launch::Job& job, const sector::Folder& folder, const Node& replica_id);

}  // namespace sealyard::pc2
