#include "kernels/challenges/challenges.h"

#include <string>
#include <vector>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;
using Numbers = std::vector<std::uint64_t>;
using vectors::node;

namespace {

Node repeated(std::uint8_t byte) {
  Node out;
  out.bytes.fill(byte);
  return out;
}

// The zero-data sectors of actor 1000, sector 1, zero ticket; values by an independent
// implementation that gives the reference's labels and commitments.
struct ZeroSector {
  unsigned registered;
  std::string_view replica_id, comm_r;
};
constexpr ZeroSector kPlain{5, "2940faa406e4c6cbad015e2b08e76fd9e3b0e5b852cea7f8174c02ba33039a01",
                            "c647b998c78282296cfd1160714228d43f3b054dfbbb77172b68115ba3c3b762"};
constexpr ZeroSector kSynthetic{10,
                                "d0fb4b531f277e8ffafbb8068b8d9e40cf94045d71d4a21ae6a49faddb5c813f",
                                "40e5dd08e5bd066e4d3c4a17bcef02b45b8a82488f986b64d19da77b1b92ca19"};
constexpr ZeroSector kNonInteractive{
    15, "50409bdea511158b7478089619871d13c6654a95290ccd8e6b4e83748c8d361e",
    "149d87cbce94af742a19b83e17950f95295fe80f6d70a412a4be6b82910ce020"};

Numbers derive(const ZeroSector& sector, challenges::Positions positions) {
  return challenges::derive(registered_porep(sector.registered), node(sector.replica_id),
                            node(sector.comm_r), repeated(1), positions);
}

// The challenges that a reference proof opens. Its public inputs are replica_id, comm_d and comm_r,
// then for each challenge the challenge, its 14 parents, and the challenge three times more.
Numbers opened(const vectors::Case& sector) {
  constexpr std::size_t kBefore = 3, kEach = 18;
  const auto& inputs = sector.json.at("proof").at("public_inputs_le_hex").at(0);
  Numbers out;
  for (std::size_t i = kBefore; i < inputs.size(); i += kEach)
    out.push_back(load_le<std::uint64_t>(node(inputs.at(i).get<std::string>()).bytes.data()));
  return out;
}

}  // namespace

TEST_CASE("challenges: plain", "[challenges][bit-exact]") {
  REQUIRE(derive(kPlain, {0, 2}) == Numbers{15, 45});
  REQUIRE(challenges::interactive(node(kPlain.replica_id), repeated(1), std::uint64_t{1} << 30,
                                  {0, 18}) ==
          Numbers{206271213, 441375210, 343972919, 530321477, 543296716, 684546225, 448928643,
                  420091095, 767608846, 472952844, 6112588, 823335768, 596649840, 966199794,
                  546277148, 447760157, 645311817, 523799961});
}

// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/challenges.rs,
// test_synth_challenges_against_hardcoded().
TEST_CASE("challenges: synthetic, the reference's own example", "[challenges][bit-exact]") {
  const Node replica_id{{55}}, comm_r{{101}};
  const auto synthetic = challenges::synthetic(replica_id, comm_r, 1024, 21);
  REQUIRE(synthetic == Numbers{178, 297, 869, 211, 875, 477, 94,  781, 124, 332, 856,
                               801, 176, 692, 429, 691, 290, 204, 986, 210, 973});
  auto selected = challenges::synthetic_indexes(replica_id, repeated(1), 21, {0, 10});
  for (auto& index : selected) index = synthetic.at(index);
  REQUIRE(selected == Numbers{176, 781, 801, 986, 290, 211, 692, 856, 986, 332});
}

TEST_CASE("challenges: synthetic, 2 KiB", "[challenges][bit-exact]") {
  const auto all = challenges::synthetic(node(kSynthetic.replica_id), node(kSynthetic.comm_r), 64,
                                         registered_porep(10).synthetic_challenges());
  REQUIRE(all.size() == 64);
  REQUIRE(Numbers(all.begin(), all.begin() + 10) == Numbers{16, 16, 63, 27, 25, 7, 36, 25, 44, 42});
  REQUIRE(challenges::synthetic_indexes(node(kSynthetic.replica_id), repeated(1), 64, {0, 2}) ==
          Numbers{11, 59});
  REQUIRE(derive(kSynthetic, {0, 2}) == Numbers{36, 57});
}

TEST_CASE("challenges: non-interactive, all partitions", "[challenges][bit-exact]") {
  const auto config = registered_porep(15);
  const std::vector<Numbers> want{{2, 26}, {40, 45}, {3, 59}, {18, 47}, {13, 7},  {7, 56}, {33, 15},
                                  {10, 4}, {31, 63}, {30, 6}, {63, 59}, {56, 59}, {22, 53}};
  REQUIRE(config.partitions() == want.size());
  for (unsigned k = 0; k < want.size(); ++k) {
    CAPTURE(k);
    REQUIRE(derive(kNonInteractive, challenges::partition(config, k)) == want[k]);
  }
}

TEST_CASE("challenges: those that the reference's proofs open", "[challenges][bit-exact]") {
  for (const auto* name : {"2k-data-v1_1", "2k-cc-v1_1", "2k-data-synth"}) {
    CAPTURE(name);
    const auto sector = vectors::seal_case(name);
    const auto want = opened(sector);
    REQUIRE(want.size() == 2);
    REQUIRE(challenges::derive(sector.config, sector.replica_id, sector.comm_r, sector.seed,
                               challenges::all(sector.config)) == want);
  }
}

TEST_CASE("challenges: partitions are parts of one sequence", "[challenges]") {
  for (const unsigned registered : {8u, 13u, 18u}) {
    CAPTURE(registered);
    const auto config = registered_porep(registered);
    const auto sequence =
        challenges::derive(config, repeated(2), repeated(3), repeated(4), challenges::all(config));
    REQUIRE(sequence.size() == config.partitions() * config.challenges_per_partition());
    Numbers joined;
    for (unsigned k = 0; k < config.partitions(); ++k) {
      const auto part = challenges::derive(config, repeated(2), repeated(3), repeated(4),
                                           challenges::partition(config, k));
      joined.insert(joined.end(), part.begin(), part.end());
    }
    REQUIRE(joined == sequence);
    for (const auto challenge : sequence) {
      REQUIRE(challenge != 0);
      REQUIRE(challenge < config.nodes());
    }
    REQUIRE_THROWS_AS(challenges::partition(config, config.partitions()), Error);
  }
}

TEST_CASE("challenges: what has no answer is a usage error", "[challenges]") {
  REQUIRE_THROWS_AS(challenges::interactive(Node{}, Node{}, 1, {0, 1}), Error);
  REQUIRE_THROWS_AS(challenges::synthetic(Node{}, Node{}, 0, 1), Error);
  REQUIRE_THROWS_AS(challenges::synthetic_indexes(Node{}, Node{}, 0, {0, 1}), Error);
}
