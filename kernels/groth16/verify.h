// Is a proof valid?
// Source: bellperson 0.27, src/groth16/verifier.rs; rust-fil-proofs,
// storage-proofs-core/src/compound_proof.rs, verify().
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/groth16/verifying_key.h"

namespace sealyard::groth16 {

/// A proof of one partition and what it is said to prove.
struct Claim {
  std::vector<Fr> inputs;  ///< without the constant 1
  Proof proof;
};

/// e(A, B) = e(alpha, beta) e(ic[0] + x_1 ic[1] + ..., gamma) e(C, delta)
/// @throws Error{usage} another number of inputs than the key has.
bool holds(const VerifyingKey& key, const Claim& claim);

/// Do all hold? Each equation is taken to a random power below 2^128 and their product is looked
/// at: one that does not hold passes with a chance of 2^-128. An empty list holds.
/// @throws Error{usage} as holds().
bool all_hold(const VerifyingKey& key, std::span<const Claim> claims);

/// Why the proof of all partitions is not valid, in words; nothing when it is.
/// @param inputs  of each partition, without the constant 1.
/// @param proof   must have kProofBytes a partition.
/// @throws Error{usage} as holds(), or no partitions.
std::optional<std::string> refusal(const VerifyingKey& key, std::span<const std::vector<Fr>> inputs,
                                   std::span<const std::uint8_t> proof);

}  // namespace sealyard::groth16
