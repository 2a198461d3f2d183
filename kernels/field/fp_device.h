// Fp and Fp2 for code that runs on a GPU: coordinates of points of G1 and of G2. The bytes are
// those of blst_fp and blst_fp2. Included by CUDA code, so C++17.
#pragma once
#include "kernels/field/residue.h"

namespace sealyard::field::gpu {

/// Source: zkcrypto/bls12_381, src/fp.rs, MODULUS, R and INV.
struct FpOrder {
  static constexpr int kLimbs = 12;
  static constexpr std::uint32_t kMinusInverse = 0xfffcfffd;  // -1 / m mod 2^32
  SEALYARD_HOST_DEVICE static constexpr std::uint32_t modulus(int i) {
    constexpr std::uint32_t at[] = {0xffffaaab, 0xb9feffff, 0xb153ffff, 0x1eabfffe,
                                    0xf6b0f624, 0x6730d2a0, 0xf38512bf, 0x64774b84,
                                    0x434bacd7, 0x4b1ba7b6, 0x397fe69a, 0x1a0111ea};
    return at[i];
  }
  /// 2^384 mod m
  SEALYARD_HOST_DEVICE static constexpr std::uint32_t one(int i) {
    constexpr std::uint32_t at[] = {0x0002fffd, 0x76090000, 0xc40c0002, 0xebf4000b,
                                    0x53c758ba, 0x5f489857, 0x70525745, 0x77ce5853,
                                    0xa256ec6d, 0x5c071a97, 0xfa80e493, 0x15f65ec3};
    return at[i];
  }
  /// 2^768 mod m
  SEALYARD_HOST_DEVICE static constexpr std::uint32_t radix_squared(int i) {
    constexpr std::uint32_t at[] = {0x1c341746, 0xf4df1f34, 0x09d104f1, 0x0a76e6a6,
                                    0x4c95b6d5, 0x8de5476c, 0x939d83c0, 0x67eb88a9,
                                    0xb519952d, 0x9a793e85, 0x92cae3aa, 0x11988fe5};
    return at[i];
  }
};

using Fp = Residue<FpOrder>;

/// Takes plain numbers into Montgomery form.
SEALYARD_HOST_DEVICE inline Fp from_plain(const Fp& number) {
  Fp radix_squared;
  SEALYARD_UNROLL
  for (int i = 0; i < Fp::kLimbs; ++i) radix_squared.limb[i] = FpOrder::radix_squared(i);
  return mul(number, radix_squared);
}

/// c0 + c1 u with u^2 = -1.
struct Fp2 {
  Fp c0, c1;

  SEALYARD_HOST_DEVICE static Fp2 zero() { return {Fp::zero(), Fp::zero()}; }
  SEALYARD_HOST_DEVICE static Fp2 one() { return {Fp::one(), Fp::zero()}; }
  SEALYARD_HOST_DEVICE bool is_zero() const { return c0.is_zero() && c1.is_zero(); }
};

SEALYARD_HOST_DEVICE inline bool operator==(const Fp2& a, const Fp2& b) {
  return a.c0 == b.c0 && a.c1 == b.c1;
}
SEALYARD_HOST_DEVICE inline Fp2 add(const Fp2& a, const Fp2& b) {
  return {add(a.c0, b.c0), add(a.c1, b.c1)};
}
SEALYARD_HOST_DEVICE inline Fp2 sub(const Fp2& a, const Fp2& b) {
  return {sub(a.c0, b.c0), sub(a.c1, b.c1)};
}
SEALYARD_HOST_DEVICE inline Fp2 neg(const Fp2& a) { return {neg(a.c0), neg(a.c1)}; }
SEALYARD_HOST_DEVICE inline Fp2 twice(const Fp2& a) { return {twice(a.c0), twice(a.c1)}; }

// Products are called, not written out in line: a sum of two points has up to fourteen of them.
SEALYARD_HOST_DEVICE SEALYARD_NOINLINE inline Fp product(Fp a, Fp b) { return mul(a, b); }

/// Karatsuba's way: three products.
SEALYARD_HOST_DEVICE inline Fp2 mul(const Fp2& a, const Fp2& b) {
  const Fp low = product(a.c0, b.c0), high = product(a.c1, b.c1);
  const Fp mixed = product(add(a.c0, a.c1), add(b.c0, b.c1));
  return {sub(low, high), sub(sub(mixed, low), high)};
}
SEALYARD_HOST_DEVICE inline Fp2 sqr(const Fp2& a) {
  const Fp mixed = product(a.c0, a.c1);
  return {product(add(a.c0, a.c1), sub(a.c0, a.c1)), twice(mixed)};
}

}  // namespace sealyard::field::gpu
