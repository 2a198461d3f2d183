// Fr for code that runs on a GPU: numbers modulo r, the order of the groups of BLS12-381. The bytes
// are those of field::Fr, so arrays of it go to a GPU as they are. Included by CUDA code, so C++17.
#pragma once
#include "kernels/field/residue.h"

namespace sealyard::field::gpu {

/// Source: zkcrypto/bls12_381, src/scalar.rs, MODULUS, R and INV.
struct FrOrder {
  static constexpr int kLimbs = 8;
  static constexpr std::uint32_t kMinusInverse = 0xffffffff;  // -1 / m mod 2^32
  SEALYARD_HOST_DEVICE static constexpr std::uint32_t modulus(int i) {
    constexpr std::uint32_t at[] = {0x00000001, 0xffffffff, 0xfffe5bfe, 0x53bda402,
                                    0x09a1d805, 0x3339d808, 0x299d7d48, 0x73eda753};
    return at[i];
  }
  /// 2^256 mod m
  SEALYARD_HOST_DEVICE static constexpr std::uint32_t one(int i) {
    constexpr std::uint32_t at[] = {0xfffffffe, 0x00000001, 0x00034802, 0x5884b7fa,
                                    0xecbc4ff5, 0x998c4fef, 0xacc5056f, 0x1824b159};
    return at[i];
  }
};

using Fr = Residue<FrOrder>;

}  // namespace sealyard::field::gpu
