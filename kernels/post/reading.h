// What must be read of a sector's files to prove some leaves, as few large reads, and the proofs
// out of what was read.
// Source of the rows: filecoin-project/merkletree, src/merkle.rs, gen_cached_proof().
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"
#include "kernels/tree/proof.h"

namespace sealyard::post {

/// Nodes first .. first + nodes - 1 of a file: 0 is the replica, 1 + t the tree_r_last of base tree
/// t, which begins with the lowest row that is stored.
struct Extent {
  unsigned file = 0;
  std::uint64_t first = 0, nodes = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// How long the files are, replica first.
std::vector<std::uint64_t> file_nodes(const TreeShape& tree);

/// Nodes between two reads that are read along rather than left out: 64 KiB.
inline constexpr std::uint64_t kGapNodes = 2048;

/// The extents for these leaves, by file and place, none touching another: for each leaf the 512
/// around it in the replica (what its tree lacks is hashed from them) and eight nodes of every
/// stored row above, and the root of every base tree.
/// @param gap_nodes  extents that lie this near are one; 0 joins only those that touch.
/// @throws Error{usage} no such leaf.
std::vector<Extent> extents(const TreeShape& tree, std::span<const std::uint64_t> leaves,
                            std::uint64_t gap_nodes = kGapNodes);

/// The proofs of the leaves, in their order; every hash from the leaf to the root was computed and
/// compared with the files.
/// @param nodes  of each extent.
/// @throws Error{corrupt} a node is no field element, or not the hash of those below it: tree, row
///         and node; Error{usage} not the extents of these leaves.
std::vector<tree::InclusionProof> prove(const TreeShape& tree,
                                        std::span<const std::uint64_t> leaves,
                                        std::span<const Extent> extents,
                                        std::span<const std::vector<Node>> nodes);

}  // namespace sealyard::post
