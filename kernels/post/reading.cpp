#include "kernels/post/reading.h"

#include <algorithm>
#include <map>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/field/fr.h"
#include "kernels/tree/layout.h"
#include "kernels/tree/source.h"

namespace sealyard::post {
namespace {

// `size` nodes, aligned to their number, around node `at`.
Extent around(unsigned file, std::uint64_t at, std::uint64_t size) {
  return {file, at - at % size, size};
}

// Leaves under one node of the lowest stored row.
std::uint64_t segment_leaves(const tree::Layout& layout) {
  std::uint64_t leaves = 1;
  for (unsigned row = 0; row <= tree::rows_to_discard(layout); ++row) leaves *= layout.arity;
  return leaves;
}

// Eight nodes of each stored row but the root's.
void add_stored_rows(std::vector<Extent>& wanted, const tree::Layout& layout, unsigned file,
                     std::uint64_t leaf) {
  const unsigned discarded = tree::rows_to_discard(layout);
  std::uint64_t node = leaf;
  for (unsigned row = 0; row + 1 < layout.rows(); ++row, node /= layout.arity) {
    if (row <= discarded) continue;
    auto group = around(file, node, layout.arity);
    group.first += layout.row_start(row) - layout.stored_from(discarded);
    wanted.push_back(group);
  }
}

std::vector<Extent> merged(std::vector<Extent> wanted, std::uint64_t gap_nodes) {
  std::sort(wanted.begin(), wanted.end(), [](const Extent& a, const Extent& b) {
    return std::pair(a.file, a.first) < std::pair(b.file, b.first);
  });
  std::vector<Extent> out;
  for (const auto& next : wanted) {
    if (!out.empty() && out.back().file == next.file &&
        next.first <= out.back().first + out.back().nodes + gap_nodes)
      out.back().nodes = std::max(out.back().nodes, next.first + next.nodes - out.back().first);
    else
      out.push_back(next);
  }
  return out;
}

// A node of r or more hashes like the one below r, but is no proof.
void require_canonical(unsigned file, std::uint64_t first, std::span<const Node> nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (!field::is_canonical(nodes[i]))
      throw Error(Fault::corrupt, "{}: node {} is {}, no field element",
                  file == 0 ? "replica" : fmt::format("tree-r-last {}", file - 1), first + i,
                  to_hex(nodes[i]));
}

// Finds what was read again. What lies in the gaps is not looked at: no proof needs it.
class Read {
 public:
  Read(std::span<const Extent> extents, std::span<const std::vector<Node>> nodes) {
    for (std::size_t i = 0; i < extents.size(); ++i)
      by_place_[{extents[i].file, extents[i].first}] = nodes[i];
  }

  tree::Reader of(unsigned file) const {
    return [this, file](std::uint64_t first, std::span<Node> out) {
      auto found = by_place_.upper_bound({file, first});
      if (found == by_place_.begin() || (--found)->first.first != file ||
          first + out.size() > found->first.second + found->second.size())
        throw Error(Fault::usage, "post: nodes {} to {} of file {} were not read", first,
                    first + out.size(), file);
      const auto nodes = found->second.subspan(first - found->first.second, out.size());
      require_canonical(file, first, nodes);
      std::copy(nodes.begin(), nodes.end(), out.begin());
    };
  }

 private:
  std::map<std::pair<unsigned, std::uint64_t>, std::span<const Node>> by_place_;
};

}  // namespace

std::vector<std::uint64_t> file_nodes(const TreeShape& tree) {
  const auto layout = tree::base_tree(tree);
  std::vector<std::uint64_t> nodes(1 + tree.base_trees,
                                   layout.stored_nodes(tree::rows_to_discard(layout)));
  nodes[0] = tree.base_trees * layout.leaves;
  return nodes;
}

std::vector<Extent> extents(const TreeShape& tree, std::span<const std::uint64_t> leaves,
                            std::uint64_t gap_nodes) {
  const auto layout = tree::base_tree(tree);
  const auto files = file_nodes(tree);
  std::vector<Extent> wanted;
  for (const auto leaf : leaves) {
    if (leaf >= files[0]) throw Error(Fault::usage, "post: leaf {}, want below {}", leaf, files[0]);
    wanted.push_back(around(0, leaf, segment_leaves(layout)));
    add_stored_rows(wanted, layout, 1 + static_cast<unsigned>(leaf / layout.leaves),
                    leaf % layout.leaves);
  }
  for (unsigned file = 1; file < files.size(); ++file) wanted.push_back({file, files[file] - 1, 1});
  return merged(std::move(wanted), gap_nodes);
}

std::vector<tree::InclusionProof> prove(const TreeShape& tree,
                                        std::span<const std::uint64_t> leaves,
                                        std::span<const Extent> extents,
                                        std::span<const std::vector<Node>> nodes) {
  if (extents.size() != nodes.size())
    throw Error(Fault::usage, "post: nodes of {} extents, want {}", nodes.size(), extents.size());
  const Read read(extents, nodes);
  const auto layout = tree::base_tree(tree);
  tree::StoredTree stored{"tree-r-last", layout, tree, tree::rows_to_discard(layout),
                          read.of(0),    {}};
  for (unsigned base = 0; base < tree.base_trees; ++base)
    stored.stored.push_back(read.of(1 + base));
  const tree::Source source(std::move(stored));
  std::vector<tree::InclusionProof> proofs;
  for (const auto leaf : leaves) proofs.push_back(source.prove(leaf));
  return proofs;
}

}  // namespace sealyard::post
