// What the three kinds of proof have in common. Private to this folder.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/groth16/verify.h"

namespace sealyard::verify {

/// Why a node cannot be a commitment: it is zero or no field element. The reference refuses both.
/// Source: rust-fil-proofs, filecoin-proofs/src/api/util.rs, as_safe_commitment().
std::optional<std::string> not_a_commitment(std::string_view name, const Node& node);

/// @throws Error{usage} when there is one.
void require_none(const std::optional<std::string>& flaw);

/// groth16::refusal() of a key that must be of that circuit.
/// @throws Error{configuration} a key of another number of inputs.
std::optional<std::string> refusal_by(const groth16::VerifyingKey& key,
                                      std::span<const std::vector<groth16::Fr>> inputs,
                                      std::span<const std::uint8_t> proof);

}  // namespace sealyard::verify
