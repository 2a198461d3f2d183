// SHA-256 over Booleans. Bits of a message and of a digest run from the most significant bit of
// byte 0.
// Source: bellperson 0.27, src/gadgets/sha256.rs; rust-fil-proofs, filecoin-hashers/src/sha256.rs.
#pragma once
#include <array>
#include <span>

#include "kernels/circuit/uint32.h"

namespace sealyard::circuit {

using Sha256State = std::array<UInt32, 8>;

inline constexpr std::size_t kSha256BlockBits = 512, kSha256DigestBits = 256;

/// The initial value, all constant.
Sha256State sha256_start();

/// One block of 512 bits: 26,192 rows where state and block are variable.
Sha256State sha256_compress(Sink& sink, std::span<const Boolean> block, const Sha256State& state);

/// The digest of a message of whole bytes. Costs nothing where all bits are constant.
/// @throws Error{usage} not whole bytes.
Bits sha256_hash(Sink& sink, std::span<const Boolean> message);

/// A digest as a number: the bits of each byte turned round, the first 254 packed.
Num pack_digest(Sink& sink, std::span<const Boolean> digest);

/// The node above two nodes of tree_d: trim(SHA-256(left || right)). 45,379 rows.
Num sha256_pair(Sink& sink, const Num& left, const Num& right);

}  // namespace sealyard::circuit
