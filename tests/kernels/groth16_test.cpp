// Verification: the reference's proofs hold, altered proofs, inputs and keys do not.
#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/scalars.h"
#include "tests/catch.h"
#include "tests/kernels/claims.h"
#include "tests/vectors.h"

using namespace sealyard;
using namespace sealyard::groth16;

namespace {

struct ProvenCase {
  VerifyingKey key;
  std::vector<std::vector<Fr>> inputs;  // of each partition
  std::vector<std::uint8_t> proof, proof_fixed;
};

ProvenCase proven_case(const std::string& path) {
  ProvenCase out;
  tests::with_claim(path, [&](const auto& claim) {
    out.key = tests::key_of(verify::params_id(claim));
    out.inputs = verify::inputs(claim);
  });
  const auto proofs = tests::proofs_of(path);
  out.proof = proofs.front();
  out.proof_fixed = proofs.back();
  return out;
}

void flip(std::vector<std::uint8_t>& bytes, std::size_t bit) {
  bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
}

}  // namespace

TEST_CASE("groth16: the reference's proofs hold", "[groth16][bit-exact]") {
  for (const auto& path : tests::kProvenCases) {
    CAPTURE(path);
    const auto from = proven_case(path);
    REQUIRE(refusal(from.key, from.inputs, from.proof) == std::nullopt);
    REQUIRE(refusal(from.key, from.inputs, from.proof_fixed) == std::nullopt);
  }
}

TEST_CASE("groth16: every flipped bit of a proof is refused", "[groth16]") {
  const auto path = GENERATE(as<std::string>(), "seal/2k-data-v1_1", "post/window-2k-3");
  const auto from = proven_case(path);
  for (std::size_t bit = 0; bit < 8 * from.proof.size(); ++bit) {
    CAPTURE(path, bit);
    auto proof = from.proof;
    flip(proof, bit);
    REQUIRE(refusal(from.key, from.inputs, proof));
  }
}

TEST_CASE("groth16: proofs of other inputs are refused", "[groth16]") {
  auto from = proven_case("seal/2k-data-v1_1");
  const auto other = proven_case("seal/2k-cc-v1_1");
  REQUIRE(refusal(from.key, other.inputs, from.proof));
  REQUIRE(refusal(from.key, from.inputs, other.proof));
  for (auto& input : from.inputs[0]) {
    const Fr right = input;
    input = field::add(input, field::one());
    REQUIRE(refusal(from.key, from.inputs, from.proof));
    input = right;
  }
  std::swap(from.inputs[0][0], from.inputs[0][1]);
  REQUIRE(refusal(from.key, from.inputs, from.proof) ==
          "partition 0: the proof is not one of these public inputs");
  std::swap(from.inputs[0][0], from.inputs[0][1]);
  REQUIRE(!refusal(from.key, from.inputs, from.proof));
}

TEST_CASE("groth16: partitions belong to their inputs and their place", "[groth16]") {
  auto from = proven_case("post/window-2k-3");
  const std::size_t size = kProofBytes;
  auto proof = from.proof;
  std::rotate(proof.begin(), proof.begin() + size, proof.end());
  REQUIRE(refusal(from.key, from.inputs, proof)->starts_with("partition 0: "));
  std::swap(from.inputs[0], from.inputs[1]);
  REQUIRE(!refusal(from.key, from.inputs, proof));
  std::swap(from.inputs[0], from.inputs[1]);
  std::copy_n(from.proof.begin(), size, proof.begin());
  REQUIRE(refusal(from.key, from.inputs, proof)->starts_with("partition 1: "));
  proof = from.proof;
  proof.pop_back();
  REQUIRE(refusal(from.key, from.inputs, proof) == "proof is 383 bytes, want 384 for 2 partitions");
  proof.resize(size);
  REQUIRE(refusal(from.key, from.inputs, proof));
  REQUIRE(!refusal(from.key, std::span(from.inputs).first(1), proof));
  REQUIRE_THROWS_AS(refusal(from.key, {}, {}), Error);
}

TEST_CASE("groth16: points of a proof that are none have a name", "[groth16]") {
  const auto from = proven_case("update/update-2k");
  auto proof = from.proof;
  std::fill(proof.begin() + 48, proof.begin() + 144, std::uint8_t{0});
  proof[48] = 0xc0;
  REQUIRE(refusal(from.key, from.inputs, proof) == "partition 0: B is the point at infinity");
  proof = from.proof;
  proof[144] ^= 0x80;
  REQUIRE(refusal(from.key, from.inputs, proof) == "partition 0: C is no encoding of a point");
}

TEST_CASE("groth16: other keys are refused", "[groth16]") {
  const auto from = proven_case("seal/2k-data-v1_1");
  const auto window = tests::key_of(window_post_id(2048));
  REQUIRE_THROWS_AS(refusal(window, from.inputs, from.proof), Error);
  const auto refused = [&](auto change) {
    auto key = from.key;
    change(key);
    return refusal(key, from.inputs, from.proof).has_value();
  };
  REQUIRE(!refused([](VerifyingKey&) {}));
  REQUIRE(refused([](VerifyingKey& key) { std::swap(key.gamma_g2, key.delta_g2); }));
  REQUIRE(refused([](VerifyingKey& key) { std::swap(key.beta_g2, key.delta_g2); }));
  REQUIRE(refused([](VerifyingKey& key) { key.alpha_g1 = -key.alpha_g1; }));
  REQUIRE(refused([](VerifyingKey& key) { std::swap(key.ic[0], key.ic[3]); }));
  REQUIRE(refused(
      [&](VerifyingKey& key) { std::copy(window.ic.begin(), window.ic.end(), key.ic.begin()); }));
}

TEST_CASE("groth16: many proofs at a time", "[groth16]") {
  std::vector<Claim> claims;
  VerifyingKey key;
  for (const auto* path : {"seal/2k-cc-v1_1", "seal/2k-data-synth", "seal/2k-data-v1_1"}) {
    const auto from = proven_case(path);
    key = from.key;
    for (const auto* proof : {&from.proof, &from.proof_fixed})
      claims.push_back(
          {from.inputs[0], decode_proof(std::span(*proof).first<kProofBytes>()).proof});
  }
  REQUIRE(all_hold(key, claims));
  REQUIRE(all_hold(key, {}));
  for (auto& claim : claims) {
    REQUIRE(holds(key, claim));
    const auto right = claim.proof;
    claim.proof.c = -claim.proof.c;
    REQUIRE(!all_hold(key, claims));
    claim.proof = right;
  }
  // What one gains, another loses: only the random powers tell.
  const auto g = curve::G1Affine::generator();
  auto moved = claims;
  moved[0].proof.c = (curve::G1Point(g) += moved[0].proof.c).affine();
  moved[1].proof.c = (curve::G1Point(-g) += moved[1].proof.c).affine();
  REQUIRE(!all_hold(key, moved));
  std::swap(claims[0].inputs, claims[2].inputs);
  REQUIRE(!all_hold(key, claims));
  claims[0].inputs.pop_back();
  REQUIRE_THROWS_AS(all_hold(key, claims), Error);
}

TEST_CASE("groth16: keys come back byte for byte", "[groth16][bit-exact]") {
  std::ifstream lines(SEALYARD_VECTORS "/params/params.jsonl");
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto json = nlohmann::json::parse(line);
    const auto name = json.at("vk").get<std::string>();
    CAPTURE(name);
    REQUIRE(verifying_key_file(json.at("id").get<std::string>()) == name);
    REQUIRE(params_file(json.at("id").get<std::string>()) == json.at("params"));
    const auto bytes = vectors::bytes("params/" + name);
    REQUIRE(vectors::sha256(bytes) == json.at("vk_sha256"));
    const auto key = read_verifying_key(bytes, name, 2);
    REQUIRE(key.ic.size() == json.at("ic"));
    std::vector<std::uint8_t> again(verifying_key_bytes(key.ic.size()));
    write(key, again.data());
    REQUIRE(again == bytes);
  }
  REQUIRE(count == 4);
}

TEST_CASE("groth16: altered, cut and longer key files are refused", "[groth16]") {
  const auto right = vectors::bytes("params/" + verifying_key_file(update_id(2048)));
  for (std::size_t bit = 0; bit < 8 * right.size(); bit += 13) {
    CAPTURE(bit);
    auto bytes = right;
    flip(bytes, bit);
    REQUIRE_THROWS_AS(read_verifying_key(bytes, "x.vk"), Error);
  }
  for (const std::size_t size : {std::size_t{0}, kIcAt - 1, kIcAt, right.size() - 1}) {
    CAPTURE(size);
    REQUIRE_THROWS_AS(read_verifying_key(std::span(right).first(size), "x.vk"), Error);
  }
  auto bytes = right;
  bytes.push_back(0);
  REQUIRE_THROWS_WITH(read_verifying_key(bytes, "x.vk"),
                      "x.vk: 1349 bytes, want 1348 for 5 inputs; fetch or generate the file again");
  bytes = right;
  bytes[kIcAt] ^= 1;
  REQUIRE_THROWS_WITH(read_verifying_key(bytes, "x.vk"),
                      "x.vk: ic[0] is not on the curve; fetch or generate the file again");
}

TEST_CASE("groth16: names of all official parameters", "[groth16][bit-exact]") {
  std::set<std::string> ours;
  const auto both = [&](const std::string& id) {
    ours.insert(params_file(id));
    ours.insert(verifying_key_file(id));
  };
  for (const unsigned proof : {5u, 6u, 7u, 8u, 9u}) {
    const auto config = registered_porep(proof);
    both(porep_id(config));
    REQUIRE(porep_id(registered_porep(proof + 5)) == porep_id(config));   // synthetic
    REQUIRE(porep_id(registered_porep(proof + 10)) == porep_id(config));  // non-interactive
    both(window_post_id(config.sector_bytes));
    both(winning_post_id(config.sector_bytes));
    both(update_id(config.sector_bytes));
  }
  std::ifstream file(SEALYARD_SOURCE "/share/params/parameters.json");
  const auto manifest = nlohmann::json::parse(file);
  REQUIRE(manifest.size() == 44);
  std::set<std::string> theirs;
  for (const auto& [name, entry] : manifest.items())
    if (name.find("update-poseidon") == std::string::npos) theirs.insert(name);
  REQUIRE(theirs.size() == 40);
  REQUIRE(ours == theirs);
}

TEST_CASE("groth16: scalars", "[groth16]") {
  // SHA-256("abc"), its two top bits cleared.
  REQUIRE(to_hex(field::to_node(named_scalar("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200152d");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    seen.insert(to_hex(field::to_node(random_scalar())));
    const auto brief = to_hex(field::to_node(random_short_scalar()));
    REQUIRE(brief.substr(32) == std::string(32, '0'));
    seen.insert(brief);
  }
  REQUIRE(seen.size() == 200);
}
