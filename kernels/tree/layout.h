// Shapes of the trees of a sector and where their nodes lie in a file.
//   tree_d        one binary tree over the data, hash H_sha(a, b) = trim(SHA256(a || b))
//   tree_c        base trees of arity 8 over the column hashes, Poseidon
//   tree_r_last   base trees of arity 8 over the replica, Poseidon; low rows are not stored
// Source: filecoin-project/merkletree, src/store/{mod,disk,level_cache}.rs.
#pragma once
#include <cstdint>

#include "kernels/base/porep.h"

namespace sealyard::tree {

enum class Hash { sha256, poseidon };

/// rows_to_discard of the reference's settings when nothing else is said.
inline constexpr unsigned kDefaultRowsToDiscard = 2;

/// One stored tree: row 0 are the leaves, each row above has 1/arity of the nodes, the last is the
/// root. Rows follow one another in the file, leaves first, no header.
struct Layout {
  Hash hash;
  unsigned arity;        ///< 2 or 8
  std::uint64_t leaves;  ///< a power of the arity

  unsigned rows() const;  ///< leaves and root included
  std::uint64_t row_nodes(unsigned row) const;
  std::uint64_t row_start(unsigned row) const;  ///< index of the row's first node
  std::uint64_t nodes() const { return row_start(rows()); }

  /// What is left when the leaves and `discarded` rows above are not stored (0: all is stored).
  std::uint64_t stored_nodes(unsigned discarded) const { return nodes() - stored_from(discarded); }
  /// Index, in the whole tree, of the first stored node.
  std::uint64_t stored_from(unsigned discarded) const {
    return discarded == 0 ? 0 : row_start(discarded + 1);
  }

  friend bool operator==(const Layout&, const Layout&) = default;
};

/// tree_d of a sector of `nodes` nodes; also the tree over a piece.
/// @throws Error{usage} not a power of two.
Layout data_tree(std::uint64_t nodes);

/// One base tree of tree_c or tree_r_last.
Layout base_tree(const TreeShape& shape);

/// Rows above the leaves that a tree_r_last file does not hold, for the wanted setting: 1 for trees
/// of 3 rows, none for smaller ones, else min(rows - 2, setting).
/// Source: rust-fil-proofs, storage-proofs-core/src/util.rs, default_rows_to_discard().
/// @throws Error{configuration} a setting above 2, which the reference cannot read back.
unsigned rows_to_discard(const Layout& layout, unsigned setting = kDefaultRowsToDiscard);

}  // namespace sealyard::tree
