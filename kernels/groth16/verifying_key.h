// What a verifier needs of the parameters: a .vk file, which is also how a .params file begins.
// Source: bellperson 0.27, src/groth16/verifying_key.rs.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/groth16/proof.h"

namespace sealyard::groth16 {

struct VerifyingKey {
  G1Affine alpha_g1, beta_g1;
  G2Affine beta_g2, gamma_g2;
  G1Affine delta_g1;
  G2Affine delta_g2;
  std::vector<G1Affine> ic;  ///< a point per input, the constant 1 first
  friend bool operator==(const VerifyingKey&, const VerifyingKey&) = default;
};

/// Six points and the number of ic points.
inline constexpr std::size_t kIcAt = 868;
inline std::size_t verifying_key_bytes(std::size_t inputs) { return kIcAt + 96 * inputs; }

/// The key at the beginning of `file`. Every point is checked: on the curve, in its group, not the
/// identity (the reference lets identities pass in the first six points).
/// @param name  of the file, for errors.
/// @throws Error{corrupt} a bad point, no inputs, or fewer bytes than inputs want.
VerifyingKey read_verifying_key_of(std::span<const std::uint8_t> file, std::string_view name,
                                   unsigned threads = 1);

/// A .vk file: the same, and nothing behind it.
VerifyingKey read_verifying_key(std::span<const std::uint8_t> file, std::string_view name,
                                unsigned threads = 1);

/// Writes verifying_key_bytes(key.ic.size()).
void write(const VerifyingKey& key, std::uint8_t* to);

}  // namespace sealyard::groth16
