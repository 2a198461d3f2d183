#include "kernels/tree/source.h"

#include <atomic>
#include <random>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/tree/tree.h"
#include "tests/catch.h"

using namespace sealyard;

namespace {

// A tree of any shape with every node in memory, and its files as they would be stored.
struct Forest {
  TreeShape shape;
  tree::Layout layout;
  unsigned discarded;
  std::vector<Node> leaves;
  std::vector<std::vector<Node>> trees, files;
  Node root;

  Forest(const TreeShape& wanted, const tree::Layout& base, unsigned rows_gone)
      : shape(wanted), layout(base), discarded(rows_gone) {
    std::mt19937_64 rng(41);
    leaves.resize(shape.base_trees * layout.leaves);
    for (auto& node : leaves) {
      for (auto& byte : node.bytes) byte = static_cast<std::uint8_t>(rng());
      node = trim(node);
    }
    std::vector<Node> roots;
    for (std::size_t base_tree = 0; base_tree < shape.base_trees; ++base_tree) {
      auto& nodes = trees.emplace_back(layout.nodes());
      std::copy_n(leaves.begin() + base_tree * layout.leaves, layout.leaves, nodes.begin());
      roots.push_back(tree::build(layout, nodes));
      files.emplace_back(nodes.begin() + layout.stored_from(discarded), nodes.end());
    }
    root = tree::join_roots(roots, shape);
  }

  tree::StoredTree stored() const {
    tree::StoredTree out{"tree-x", layout, shape, discarded, tree::reader_of(leaves), {}};
    for (const auto& nodes : files) out.stored.push_back(tree::reader_of(nodes));
    return out;
  }
};

const TreeShape k880{8, 64, 8, 0}, k882{16, 64, 8, 2}, k820{2, 64, 2, 0}, k800{1, 512, 0, 0};

std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    REQUIRE(error.fault() == Fault::corrupt);
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("source: proofs of every shape fold to the root, whatever is held", "[tree]") {
  const auto shape = GENERATE(k800, k820, k880, k882);
  const unsigned discarded = GENERATE(0u, 1u, 2u);
  const auto layout = tree::base_tree(shape);
  if (discarded > tree::rows_to_discard(layout)) return;
  const Forest forest(shape, layout, discarded);
  const tree::Source unheld(forest.stored());
  REQUIRE(unheld.root() == forest.root);
  for (const std::uint64_t held_nodes : {9, 150, 1000}) {
    CAPTURE(shape.base_trees, discarded, held_nodes);
    const tree::Source source(forest.stored(), held_nodes, {2, Backend::portable});
    REQUIRE(source.root() == forest.root);
    for (std::uint64_t leaf = 0; leaf < forest.leaves.size(); leaf += 101) {
      const auto proof = source.prove(leaf);
      REQUIRE(proof.leaf == forest.leaves[leaf]);
      REQUIRE(proof.leaf_index() == leaf);
      REQUIRE(proof.root == forest.root);
      REQUIRE(proof.folded_root() == forest.root);
      REQUIRE(proof.siblings() == tree::path_siblings(layout, shape));
      REQUIRE(proof == unheld.prove(leaf));
    }
    REQUIRE_THROWS_AS(source.prove(forest.leaves.size()), Error);
  }
}

TEST_CASE("source: proofs of a binary data tree", "[tree]") {
  const auto layout = tree::data_tree(256);
  const Forest forest(tree::whole(layout), layout, 0);
  for (const std::uint64_t held_nodes : {0, 63, 511}) {
    const tree::Source source(forest.stored(), held_nodes);
    for (std::uint64_t leaf = 0; leaf < 256; leaf += 5) {
      const auto proof = source.prove(leaf);
      REQUIRE(proof.leaf == forest.leaves[leaf]);
      REQUIRE(proof.leaf_index() == leaf);
      REQUIRE(proof.base.levels() == 8);
      REQUIRE(proof.folded_root() == forest.root);
    }
  }
}

TEST_CASE("source: a tree of one node is its own root", "[tree]") {
  const tree::Layout layout{tree::Hash::sha256, 2, 1};
  const Forest forest(tree::whole(layout), layout, 0);
  const auto proof = tree::Source(forest.stored()).prove(0);
  REQUIRE(proof.leaf == forest.leaves[0]);
  REQUIRE(proof.folded_root() == forest.leaves[0]);
}

TEST_CASE("source: held rows are read once", "[tree]") {
  const Forest forest(k800, tree::base_tree(k800), 0);
  std::atomic<std::uint64_t> reads = 0;
  auto stored = forest.stored();
  stored.stored[0] = [&, inner = stored.stored[0]](std::uint64_t first, std::span<Node> out) {
    reads += 1;
    inner(first, out);
  };
  const tree::Source all(stored, 585);
  reads = 0;
  for (std::uint64_t leaf = 0; leaf < 512; ++leaf) all.prove(leaf);
  REQUIRE(reads == 0);
  const tree::Source upper(stored, 73);  // rows of 64, 8 and 1
  reads = 0;
  for (std::uint64_t leaf = 0; leaf < 512; leaf += 20) upper.prove(leaf);
  REQUIRE(reads == 26);
}

TEST_CASE("source: a wrong byte anywhere is found by the proofs that pass it", "[tree]") {
  const std::uint64_t held_nodes = GENERATE(0, 9, 73, 585);
  const std::size_t place = GENERATE(0, 103, 511, 512, 580, 584);  // of rows from 0, 512, 576, 584
  Forest forest(k800, tree::base_tree(k800), 0);
  forest.files[0][place].bytes[5] ^= 1;
  CAPTURE(held_nodes, place);
  const auto text = message([&] {
    const tree::Source source(forest.stored(), held_nodes);
    for (std::uint64_t leaf = 0; leaf < 512; leaf += 8) source.prove(leaf);  // all groups
  });
  REQUIRE(text.starts_with("tree-x: base tree 0, row"));
}

TEST_CASE("source: a wrong leaf under discarded rows is found", "[tree]") {
  const std::uint64_t held_nodes = GENERATE(0, 9, 73, 585);
  Forest forest(k800, tree::base_tree(k800), 1);
  forest.leaves[77].bytes[0] ^= 1;
  CAPTURE(held_nodes);
  REQUIRE(message([&] {
            tree::Source(forest.stored(), held_nodes).prove(70);
          }).starts_with("tree-x: base tree 0, row 2, node 1 is "));
}

TEST_CASE("source: files that do not fit the shape are refused", "[tree]") {
  const Forest forest(k820, tree::base_tree(k820), 1);
  auto one = forest.stored();
  one.stored.pop_back();
  REQUIRE_THROWS_AS(tree::Source(one), Error);
  auto no_leaves = forest.stored();
  no_leaves.leaves = nullptr;
  REQUIRE_THROWS_AS(tree::Source(no_leaves), Error);
  auto no_root = forest.stored();
  no_root.discarded = 2;
  REQUIRE_THROWS_AS(tree::Source(no_root), Error);
  const auto reader = tree::reader_of(forest.leaves);
  std::vector<Node> out(2);
  REQUIRE_THROWS_AS(reader(forest.leaves.size() - 1, out), Error);
}
