// The implementations behind fr32.h, and what they share.
#pragma once
#include <bit>

#include "kernels/fr32/fr32.h"

namespace sealyard::fr32 {

static_assert(std::endian::native == std::endian::little, "limbs are copied from and to bytes");

inline constexpr std::uint64_t kElementBits = 254;  // of client data in a node
inline constexpr std::uint64_t kLowBitsOfTopLimb = ~std::uint64_t{0} >> 2;
inline constexpr std::size_t kLimbs = 4;  // of a node

/// A block as 64-bit limbs; one more, so that a shifted read may look past the end.
using Limbs = std::array<std::uint64_t, kPaddedBlockBytes / 8 + 1>;

namespace portable {
void pad_blocks(const std::uint8_t* unpadded, Node* padded, std::size_t n);
}
namespace avx512 {
void pad_blocks(const std::uint8_t* unpadded, Node* padded, std::size_t n);
}

}  // namespace sealyard::fr32
