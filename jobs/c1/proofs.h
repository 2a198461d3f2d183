// The vanilla proofs that a seed asks for.
#pragma once
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/sector/folder.h"
#include "kernels/vanilla/proof.h"

namespace sealyard::c1 {

struct Question {
  const Node &replica_id, &comm_r, &seed;
  const vanilla::Commitments& roots;
};

/// Proofs of all challenges, by partition. From layers, trees and replica; of a synthetic sector
/// whose layers or trees are trimmed from its synthetic file.
/// @throws Error{missing}, Error{corrupt} naming file, challenge, layer and field.
std::vector<std::vector<vanilla::Proof>> prove(launch::Job& job, const sector::Folder& folder,
                                               const Question& question);

}  // namespace sealyard::c1
