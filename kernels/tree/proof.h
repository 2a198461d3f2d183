// Inclusion proofs: the path from a leaf to the root of a tree.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/tree/layout.h"

namespace sealyard::tree {

/// Some levels of one arity, bottom up. Level k holds arity-1 siblings in index order, and the
/// position of the running hash among them.
struct Path {
  unsigned arity = 0;
  std::vector<std::uint8_t> positions;  ///< one per level
  std::vector<Node> siblings;           ///< (arity - 1) per level

  std::size_t levels() const { return positions.size(); }
  bool empty() const { return positions.empty(); }
  std::span<const Node> siblings_at(std::size_t level) const {
    return std::span(siblings).subspan(level * (arity - 1), arity - 1);
  }
  friend bool operator==(const Path&, const Path&) = default;
};

/// Proof of one leaf. The reference's kinds: Single (base path only; every tree_d proof), Sub (one
/// sub level more), Top (a sub and a top level more).
/// Source: rust-fil-proofs, storage-proofs-core/src/merkle/proof.rs.
struct InclusionProof {
  Hash hash = Hash::poseidon;
  Node root, leaf;
  Path base, sub, top;

  /// Index of the leaf in the whole tree, from the positions.
  std::uint64_t leaf_index() const;
  /// The root that leaf and path give; a proof is good when it equals `root`.
  /// @throws Error{usage} a path whose lists do not fit its arity.
  Node folded_root() const;
  /// Siblings of all levels, base to top.
  std::size_t siblings() const {
    return base.siblings.size() + sub.siblings.size() + top.siblings.size();
  }
  friend bool operator==(const InclusionProof&, const InclusionProof&) = default;
};

/// Number of siblings in a path of a tree of this layout and shape.
std::size_t path_siblings(const Layout& layout, const TreeShape& shape);

/// A proof with the positions and the sizes of leaf `index`, its nodes still zero: what a reader of
/// stored siblings starts from.
/// @throws Error{usage} no such leaf.
InclusionProof blank_proof(const Layout& layout, const TreeShape& shape, std::uint64_t index);

/// The shape of a tree that is not split (tree_d).
TreeShape whole(const Layout& layout);

}  // namespace sealyard::tree
