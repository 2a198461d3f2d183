// Between numbers and lists of bits. Lists run from the least significant bit unless said
// otherwise. Source: bellpepper-core 0.2.1, src/gadgets/num.rs; bellperson 0.27,
// src/gadgets/multipack.rs; rust-fil-proofs, storage-proofs-core/src/util.rs, gadgets/uint64.rs.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/circuit/boolean.h"
#include "kernels/circuit/num.h"

namespace sealyard::circuit {

using Bits = std::vector<Boolean>;

/// Bits of an element, and how many of them any value may have.
inline constexpr unsigned kFieldBits = 255, kCapacityBits = 254;

/// 2^exponent, below 2^255.
const Fr& power_of_two(unsigned exponent);

/// The 255 bits of x, each new, then <> <> = <sum 2^i bit_i - x>. Not compared with r: a witness of
/// x + r, where that has 255 bits, is accepted.
Bits to_bits(Sink& sink, const Num& x);
/// The same with <sum 2^i bit_i> <1> = <x> for its last row, as in the circuit of sector updates.
Bits to_bits_packed(Sink& sink, const Num& x);

/// The low `count` bits of a number, each new.
Bits new_bits(Sink& sink, std::uint64_t number, unsigned count);

/// Fills up to whole bytes with constant zeros and turns the bits of every byte round: from the
/// order of field elements to that of SHA-256, and back.
Bits reverse_bit_numbering(std::span<const Boolean> bits);

/// New y, then <sum 2^i bit_i> <1> = <y>, of the first 254 bits.
Num pack(Sink& sink, std::span<const Boolean> bits);

/// For each 254 bits a new input p, then <sum 2^i bit_i> <1> = <p>.
void pack_into_inputs(Sink& sink, std::span<const Boolean> bits);

/// States <sum 2^i bit_i> <1> = <x>.
void equal_packed(Sink& sink, std::span<const Boolean> bits, const Num& x);

}  // namespace sealyard::circuit
