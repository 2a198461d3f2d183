// Element k of a block is its bits [254 k, 254 k + 254): the oracle of the other variants.
#include <cstring>

#include "kernels/fr32/variants.h"

namespace sealyard::fr32::portable {
namespace {

template <std::size_t k>
Node element(const Limbs& in) {
  constexpr std::size_t kLimb = k * kElementBits / 64, kShift = k * kElementBits % 64;
  std::array<std::uint64_t, kLimbs> limbs;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    limbs[i] = in[kLimb + i] >> kShift;
    if constexpr (kShift != 0) limbs[i] |= in[kLimb + i + 1] << (64 - kShift);
  }
  limbs[kLimbs - 1] &= kLowBitsOfTopLimb;
  Node node;
  std::memcpy(node.bytes.data(), limbs.data(), kNodeBytes);
  return node;
}

}  // namespace

void pad_blocks(const std::uint8_t* unpadded, Node* padded, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i, unpadded += kUnpaddedBlockBytes, padded += kBlockNodes) {
    Limbs in{};
    std::memcpy(in.data(), unpadded, kUnpaddedBlockBytes);
    padded[0] = element<0>(in);
    padded[1] = element<1>(in);
    padded[2] = element<2>(in);
    padded[3] = element<3>(in);
  }
}

}  // namespace sealyard::fr32::portable
