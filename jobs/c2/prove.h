// The proofs of all partitions, dealt to the ranks of the job.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "jobs/c2/checkpoint.h"
#include "jobs/c2/plan.h"
#include "jobs/launch/launch.h"
#include "jobs/params/parameters.h"
#include "jobs/sector/commit_json.h"
#include "jobs/sector/lock.h"
#include "kernels/circuit/density.h"

namespace sealyard::c2 {

/// What the ranks of one C2 job have in common.
struct Work {
  launch::Job& job;
  const sector::C1Output& c1;
  const params::Parameters& parameters;
  const circuit::Density& density;  ///< of the circuit the parameters are for
  const Checkpoints& checkpoints;
  const sector::Lock* lock;      ///< of the first rank; nullptr on others, and without a sector
  std::string fixed_randomness;  ///< empty: drawn from the CSPRNG
  Wish memory;
};

/// The whole proof, groth16::kProofBytes a partition in order; empty on all ranks but the first.
/// Partitions that have a checkpoint that holds are not proven again; each that is proven is
/// verified, then kept as one. Collective.
/// @throws Error{internal} a proof of ours that does not hold; Error{busy} stopped; as plan() and
///         groth16::prove().
std::vector<std::uint8_t> prove(const Work& work);

}  // namespace sealyard::c2
