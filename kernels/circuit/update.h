// The circuit of an empty sector update (SnapDeals): one partition.
// Source: rust-fil-proofs, storage-proofs-update/src/circuit.rs, gadgets.rs, constants.rs.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/porep.h"
#include "kernels/circuit/bits.h"
#include "kernels/circuit/counter.h"
#include "kernels/tree/proof.h"

namespace sealyard::circuit {

/// Everything that follows from the sector size.
struct UpdateShape {
  unsigned node_bits, partition_bits, apex_bits;  ///< log2 of nodes, partitions, apex leaves
  unsigned challenges;                            ///< of a partition
  std::array<unsigned, 6> high_bits;  ///< how many top bits of a node number may choose its rho
  unsigned chosen;                    ///< which of the six is in use
  TreeShape tree;

  unsigned partitions() const { return 1u << partition_bits; }
  unsigned apex_leaves() const { return 1u << apex_bits; }  ///< of a partition
  /// Random bits of a challenge: the rest of the node number is the partition's.
  unsigned challenge_bits() const { return node_bits - partition_bits; }
  /// Levels of tree_d below the apex leaves.
  unsigned data_levels() const { return node_bits - partition_bits - apex_bits; }
};

/// @throws Error{usage} no such sector size.
UpdateShape update_shape(std::uint64_t sector_bytes);

/// What the proof says, to everybody; the same for all partitions.
struct UpdateStatement {
  Node comm_r_old, comm_d_new, comm_r_new;
};

struct UpdateChallenge {
  tree::InclusionProof r_old, d_new, r_new;
};

/// What is shown of one partition.
struct UpdatePartition {
  unsigned number = 0;
  Node comm_c;
  std::vector<Node> apex_leaves;  ///< the partition's part of a row of tree_d
  std::vector<UpdateChallenge> challenges;
};

/// Bits of the challenges without those of the partition, from the digests of comm_r_new and a
/// number, as many as fit into 254 bits of each.
std::vector<Bits> challenge_bits(Sink& sink, const Num& comm_r_new, const Num& partition,
                                 unsigned challenges, unsigned bits);

/// @throws Error{usage} a partition of another shape.
void update(Sink& sink, const UpdateShape& shape, const UpdateStatement& statement,
            const UpdatePartition& partition);

Synthesis blank_update(const UpdateShape& shape);

/// The four inputs without the constant 1.
std::vector<Fr> update_inputs(const UpdateShape& shape, const UpdateStatement& statement,
                              unsigned partition);

}  // namespace sealyard::circuit
