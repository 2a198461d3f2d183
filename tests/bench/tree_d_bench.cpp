// Tree_d and CommP: pairs of nodes hashed on one core, backend beside backend and beside blst's
// SHA-256; then whole trees, pieces and padding by the byte.
//
// usage: bench-tree-d [--long]     a tree over 64 MiB; --long: over 1 GiB
#include <blst.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/fr32/fr32.h"
#include "kernels/piece/piece.h"
#include "kernels/sha256/sha256.h"
#include "kernels/tree/tree.h"
#include "tests/bench/bench.h"

using namespace sealyard;

namespace {

// Vector operations of 16 pairs on two 512-bit units: 128 rounds of 17, and a schedule of 48 words,
// 12 each, with 16 more sums; the schedule of the second block is a constant.
constexpr double kLimitCycles = (128.0 * 17 + 48 * 12 + 16) / 2 / 16;

std::vector<Node> sample(std::size_t n) {
  std::vector<Node> nodes(n);
  std::uint64_t x = 1;
  for (auto& node : nodes)
    for (auto& byte : node.bytes)
      byte = static_cast<std::uint8_t>((x = x * 6364136223846793005 + 1) >> 56);
  return nodes;
}

void require_equal(std::string_view what, std::span<const Node> found, std::span<const Node> want) {
  if (!std::equal(found.begin(), found.end(), want.begin(), want.end()))
    throw Error(Fault::internal, "bench-tree-d: {} differs from portable", what);
}

struct Pairs {
  double peer_ns, best_ns;
};

Pairs bench_pairs() {
  constexpr std::size_t kPairs = 4096;
  const auto children = sample(2 * kPairs);
  std::vector<Node> parents(kPairs), want;
  const double peer = bench::least_ns(9, kPairs, [&] {
    for (std::size_t i = 0; i < kPairs; ++i) {
      blst_sha256(parents[i].bytes.data(), children[2 * i].bytes.data(), 2 * kNodeBytes);
      parents[i] = trim(parents[i]);
    }
  });
  want = parents;
  bench::print_row("pair, blst", peer, 0, peer, 0);
  double portable = 0, best = peer;
  for (const auto backend : sha256::hash_pairs_backends.backends()) {
    if (backend == Backend::cuda) continue;  // see tree_d
    const double ns =
        bench::least_ns(15, kPairs, [&] { sha256::hash_pairs(children, parents, backend); });
    require_equal(name(backend), parents, want);
    if (backend == Backend::portable) portable = ns;
    bench::print_row(fmt::format("pair, {}", name(backend)), ns, portable, peer,
                     backend == Backend::avx512 ? kLimitCycles : 0);
    best = std::min(best, ns);
  }
  return {peer, best};
}

void print_rate(std::string_view what, Backend backend, double bytes, double ns_per_byte,
                double portable) {
  fmt::print("{:16} {:10} {:5.0f} MiB {:8.2f} GB/s {:8.2f} x portable\n", what, name(backend),
             bytes / (1 << 20), 1 / ns_per_byte, portable / ns_per_byte);
}

// Copy of the leaves, tree in memory: what seal-pc1 does between two files.
void bench_tree(std::uint64_t nodes) {
  const auto layout = tree::data_tree(nodes);
  const auto data = sample(nodes);
  std::vector<Node> made(layout.nodes());
  Node want;
  double portable = 0;
  for (const auto backend : sha256::hash_pairs_backends.backends()) {
    Node root;
    const double bytes = static_cast<double>(nodes) * kNodeBytes;
    const double ns = bench::least_ns(backend == Backend::portable ? 1 : 5, bytes, [&] {
      root = tree::build(layout, made, {1, backend}, [&](auto first, auto leaves) {
        std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(first), leaves.size(),
                    leaves.begin());
      });
    });
    if (backend == Backend::portable) portable = ns, want = root;
    require_equal("tree_d", {&root, 1}, {&want, 1});
    print_rate("tree_d", backend, bytes, ns, portable);
  }
}

// Client bytes to padded nodes to CommP, a part that fits the cache at a time, as seal-commp does.
double bench_piece(double peer_ns) {
  constexpr std::size_t kPart = 127 << 10, kParts = 256;
  std::vector<std::uint8_t> unpadded(kPart * kParts);
  std::uint32_t x = 7;
  for (auto& byte : unpadded)
    byte = static_cast<std::uint8_t>((x = x * 1664525 + 1013904223) >> 24);
  const auto part = [&](std::size_t i) { return std::span(unpadded).subspan(i * kPart, kPart); };
  std::vector<Node> padded(fr32::padded_nodes(kPart));
  const double bytes = static_cast<double>(unpadded.size());
  const double pad = bench::least_ns(5, bytes, [&] {
    for (std::size_t i = 0; i < kParts; ++i) fr32::pad(part(i), padded);
  });
  fmt::print("{:27} {:5.0f} MiB {:8.2f} GB/s\n", "fr32", bytes / (1 << 20), 1 / pad);
  Node want;
  double portable = 0, ns = 0;
  for (const auto backend : sha256::hash_pairs_backends.backends()) {
    if (backend == Backend::cuda) continue;  // its batches are too small for a GPU
    Node found;
    ns = bench::least_ns(backend == Backend::portable ? 1 : 5, bytes, [&] {
      piece::CommP piece(backend);
      for (std::size_t i = 0; i < kParts; ++i) {
        fr32::pad(part(i), padded, backend);
        piece.add(padded);
      }
      found = piece.finish().comm_p;
    });
    if (backend == Backend::portable) portable = ns, want = found;
    require_equal("CommP", {&found, 1}, {&want, 1});
    print_rate("fr32 + CommP", backend, bytes, ns, portable);
  }
  return peer_ns / kNodeBytes / ns;  // blst hashes one pair for each node, and pads nothing
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bool more = argc > 1 && std::strcmp(argv[1], "--long") == 0;
    bench::print_head("a pair, one core");
    const auto pairs = bench_pairs();
    bench_tree(more ? 1 << 25 : 1 << 21);
    const double piece = bench_piece(pairs.peer_ns);
    bench::print_ratio("tree-d-pair-over-blst", pairs.peer_ns / pairs.best_ns, 3);
    bench::print_ratio("fr32-commp-over-blst", piece, 3);
  });
}
