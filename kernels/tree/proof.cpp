#include "kernels/tree/proof.h"

#include "kernels/base/error.h"
#include "kernels/tree/tree.h"

namespace sealyard::tree {
namespace {

// Cuts the lowest digits of `index` off, one per level, into a path.
Path blank_path(unsigned arity, unsigned levels, std::uint64_t& index) {
  Path path;
  if (levels == 0) return path;
  path.arity = arity;
  for (unsigned level = 0; level < levels; ++level) {
    path.positions.push_back(static_cast<std::uint8_t>(index % arity));
    index /= arity;
  }
  path.siblings.resize(std::size_t{levels} * (arity - 1));
  return path;
}

// The running hash put among its siblings, level by level.
Node fold(Hash hash, Node running, const Path& path) {
  if (path.empty() && path.siblings.empty()) return running;
  if (path.arity < 2 || path.siblings.size() != path.levels() * (path.arity - 1))
    throw Error(Fault::usage, "inclusion proof: {} siblings in {} levels of arity {}",
                path.siblings.size(), path.levels(), path.arity);
  std::vector<Node> group;
  for (std::size_t level = 0; level < path.levels(); ++level) {
    const auto siblings = path.siblings_at(level);
    if (path.positions[level] >= path.arity)
      throw Error(Fault::usage, "inclusion proof: position {} in level {}, want below {}",
                  path.positions[level], level, path.arity);
    group.assign(siblings.begin(), siblings.end());
    group.insert(group.begin() + path.positions[level], running);
    hash_row(hash, path.arity, group, {&running, 1});
  }
  return running;
}

}  // namespace

std::uint64_t InclusionProof::leaf_index() const {
  std::uint64_t index = 0, weight = 1;
  for (const auto* path : {&base, &sub, &top})
    for (const auto position : path->positions) {
      index += position * weight;
      weight *= path->arity;
    }
  return index;
}

Node InclusionProof::folded_root() const {
  return fold(hash, fold(hash, fold(hash, leaf, base), sub), top);
}

std::size_t path_siblings(const Layout& layout, const TreeShape& shape) {
  const auto one_level = [](unsigned arity) { return arity ? std::size_t{arity} - 1 : 0; };
  return std::size_t{layout.rows() - 1} * (layout.arity - 1) + one_level(shape.sub_arity) +
         one_level(shape.top_arity);
}

InclusionProof blank_proof(const Layout& layout, const TreeShape& shape, std::uint64_t index) {
  if (index >= shape.base_trees * layout.leaves)
    throw Error(Fault::usage, "inclusion proof: leaf {}, want below {}", index,
                shape.base_trees * layout.leaves);
  InclusionProof proof;
  proof.hash = layout.hash;
  proof.base = blank_path(layout.arity, layout.rows() - 1, index);
  proof.sub = blank_path(shape.sub_arity, shape.sub_arity ? 1 : 0, index);
  proof.top = blank_path(shape.top_arity, shape.top_arity ? 1 : 0, index);
  return proof;
}

TreeShape whole(const Layout& layout) { return {1, layout.leaves, 0, 0}; }

}  // namespace sealyard::tree
