// Vanilla proofs of PoSt: the reference's bytes, what is read for them, and what is refused.
#include "kernels/challenges/post.h"

#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/post/reading.h"
#include "kernels/post/sector_proof.h"
#include "kernels/tree/layout.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;
using post::Extent;
using post::SectorProof;
using Numbers = std::vector<std::uint64_t>;

namespace {

nlohmann::json case_json(const std::string& name) {
  return nlohmann::json::parse(vectors::bytes("post/" + name + "/case.json"));
}

// The files of a sealed sector, replica first, as they lie in memory.
struct Files {
  Node comm_r, comm_c, comm_r_last;
  TreeShape tree;
  std::vector<std::vector<Node>> files;

  explicit Files(const std::string& seal_case) {
    const auto from = vectors::seal_case(seal_case);
    tree = from.config.tree();
    comm_r = from.comm_r;
    const auto aux = vectors::nodes(from.path("cache/p_aux"));
    comm_c = aux.at(0);
    comm_r_last = aux.at(1);
    files.push_back(vectors::nodes(from.path("sealed")));
    for (unsigned base = 0; base < tree.base_trees; ++base)
      files.push_back(vectors::nodes(
          from.path("cache/sc-02-data-tree-r-last" +
                    (tree.base_trees == 1 ? "" : "-" + std::to_string(base)) + ".dat")));
  }

  SectorProof prove(std::uint64_t number, const Numbers& leaves,
                    std::uint64_t gap = post::kGapNodes) const {
    const auto extents = post::extents(tree, leaves, gap);
    std::vector<std::vector<Node>> nodes;
    for (const auto& [file, first, count] : extents)
      nodes.emplace_back(files.at(file).begin() + first, files.at(file).begin() + first + count);
    return {number, {comm_r, comm_c, comm_r_last, post::prove(tree, leaves, extents, nodes)}};
  }
};

std::string seal_case_of(std::uint64_t number) {
  return number == 1 ? "2k-cc-v1_1" : number == 2 ? "2k-data-v1_1" : "2k-big-number";
}

Numbers all_leaves(const TreeShape& tree) {
  Numbers leaves(tree.base_trees * tree.leaves_per_base_tree);
  for (std::size_t i = 0; i < leaves.size(); ++i) leaves[i] = i;
  return leaves;
}

}  // namespace

TEST_CASE("post: vanilla proofs of sectors and partitions are the reference's bytes",
          "[post][bit-exact]") {
  for (const std::string name : {"window-2k-1", "window-2k-3", "window-v1-2k-2", "winning-2k"}) {
    CAPTURE(name);
    const auto json = case_json(name);
    const bool winning = json.at("kind") == "winning";
    const auto shape =
        winning ? circuit::winning_post_shape(2048) : circuit::window_post_shape(2048);
    std::vector<circuit::PostSector> sectors;
    for (const auto& sector : json.at("sectors")) {
      const std::uint64_t number = sector.at("number");
      const Files files(seal_case_of(number));
      const auto leaves = sector.at("challenges").get<Numbers>();
      const auto proof = files.prove(number, leaves);
      const auto want =
          vectors::bytes("post/" + name + "/vanilla-" + std::to_string(number) + ".bin");
      REQUIRE(post::encode(proof) == want);
      REQUIRE(post::encode(files.prove(number, leaves, 0)) == want);
      CHECK(post::flaw(proof, files.tree, files.comm_r, leaves) == std::nullopt);
      const auto again = post::decode(want, files.tree, static_cast<unsigned>(leaves.size()));
      CHECK(again.number == number);
      CHECK(post::encode(again) == want);
      CHECK(post::flaw(again, files.tree, files.comm_r, leaves) == std::nullopt);
      if (winning)
        sectors = circuit::one_challenge_each(proof.sector);
      else
        sectors.push_back(proof.sector);
    }
    for (std::size_t at = 0; at < sectors.size(); at += shape.sectors) {
      const auto rest = std::span(sectors).subspan(at);
      const auto k = std::to_string(at / shape.sectors);
      CHECK(post::encode_partition(shape,
                                   rest.first(std::min<std::size_t>(rest.size(), shape.sectors))) ==
            vectors::bytes("post/" + name + "/partition-vanilla-" + k + ".bin"));
    }
  }
}

TEST_CASE("post: every leaf of every tree shape", "[post]") {
  for (const std::string name : {"2k-data-v1_1", "4k-raw", "16k-raw", "32k-raw"}) {
    CAPTURE(name);
    const Files files(name);
    const auto leaves = all_leaves(files.tree);
    const auto proof = files.prove(30, leaves);
    REQUIRE(post::flaw(proof, files.tree, files.comm_r, leaves) == std::nullopt);
    const auto bytes = post::encode(proof);
    const auto count = static_cast<unsigned>(leaves.size());
    REQUIRE(bytes.size() == post::encoded_bytes(files.tree, count));
    CHECK(post::decode(bytes, files.tree, count).sector.proofs == proof.sector.proofs);
  }
}

// Source: sizes of the reference's proofs, of which the one of 32 GiB is a real file (curio,
// lib/proof/testgolden/post.vproof).
TEST_CASE("post: lengths of vanilla proofs and of files", "[post]") {
  const auto tree = [](std::string_view size) {
    return raw_porep(parse_size(size), Node{}, ApiVersion::v1_1_0).tree();
  };
  const std::vector<std::tuple<std::string, std::size_t, std::size_t>> want{
      {"2KiB", 5680, 36816},    {"8MiB", 15280, 100176},  {"512MiB", 20080, 131856},
      {"32GiB", 24960, 164064}, {"64GiB", 25520, 167760},
  };
  for (const auto& [size, window, winning] : want) {
    CAPTURE(size);
    CHECK(post::encoded_bytes(tree(size), challenges::kWindowChallenges) == window);
    CHECK(post::encoded_bytes(tree(size), challenges::kWinningChallenges) == winning);
  }
  CHECK(post::file_nodes(tree("2KiB")) == Numbers{64, 1});
  CHECK(post::file_nodes(tree("8MiB")) == Numbers{1 << 18, 18720 / 32});
  CHECK(post::file_nodes(tree("512MiB")) == Numbers{1 << 24, 1198368 / 32});
  const auto large = post::file_nodes(tree("32GiB"));
  CHECK(large.size() == 9);
  CHECK(large.front() == 1 << 30);
  CHECK(large.back() == 9586976 / 32);
}

TEST_CASE("post: few large reads instead of many", "[post]") {
  const auto tree = raw_porep(parse_size("32GiB"), Node{}, ApiVersion::v1_1_0).tree();
  const auto leaves = challenges::post_leaves(Node{}, 1, 0, 10, std::uint64_t{1} << 30);
  const auto merged = post::extents(tree, leaves);
  CHECK(merged.size() <= 48);
  CHECK(merged.size() < post::extents(tree, leaves, 0).size());
  for (std::size_t i = 0; i < merged.size(); ++i) {
    if (i == 0 || merged[i].file != merged[i - 1].file) continue;
    CHECK(merged[i].first > merged[i - 1].first + merged[i - 1].nodes + post::kGapNodes);
  }
  // The segments of two leaves side by side are one read; the same leaf twice is read once.
  const auto near = post::extents(tree, Numbers{511, 512, 512}, 0);
  CHECK(near.front() == Extent{0, 0, 1024});
  CHECK(post::extents(tree, Numbers{512}, 0) == post::extents(tree, Numbers{512, 512}, 0));
  CHECK_THROWS_AS(post::extents(tree, Numbers{std::uint64_t{1} << 30}), Error);
}

TEST_CASE("post: damaged files are refused", "[post]") {
  const Numbers leaves{33, 37, 45};
  Files files("2k-data-v1_1");
  SECTION("a leaf") {
    files.files[0][40].bytes[3] ^= 1;
    CHECK_THROWS_AS(files.prove(2, leaves), Error);
  }
  SECTION("the root") {
    files.files[1][0].bytes[3] ^= 1;
    CHECK_THROWS_AS(files.prove(2, leaves), Error);
  }
  SECTION("a leaf of the same number, not below r") {
    // r added to a small leaf: it hashes alike.
    const auto r =
        vectors::node("01000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73");
    unsigned carry = 0;
    auto& leaf = files.files[0][40];
    for (std::size_t i = 0; i < kNodeBytes; ++i) {
      carry += leaf.bytes[i] + r.bytes[i];
      leaf.bytes[i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    REQUIRE(carry == 0);
    CHECK_THROWS_AS(files.prove(2, leaves), Error);
  }
  SECTION("nodes that were not read") {
    const auto extents = post::extents(files.tree, leaves);
    CHECK_THROWS_AS(post::prove(files.tree, leaves, extents, {}), Error);
    CHECK_THROWS_AS(post::prove(files.tree, leaves, {}, {}), Error);
  }
}

TEST_CASE("post: flawed proofs are refused", "[post]") {
  const Numbers leaves{33, 37, 45};
  const Files files("16k-raw");
  const auto good = files.prove(30, leaves);
  const auto flaw = [&](auto change) {
    auto proof = good;
    change(proof);
    return post::flaw(proof, files.tree, files.comm_r, leaves).value_or("");
  };
  REQUIRE(flaw([](SectorProof&) {}).empty());
  CHECK(flaw([](SectorProof& p) { p.sector.comm_r.bytes[0] ^= 1; }).find("CommR") == 0);
  CHECK(flaw([](SectorProof& p) { p.sector.comm_c.bytes[0] ^= 1; }).find("CommC") == 0);
  CHECK(flaw([](SectorProof& p) { p.sector.comm_c.bytes[31] = 0xff; }).find("CommC") == 0);
  CHECK(flaw([](SectorProof& p) { p.sector.proofs.pop_back(); }) == "2 challenges, want 3");
  CHECK(flaw([](SectorProof& p) {
          p.sector.proofs[1].base.positions[0] ^= 1;
        }).find("challenge 1: proves leaf") == 0);
  CHECK(flaw([](SectorProof& p) {
          p.sector.proofs[1].root.bytes[0] ^= 1;
        }).find("challenge 1: root") == 0);
  CHECK(flaw([](SectorProof& p) {
          p.sector.proofs[2].leaf.bytes[0] ^= 1;
        }).find("challenge 2: hashes to") == 0);
  CHECK(flaw([](SectorProof& p) {
          p.sector.proofs[2].sub.siblings[3].bytes[9] ^= 1;
        }).find("challenge 2: hashes to") == 0);
  CHECK(flaw([](SectorProof& p) {
          p.sector.proofs[0].leaf.bytes[31] = 0xff;
        }).find("challenge 0: a node that is no field element") == 0);
  CHECK(flaw([](SectorProof& p) {
          p.sector.proofs[0].sub = {};
        }).find("challenge 0: a path of another shape") == 0);
}

TEST_CASE("post: bytes that are no vanilla proof", "[post]") {
  const Files files("16k-raw");
  const auto good = post::encode(files.prove(30, {1, 2}));
  const auto refuse = [&](std::size_t at, std::uint8_t value) {
    auto bytes = good;
    bytes.at(at) = value;
    CHECK_THROWS_AS(post::decode(bytes, files.tree, 2), Error);
  };
  refuse(40, 2);               // proofs
  refuse(48, 3);               // challenges
  refuse(56, 2);               // tag
  refuse(60, 5);               // levels
  refuse(68, 6);               // siblings
  refuse(68 + 8 + 7 * 32, 8);  // position
  refuse(68 + 8 + 7 * 32 + 7, 1);
  CHECK_THROWS_AS(post::decode(std::span(good).first(good.size() - 1), files.tree, 2), Error);
  CHECK_THROWS_AS(post::decode(good, files.tree, 3), Error);
}
