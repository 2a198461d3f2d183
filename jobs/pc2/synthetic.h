// The synthetic vanilla proofs of proof types 10 to 14.
#pragma once
#include "jobs/pc2/trees.h"
#include "jobs/sector/output.h"
#include "kernels/base/node.h"
#include "kernels/vanilla/proof.h"

namespace sealyard::pc2 {

/// Proves every synthetic challenge, checks each proof and writes syn-porep-vanilla-proofs.dat.
/// Done by the first rank with its threads; the others wait. Collective.
/// @throws Error{corrupt} a proof that does not hold: challenge, layer and field.
sector::Written make_synthetic_proofs(const Work& work, const vanilla::Commitments& roots,
                                      const Node& comm_r);

}  // namespace sealyard::pc2
