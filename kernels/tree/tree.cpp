#include "kernels/tree/tree.h"

#include <algorithm>
#include <array>

#include "kernels/base/error.h"
#include "kernels/fr32/fr32.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/sha256/sha256.h"
#include "kernels/tree/variants.h"

namespace sealyard::tree {
namespace {

// Groups a thread takes at least: so that starting it costs little beside its work.
constexpr std::size_t kGrain = 64;
// Leaves of the subtrees that build() finishes one after another: 512 KiB with the rows above. A
// GPU gets 64 MiB at a time, from a few threads: one copies while another's is hashed.
constexpr std::uint64_t kCachedLeaves = 1 << 13, kGpuLeaves = 1 << 20;
constexpr unsigned kGpuThreads = 4;

using Rows = std::array<Node*, 64>;  // of a subtree

void hash_range(Hash hash, unsigned arity, std::span<const Node> in, std::span<Node> out,
                Backend backend) {
  if (hash == Hash::sha256)
    sha256::hash_pairs(in, out, backend);
  else
    poseidon::hash_groups(arity, in, out, backend);
}

template <Backend backend>
void grow_data_on(const std::uint8_t* unpadded, Node* const* rows, unsigned height,
                  std::size_t leaves) {
  if (unpadded)
    fr32::pad({unpadded, leaves / fr32::kBlockNodes * fr32::kUnpaddedBlockBytes}, {rows[0], leaves},
              backend);
  for (unsigned row = 1; row <= height; ++row, leaves /= 2)
    sha256::hash_pairs({rows[row - 1], leaves}, {rows[row], leaves / 2}, backend);
}

// `leaves` or `unpadded` give the leaves; without both they are there already.
Node build_of(const Layout& layout, std::span<Node> nodes, const device::Share& share,
              const LeafSource& leaves, const std::uint8_t* unpadded) {
  if (nodes.size() != layout.nodes())
    throw Error(Fault::usage, "tree::build: room for {} nodes, want {} for {} leaves", nodes.size(),
                layout.nodes(), layout.leaves);
  const auto part = [&](unsigned row, std::uint64_t first, std::uint64_t count) {
    return nodes.subspan(layout.row_start(row) + first, count);
  };
  const bool data = layout.hash == Hash::sha256;
  const auto backend = data ? grow_data_backends.choose(share.backend) : share.backend;
  const bool gpu = data && backend == Backend::cuda;
  std::uint64_t subtree = 1;
  unsigned height = 0;
  for (; height + 1 < layout.rows() && subtree * layout.arity <= (gpu ? kGpuLeaves : kCachedLeaves);
       ++height)
    subtree *= layout.arity;
  const auto grow = [&](std::uint64_t first) {
    if (leaves) leaves(first, part(0, first, subtree));
    Rows rows;
    std::uint64_t width = 1;  // leaves under a node of the row
    for (unsigned row = 0; row <= height; ++row, width *= layout.arity)
      rows[row] = part(row, first / width, subtree / width).data();
    if (data) {
      const auto* blocks =
          unpadded ? unpadded + first / fr32::kBlockNodes * fr32::kUnpaddedBlockBytes : nullptr;
      return grow_data_backends.best_for(backend, subtree)(blocks, rows.data(), height, subtree);
    }
    std::uint64_t count = subtree;
    for (unsigned row = 1; row <= height; ++row, count /= layout.arity)
      hash_range(layout.hash, layout.arity, {rows[row - 1], count},
                 {rows[row], count / layout.arity}, backend);
  };
  device::for_ranges(gpu ? std::min(share.threads, kGpuThreads) : share.threads,
                     layout.leaves / subtree, 1, [&](std::size_t begin, std::size_t end) {
                       for (auto i = begin; i < end; ++i) grow(i * subtree);
                     });
  for (unsigned row = height + 1; row < layout.rows(); ++row)
    hash_row(layout.hash, layout.arity, part(row - 1, 0, layout.row_nodes(row - 1)),
             part(row, 0, layout.row_nodes(row)), share);
  return nodes.back();
}

}  // namespace

const BackendTable<GrowData> grow_data_backends{
    .kernel = "tree::grow_data",
    .portable = grow_data_on<Backend::portable>,
    .sha_ni = grow_data_on<Backend::sha_ni>,
    .avx512 = grow_data_on<Backend::avx512>,
    .cuda = SEALYARD_IF_CUDA(cuda::grow_data),
};

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
  return build_of(layout, nodes, share, leaves, nullptr);
}

Node build_padded(const Layout& layout, std::span<const std::uint8_t> unpadded,
                  std::span<Node> nodes, const device::Share& share) {
  const std::uint64_t blocks = layout.leaves / fr32::kBlockNodes;
  if (layout.hash != Hash::sha256 || blocks == 0 ||
      unpadded.size() != blocks * fr32::kUnpaddedBlockBytes)
    throw Error(Fault::usage, "tree::build_padded: {} bytes for {} leaves, want {} for a tree_d",
                unpadded.size(), layout.leaves, blocks * fr32::kUnpaddedBlockBytes);
  return build_of(layout, nodes, share, {}, unpadded.data());
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
