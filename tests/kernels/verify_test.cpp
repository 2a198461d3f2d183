// What proofs are proofs of: the reference's public inputs out of what the chain knows, the
// reference's proofs hold, and nothing else does.
#include <set>

#include "kernels/base/error.h"
#include "kernels/challenges/challenges.h"
#include "kernels/graph/graph.h"
#include "kernels/label/label.h"
#include "tests/catch.h"
#include "tests/kernels/claims.h"

using namespace sealyard;
using namespace sealyard::tests;
using groth16::Fr;
using Inputs = std::vector<std::vector<Fr>>;

namespace {

Inputs reference_inputs(const std::string& path) {
  Inputs inputs;
  const auto json = case_json(path);
  for (const auto& partition : json.at("proof").at("public_inputs_le_hex")) {
    auto& made = inputs.emplace_back();
    for (const auto& input : partition)
      made.push_back(field::from_canonical(vectors::node(input.get<std::string>())).value());
  }
  return inputs;
}

template <typename Claim>
std::optional<std::string> refused(const Claim& claim, const std::vector<std::uint8_t>& proof) {
  return verify::refusal(key_of(verify::params_id(claim)), claim, proof);
}

const std::string kOtherInputs = "partition 0: the proof is not one of these public inputs";

// Of an order that nobody has proven: numbers are told from each other by their commitments.
verify::Post made_post(challenges::Post kind, std::size_t sectors) {
  verify::Post post{
      .kind = kind, .sector_bytes = 2048, .miner = 1000, .randomness = {{7}}, .sectors = {}};
  for (std::uint64_t i = 0; i < sectors; ++i)
    post.sectors[3 * i + 1] = field::to_node(field::from_u64(100 + i));
  return post;
}

}  // namespace

TEST_CASE("verify: the reference's public inputs", "[verify][bit-exact]") {
  for (const auto& path : kProvenCases) {
    if (path == "post/winning-2k") continue;
    CAPTURE(path);
    REQUIRE(with_claim(path, [](const auto& claim) { return verify::inputs(claim); }) ==
            reference_inputs(path));
  }
}

// The inputs in case.json of a WinningPoSt repeat the first leaf; its proof is one of all leaves.
TEST_CASE("verify: a WinningPoSt has a challenge of its own in each place", "[verify][bit-exact]") {
  for (const std::string path : {"post/winning-2k", "post/winning-8m"}) {
    const nlohmann::json json = case_json(path).at("sectors").at(0);
    const Fr comm_r = field::from_node(proven_comm_r(path, json.at("number")));
    std::vector<Fr> want;
    for (const auto& leaf : json.at("challenges")) {
      want.push_back(comm_r);
      want.push_back(field::from_u64(leaf.get<std::uint64_t>()));
    }
    REQUIRE(verify::inputs(post_claim(path)) == Inputs{want});
    if (path == "post/winning-2k") REQUIRE(reference_inputs(path)[0][1] == want[1]);
  }
}

TEST_CASE("verify: the reference's proofs hold", "[verify][bit-exact]") {
  for (const auto& path : kProvenCases) {
    CAPTURE(path);
    for (const auto& proof : proofs_of(path))
      REQUIRE(with_claim(path, [&](const auto& claim) { return refused(claim, proof); }) ==
              std::nullopt);
  }
}

TEST_CASE("verify: no input of a seal can be another", "[verify]") {
  for (const std::string name : {"2k-data-v1_1", "2k-data-synth"}) {
    const auto right = seal_claim(name);
    const auto proof = proofs_of("seal/" + name).front();
    const auto changes = [&](auto change) {
      auto claim = right;
      change(claim);
      CHECK(refused(claim, proof) == kOtherInputs);
    };
    changes([](auto& claim) { ++claim.sector.miner; });
    changes([](auto& claim) { ++claim.sector.number; });
    changes([](auto& claim) { claim.sector.number += std::uint64_t{1} << 40; });
    changes([](auto& claim) { claim.comm_d.bytes[5] ^= 1; });
    changes([](auto& claim) { claim.comm_r.bytes[5] ^= 1; });
    changes([](auto& claim) { claim.ticket.bytes[31] ^= 0x80; });
    changes([](auto& claim) { claim.seed.bytes[31] ^= 0x80; });
    for (const unsigned type : {0u, 5u, 10u})
      if (type != right.porep.registered)
        changes([&](auto& claim) { claim.porep = registered_porep(type); });
  }
}

TEST_CASE("verify: no input of a PoSt can be another", "[verify]") {
  for (const std::string path : {"post/window-2k-3", "post/window-v1-2k-2", "post/winning-2k"}) {
    const auto right = post_claim(path);
    const auto proof = proofs_of(path).front();
    const auto changes = [&](auto change, const std::string& want = kOtherInputs) {
      auto claim = right;
      change(claim);
      CHECK(refused(claim, proof) == want);
    };
    changes([](auto& claim) { claim.randomness.bytes[31] ^= 1; });
    changes([](auto& claim) { claim.sectors.begin()->second.bytes[0] ^= 1; });
    changes([](auto& claim) {
      auto node = claim.sectors.extract(claim.sectors.begin());
      node.key() = 0;
      claim.sectors.insert(std::move(node));
    });
    if (path != "post/winning-2k")
      changes([](auto& claim) { claim.sectors[std::uint64_t{1} << 50] = Node{{9}}; },
              path == "post/window-2k-3"
                  ? "partition 1: the proof is not one of these public inputs"
                  : "proof is 192 bytes, want 384 for 2 partitions");
    // The two top bits are no part of it, nor is the miner.
    auto drawn = right;
    drawn.randomness.bytes[31] |= 0xc0;
    drawn.miner = 5;
    CHECK(refused(drawn, proof) == std::nullopt);
  }
  auto older = post_claim("post/window-2k-3");
  older.kind = challenges::Post::window_v1;
  CHECK(refused(older, proofs_of("post/window-2k-3").front()));
}

TEST_CASE("verify: no input of an update can be another", "[verify]") {
  const auto right = update_claim("update/update-2k");
  const auto proof = proofs_of("update/update-2k").front();
  for (const auto field :
       {&verify::Update::comm_r_old, &verify::Update::comm_r_new, &verify::Update::comm_d_new}) {
    auto claim = right;
    (claim.*field).bytes[0] ^= 1;
    CHECK(refused(claim, proof) == kOtherInputs);
  }
  auto turned = right;
  std::swap(turned.comm_r_old, turned.comm_r_new);
  CHECK(refused(turned, proof) == kOtherInputs);
}

TEST_CASE("verify: non-interactive proofs have partitions and no seed", "[verify]") {
  auto claim = seal_claim("2k-data-ni");
  const auto inputs = verify::inputs(claim);
  const auto& porep = claim.porep;
  REQUIRE(inputs.size() == porep.partitions());
  const auto replica_id = vectors::seal_case("2k-data-ni").replica_id;
  const auto nodes =
      challenges::non_interactive(replica_id, claim.comm_r, porep.nodes(), challenges::all(porep));
  const graph::Graph graph(porep);
  const auto count = porep.challenges_per_partition();
  for (unsigned k = 0; k < inputs.size(); ++k) {
    REQUIRE(inputs[k].size() == 3 + 18 * count);
    CHECK(inputs[k][0] == field::from_node(replica_id));
    for (unsigned i = 0; i < count; ++i) {
      const auto node = nodes[k * count + i];
      std::array<std::uint32_t, 14> parents{};
      graph.parents(node, parents);
      CHECK(inputs[k][3 + 18 * i] == field::from_u64(node));
      CHECK(inputs[k][3 + 18 * i + 14] == field::from_u64(parents[13]));
      CHECK(inputs[k][3 + 18 * i + 17] == field::from_u64(node));
    }
  }
  claim.seed.bytes[0] ^= 1;
  CHECK(verify::inputs(claim) == inputs);
  claim.comm_r.bytes[0] ^= 1;
  CHECK(verify::inputs(claim) != inputs);
}

TEST_CASE("verify: sectors fill partitions in order, the last one stands for those missing",
          "[verify]") {
  for (const auto kind : {challenges::Post::window, challenges::Post::window_v1}) {
    for (const std::size_t sectors : {1u, 2u, 3u, 4u, 5u}) {
      const auto post = made_post(kind, sectors);
      const auto inputs = verify::inputs(post);
      REQUIRE(inputs.size() == (sectors + 1) / 2);
      REQUIRE(verify::partitions(post) == inputs.size());
      for (std::size_t place = 0; place < 2 * inputs.size(); ++place) {
        const auto sector = std::min(place, sectors - 1);
        const auto first = kind == challenges::Post::window ? 0 : 10 * sector;
        const auto leaves = challenges::post_leaves(post.randomness, 3 * sector + 1, first, 10, 64);
        const auto* found = &inputs[place / 2][11 * (place % 2)];
        CAPTURE(sectors, place);
        CHECK(found[0] == field::from_u64(100 + sector));
        for (std::size_t i = 0; i < leaves.size(); ++i)
          CHECK(found[1 + i] == field::from_u64(leaves[i]));
      }
    }
  }
  auto large = made_post(challenges::Post::window, 2350);
  large.sector_bytes = std::uint64_t{32} << 30;
  const auto inputs = verify::inputs(large);
  REQUIRE(inputs.size() == 2);
  CHECK(inputs[1].size() == 25839);
  CHECK(inputs[1][0] == inputs[1][25839 - 11]);
}

TEST_CASE("verify: inputs of all sizes", "[verify]") {
  const auto inputs_of_update = [](std::uint64_t bytes) {
    return verify::inputs(verify::Update{bytes, {{1}}, {{2}}, {{3}}});
  };
  for (const auto& [bytes, partitions, first] : {std::tuple{std::uint64_t{2048}, 1u, 1u},
                                                 {std::uint64_t{8} << 20, 4u, 32u},
                                                 {std::uint64_t{32} << 30, 16u, 128u}}) {
    const auto inputs = inputs_of_update(bytes);
    REQUIRE(inputs.size() == partitions);
    for (unsigned k = 0; k < partitions; ++k)
      CHECK(inputs[k] == std::vector{field::from_u64(k | first), field::from_u64(1),
                                     field::from_u64(3), field::from_u64(2)});
  }
  CHECK_THROWS_AS(inputs_of_update(2049), Error);
  auto seal = seal_claim("2k-data-v1_1");
  for (const auto& [type, partitions, count] : {std::tuple{8u, 10u, 18u}, {13u, 10u, 18u}}) {
    seal.porep = registered_porep(type);
    const auto inputs = verify::inputs(seal);
    REQUIRE(inputs.size() == partitions);
    for (const auto& of : inputs) CHECK(of.size() == 3 + 18 * count);
  }
}

TEST_CASE("verify: what is no commitment is a reason, not an error", "[verify]") {
  const Node modulus =
      vectors::node("01000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73");
  const std::vector<std::uint8_t> proof(192);
  const auto key = key_of(groth16::porep_id(registered_porep(5)));
  auto seal = seal_claim("2k-data-v1_1");
  seal.comm_d = Node{};
  CHECK(verify::refusal(key, seal, proof) == "CommD is all zero, no commitment");
  CHECK_THROWS_AS(verify::inputs(seal), Error);
  seal = seal_claim("2k-data-v1_1");
  seal.comm_r = modulus;
  CHECK(verify::refusal(key, seal, proof)->starts_with("CommR 01000000"));
  auto post = made_post(challenges::Post::window, 2);
  post.sectors[4] = Node{};
  CHECK(verify::refusal(key, post, proof) == "sector 4: CommR is all zero, no commitment");
  CHECK_THROWS_AS(verify::inputs(post), Error);
  auto update = update_claim("update/update-2k");
  update.comm_r_new = modulus;
  CHECK(verify::refusal(key, update, proof)->ends_with("is no field element"));
  CHECK_THROWS_AS(verify::inputs(update), Error);
}

TEST_CASE("verify: calls that make no sense are errors", "[verify]") {
  const std::vector<std::uint8_t> proof(192);
  const auto seal = seal_claim("2k-data-v1_1");
  const auto fault = [](auto call) {
    try {
      call();
    } catch (const Error& error) {
      return error.fault();
    }
    return Fault::internal;
  };
  const auto window_key = key_of(groth16::window_post_id(2048));
  CHECK(fault([&] { verify::refusal(window_key, seal, proof); }) == Fault::configuration);
  CHECK(fault([&] {
          verify::refusal(window_key, made_post(challenges::Post::window, 0), proof);
        }) == Fault::usage);
  CHECK(fault([&] { verify::inputs(made_post(challenges::Post::winning, 2)); }) == Fault::usage);
  auto post = made_post(challenges::Post::window, 1);
  post.sector_bytes = 2049;
  CHECK(fault([&] { verify::params_id(post); }) == Fault::usage);
}
