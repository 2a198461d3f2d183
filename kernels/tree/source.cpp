#include "kernels/tree/source.h"

#include <algorithm>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/tree/tree.h"

namespace sealyard::tree {
namespace {

// Leaves that are read at a time when rows are checked: 2 MiB.
constexpr std::uint64_t kBlockNodes = 1 << 16;

std::uint64_t group_start(std::uint64_t node, unsigned arity) { return node - node % arity; }

// Copies a group without the node at `position` to where a path keeps siblings.
void put_siblings(const Node* group, unsigned arity, unsigned position, Node* siblings) {
  std::copy(group, group + position, siblings);
  std::copy(group + position + 1, group + arity, siblings + position);
}

// One level of the tree of roots over a split tree.
void put_level(const std::vector<Node>& row, std::uint64_t node, Path& path) {
  if (path.empty()) return;
  put_siblings(row.data() + group_start(node, path.arity), path.arity, path.positions[0],
               path.siblings.data());
}

}  // namespace

Reader reader_of(std::span<const Node> nodes) {
  return [nodes](std::uint64_t first, std::span<Node> out) {
    if (first > nodes.size() || out.size() > nodes.size() - first)
      throw Error(Fault::usage, "tree: nodes {} to {} of {}", first, first + out.size(),
                  nodes.size());
    std::copy_n(nodes.begin() + first, out.size(), out.begin());
  };
}

Source::Source(StoredTree tree, std::uint64_t held_nodes, const device::Share& share)
    : tree_(std::move(tree)), backend_(share.backend) {
  const auto& layout = tree_.layout;
  const auto bases = tree_.shape.base_trees;
  const bool cut = tree_.discarded > 0;  // then the leaves come from elsewhere, the root is stored
  if (tree_.stored.size() != bases || layout.leaves != tree_.shape.leaves_per_base_tree ||
      (cut && (!tree_.leaves || tree_.discarded + 1 >= layout.rows())))
    throw Error(Fault::usage, "{}: {} files for {} base trees of {} rows, {} of them discarded",
                tree_.name, tree_.stored.size(), bases, layout.rows(), tree_.discarded);
  while (held_row_ + 1 < layout.rows() &&
         bases * (layout.nodes() - layout.row_start(held_row_)) > held_nodes)
    ++held_row_;
  held_.resize(bases);
  for (std::size_t base = 0; base < bases; ++base) hold(base, share);
  for (const auto& nodes : held_) base_roots_.push_back(nodes.back());
  if (tree_.shape.sub_arity > 0) {
    sub_roots_.resize(bases / tree_.shape.sub_arity);
    hash_row(Hash::poseidon, tree_.shape.sub_arity, base_roots_, sub_roots_);
  }
  root_ = join_roots(base_roots_, tree_.shape);
}

bool Source::stored(unsigned row) const { return tree_.discarded == 0 || row > tree_.discarded; }

// Reads the lowest stored row that is needed, computes all rows above, compares each with the file
// where the file has it, and keeps those from held_row_ on.
void Source::hold(std::size_t base, const device::Share& share) {
  const auto& layout = tree_.layout;
  held_[base].resize(layout.nodes() - layout.row_start(held_row_));
  const unsigned from = stored(held_row_) ? held_row_ : 0;
  const Layout above{layout.hash, layout.arity, layout.row_nodes(from)};
  Builder builder(
      above,
      [&](unsigned row, std::uint64_t first, std::span<const Node> nodes) {
        compare(base, from + row, first, nodes);
        keep(base, from + row, first, nodes);
      },
      share);
  std::vector<Node> block(std::min(kBlockNodes, above.leaves));
  for (std::uint64_t first = 0; first < above.leaves; first += block.size()) {
    read(base, from, first, block);
    keep(base, from, first, block);
    builder.add(block);
  }
}

void Source::keep(std::size_t base, unsigned row, std::uint64_t first,
                  std::span<const Node> nodes) {
  if (row < held_row_) return;
  const auto& layout = tree_.layout;
  std::copy(nodes.begin(), nodes.end(),
            held_[base].begin() + (layout.row_start(row) - layout.row_start(held_row_)) + first);
}

void Source::compare(std::size_t base, unsigned row, std::uint64_t first,
                     std::span<const Node> computed) const {
  if (!stored(row)) return;
  std::vector<Node> found(computed.size());
  read(base, row, first, found);
  for (std::size_t i = 0; i < found.size(); ++i)
    expect(found[i], computed[i], base, row, first + i);
}

void Source::read(std::size_t base, unsigned row, std::uint64_t first, std::span<Node> out) const {
  const auto& layout = tree_.layout;
  if (stored(row))
    tree_.stored[base](layout.row_start(row) + first - layout.stored_from(tree_.discarded), out);
  else
    tree_.leaves(base * layout.leaves + first, out);
}

void Source::expect(const Node& found, const Node& computed, std::size_t base, unsigned row,
                    std::uint64_t node) const {
  if (found == computed) return;
  throw Error(Fault::corrupt, "{}: base tree {}, row {}, node {} is {}, the nodes below give {}",
              tree_.name, base, row, node, to_hex(found), to_hex(computed));
}

const Node* Source::held(std::size_t base, unsigned row, std::uint64_t node) const {
  const auto& layout = tree_.layout;
  return held_[base].data() + (layout.row_start(row) - layout.row_start(held_row_)) + node;
}

// Rows that no file has: computed from the leaves around the leaf. Returns the node of row `rows`
// above it.
Node Source::climb_segment(InclusionProof& proof, std::size_t base, std::uint64_t leaf,
                           unsigned rows) const {
  const auto& layout = tree_.layout;
  std::uint64_t leaves = 1;
  for (unsigned row = 0; row < rows; ++row) leaves *= layout.arity;
  const Layout segment{layout.hash, layout.arity, leaves};
  std::vector<Node> nodes(segment.nodes());
  const std::uint64_t first = leaf - leaf % leaves;
  read(base, 0, first, std::span(nodes).first(leaves));
  build(segment, nodes, {1, backend_});
  proof.leaf = nodes[leaf - first];
  std::uint64_t node = leaf - first;
  for (unsigned row = 0; row < rows; ++row, node /= layout.arity)
    put_siblings(nodes.data() + segment.row_start(row) + group_start(node, layout.arity),
                 layout.arity, proof.base.positions[row],
                 proof.base.siblings.data() + std::size_t{row} * (layout.arity - 1));
  return nodes.back();
}

InclusionProof Source::prove(std::uint64_t leaf) const {
  const auto& layout = tree_.layout;
  InclusionProof proof = blank_proof(layout, tree_.shape, leaf);
  const std::size_t base = leaf / layout.leaves;
  std::uint64_t node = leaf % layout.leaves;
  unsigned row = 0;
  Node running;
  if (held_row_ > 0 && !stored(0)) {
    const unsigned rows = std::min(tree_.discarded + 1, held_row_);
    running = climb_segment(proof, base, node, rows);
    for (; row < rows; ++row) node /= layout.arity;
  }
  std::vector<Node> group(layout.arity);
  for (; row + 1 < layout.rows(); ++row, node /= layout.arity) {
    const std::uint64_t first = group_start(node, layout.arity);
    const Node* nodes = group.data();
    if (row >= held_row_)
      nodes = held(base, row, first);
    else
      read(base, row, first, group);
    const unsigned position = proof.base.positions[row];
    if (row == 0)
      proof.leaf = nodes[position];
    else if (row <= held_row_)
      expect(nodes[position], running, base, row, node);
    put_siblings(nodes, layout.arity, position,
                 proof.base.siblings.data() + std::size_t{row} * (layout.arity - 1));
    if (row < held_row_) hash_row(layout.hash, layout.arity, group, {&running, 1}, {1, backend_});
  }
  if (held_row_ + 1 == layout.rows() && row > 0) expect(*held(base, row, 0), running, base, row, 0);
  if (layout.rows() == 1) proof.leaf = *held(base, 0, 0);
  put_level(base_roots_, base, proof.sub);
  if (!proof.top.empty()) put_level(sub_roots_, base / tree_.shape.sub_arity, proof.top);
  proof.root = root_;
  return proof;
}

}  // namespace sealyard::tree
