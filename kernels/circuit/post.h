// The circuit of WindowPoSt and WinningPoSt: leaves of the replicas of some sectors.
// Source: rust-fil-proofs, storage-proofs-post/src/fallback/circuit.rs, compound.rs.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/porep.h"
#include "kernels/circuit/counter.h"
#include "kernels/tree/proof.h"

namespace sealyard::circuit {

/// How many sectors a proof has, and how many challenges each.
struct PostShape {
  unsigned sectors, challenges;
  TreeShape tree;
};

/// 10 challenges of each of 2349 sectors (32 GiB), 2300 (64 GiB), 2 (the others).
/// @throws Error{usage} no such sector size.
PostShape window_post_shape(std::uint64_t sector_bytes);
/// 66 challenges of one sector; the circuit has them as 66 sectors of one challenge.
PostShape winning_post_shape(std::uint64_t sector_bytes);

/// A sector and its proofs in tree_r_last.
struct PostSector {
  Node comm_r, comm_c, comm_r_last;
  std::vector<tree::InclusionProof> proofs;
};

/// One sector. All sectors of a circuit have the same number of variables and rows and share only
/// the constant 1.
/// @throws Error{usage} another number of proofs, or of another shape.
void post_sector(Sink& sink, const PostShape& shape, const PostSector& sector);

/// All sectors; the last one stands for those that are missing.
/// @throws Error{usage} no sector, too many; as post_sector().
void post(Sink& sink, const PostShape& shape, std::span<const PostSector> sectors);

/// The sector of a WinningPoSt, cut into as many as it has proofs.
std::vector<PostSector> one_challenge_each(const PostSector& sector);

Synthesis blank_post(const PostShape& shape);

/// What a proof says about one sector: CommR and the challenged leaves.
struct PostStatement {
  Node comm_r;
  std::vector<std::uint64_t> leaves;
};

/// The inputs without the constant 1, padded as post() does.
/// @throws Error{usage} no sector, too many, another number of leaves.
std::vector<Fr> post_inputs(const PostShape& shape, std::span<const PostStatement> sectors);

}  // namespace sealyard::circuit
