// The CUDA variants of sealing on a GPU against the portable ones: whole blocks, slices and what is
// left over. What their threads compute is tested on the host too: gpu_code_test.cpp.
#include "kernels/fr32/fr32.h"
#include "kernels/sha256/sha256.h"
#include "kernels/tree/tree.h"
#include "tests/catch.h"
#include "tests/gpu.h"
#include "tests/kernels/slices.h"

using namespace sealyard;

TEST_CASE("sealing on a GPU: pairs of nodes", "[gpu][sha256]") {
  skip_without_gpu();
  const std::size_t n = GENERATE(0, 1, 127, 128, 129, (1 << 20) + 1);
  CAPTURE(n);
  const auto children = sample_nodes(2 * n);
  std::vector<Node> want(n), found(n);
  sha256::hash_pairs(children, want, device::best_cpu());
  sha256::hash_pairs_backends.at(Backend::cuda)(children.data(), found.data(), n);
  REQUIRE((found == want));
}

TEST_CASE("sealing on a GPU: tree_d of nodes and of a client's bytes", "[gpu][tree-d]") {
  skip_without_gpu();
  const std::uint64_t leaves = GENERATE(4, 64, 1 << 15, 1 << 20, 1 << 22);
  CAPTURE(leaves);
  const auto layout = tree::data_tree(leaves);
  const auto unpadded = sample(leaves / 4 * 127);
  std::vector<Node> want(layout.nodes()), found(layout.nodes());
  tree::build_padded(layout, unpadded, want, {4, device::best_cpu()});
  tree::build_padded(layout, unpadded, found, {4, Backend::cuda});
  REQUIRE((found == want));
  std::fill(found.begin() + static_cast<std::ptrdiff_t>(leaves), found.end(), Node{});
  tree::build(layout, found, {4, Backend::cuda});
  REQUIRE((found == want));
}

TEST_CASE("sealing on a GPU: Poseidon of rows and of columns", "[gpu][poseidon]") {
  skip_without_gpu();
  const unsigned arity = GENERATE(2, 4, 8, 11, 16);
  const std::size_t n = GENERATE(0, 1, 127, 128, 129, (1 << 18) + 1);
  if (arity == 16 && n > 129) return;
  CAPTURE(arity, n);
  const auto nodes = sample_nodes(arity * n);
  std::vector<Node> want(n), found(n);
  std::vector<const Node*> first(arity);
  for (const bool rows : {true, false}) {
    for (unsigned k = 0; k < arity; ++k) first[k] = nodes.data() + (rows ? k : k * n);
    const std::size_t stride = rows ? arity : 1;
    poseidon::hash_backends.best(device::best_cpu())(arity, first.data(), stride, want.data(), n);
    poseidon::hash_backends.at(Backend::cuda)(arity, first.data(), stride, found.data(), n);
    REQUIRE((found == want));
  }
}

TEST_CASE("sealing on a GPU: slices, several lanes in turn", "[gpu][slice]") {
  skip_without_gpu();
  const unsigned layers = GENERATE(2, 11), rows = 3;
  const std::size_t nodes = 3 << 15;
  CAPTURE(layers);
  const slice::Shape shape{layers, rows, 1 << 14};
  const Sector sector(layers, nodes);
  const auto make = [&](Backend backend, Made& made) {
    std::unique_ptr<slice::Lane> lanes[3];
    for (auto& lane : lanes) lane = slice::lane_backends.at(backend)(shape, 4);
    std::size_t turn = 0;
    for (std::size_t at = 0; at < nodes; at += shape.most_nodes, ++turn) {
      if (turn >= 3) lanes[turn % 3]->finish();
      lanes[turn % 3]->start(sector.at(at, shape.most_nodes), made.at(at, rows));
    }
    for (auto& lane : lanes) lane->finish();
  };
  Made want(nodes, rows), found(nodes, rows);
  make(slice::lane_backends.choose(device::best_cpu()), want);
  make(Backend::cuda, found);
  REQUIRE(found == want);
}
