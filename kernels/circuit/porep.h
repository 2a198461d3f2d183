// The circuit of PoRep: one partition of a sealed sector.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/circuit/proof.rs, params.rs.
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "kernels/base/porep.h"
#include "kernels/circuit/bits.h"
#include "kernels/circuit/counter.h"
#include "kernels/vanilla/proof.h"

namespace sealyard::circuit {

/// What the proof says about the sector, to everybody.
struct PorepStatement {
  Node replica_id, comm_d, comm_r;
};

/// What all challenges of a partition refer to.
struct PorepHead {
  unsigned layers;
  Bits replica_id;  ///< 256, in the order of SHA-256
  Num comm_d, comm_c, comm_r_last;
};

/// Replica id, commitments, and CommR = P_2(CommC, CommRLast).
PorepHead porep_head(Sink& sink, const PorepConfig& config, const PorepStatement& statement,
                     const vanilla::Commitments& roots);

/// One challenge. All challenges of a circuit have the same number of variables and rows, so that
/// they may be written apart, each from its own index on.
/// @throws Error{usage} a proof of another shape than this size has.
void porep_challenge(Sink& sink, const PorepConfig& config, const PorepHead& head,
                     const vanilla::Proof& proof);

/// Both, for all challenges of a partition.
/// @throws Error{usage} another number of proofs, proofs that differ in a root, another shape.
void porep(Sink& sink, const PorepConfig& config, const PorepStatement& statement,
           std::span<const vanilla::Proof> partition);

/// The circuit of this size with nothing proven: for counting, digests, densities, parameters.
Synthesis blank_porep(const PorepConfig& config);

/// The inputs of one partition without the constant 1, as the circuit would make them: what the
/// verifier knows. 3 and 18 a challenge.
/// @param parents  of a node, 6 base parents first.
std::vector<Fr> porep_inputs(const PorepStatement& statement,
                             std::span<const std::uint64_t> challenges,
                             const std::function<vanilla::Parents(std::uint64_t)>& parents);

}  // namespace sealyard::circuit
