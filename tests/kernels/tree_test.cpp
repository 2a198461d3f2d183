#include "kernels/tree/tree.h"

#include <map>
#include <numeric>
#include <random>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/poseidon/poseidon.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

std::vector<Node> random_nodes(std::size_t n, std::uint64_t rng_start) {
  std::mt19937_64 rng(rng_start);
  std::vector<Node> nodes(n);
  for (auto& node : nodes) {
    for (auto& byte : node.bytes) byte = static_cast<std::uint8_t>(rng());
    node = trim(node);
  }
  return nodes;
}

std::vector<Node> tree_over(const tree::Layout& layout, std::span<const Node> leaves,
                            unsigned threads = 1) {
  std::vector<Node> nodes(layout.nodes());
  std::copy(leaves.begin(), leaves.end(), nodes.begin());
  tree::build(layout, nodes, {threads, device::best_cpu()});
  return nodes;
}

// Builds with the streaming builder, leaves given in blocks of `block`, as a file would be written.
std::vector<Node> streamed(const tree::Layout& layout, std::span<const Node> leaves,
                           std::size_t block, unsigned threads) {
  std::vector<Node> nodes(layout.nodes());
  std::copy(leaves.begin(), leaves.end(), nodes.begin());
  tree::Builder builder(layout,
                        [&](unsigned row, std::uint64_t first, std::span<const Node> made) {
                          std::copy(made.begin(), made.end(),
                                    nodes.begin() + layout.row_start(row) + first);
                        },
                        {threads, Backend::portable});
  for (std::size_t at = 0; at < leaves.size(); at += block)
    builder.add(leaves.subspan(at, std::min(block, leaves.size() - at)));
  REQUIRE(builder.root() == nodes.back());
  return nodes;
}

std::string file(const std::string& id, const TreeShape& shape, std::size_t base) {
  return "sc-02-data-" + id + (shape.base_trees > 1 ? "-" + std::to_string(base) : "") + ".dat";
}

}  // namespace

TEST_CASE("tree: layouts have the reference's sizes", "[tree]") {
  struct Row {
    std::string_view size;
    std::uint64_t tree_d_bytes, base_nodes, discarded, tree_r_last_bytes;
  };
  // Source: sizes of the reference's files; 2 KiB to 64 GiB.
  const std::vector<Row> rows{{"2KiB", 4064, 73, 1, 32},
                              {"4KiB", 8160, 73, 1, 32},
                              {"8MiB", 16777184, 299593, 2, 18720},
                              {"512MiB", 1073741792, 19173961, 2, 1198368},
                              {"32GiB", 68719476704, 153391689, 2, 9586976},
                              {"64GiB", 137438953440, 153391689, 2, 9586976}};
  for (const auto& row : rows) {
    const auto config = raw_porep(parse_size(row.size), Node{}, ApiVersion::v1_1_0);
    const auto base = tree::base_tree(config.tree());
    CAPTURE(row.size);
    REQUIRE(tree::data_tree(config.nodes()).nodes() * kNodeBytes == row.tree_d_bytes);
    REQUIRE(base.nodes() == row.base_nodes);
    REQUIRE(tree::rows_to_discard(base) == row.discarded);
    REQUIRE(base.stored_nodes(tree::rows_to_discard(base)) * kNodeBytes == row.tree_r_last_bytes);
    REQUIRE(base.stored_nodes(0) == row.base_nodes);
  }
}

TEST_CASE("tree: rows to discard leave two rows, and never more than the setting", "[tree]") {
  const auto rule = [](std::uint64_t leaves, unsigned setting) {
    return tree::rows_to_discard({tree::Hash::poseidon, 8, leaves}, setting);
  };
  REQUIRE(rule(1, 2) == 0);
  REQUIRE(rule(8, 2) == 0);
  REQUIRE(rule(64, 2) == 1);
  REQUIRE(rule(512, 2) == 2);
  REQUIRE(rule(1 << 18, 2) == 2);
  REQUIRE(rule(1 << 18, 1) == 1);
  REQUIRE(rule(1 << 18, 0) == 0);
  REQUIRE_THROWS_AS(rule(1 << 18, 3), Error);
}

TEST_CASE("tree: tree-c, tree-d and tree-r-last are the reference's files", "[tree][bit-exact]") {
  for (const auto& sector : vectors::seal_cases(32 * 1024)) {
    CAPTURE(sector.name);
    const auto shape = sector.config.tree();
    const auto layout = tree::base_tree(shape);
    const auto discarded = tree::rows_to_discard(layout);
    const auto data = tree::data_tree(sector.config.nodes());
    const auto tree_d = tree_over(data, vectors::nodes(sector.path("unsealed")), 2);
    REQUIRE(vectors::sha256(tree_d) == sector.cache_sha256("sc-02-data-tree-d.dat"));
    REQUIRE(to_hex(tree_d.back()) == to_hex(sector.comm_d));

    const auto sealed = vectors::nodes(sector.path("sealed"));
    std::vector<Node> r_roots, c_roots;
    for (std::size_t base = 0; base < shape.base_trees; ++base) {
      const auto nodes =
          tree_over(layout, std::span(sealed).subspan(base * layout.leaves, layout.leaves));
      const auto stored = std::span(nodes).subspan(layout.stored_from(discarded));
      REQUIRE(vectors::sha256(stored) == sector.cache_sha256(file("tree-r-last", shape, base)));
      r_roots.push_back(nodes.back());
    }
    const auto comm_r_last = tree::join_roots(r_roots, shape);
    const auto p_aux = vectors::nodes(sector.path("cache/p_aux"));
    REQUIRE(to_hex(comm_r_last) == to_hex(p_aux[1]));

    if (!vectors::exists(sector.path("cache/sc-02-data-layer-1.dat"))) continue;
    std::vector<std::vector<Node>> layers;
    for (unsigned layer = 1; layer <= sector.config.layers(); ++layer)
      layers.push_back(
          vectors::nodes(sector.path("cache/sc-02-data-layer-" + std::to_string(layer) + ".dat")));
    std::vector<const Node*> starts;
    for (const auto& layer : layers) starts.push_back(layer.data());
    std::vector<Node> columns(sector.config.nodes());
    poseidon::hash_columns(starts, columns);
    for (std::size_t base = 0; base < shape.base_trees; ++base) {
      const auto nodes =
          tree_over(layout, std::span(columns).subspan(base * layout.leaves, layout.leaves));
      REQUIRE(vectors::sha256(nodes) == sector.cache_sha256(file("tree-c", shape, base)));
      c_roots.push_back(nodes.back());
    }
    const auto comm_c = tree::join_roots(c_roots, shape);
    REQUIRE(to_hex(comm_c) == to_hex(p_aux[0]));
    REQUIRE(to_hex(tree::comm_r(comm_c, comm_r_last)) == to_hex(sector.comm_r));
  }
}

// Source: curio, lib/proof/treed_build_test.go: the first byte is 1, the rest 0.
TEST_CASE("tree: tree-d of a single byte", "[tree][bit-exact]") {
  const auto [nodes, root] = GENERATE(table<std::uint64_t, std::string>({
      {64, "ea995c54784720b449fc92b070adb6cf6635c2619a7a5e0054a24e88f252ec0d"},
      {1 << 18, "23404a8880f9cbc72039cb8614359c2834845570fe95190bbd4d934142e8252c"},
  }));
  std::vector<Node> data(nodes);
  data[0].bytes[0] = 1;
  REQUIRE(to_hex(tree_over(tree::data_tree(nodes), data, 2).back()) == root);
}

// Digests computed by an independent implementation that gives the reference's commitments.
TEST_CASE("tree: tree-d of zero sectors", "[tree][bit-exact]") {
  const auto [bytes, digest] = GENERATE(table<std::uint64_t, std::string>({
      {2048, "c052e3d081bdc66ad47aa2072b3cae0bd5a0bdccb0fa517d5e43102fd726d78a"},
      {4096, "1142c011df8fefcdf3c84aafcd36a9714bc68831057bd9fed17654a7528a859f"},
      {16384, "310cc2d3755c1b1953c64e5e67a57eab5ad71638cbd62cd67ed5a2e841d6bbc0"},
      {32768, "46a1f2a757e7ec6ba57adefc6531b61979e42454e7c81e8152adb2d9dd37a588"},
  }));
  const std::vector<Node> zeros(bytes / kNodeBytes);
  REQUIRE(vectors::sha256(tree_over(tree::data_tree(zeros.size()), zeros)) == digest);
}

TEST_CASE("tree: arity-8 trees of zeros up to the height of 32 GiB", "[tree][bit-exact]") {
  const std::map<unsigned, std::string> want{
      {2, "643ff4d08bf7d20de2f3cf0506d75cfb763aa239971e24fad179a7970a06ef1f"},
      {6, "0c235abfbb5cf445d03109e9f54a0eaf5588e8c359193969ea830b7ee4928b63"},
      {8, "7995c84d3fb91b4c0f7466fe0f5373795e808ad7760f63ee203b190596354959"},
      {9, "cf5dbdf750b09248cb09c3e8a54d1f8e617c58e8fbc19a4f659651a37f61466f"},
      {10, "d5cd408ceb94566b8d39966d406ea4312018f98684ffe630ece1ea0cf3fe7d4d"}};
  Node root;
  for (unsigned height = 1; height <= 10; ++height) {
    root = poseidon::hash(std::vector<Node>(8, root));
    if (want.contains(height)) REQUIRE(to_hex(root) == want.at(height));
  }
}

// Source: curio, lib/proof/tree_r_last_comm_test.go: a 32 GiB sector.
TEST_CASE("tree: eight base roots join to the CommRLast and CommR of 32 GiB", "[tree][bit-exact]") {
  std::vector<Node> roots;
  for (const auto* hex : {"924a00c61658322995d9fc493f8aec72365b30a50197e59537df246ca39ffd1b",
                          "d7958d6ff26877091592ea9b51de5ca3b0ad57af34fefd102291a4db1aec543a",
                          "fafb11646c07d01cbf63facc266b46dd1ab00cd3e30560ef18cf50fd40f32d73",
                          "dcb8d1b4bd3e672ad98c29e5cd05dc2e09a76ef00883a487e163fe4e719fe663",
                          "d846e93787fe6c14f26f49ee610f434d021cc0d1ada562695e08af4d5af63357",
                          "5aaef4e9777d3b31d74dad2075ddd584578c9379e7ef38152cc919fa27d1c629",
                          "406728684d7fc85e050f31db99752b552a2f9d608709f0eaa2d6c66afc96e46b",
                          "9cb01c337f13b4bbf4a4ae0296bdd927dbb52479e8875bd31374c9e567735f2c"})
    roots.push_back(vectors::node(hex));
  const auto comm_r_last = tree::join_roots(roots, registered_porep(8).tree());
  REQUIRE(to_hex(comm_r_last) ==
          "f56b7f7f318d88ac4d72e5d94efd7de7f1df501b98b01a8564fa4cb4983b9e4b");
  const auto comm_c =
      vectors::node("9941e59d24a2a05877558ac5fa1aab256bd12a3e88ef51ee79f58b8d80adb94e");
  REQUIRE(to_hex(tree::comm_r(comm_c, comm_r_last)) ==
          "df691086e3c673c95a45908713d4c5938e5ced43f21b888bd9bc6e181c9f326b");
}

// Source: lotus, storage/sealer/commitment/commr_test.go.
TEST_CASE("tree: comm_r", "[tree][bit-exact]") {
  REQUIRE(to_hex(tree::comm_r(
              vectors::node("091e073b982f66f013c026da6e54d87dbf8bba848ef57a5529c7e7f72c828843"),
              vectors::node("f0c5785c6c8cf62d968b1ecd68edb9d91eb9445c7858a60026f8826860f7e768"))) ==
          "e674d19e6ce7fcf33bbfd9b343a0ceb12d2831d1da543161891ebccad2c6db01");
}

TEST_CASE("tree: threads and blocks change nothing", "[tree]") {
  const tree::Layout binary = tree::data_tree(1024);
  const tree::Layout octal{tree::Hash::poseidon, 8, 512};
  for (const auto& layout : {binary, octal}) {
    const auto leaves = random_nodes(layout.leaves, 31);
    const auto want = tree_over(layout, leaves);
    REQUIRE(tree_over(layout, leaves, 3) == want);
    for (const std::size_t block : {1, 7, 8, 9, 64, 500, 5000}) {
      CAPTURE(layout.arity, block);
      REQUIRE(streamed(layout, leaves, block, block < 9 ? 1 : 3) == want);
    }
  }
}

TEST_CASE("tree: subtrees made apart and the rows over them are the tree", "[tree]") {
  const tree::Layout layout{tree::Hash::poseidon, 8, 512};
  const auto leaves = random_nodes(layout.leaves, 32);
  const auto want = tree_over(layout, leaves);
  for (const std::uint64_t count : {1, 8, 64, 512}) {
    CAPTURE(count);
    std::vector<Node> nodes(layout.nodes()), roots;
    std::copy(leaves.begin(), leaves.end(), nodes.begin());
    for (std::uint64_t first = 0; first < layout.leaves; first += count) {
      tree::Builder builder(
          layout, first, count, [&](unsigned row, std::uint64_t at, std::span<const Node> made) {
            std::copy(made.begin(), made.end(), nodes.begin() + layout.row_start(row) + at);
          });
      builder.add(std::span(leaves).subspan(first, count));
      roots.push_back(builder.root());
    }
    const auto top = tree_over({layout.hash, layout.arity, roots.size()}, roots);
    std::copy(top.begin(), top.end(), nodes.end() - top.size());
    REQUIRE(nodes == want);
  }
}

TEST_CASE("tree: what does not fit is a usage error", "[tree]") {
  const tree::Layout layout{tree::Hash::poseidon, 8, 64};
  const auto sink = [](unsigned, std::uint64_t, std::span<const Node>) {};
  std::vector<Node> nodes(72), one(1), two(2);
  REQUIRE_THROWS_AS(tree::build(layout, nodes), Error);
  REQUIRE_THROWS_AS(tree::hash_row(tree::Hash::poseidon, 8, nodes, two), Error);
  REQUIRE_THROWS_AS(tree::hash_row(tree::Hash::sha256, 8, std::span(nodes).first(16), two), Error);
  REQUIRE_THROWS_AS(tree::hash_row(tree::Hash::poseidon, 3, std::span(nodes).first(6), two), Error);
  REQUIRE_THROWS_AS(tree::data_tree(0), Error);
  REQUIRE_THROWS_AS(tree::data_tree(12), Error);
  REQUIRE_THROWS_AS(tree::base_tree({1, 32, 0, 0}), Error);
  REQUIRE_THROWS_AS(tree::join_roots(two, {8, 64, 8, 0}), Error);
  REQUIRE_THROWS_AS(tree::join_roots(two, {2, 64, 0, 0}), Error);
  REQUIRE_THROWS_AS(tree::Builder(layout, 4, 8, sink), Error);
  REQUIRE_THROWS_AS(tree::Builder(layout, 0, 16, sink), Error);
  REQUIRE_THROWS_AS(tree::Builder(layout, 64, 64, sink), Error);
  REQUIRE_THROWS_AS(tree::Builder(layout, 0, 0, sink), Error);
  tree::Builder builder(layout, sink);
  builder.add(std::span(nodes).first(60));
  REQUIRE_THROWS_AS(builder.root(), Error);
  REQUIRE_THROWS_AS(builder.add(std::span(nodes).first(5)), Error);
}
