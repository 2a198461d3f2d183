#include "kernels/graph/graph.h"

#include <sodium.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/graph/chacha8.h"
#include "kernels/graph/variants.h"
#include "kernels/sha256/sha256.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;
using graph::Graph;

namespace {

using Entry = std::vector<std::uint32_t>;

Entry parents(const Graph& g, std::uint64_t node) {
  Entry out(graph::kDegree);
  g.parents(node, std::span<std::uint32_t, graph::kDegree>(out));
  return out;
}

// SHA-256 of the whole parents cache, generated in parts of an odd number of nodes.
std::string cache_sha256(const Graph& g, Backend backend) {
  constexpr std::uint64_t kPart = 10007;
  sha256::Hasher hasher;
  std::vector<std::uint32_t> part;
  for (std::uint64_t at = 0; at < g.nodes(); at += kPart) {
    part.resize(std::min(kPart, g.nodes() - at) * graph::kDegree);
    g.generate(at, part, backend);
    hasher.update({reinterpret_cast<const std::uint8_t*>(part.data()), part.size() * 4});
  }
  return to_hex(hasher.finish());
}

void require_published(unsigned registered, Backend backend) {
  const auto config = registered_porep(registered);
  const auto want = graph::published_cache_digest(config);
  REQUIRE(want);
  REQUIRE(cache_sha256(Graph(config), backend) == to_hex(*want));
}

std::string name_of_cache(unsigned registered) {
  return Graph(registered_porep(registered)).cache_name();
}

// What the reference calls the pathology of the first api: of all expander parents of the first
// nodes, is one in the upper half?
bool reaches_upper_half(unsigned registered) {
  const Graph g(registered_porep(registered));
  std::vector<std::uint32_t> entries(1000 * graph::kDegree);
  g.generate(0, entries);
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (i % graph::kDegree >= graph::kBaseDegree && entries[i] > g.nodes() / 2) return true;
  return false;
}

}  // namespace

// Source: seeds by an independent implementation that gives the reference's cache digests.
TEST_CASE("graph: seeds of the registered proofs", "[graph][bit-exact]") {
  struct Row {
    std::string_view drg_seed;
    std::uint64_t k0, k1, k2;
  };
  constexpr std::array<Row, 10> kRows{{
      {"623f03efd4cbc4f029203ee913d026a4e2d9913025a8aed04fec97a0", 0x8fb5fa185a23bce6,
       0xd567abafe374f26e, 0xa2f3f4da23359acc},
      {"8292e037360adebedf4f0c1fe3215360a70d59cba547b011c9c1f6e8", 0x01fd7811dfa3e6ed,
       0x553b68d8971ad342, 0x5e01f8949b216dc9},
      {"f9521c4c3861f05f46361c7a1d9736b5569ad98a80b4fb65a0211536", 0x25bcb4fcece98128,
       0x861ee51926f0214b, 0x297afca1eaee6c07},
      {"a674e44e91e0af2c0d2406b8f0437a0832819d7568d3f7fe2f665a92", 0xad34733ae94c2bc0,
       0x128224972c156342, 0x935d1caca8ada2d9},
      {"d80037d5e732ece13a13a4ead255ca92a9a76226fec49ac4b07e216e", 0xb570b74b73459cd5,
       0x5f826c690838c5e1, 0x2cd43d7dda057064},
      {"3be68542ec229705b99be29c2106b0e4222ccd1d0311398ea4d22d7d", 0x90b15b1c4509e47a,
       0xdc5378c03df3f21b, 0xfa76fc24deb9d7ac},
      {"dd49e976092e087108b442bde7ec6278d8b8d78f8d39f818205b2a23", 0xd2b030e95f540560,
       0x7f7956fe452a1b07, 0x8f3c65e897dee246},
      {"ff98e8aefca74eb36a4db23804c4982d46032328101a3b3a4819568e", 0x58d8dd5a65467a3a,
       0xdea3d86d80cd3e35, 0xaebfb2c9cc6964eb},
      {"ba0350183955dc9f07e73503f5c63ff1bd9c22501363983de241f74a", 0x35a20d6c881b3e73,
       0x11063648dc13a120, 0xa8c1ad029b31fcb5},
      {"bab80f31f3694d562279ef610ca1f43e36050d6d7fad9613d62483b8", 0xa3e0f807b2608bbf,
       0x58283749bc2d4bde, 0x2a81f68634313622},
  }};
  for (unsigned i = 0; i < kRows.size(); ++i) {
    CAPTURE(i);
    const Graph g(registered_porep(i));
    REQUIRE(to_hex(g.drg_seed()) == kRows[i].drg_seed);
    REQUIRE(g.feistel_keys()[0] == kRows[i].k0);
    REQUIRE(g.feistel_keys()[1] == kRows[i].k1);
    REQUIRE(g.feistel_keys()[2] == kRows[i].k2);
  }
  REQUIRE(Graph(registered_porep(5)).feistel_keys()[3] == 0xcdec5e11f7b30a54);
}

TEST_CASE("graph: parents of single nodes", "[graph][bit-exact]") {
  const Graph g(registered_porep(5));
  REQUIRE(parents(g, 0) == Entry{0, 0, 0, 0, 0, 0, 4, 9, 60, 1, 14, 26, 26, 4});
  REQUIRE(parents(g, 1) == Entry{0, 0, 0, 0, 0, 0, 6, 12, 35, 43, 23, 34, 58, 2});
  REQUIRE(parents(g, 2) == Entry{1, 1, 1, 0, 1, 0, 30, 28, 55, 63, 63, 36, 37, 36});
  REQUIRE(parents(g, 3) == Entry{2, 1, 1, 2, 2, 2, 10, 46, 59, 7, 43, 29, 9, 16});
  REQUIRE(parents(g, 10) == Entry{9, 6, 6, 9, 9, 5, 30, 20, 60, 53, 31, 9, 47, 41});
  REQUIRE(parents(g, 33) == Entry{32, 32, 27, 32, 32, 18, 11, 49, 36, 62, 27, 42, 2, 40});
  REQUIRE(parents(g, 63) == Entry{62, 15, 42, 62, 61, 62, 0, 15, 30, 30, 28, 42, 49, 38});
  const Graph legacy(registered_porep(0));
  REQUIRE(parents(legacy, 2) == Entry{0, 1, 1, 1, 1, 1, 32, 49, 26, 57, 3, 4, 47, 63});
  REQUIRE(parents(legacy, 3) == Entry{1, 2, 1, 2, 1, 2, 55, 45, 29, 45, 51, 53, 56, 44});
  REQUIRE(parents(legacy, 63) == Entry{62, 61, 56, 62, 37, 62, 49, 37, 35, 41, 52, 50, 54, 5});
}

// Source: rust-fil-proofs, storage-proofs-porep/parent_cache.json.
TEST_CASE("graph: whole caches of 2 KiB have the published digests", "[graph][bit-exact]") {
  const auto backend = GENERATE(from_range(graph::permute_backends.backends()));
  for (const unsigned registered : {0u, 5u}) {
    CAPTURE(name(backend), registered);
    require_published(registered, backend);
  }
}

TEST_CASE("graph: whole caches of 8 MiB have the published digests", "[.][8m][bit-exact]") {
  const auto backend = GENERATE(from_range(graph::permute_backends.backends()));
  for (const unsigned registered : {1u, 6u}) {
    CAPTURE(name(backend), registered);
    require_published(registered, backend);
  }
}

TEST_CASE("graph: whole caches of 512 MiB have the published digests", "[.][slow][bit-exact]") {
  for (const unsigned registered : {2u, 7u}) {
    CAPTURE(registered);
    require_published(registered, device::best_cpu());
  }
}

TEST_CASE("graph: cache files have the names of the reference", "[graph][bit-exact]") {
  constexpr std::array<std::string_view, 10> kStems{
      "3f0eef38bb48af1f48ad65e14eb85b4ebfc167cec18cd81764f6d998836c9899",
      "dcdabb0fbe4364bf0ac28b6a18c66de246409fa1a9020a00f33fb3e3053da6dc",
      "2aa9c77c3e58259481351cc4be2079cc71e1c9af39700866545c043bfa30fb42",
      "e1fa5d5b811ddbd118be3412c4a8c329156b8b8acc72632bca459455b5a05a13",
      "8a99e8d6b6be7ab87a56b632e6739ff201c23ea14e99737c74690f0e265574d6",
      "494d91dc80f2df5272c4b9e129bc7ade9405225993af9fe34e6542a39a47554b",
      "5eed212119fd91aa6220a27f31a8966444a9381842bceb3a1ea61525bd47a5b5",
      "7ba215a1d2345774ab90b8cb1158d296e409d6068819d7b8c7baf0b25d63dc34",
      "21981246c370f9d76c7a77ab273d94bde0ceb4e938292334960bce05585dc117",
      "4905486b7af19558ac3649bc6261411858b6add534438878c4ee3b29d8b9de0b",
  };
  for (unsigned i = 0; i < kStems.size(); ++i) {
    CAPTURE(i);
    REQUIRE(name_of_cache(i) == "v28-sdr-parent-" + std::string(kStems[i]) + ".cache");
  }
  REQUIRE(name_of_cache(13) ==
          "v28-sdr-parent-716c0c62d7111a1f43ddbc54102052f151fdf2162ba7605786aa51c495aa6e65.cache");
  REQUIRE(Graph(registered_porep(8)).cache_bytes() == 60129542144);
  REQUIRE_FALSE(graph::published_cache_digest(registered_porep(10)));
  REQUIRE_FALSE(graph::published_cache_digest(raw_porep(4096, Node{}, ApiVersion::v1_1_0)));
}

TEST_CASE("graph: parts of a cache, node by node and every backend are the same", "[graph]") {
  const auto backend = GENERATE(from_range(graph::permute_backends.backends()));
  CAPTURE(name(backend));
  const Graph g(registered_porep(6));
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{777}, g.nodes() - 131}) {
    for (const std::size_t count : {0, 1, 2, 24, 48, 63, 64, 65, 131}) {
      CAPTURE(first, count);
      std::vector<std::uint32_t> out(count * graph::kDegree);
      g.generate(first, out, backend);
      for (std::size_t i = 0; i < count; ++i)
        REQUIRE(Entry(out.begin() + static_cast<std::ptrdiff_t>(i * graph::kDegree),
                      out.begin() + static_cast<std::ptrdiff_t>((i + 1) * graph::kDegree)) ==
                parents(g, first + i));
    }
  }
}

// Source of the cases: rust-fil-proofs, storage-proofs-core/src/crypto/feistel.rs, tests.
TEST_CASE("graph: a Feistel network is a permutation of any range", "[graph]") {
  const auto backend = GENERATE(from_range(graph::permute_backends.backends()));
  for (const std::uint64_t n : {1, 2, 3, 4, 5, 6, 8, 12, 16, 17, 64, 256, 1000, 4096, 5000}) {
    CAPTURE(name(backend), n);
    std::vector<std::uint64_t> values(n), numbers(n);
    std::iota(values.begin(), values.end(), 0);
    numbers = values;
    auto oracle = values;
    const graph::Feistel feistel(n, {1, 2, 3, 4});
    feistel.permute(values, backend);
    feistel.permute(oracle, Backend::portable);
    REQUIRE(values == oracle);
    std::sort(values.begin(), values.end());
    REQUIRE(values == numbers);
  }
}

TEST_CASE("graph: the round function is libsodium's BLAKE2b", "[graph][bit-exact]") {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::uint64_t x = i * 0x9e3779b97f4a7c15, k = ~i * 0xc2b2ae3d27d4eb4f;
    CAPTURE(i);
    std::array<std::uint8_t, 16> message{};
    store_be(message.data(), x);
    store_be(message.data() + 8, k);
    std::array<std::uint8_t, 64> digest{};
    crypto_generichash(digest.data(), digest.size(), message.data(), message.size(), nullptr, 0);
    REQUIRE(graph::portable::round_function(x, k) == load_be<std::uint64_t>(digest.data()));
  }
}

// Source: "The ChaCha family of stream ciphers", test vectors of draft-strombergson-chacha-test-
// vectors-01, TC1 (all-zero key), 8 rounds, 256-bit key.
TEST_CASE("graph: ChaCha with 8 rounds, both blocks", "[graph][bit-exact]") {
  graph::ChaCha8 random(std::array<std::uint8_t, 32>{});
  std::string stream;
  for (int i = 0; i < 16; ++i) {
    std::array<std::uint8_t, 8> bytes{};
    store_le(bytes.data(), random.next());
    stream += to_hex(bytes);
  }
  REQUIRE(stream ==
          "3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e"
          "984ce172b9216f419f445367456d5619314a42a3da86b001387bfdb80e0cfe42"
          "d2aefa0deaa5c151bf0adb6c01f2a5adc0fd581259f9a2aadcf20f8fd566a26b"
          "5032ec38bbc5da98ee0c6f568b872a65a08abf251deb21bb4b56e5d8821e68aa");
}

TEST_CASE("graph: the first api hashes the predecessor last, the others first", "[graph]") {
  for (const auto api : {ApiVersion::v1_0_0, ApiVersion::v1_1_0, ApiVersion::v1_2_0}) {
    const Graph g(1024, Node{{9}}, api);
    for (std::uint64_t node = 2; node < g.nodes(); ++node) {
      CAPTURE(text(api), node);
      const auto entry = parents(g, node);
      REQUIRE(entry[api == ApiVersion::v1_0_0 ? 5 : 0] == node - 1);
      for (std::size_t i = 0; i < graph::kBaseDegree; ++i) REQUIRE(entry[i] < node);
      for (const auto parent : entry) REQUIRE(parent < g.nodes());
    }
  }
}

// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/graph.rs,
// test_graph_distribution_pathology().
TEST_CASE("graph: only 32 and 64 GiB graphs of the first api stay in the lower half", "[graph]") {
  REQUIRE_FALSE(reaches_upper_half(3));
  REQUIRE_FALSE(reaches_upper_half(4));
  REQUIRE(reaches_upper_half(8));
  REQUIRE(reaches_upper_half(9));
  REQUIRE(reaches_upper_half(2));  // small graphs of the first api are sound
}

// Source: the same file, test_exp_parent_histogram().
TEST_CASE("graph: expander parents spread over the whole layer", "[graph]") {
  constexpr std::uint64_t kNodes = std::uint64_t{1} << 31;
  constexpr std::size_t kBins = 32, kSamples = 10000;
  const Graph g(kNodes, registered_porep(5).porep_id, ApiVersion::v1_1_0);
  std::array<std::size_t, kBins> bins{};
  std::vector<std::uint32_t> entry(graph::kDegree);
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    g.generate(i * (kNodes / kSamples), entry);
    for (std::size_t j = graph::kBaseDegree; j < graph::kDegree; ++j)
      ++bins[entry[j] / (kNodes / kBins)];
  }
  constexpr double kMean = double{kSamples} * graph::kExpanderDegree / kBins;
  for (const auto bin : bins) {
    REQUIRE(static_cast<double>(bin) > 0.6 * kMean);
    REQUIRE(static_cast<double>(bin) < 1.4 * kMean);
  }
}

TEST_CASE("graph: what is no graph or no range of it is a usage error", "[graph]") {
  REQUIRE_THROWS_AS(Graph(0, Node{}, ApiVersion::v1_1_0), Error);
  REQUIRE_THROWS_AS(Graph(std::uint64_t{1} << 32, Node{}, ApiVersion::v1_1_0), Error);
  const Graph g(64, Node{}, ApiVersion::v1_1_0);
  std::vector<std::uint32_t> two(2 * graph::kDegree, 7), part(13, 7);
  REQUIRE_THROWS_AS(g.generate(63, two), Error);
  REQUIRE_THROWS_AS(g.generate(65, std::span<std::uint32_t>()), Error);
  REQUIRE_THROWS_AS(g.generate(0, part), Error);
  REQUIRE(two == std::vector<std::uint32_t>(two.size(), 7));
  REQUIRE(part == std::vector<std::uint32_t>(part.size(), 7));
}
