// The synthetic proof file, syn-porep-vanilla-proofs.dat: a head of three roots, then one record
// per synthetic challenge in the order of their generation. With it layers, tree_c and tree_d are
// not needed any more. Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/params.rs,
// SynthProofs.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "kernels/vanilla/proof.h"

namespace sealyard::vanilla {

inline constexpr std::size_t kSyntheticHeadBytes = 3 * kNodeBytes;

/// CommD || CommC || CommRLast.
std::array<std::uint8_t, kSyntheticHeadBytes> encode_synthetic_head(const Commitments& roots);
/// @throws Error{corrupt} short.
Commitments decode_synthetic_head(std::span<const std::uint8_t> bytes);

std::uint64_t synthetic_record_bytes(const PorepConfig& config);
std::uint64_t synthetic_file_bytes(const PorepConfig& config);

/// @param out  synthetic_record_bytes(config) bytes.
/// @throws Error{usage} another size, or a proof of another shape.
void encode_synthetic_record(const Proof& proof, const PorepConfig& config,
                             std::span<std::uint8_t> out);
/// The proof of a record; positions come from the node numbers, roots from the head.
/// @throws Error{corrupt} wrong size, or a challenge or parent that is no node of the sector.
Proof decode_synthetic_record(std::span<const std::uint8_t> record, const PorepConfig& config,
                              const Commitments& roots);

/// Writes records of `challenges` (a range of the sector's synthetic challenges) one after another
/// into `out`, every proof checked before it is written.  Ranges may be done in any order, in
/// parallel; `threads` share this one.
///
/// @param out  challenges.size() * synthetic_record_bytes(config) bytes.
/// @throws Error{usage} size; Error{corrupt} a proof that does not hold, naming challenge and
/// field.
void write_synthetic_records(const Sector& sector, std::span<const std::uint64_t> challenges,
                             std::span<std::uint8_t> out, unsigned threads = 1);

}  // namespace sealyard::vanilla
