// Building trees: one row from the row below, a whole tree in memory, or a tree as a stream.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/device/backend_table.h"
#include "kernels/device/share.h"
#include "kernels/tree/layout.h"

namespace sealyard::tree {

/// Hashes each `arity` neighbours of `in` into one node of `out`: a range of one row makes a range
/// of the next. Any number of nodes, 0 included; ranges may be done in any order.
/// @throws Error{usage} in.size() != arity * out.size(), or an arity the hash does not have.
void hash_row(Hash hash, unsigned arity, std::span<const Node> in, std::span<Node> out,
              const device::Share& share = {});

/// Writes leaves first .. first + leaves.size() - 1. Called from several threads at a time.
using LeafSource = std::function<void(std::uint64_t first, std::span<Node> leaves)>;

/// Fills the rows above the leaves. A subtree that fits a core's cache is finished before the next
/// one is begun, so that memory sees every row once.
///
/// @param nodes   layout.nodes() nodes; every one above the leaves is written.
/// @param leaves  writes the leaves, a subtree's at a time; none: they are there already.
/// @return        the root, also the last node.
/// @throws Error{usage} another length; what `leaves` throws.
Node build(const Layout& layout, std::span<Node> nodes, const device::Share& share = {},
           const LeafSource& leaves = {});

/// tree_d of a client's bytes: fr32::pad and build() in one pass.
///
/// @param unpadded  127 bytes for every 4 leaves.
/// @param nodes     layout.nodes() nodes, all written.
/// @throws Error{usage} another length, or a layout that is not tree_d's.
Node build_padded(const Layout& layout, std::span<const std::uint8_t> unpadded,
                  std::span<Node> nodes, const device::Share& share = {});

/// Makes rows 1 .. height of a subtree of tree_d: row r is leaves / 2^r nodes at rows[r]. With
/// `unpadded`, blocks of 127 bytes, it makes row 0 of them too; else row 0 is there (nullptr).
using GrowData = void(const std::uint8_t* unpadded, Node* const* rows, unsigned height,
                      std::size_t leaves);
extern const BackendTable<GrowData> grow_data_backends;

/// Takes the rows above the leaves as they are made: `nodes` are nodes first, first+1, .. of `row`
/// (1 = above the leaves). Within a row they come in order. Called by the thread that calls add().
using RowSink = std::function<void(unsigned row, std::uint64_t first, std::span<const Node> nodes)>;

/// Builds a tree, or one subtree of it, from leaves that come in order in blocks of any size. Holds
/// one block and the rows made of it (a seventh of it for arity 8, as much again for arity 2),
/// never the tree: a job reads, adds and writes each row at its place in the file.
///
/// A subtree covers `count` leaves, a power of the arity, from leaf `first`, a multiple of `count`;
/// it gives every row it has whole, its own root last. Subtrees of one tree may be built by
/// different ranks; build() over their roots, in order, makes the rows that are left.
class Builder {
 public:
  Builder(const Layout& layout, RowSink sink, const device::Share& share = {});
  /// @throws Error{usage} no such subtree.
  Builder(const Layout& layout, std::uint64_t first, std::uint64_t count, RowSink sink,
          const device::Share& share = {});

  /// @throws Error{usage} more leaves than announced; what the sink throws.
  void add(std::span<const Node> leaves);
  /// The root of the tree or subtree.  @throws Error{usage} leaves are missing.
  Node root() const;

 private:
  void raise(unsigned row, std::span<const Node> nodes);

  struct Row {
    std::uint64_t next;         // index of the next node of this row
    std::vector<Node> waiting;  // nodes short of a group, fewer than the arity
  };

  Layout layout_;
  device::Share share_;
  RowSink sink_;
  std::uint64_t last_leaf_;  // one behind the last
  std::vector<Row> rows_;    // row 0 .. the subtree's root
  Node root_;
};

/// Root over the base roots of a split tree: P_sub over each `sub_arity` of them, P_top over those;
/// a single base root is the root itself.
/// @throws Error{usage} roots.size() != shape.base_trees.
Node join_roots(std::span<const Node> roots, const TreeShape& shape);

/// CommR = P_2(CommC, CommRLast).
/// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/proof.rs.
Node comm_r(const Node& comm_c, const Node& comm_r_last);

}  // namespace sealyard::tree
