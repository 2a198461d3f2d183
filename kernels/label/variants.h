// The implementations behind label.h.
#pragma once
#include "kernels/label/label.h"

namespace sealyard::label {

/// Nodes that a preimage holds behind its 64-byte header: the parents over and over.
/// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/proof.rs, TOTAL_PARENTS.
inline constexpr std::size_t kHashedParents = 37;
inline constexpr std::size_t kBaseParents = 6;

/// Bits of a whole preimage: 9984 = 0x2700.
inline constexpr std::uint64_t kHashedBits = 8 * (64 + kHashedParents * kNodeBytes);

namespace portable {
void fill(const Range& range);
}
namespace sha_ni {
void fill(const Range& range);
void fill_2(const Range& range);  ///< exactly 2 sectors
void fill_4(const Range& range);  ///< exactly 4
}  // namespace sha_ni
namespace avx512 {
void fill_16(const Range& range);  ///< at most 16
void fill_32(const Range& range);  ///< more than 16, at most 32
}  // namespace avx512

}  // namespace sealyard::label
