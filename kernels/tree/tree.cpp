#include "kernels/tree/tree.h"

#include <array>

#include "kernels/base/error.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::tree {
namespace {

// Groups a thread takes at least: so that starting it costs little beside its work.
constexpr std::size_t kGrain = 64;
// Leaves of the subtrees that build() finishes one after another: 512 KiB with the rows above.
constexpr std::uint64_t kCachedLeaves = 1 << 13;

void hash_range(Hash hash, unsigned arity, std::span<const Node> in, std::span<Node> out,
                Backend backend) {
  if (hash == Hash::sha256)
    sha256::hash_pairs(in, out, backend);
  else
    poseidon::hash_groups(arity, in, out, backend);
}

}  // namespace

void hash_row(Hash hash, unsigned arity, std::span<const Node> in, std::span<Node> out,
              const device::Share& share) {
  if (hash == Hash::sha256 && arity != 2)
    throw Error(Fault::usage, "tree::hash_row: arity {} of SHA-256, want 2", arity);
  if (in.size() != arity * out.size())
    throw Error(Fault::usage, "tree::hash_row: {} nodes for {} groups of {}, want {}", in.size(),
                out.size(), arity, arity * out.size());
  device::for_ranges(share.threads, out.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    hash_range(hash, arity, in.subspan(begin * arity, (end - begin) * arity),
               out.subspan(begin, end - begin), share.backend);
  });
}

Node build(const Layout& layout, std::span<Node> nodes, const device::Share& share,
           const LeafSource& leaves) {
  if (nodes.size() != layout.nodes())
    throw Error(Fault::usage, "tree::build: room for {} nodes, want {} for {} leaves", nodes.size(),
                layout.nodes(), layout.leaves);
  const auto part = [&](unsigned row, std::uint64_t first, std::uint64_t count) {
    return nodes.subspan(layout.row_start(row) + first, count);
  };
  std::uint64_t subtree = 1;
  unsigned height = 0;
  for (; height + 1 < layout.rows() && subtree * layout.arity <= kCachedLeaves; ++height)
    subtree *= layout.arity;
  const auto grow = [&](std::uint64_t first) {
    if (leaves) leaves(first, part(0, first, subtree));
    std::uint64_t count = subtree;
    for (unsigned row = 1; row <= height; ++row, count /= layout.arity)
      hash_range(layout.hash, layout.arity, part(row - 1, first / (subtree / count), count),
                 part(row, first / (subtree / count) / layout.arity, count / layout.arity),
                 share.backend);
  };
  device::for_ranges(share.threads, layout.leaves / subtree, 1,
                     [&](std::size_t begin, std::size_t end) {
                       for (auto i = begin; i < end; ++i) grow(i * subtree);
                     });
  for (unsigned row = height + 1; row < layout.rows(); ++row)
    hash_row(layout.hash, layout.arity, part(row - 1, 0, layout.row_nodes(row - 1)),
             part(row, 0, layout.row_nodes(row)), share);
  return nodes.back();
}

Node join_roots(std::span<const Node> roots, const TreeShape& shape) {
  if (roots.size() != shape.base_trees)
    throw Error(Fault::usage, "tree::join_roots: {} base roots, want {}", roots.size(),
                shape.base_trees);
  std::vector<Node> row(roots.begin(), roots.end());
  for (const unsigned arity : {shape.sub_arity, shape.top_arity}) {
    if (arity == 0) continue;
    std::vector<Node> above(row.size() / arity);
    hash_row(Hash::poseidon, arity, row, above);
    row = std::move(above);
  }
  if (row.size() != 1)
    throw Error(Fault::usage, "tree::join_roots: {} base trees under arities {} and {}",
                shape.base_trees, shape.sub_arity, shape.top_arity);
  return row[0];
}

Node comm_r(const Node& comm_c, const Node& comm_r_last) {
  return poseidon::hash(std::array{comm_c, comm_r_last});
}

}  // namespace sealyard::tree
