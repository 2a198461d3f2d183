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
#include "kernels/slice/lane_device.h"
#include "kernels/slice/slice.h"
#include "kernels/tree/grow_device.h"
#include "kernels/tree/tree.h"
#include "tests/catch.h"
#include "tests/kernels/slices.h"

using namespace sealyard;

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
  const std::size_t n = GENERATE(0, 1, 66);
  const std::size_t slice = 50;
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

TEST_CASE("slice: every way to make one gives the rows of the whole", "[slice][bit-exact]") {
  const auto [layers, rows, nodes, most] =
      GENERATE(table<unsigned, unsigned, std::size_t, std::size_t>(
          {{2, 2, 64, 64}, {2, 3, 1024, 512}, {11, 3, 512, 512}, {2, 0, 7, 3}}));
  CAPTURE(layers, rows, nodes, most);
  const slice::Shape shape{layers, rows, most};
  const Sector sector(layers, nodes);
  const auto want = made_plainly(sector, rows);
  for (const auto backend : slice::lane_backends.backends()) {
    CAPTURE(name(backend));
    Made found(nodes, rows);
    const auto lane = slice::lane_backends.at(backend)(shape, 2);
    make_in_slices(*lane, shape, sector, found);
    REQUIRE(found == want);
  }
  Made found(nodes, rows);
  slice::gpu::GridLane<device::HostGrid> lane(shape, 1);
  make_in_slices(lane, shape, sector, found);
  REQUIRE(found == want);
}

TEST_CASE("slice: what is not wanted is not written, the rest is the same", "[slice]") {
  const unsigned rows = 2;
  const std::size_t nodes = 128;
  const slice::Shape shape{2, rows, nodes};
  const Sector sector(2, nodes);
  const auto want = made_plainly(sector, rows);
  slice::gpu::GridLane<device::HostGrid> on_grid(shape, 1);
  const auto on_cpu = slice::lane_backends.portable(shape, 1);
  for (slice::Lane* lane : {static_cast<slice::Lane*>(&on_grid), on_cpu.get()}) {
    Made found(nodes, rows);
    auto out = found.at(0, rows);
    out.tree_c = {};
    out.tree_r[1] = nullptr;
    lane->start(sector.at(0, nodes), out);
    lane->finish();
    REQUIRE(found.replica == want.replica);
    REQUIRE(found.tree_r[2] == want.tree_r[2]);
    REQUIRE(found.tree_r[1] == std::vector<Node>(nodes / 8));
    REQUIRE(found.tree_c[0] == std::vector<Node>(nodes));
    out = found.at(0, rows);
    out.replica = nullptr;
    out.tree_r = {};
    out.tree_c[0] = nullptr;
    found.replica.assign(nodes, Node{});
    lane->start(sector.at(0, nodes), out);
    lane->finish();
    REQUIRE(found.replica == std::vector<Node>(nodes));
    REQUIRE(found.tree_c[0] == std::vector<Node>(nodes));
    REQUIRE(found.tree_c[1] == want.tree_c[1]);
    REQUIRE(found.tree_c[2] == want.tree_c[2]);
  }
}

TEST_CASE("slice: slices and jobs of a card follow from its memory", "[slice][plan]") {
  constexpr std::uint64_t kGiB = std::uint64_t{1} << 30, kLeaves = std::uint64_t{1} << 27;
  std::size_t before = 0;
  for (const std::uint64_t free : {1, 2, 4, 6, 24, 141}) {
    CAPTURE(free);
    const auto plan = slice::gpu_plan(11, kLeaves, free * kGiB);
    REQUIRE(plan);
    CHECK(plan->backend == Backend::cuda);
    CHECK(plan->shape.rows == 3);
    CHECK(kLeaves % plan->shape.most_nodes == 0);
    CHECK(plan->shape.most_nodes % plan->shape.group() == 0);
    CHECK(slice::gpu_bytes(*plan) <= free * kGiB);
    CHECK(plan->shape.most_nodes >= before);
    before = plan->shape.most_nodes;
  }
  CHECK(before == 1 << 20);
  CHECK(slice::gpu_plan(2, 64, kGiB)->shape.most_nodes == 64);
  CHECK_FALSE(slice::gpu_plan(11, kLeaves, kGiB / 2));
  CHECK_FALSE(slice::gpu_plan(3, kLeaves, 24 * kGiB));
  CHECK(slice::jobs_per_gpu(kGiB / 2, 11) == 0);
  CHECK(slice::jobs_per_gpu(kGiB, 11) == 1);
  CHECK(slice::jobs_per_gpu(6 * kGiB, 11) == 3);
  CHECK(slice::jobs_per_gpu(4 * kGiB, 11) == 2);
  CHECK(slice::jobs_per_gpu(141 * kGiB, 11) == 4);
  const slice::Plan small{Backend::cuda, {2, 2, 64}, 3};
  CHECK(slice::pinned_bytes(small) == 3 * 32 * (2 * 64 + 2 * (64 + 8 + 1)));
  // A card without room for the smallest slices, or none at all: the CPU does it.
  const auto cpu = slice::plan(11, kLeaves, {8, Backend::cuda}, 0);
  CHECK(cpu.backend != Backend::cuda);
  CHECK(cpu.shape.most_nodes == 1 << 15);
  CHECK(slice::gpu_bytes(cpu) == 0);
  CHECK(slice::plan(2, 64, {64, Backend::portable}, 0).shape.most_nodes == 64);
}
