// What threads of a GPU run, run on the host: the same functions, the same code around them, with
// device::HostGrid in place of CudaGrid. Every result equals that of the portable variant.
#include <array>
#include <vector>

#include "kernels/device/grid.h"
#include "kernels/fr32/fr32.h"
#include "kernels/poseidon/hash_device.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/sha256/pair_device.h"
#include "kernels/sha256/sha256.h"
#include "kernels/tree/grow_device.h"
#include "kernels/tree/tree.h"
#include "tests/catch.h"

using namespace sealyard;

namespace {

std::vector<std::uint8_t> sample(std::size_t n) {
  std::vector<std::uint8_t> out(n);
  std::uint64_t x = n + 1;
  for (auto& byte : out)
    byte = static_cast<std::uint8_t>((x = x * 6364136223846793005 + 1442695040888963407) >> 56);
  return out;
}

// Below 2^254, as all nodes of a sector.
std::vector<Node> sample_nodes(std::size_t n) {
  const auto bytes = sample(n * kNodeBytes);
  std::vector<Node> out(n);
  std::memcpy(out.data(), bytes.data(), bytes.size());
  for (auto& node : out) node = trim(node);
  return out;
}

}  // namespace

TEST_CASE("gpu code: pairs of nodes, in any number and any slices", "[gpu-code][sha256]") {
  const std::size_t n = GENERATE(0, 1, 2, 255, 256, 257, 1000);
  const std::size_t slice = GENERATE(1, 256, 300, 4096);
  CAPTURE(n, slice);
  auto children = sample_nodes(2 * n);
  for (auto& node : children) node.bytes[31] |= 0x80;  // any 32 bytes are hashed
  std::vector<Node> want(n), found(n);
  sha256::hash_pairs(children, want, Backend::portable);
  device::HostGrid grid;
  sha256::gpu::hash_pairs(grid, children.data(), found.data(), n, slice);
  REQUIRE((found == want));
}

TEST_CASE("gpu code: tree_d of nodes and of a client's bytes", "[gpu-code][tree-d]") {
  const std::uint64_t leaves = GENERATE(1, 2, 4, 8, 64, 1024, 8192);
  CAPTURE(leaves);
  const auto layout = tree::data_tree(leaves);
  const auto unpadded = sample(leaves / 4 * 127);
  std::vector<Node> want(layout.nodes());
  if (leaves < 4) {
    const auto nodes = sample_nodes(leaves);
    std::copy(nodes.begin(), nodes.end(), want.begin());
  } else {
    fr32::pad(unpadded, std::span(want).first(leaves), Backend::portable);
  }
  tree::build(layout, want, {1, Backend::portable});
  device::HostGrid grid;
  for (const bool bytes : {false, true}) {
    if (bytes && leaves < 4) continue;
    CAPTURE(bytes);
    std::vector<Node> found(layout.nodes());
    if (!bytes) std::copy_n(want.begin(), leaves, found.begin());
    std::array<Node*, 64> rows{};
    for (unsigned row = 0; row < layout.rows(); ++row) rows[row] = &found[layout.row_start(row)];
    tree::gpu::grow_data(grid, bytes ? unpadded.data() : nullptr, rows.data(), layout.rows() - 1,
                         leaves);
    REQUIRE((found == want));
  }
}

TEST_CASE("tree: tree_d of a client's bytes in one pass, on every backend", "[tree-d]") {
  const std::uint64_t leaves = GENERATE(4, 8, 8192, 1 << 15);
  CAPTURE(leaves);
  const auto layout = tree::data_tree(leaves);
  const auto unpadded = sample(leaves / 4 * 127);
  std::vector<Node> want(layout.nodes()), found(layout.nodes());
  fr32::pad(unpadded, std::span(want).first(leaves), Backend::portable);
  tree::build(layout, want, {1, Backend::portable});
  for (const auto backend : tree::grow_data_backends.backends()) {
    CAPTURE(name(backend));
    REQUIRE(tree::build_padded(layout, unpadded, found, {2, backend}) == want.back());
    REQUIRE((found == want));
  }
  REQUIRE_THROWS_AS(tree::build_padded(layout, std::span(unpadded).subspan(1), found), Error);
}

TEST_CASE("gpu code: Poseidon of rows and of columns", "[gpu-code][poseidon]") {
  const unsigned arity = GENERATE(2, 4, 8, 11);
  const std::size_t n = GENERATE(0, 1, 129);
  const std::size_t slice = GENERATE(50, 128);
  CAPTURE(arity, n, slice);
  auto nodes = sample_nodes(arity * n);
  for (std::size_t i = 0; i < nodes.size(); i += 5) nodes[i].bytes.fill(0xff);  // taken mod r
  for (std::size_t i = 1; i < nodes.size(); i += 5) nodes[i] = {};
  std::vector<Node> want(n), found(n);
  std::vector<const Node*> first(arity);
  for (const bool rows : {true, false}) {
    for (unsigned k = 0; k < arity; ++k) first[k] = nodes.data() + (rows ? k : k * n);
    const std::size_t stride = rows ? arity : 1;
    poseidon::hash_backends.portable(arity, first.data(), stride, want.data(), n);
    device::HostGrid grid;
    poseidon::gpu::hash_many(grid, arity, first.data(), stride, found.data(), n, slice);
    REQUIRE((found == want));
  }
}
