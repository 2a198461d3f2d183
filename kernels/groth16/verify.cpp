#include "kernels/groth16/verify.h"

#include <fmt/format.h>

#include "kernels/base/error.h"
#include "kernels/curve/msm.h"
#include "kernels/curve/pairing.h"
#include "kernels/groth16/scalars.h"

namespace sealyard::groth16 {
namespace {

using curve::G1Point;

void require_inputs(const VerifyingKey& key, const Claim& claim) {
  if (claim.inputs.size() + 1 != key.ic.size())
    throw Error(Fault::usage, "groth16: {} inputs, the verifying key is for {}; another circuit's?",
                claim.inputs.size(), key.ic.size() - 1);
}

// The product of all equations, each to the power z[j]:
//   prod e(z_j A_j, -B_j) e(sum z_j C_j, delta) e(sum z_j acc_j, gamma) e(sum z_j alpha, beta) = 1
bool product_holds(const VerifyingKey& key, std::span<const Claim> claims, std::span<const Fr> z) {
  std::vector<std::pair<G1Affine, G2Affine>> pairs;
  std::vector<Fr> coefficients(key.ic.size());  // of ic
  G1Point c;
  for (std::size_t j = 0; j < claims.size(); ++j) {
    const auto& [inputs, proof] = claims[j];
    pairs.emplace_back((z[j] * proof.a).affine(), -proof.b);
    c += z[j] * proof.c;
    coefficients[0] = field::add(coefficients[0], z[j]);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      coefficients[i + 1] = field::add(coefficients[i + 1], field::mul(z[j], inputs[i]));
  }
  pairs.emplace_back(c.affine(), key.delta_g2);
  pairs.emplace_back(curve::multiply<G1>(key.ic, coefficients, 1).affine(), key.gamma_g2);
  pairs.emplace_back((coefficients[0] * key.alpha_g1).affine(), key.beta_g2);
  return curve::product_is_one(pairs);
}

}  // namespace

bool holds(const VerifyingKey& key, const Claim& claim) {
  require_inputs(key, claim);
  const Fr once = field::one();
  return product_holds(key, {&claim, 1}, {&once, 1});
}

bool all_hold(const VerifyingKey& key, std::span<const Claim> claims) {
  if (claims.empty()) return true;
  if (claims.size() == 1) return holds(key, claims.front());
  std::vector<Fr> z;
  for (const auto& claim : claims) {
    require_inputs(key, claim);
    z.push_back(random_short_scalar());
  }
  return product_holds(key, claims, z);
}

std::optional<std::string> refusal(const VerifyingKey& key, std::span<const std::vector<Fr>> inputs,
                                   std::span<const std::uint8_t> proof) {
  if (inputs.empty()) throw Error(Fault::usage, "groth16: inputs of no partition");
  if (proof.size() != inputs.size() * kProofBytes)
    return fmt::format("proof is {} bytes, want {} for {} partitions", proof.size(),
                       inputs.size() * kProofBytes, inputs.size());
  std::vector<Claim> claims;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    auto decoded = decode_proof(proof.subspan(k * kProofBytes).first<kProofBytes>());
    if (!decoded.flaw.empty()) return fmt::format("partition {}: {}", k, decoded.flaw);
    claims.push_back({inputs[k], decoded.proof});
  }
  if (all_hold(key, claims)) return std::nullopt;
  for (std::size_t k = 0; k < claims.size(); ++k)
    if (!holds(key, claims[k]))
      return fmt::format("partition {}: the proof is not one of these public inputs", k);
  throw Error(Fault::internal, "groth16: {} proofs hold one by one, not together", claims.size());
}

}  // namespace sealyard::groth16
