// Any bytes as the proof of a WindowPoSt: only the reference's two proofs are valid, and those with
// A and B negated, which anybody can make of them.
#include <algorithm>
#include <vector>

#include "kernels/base/hex.h"
#include "kernels/field/fr.h"
#include "kernels/groth16/verify.h"
#include "tests/fuzz/target.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

constexpr std::size_t kPoints[] = {0, 48, 144};  // where A, B and C begin
constexpr std::uint8_t kSignBit = 0x20;

using Bytes = std::vector<std::uint8_t>;

Bytes without_signs(std::span<const std::uint8_t> proof) {
  Bytes bytes(proof.begin(), proof.end());
  for (const auto at : kPoints) bytes.at(at) &= static_cast<std::uint8_t>(~kSignBit);
  return bytes;
}

struct Reference {
  groth16::VerifyingKey key;
  std::vector<std::vector<field::Fr>> inputs;
  std::vector<Bytes> proofs;

  Reference() {
    const auto file = vectors::bytes(
        "params/v28-proof-of-spacetime-fallback-merkletree-poseidon_hasher-8-0-0-"
        "0170db1f394b35d995252228ee359194b13199d259380541dc529fb0099096b0.vk");
    key = groth16::read_verifying_key(file, "window 2KiB");
    const std::string folder = "post/window-2k-1/";
    const auto text = vectors::bytes(folder + "case.json");
    const auto json = nlohmann::json::parse(text.begin(), text.end());
    for (const auto& partition : json.at("proof").at("public_inputs_le_hex")) {
      auto& list = inputs.emplace_back();
      for (const auto& hex : partition)
        list.push_back(field::from_node(vectors::node(hex.get<std::string>())));
    }
    for (const auto* name : {"proof.bin", "proof-fixed-rs.bin"})
      proofs.push_back(without_signs(vectors::bytes(folder + name)));
  }
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  static const Reference reference;
  const std::span proof(data, bytes);
  if (bytes >= groth16::kProofBytes) {
    const auto one = proof.first<groth16::kProofBytes>();
    const auto decoded = groth16::decode_proof(one);
    if (decoded.flaw.empty())
      fuzz::require(std::ranges::equal(groth16::to_bytes(decoded.proof), one),
                    "the proof written is not the proof read");
  }
  if (groth16::refusal(reference.key, reference.inputs, proof)) return 0;
  fuzz::require(std::ranges::count(reference.proofs, without_signs(proof)) == 1,
                "a proof that nobody made is valid");
  return 0;
}
