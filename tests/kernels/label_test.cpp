#include "kernels/label/label.h"

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/graph/graph.h"
#include "kernels/piece/piece.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;
using graph::Graph;
using Layers = std::vector<std::vector<Node>>;
using vectors::node;

namespace {

Node repeated(std::uint8_t byte) {
  Node out;
  out.bytes.fill(byte);
  return out;
}

Node limbs(std::array<std::uint64_t, 4> words) {
  Node out;
  for (std::size_t i = 0; i < words.size(); ++i) store_le(out.bytes.data() + 8 * i, words[i]);
  return out;
}

// All layers, in ranges of `part` nodes.
Layers seal(const Graph& g, const Node& replica_id, unsigned layers, Backend backend,
            std::uint64_t part) {
  std::vector<std::uint32_t> parents(g.nodes() * graph::kDegree);
  g.generate(0, parents);
  Layers out(layers, std::vector<Node>(g.nodes()));
  for (unsigned i = 0; i < layers; ++i) {
    const label::Layer layer{replica_id, i + 1,
                             i == 0 ? std::span<const Node>() : std::span<const Node>(out[i - 1]),
                             out[i]};
    for (std::uint64_t at = 0; at < g.nodes(); at += part) {
      const auto count = std::min(part, g.nodes() - at);
      label::fill(layer, at,
                  std::span(parents).subspan(at * graph::kDegree, count * graph::kDegree), backend);
    }
  }
  return out;
}

Node replica_id_of(const PorepConfig& config, const Node& comm_d) {
  return label::replica_id(label::prover_id(1000), 1, Node{}, comm_d, config.porep_id);
}

void require_reference_layers(const vectors::Case& sector, Backend backend, std::uint64_t part) {
  const auto layers =
      seal(Graph(sector.config), sector.replica_id, sector.config.layers(), backend, part);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto file = "sc-02-data-layer-" + std::to_string(i + 1) + ".dat";
    CAPTURE(file);
    const auto path = sector.path("cache/" + file);
    if (vectors::exists(path)) REQUIRE(layers[i] == vectors::nodes(path));
    REQUIRE(vectors::sha256(layers[i]) == sector.cache_sha256(file));
  }
}

}  // namespace

TEST_CASE("label: prover id and replica id", "[label][bit-exact]") {
  REQUIRE(to_hex(label::prover_id(1000)) == "e807" + std::string(60, '0'));
  REQUIRE(to_hex(label::prover_id(0)) == std::string(64, '0'));
  REQUIRE(to_hex(label::prover_id(127)) == "7f" + std::string(62, '0'));
  REQUIRE(to_hex(label::prover_id(128)) == "8001" + std::string(60, '0'));
  REQUIRE(to_hex(label::prover_id(~std::uint64_t{0})) ==
          "ffffffffffffffffff01" + std::string(44, '0'));
  // Source: go-state-types, abi/sector_test.go.
  const auto ticket = node("0102030405060708090a0102030405060708090a0102030405060708090a0102");
  REQUIRE(to_hex(label::replica_id(label::prover_id(123), 1, ticket, piece::zero_commitment(2048),
                                   registered_porep(0).porep_id)) ==
          "1e2e06391a0d1b99dc896aa6f7fa113ff8e993cbdcbfb503e99571603b61a016");
  for (const auto& sector : vectors::seal_cases(std::uint64_t{1} << 36)) {
    CAPTURE(sector.name);
    REQUIRE(label::prover_id(sector.miner) == sector.prover_id);
    REQUIRE(label::replica_id(sector.prover_id, sector.sector, sector.ticket, sector.comm_d,
                              sector.config.porep_id) == sector.replica_id);
  }
}

// Source: rust-fil-proofs, storage-proofs-porep/tests/stacked_vanilla.rs,
// test_stacked_porep_generate_labels().
TEST_CASE("label: eleven layers of the reference's test graphs", "[label][bit-exact]") {
  struct Row {
    std::uint64_t nodes;
    std::uint8_t porep_byte;
    ApiVersion api;
    std::array<std::uint64_t, 4> last;
  };
  constexpr std::array<std::uint64_t, 4> k64{0xabb3f38bb70defcf, 0x777a2e4d7769119f,
                                             0x3448959d495490bc, 0x06021188c7a71cb5};
  constexpr std::array<std::uint64_t, 4> k128{0x22ab81cf68c4676d, 0x7a77a82fc7c9c189,
                                              0xc6c03d32c1e42d23, 0x0f777c18cc2c55bd};
  const auto backend = GENERATE(from_range(label::fill_backends.backends()));
  for (const auto& row : std::initializer_list<Row>{
           {64,
            0,
            ApiVersion::v1_0_0,
            {0xd3faa96b9a0fba04, 0xea81a283d106485e, 0xe3d51b9afa5ac2b3, 0x0462f4f4f1a68d37}},
           {128,
            0,
            ApiVersion::v1_0_0,
            {0x7e191e52c4a8da86, 0x5ae8a1c9e6fac148, 0xce239f3b88a894b8, 0x234c00d1dc1d53be}},
           {64, 123, ApiVersion::v1_1_0, k64},
           {64, 123, ApiVersion::v1_2_0, k64},
           {128, 123, ApiVersion::v1_1_0, k128},
           {128, 123, ApiVersion::v1_2_0, k128}}) {
    CAPTURE(name(backend), row.nodes, text(row.api));
    const auto layers =
        seal(Graph(row.nodes, repeated(row.porep_byte), row.api), repeated(9), 11, backend, 50);
    REQUIRE(to_hex(layers.back().back()) == to_hex(limbs(row.last)));
  }
}

// Computed by an independent implementation that gives the reference's values.
TEST_CASE("label: zero-data sectors of actor 1000, sector 1, zero ticket", "[label][bit-exact]") {
  struct Row {
    std::uint64_t bytes;
    std::uint8_t porep;  // a registered proof below 0x20, else 32 bytes of it
    ApiVersion api;
    std::string_view replica_id, layer_1, layer_2;
  };
  using enum ApiVersion;
  const std::vector<Row> rows{
      {2048, 0, v1_0_0, "418839c40c9d4af59792ba767c8f79e4f769e79b588a02481041fb715000c500",
       "a2a2565b6641717dc89186781b1ebe4c68dda3e61ba29826f5c878c7c60169e3",
       "643b95baf6d7aaddd6157969b4c5a11a122c885a6caa04866705d9b9cc891088"},
      {2048, 5, v1_1_0, "2940faa406e4c6cbad015e2b08e76fd9e3b0e5b852cea7f8174c02ba33039a01",
       "3fea9e96454770b2ba3bdf441d08ef9757293e5a07766723727ecfb109d64647",
       "a03d8ab5008d9659f6d45032fb1a6a1c49ad788af2465685b33081f05544de5d"},
      {2048, 10, v1_2_0, "d0fb4b531f277e8ffafbb8068b8d9e40cf94045d71d4a21ae6a49faddb5c813f",
       "de367f5209beda537acc96fee5aa6c77e674a1d8a07a467f71572bac17219bc1",
       "00a13375db6f721cef905c4aedf4ca0ca4f022b641dc68e5d195ea18f7e0b5e6"},
      {2048, 15, v1_2_0, "50409bdea511158b7478089619871d13c6654a95290ccd8e6b4e83748c8d361e",
       "9c1e14279136409b1e8e21ff4e501f43b17ef53eaa3220e27c4c39053921fb72",
       "3eb49d72b40d3cd75f4ba4ff11ef54f9297fb8cce4b6175f3319030f8bacca09"},
      {4096, 0x7f, v1_0_0, "f3f686086e6fcbda913b418ef524b192d001b8b08b1e2f068c38cd964e27bf05",
       "5d36f87c6dcb14a65ac34a6c28ea925888e89daccd04b81f7e3e3c5ed7cb727f",
       "572a5f6e05ab8720bd3cd87f152a04741d5175ff2f2e4009d1a0635b659d7327"},
      {4096, 0x80, v1_1_0, "7e88e3e946c5a3b2e05908101f4b4b8fa9c602436f31f47ed2221cc446b14339",
       "d309a246edfd8b9b60b7c6b60dc49047df92ef509d5e0c527b32a9b6d236dbf2",
       "dde8899e2b3b5dbf60653d05d16bf17f3985130e9d84d802856f75f79c267819"},
      {16384, 0x80, v1_1_0, "58d99f33b012fe648f31d2d16962e1a029e52dc5467c63f73299590bf4490627",
       "2f8c596b0a34a510ca7ad98d55d9d318175b418987cef2356c1015d890e63e77",
       "f76801c1ef0bd8ef56e05c32fb775eadc6284077c7e9894387a9feac56f356e7"},
      {32768, 0x7f, v1_0_0, "dd85cdf9b5d038416b1265504199fed2753abd565af1ed1796e938c806c85a2b",
       "e815c2bbfe2adf64bf03eb92f846c9830843c78b8e1e38767791dc4fb952531e",
       "cdb9ef70832221fb01c6ef40424a16725fd7499a0b9b45c6f684eff214180c7d"},
      {32768, 0x80, v1_1_0, "917b9e7c850856f1f972409dee293002200a1bad3ef795a18ea28d36df7f981b",
       "41e04e435b218731189f084bb6fb38dc4e6cae05fff78bc5d899e819878d1c89",
       "cf00153aee1d780c74808470c9e5d1b60062f5445020f21a3fb931fd996b789d"},
  };
  const auto backend = GENERATE(from_range(label::fill_backends.backends()));
  for (const auto& row : rows) {
    CAPTURE(name(backend), row.bytes, int{row.porep});
    const auto config = row.porep < 0x20 ? registered_porep(row.porep)
                                         : raw_porep(row.bytes, repeated(row.porep), row.api);
    REQUIRE(config.sector_bytes == row.bytes);
    REQUIRE(config.api == row.api);
    const auto id = replica_id_of(config, piece::zero_commitment(row.bytes));
    REQUIRE(to_hex(id) == row.replica_id);
    const auto layers = seal(Graph(config), id, config.layers(), backend, 1000);
    REQUIRE(vectors::sha256(layers[0]) == row.layer_1);
    REQUIRE(vectors::sha256(layers[1]) == row.layer_2);
  }
}

TEST_CASE("label: single labels of the 2 KiB zero-data sector", "[label][bit-exact]") {
  const auto backend = GENERATE(from_range(label::fill_backends.backends()));
  CAPTURE(name(backend));
  const auto config = registered_porep(5);
  const auto id = replica_id_of(config, piece::zero_commitment(2048));
  const auto l = seal(Graph(config), id, 2, backend, 64);
  REQUIRE(to_hex(l[0][0]) == "8bb2a3ececaa322edaf0d3c993a3538796cd463e2a92689299ea38ff040dcb1c");
  REQUIRE(to_hex(l[0][1]) == "ca3178fc832247059569acc684c350c59125b243f63a6e136e4303f1e2c6002e");
  REQUIRE(to_hex(l[0][63]) == "8d5515943dce8b1037d4e92f1e30cb46060d3db71aac6ede8a621ae6d245a80a");
  REQUIRE(to_hex(l[1][0]) == "7320201e9269a6da77c418c473f0db68a08380f7b3937411f505713059a0091f");
  REQUIRE(to_hex(l[1][1]) == "7ed28bc78a913a62f8089f1bed30b1e89fac7f3cf422ea67f56808bce684182c");
  REQUIRE(to_hex(l[1][63]) == "2fa2b3031365a278e7b515fe8828e93e55d633a2310a1a7eacadb93be7d5863f");
}

TEST_CASE("label: layers of the reference sectors up to 32 KiB", "[label][bit-exact]") {
  const auto backend = GENERATE(from_range(label::fill_backends.backends()));
  for (const auto& sector : vectors::seal_cases(32 << 10)) {
    CAPTURE(name(backend), sector.name);
    require_reference_layers(sector, backend, 100);
  }
}

TEST_CASE("label: layers of the reference sectors of 8 MiB", "[.][8m][bit-exact]") {
  for (const auto& sector : vectors::seal_cases(8 << 20)) {
    if (sector.config.sector_bytes < 8 << 20) continue;
    CAPTURE(sector.name);
    require_reference_layers(sector, device::best_cpu(), 1 << 16);
  }
}

TEST_CASE("label: layers of the reference sector of 512 MiB", "[.][slow][bit-exact]") {
  require_reference_layers(vectors::seal_case("512m-data-v1_1"), device::best_cpu(), 1 << 20);
}

TEST_CASE("label: ranges of any size give the same layer", "[label]") {
  const auto backend = GENERATE(from_range(label::fill_backends.backends()));
  const Graph g(300, repeated(5), ApiVersion::v1_1_0);
  const auto want = seal(g, repeated(3), 3, Backend::portable, g.nodes());
  for (const std::uint64_t part : {1, 2, 15, 16, 17, 299, 300}) {
    CAPTURE(name(backend), part);
    REQUIRE(seal(g, repeated(3), 3, backend, part) == want);
  }
}

namespace {

std::vector<Node> replica_ids(unsigned sectors) {
  std::vector<Node> ids;
  for (unsigned k = 0; k < sectors; ++k) {
    ids.push_back(repeated(static_cast<std::uint8_t>(3 + k)));
    ids.back().bytes[31] = static_cast<std::uint8_t>(k);
  }
  return ids;
}

// All layers of all sectors, in ranges of `part` nodes: rows of one node of every sector.
Layers seal_batch(const Graph& g, std::span<const Node> ids, unsigned layers, std::uint64_t part,
                  std::span<const label::Part> split) {
  std::vector<std::uint32_t> parents(g.nodes() * graph::kDegree);
  g.generate(0, parents);
  Layers out(layers, std::vector<Node>(g.nodes() * ids.size()));
  for (unsigned i = 0; i < layers; ++i)
    for (std::uint64_t at = 0; at < g.nodes(); at += part) {
      const auto count = std::min(part, g.nodes() - at);
      label::fill({ids, i + 1, i == 0 ? std::span<const Node>() : std::span<const Node>(out[i - 1]),
                   out[i]},
                  at, std::span(parents).subspan(at * graph::kDegree, count * graph::kDegree),
                  split);
    }
  return out;
}

void require_each_sector(const Graph& g, std::span<const Node> ids, const Layers& batch) {
  for (std::size_t k = 0; k < ids.size(); ++k) {
    CAPTURE(ids.size(), k);
    const auto want = seal(g, ids[k], static_cast<unsigned>(batch.size()), Backend::portable, 64);
    for (std::size_t i = 0; i < batch.size(); ++i)
      for (std::uint64_t v = 0; v < g.nodes(); ++v)
        if (batch[i][v * ids.size() + k] != want[i][v]) {
          CAPTURE(i, v);
          REQUIRE(to_hex(batch[i][v * ids.size() + k]) == to_hex(want[i][v]));
        }
  }
}

}  // namespace

TEST_CASE("label: every kernel gives each sector of a batch its own labels", "[label][bit-exact]") {
  const Graph g(40, repeated(5), ApiVersion::v1_1_0);
  for (const auto& kernel : label::kernels())
    for (auto sectors = kernel.least; sectors <= kernel.most; ++sectors) {
      if (sectors > kernel.least + 2 && sectors + 2 < kernel.most) continue;
      CAPTURE(kernel.name, sectors);
      const auto ids = replica_ids(sectors);
      const label::Part part{kernel, sectors};
      const auto whole = seal_batch(g, ids, 3, g.nodes(), {&part, 1});
      require_each_sector(g, ids, whole);
      REQUIRE(seal_batch(g, ids, 3, 1, {&part, 1}) == whole);
      REQUIRE(seal_batch(g, ids, 3, 7, {&part, 1}) == whole);
    }
}

TEST_CASE("label: a batch split over all kernels", "[label][bit-exact]") {
  const Graph g(24, repeated(6), ApiVersion::v1_0_0);
  std::vector<label::Part> split;
  unsigned sectors = 0;
  for (const auto& kernel : label::kernels()) {
    split.push_back({kernel, kernel.least});
    sectors += kernel.least;
  }
  const auto ids = replica_ids(sectors);
  require_each_sector(g, ids, seal_batch(g, ids, 2, 10, split));
  REQUIRE_THROWS_AS(seal_batch(g, replica_ids(sectors + 1), 2, 10, split), Error);
  split.back().sectors += 1000;
  REQUIRE_THROWS_AS(seal_batch(g, replica_ids(sectors + 1000), 2, 10, split), Error);
}

TEST_CASE("label: a batch is split as takes least time", "[label]") {
  using label::Kernel;
  const std::vector<Kernel> kernels{
      {"one", Backend::portable, 1, 1, nullptr},  {"two", Backend::portable, 2, 2, nullptr},
      {"four", Backend::portable, 4, 4, nullptr}, {"sixteen", Backend::portable, 1, 16, nullptr},
      {"32", Backend::portable, 17, 32, nullptr},
  };
  const auto text = [&](unsigned sectors, std::vector<double> ns) {
    std::string all;
    for (const auto& part : label::fastest_split(sectors, kernels, ns))
      all += std::string(part.kernel.name) + ":" + std::to_string(part.sectors) + " ";
    return all;
  };
  const std::vector<double> zen5{549, 760, 1500, 3170, 3850}, streams{700, 740, 1280, 6000, 12500};
  REQUIRE(text(0, zen5).empty());
  REQUIRE(text(1, zen5) == "one:1 ");
  REQUIRE(text(3, zen5) == "one:1 two:2 ");
  REQUIRE(text(7, zen5) == "one:1 two:2 four:4 ");
  REQUIRE(text(9, zen5) == "sixteen:9 ");
  REQUIRE(text(32, zen5) == "32:32 ");
  REQUIRE(text(33, zen5) == "one:1 32:32 ");
  REQUIRE(text(16, streams) == "four:4 four:4 four:4 four:4 ");
  REQUIRE_THROWS_AS(text(4, {1, 2}), Error);
  const std::vector<Kernel> only_32{kernels.back()};
  REQUIRE_THROWS_AS(label::fastest_split(5, only_32, std::vector<double>{1}), Error);
}

TEST_CASE("label: every kernel of this host can be timed", "[label]") {
  const auto kernels = label::kernels();
  REQUIRE(kernels.front().backend == Backend::portable);
  REQUIRE(label::kernels(Backend::portable).size() == 1);
  for (const auto& kernel : kernels) REQUIRE(label::measure(kernel) > 0);
}

TEST_CASE("label: what does not fit together is refused and writes nothing", "[label]") {
  using Catch::Matchers::Contains;
  const Graph g(64, Node{}, ApiVersion::v1_1_0);
  std::vector<Node> before(64), now(64, Node{{7}});
  std::vector<std::uint32_t> parents(64 * graph::kDegree);
  g.generate(0, parents);
  const auto backend = device::best_cpu();
  const label::Layer first{Node{}, 1, {}, now}, second{Node{}, 2, before, now};

  REQUIRE_THROWS_WITH(label::fill({Node{}, 0, {}, now}, 0, parents, backend), Contains("layer 0"));
  REQUIRE_THROWS_WITH(label::fill({Node{}, 1, before, now}, 0, parents, backend),
                      Contains("64 nodes of the layer before, want 0"));
  REQUIRE_THROWS_WITH(label::fill({Node{}, 2, {}, now}, 0, parents, backend),
                      Contains("0 nodes of the layer before, want 64"));
  REQUIRE_THROWS_AS(label::fill(second, 1, parents, backend), Error);
  REQUIRE_THROWS_AS(label::fill(second, 65, {}, backend), Error);
  REQUIRE_THROWS_AS(label::fill(second, 0, std::span(parents).first(27), backend), Error);

  auto damaged = parents;
  damaged[10 * graph::kDegree + 3] = 10;  // a base parent that is not before its node
  REQUIRE_THROWS_WITH(label::fill(first, 0, damaged, backend),
                      Contains("parents: node 10: parent 3 is 10, want below 10"));
  damaged = parents;
  damaged[63 * graph::kDegree + 13] = 64;  // an expander parent outside the layer
  REQUIRE_THROWS_WITH(label::fill(second, 0, damaged, backend), Contains("want below 64"));
  try {
    label::fill(second, 0, damaged, backend);
    FAIL("a damaged parents file was taken");
  } catch (const Error& error) {
    REQUIRE(error.fault() == Fault::corrupt);
  }
  REQUIRE(now == std::vector<Node>(64, Node{{7}}));
  label::fill(second, 64, {}, backend);  // no node at all is no error
  REQUIRE(now == std::vector<Node>(64, Node{{7}}));
}
