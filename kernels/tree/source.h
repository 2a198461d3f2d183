// Inclusion proofs out of stored trees, also of those whose low rows were discarded.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kernels/device/share.h"
#include "kernels/tree/proof.h"

namespace sealyard::tree {

/// Reads nodes first .. first + out.size() - 1 of a file or a buffer. Must be callable from several
/// threads at a time.
using Reader = std::function<void(std::uint64_t first, std::span<Node> out)>;

/// A reader of nodes in memory, which must outlive it.  @throws Error{usage} beyond the end.
Reader reader_of(std::span<const Node> nodes);

/// The parts of one tree of a sector.
struct StoredTree {
  std::string name;            ///< "tree-c", for messages
  Layout layout;               ///< of one base tree
  TreeShape shape;             ///< whole(layout) for tree_d
  unsigned discarded = 0;      ///< rows above the leaves that the files lack; then so do the leaves
  Reader leaves;               ///< all leaves over all base trees; needed when discarded > 0
  std::vector<Reader> stored;  ///< per base tree: what its file holds
};

/// Gives proofs that it has checked: every hash from the leaf to the root is computed before a
/// proof is returned. So that many proofs do not hash the upper rows again and again, these are
/// read and checked once, at the start, and held in memory (`held_nodes` at most, and at least the
/// roots); with room for all rows no proof hashes anything.
///
/// Thread-safe once made. A proof of a tree with discarded rows reads and hashes the
/// arity^(discarded+1) leaves around its leaf.
/// Source: filecoin-project/merkletree, src/merkle.rs, gen_proof(), gen_cached_proof().
class Source {
 public:
  /// @throws Error{corrupt} a stored node is not the hash of the ones below it, naming tree, base
  ///         tree, row and node; Error{usage} readers are missing; what a reader throws.
  explicit Source(StoredTree tree, std::uint64_t held_nodes = 0, const device::Share& share = {});

  const Node& root() const { return root_; }
  const StoredTree& tree() const { return tree_; }

  /// @throws Error{usage} no such leaf; Error{corrupt} as above.
  InclusionProof prove(std::uint64_t leaf) const;

 private:
  bool stored(unsigned row) const;
  void hold(std::size_t base, const device::Share& share);
  void keep(std::size_t base, unsigned row, std::uint64_t first, std::span<const Node> nodes);
  void compare(std::size_t base, unsigned row, std::uint64_t first,
               std::span<const Node> computed) const;
  void read(std::size_t base, unsigned row, std::uint64_t first, std::span<Node> out) const;
  void expect(const Node& found, const Node& computed, std::size_t base, unsigned row,
              std::uint64_t node) const;
  /// Node of the held rows.
  const Node* held(std::size_t base, unsigned row, std::uint64_t node) const;
  Node climb_segment(InclusionProof& proof, std::size_t base, std::uint64_t leaf,
                     unsigned rows) const;

  StoredTree tree_;
  Backend backend_;
  unsigned held_row_ = 0;                // the lowest row in memory
  std::vector<std::vector<Node>> held_;  // per base tree: rows held_row_ to the root
  std::vector<Node> base_roots_, sub_roots_;
  Node root_;
};

}  // namespace sealyard::tree
