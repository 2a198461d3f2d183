// A proof: three points, 192 bytes.
// Source: bellperson 0.27, src/groth16/proof.rs; rust-fil-proofs,
// storage-proofs-core/src/multi_proof.rs.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "kernels/curve/group.h"

namespace sealyard::groth16 {

using curve::G1;
using curve::G1Affine;
using curve::G2;
using curve::G2Affine;
using field::Fr;

/// Of one partition. A proof of several is theirs one after another, without a header.
inline constexpr std::size_t kProofBytes = 192;

struct Proof {
  G1Affine a;
  G2Affine b;
  G1Affine c;
  friend bool operator==(const Proof&, const Proof&) = default;
};

using ProofBytes = std::array<std::uint8_t, kProofBytes>;

/// A (48 bytes), B (96), C (48), compressed.
ProofBytes to_bytes(const Proof& proof);

/// A proof, or what is wrong with its bytes: "A is not on the curve".
struct DecodedProof {
  Proof proof;
  std::string flaw;  ///< empty: none
};

DecodedProof decode_proof(std::span<const std::uint8_t, kProofBytes> bytes);

}  // namespace sealyard::groth16
