// Sum and difference of two nodes in Fr, not in Montgomery form. Included by CUDA code, so C++17.
#pragma once
#include <cstdint>
#include <cstring>

#include "kernels/base/node.h"
#include "kernels/device/host_device.h"

namespace sealyard::replica {

/// A node as a number: four 64-bit limbs, least significant first, below r.
struct Limbs {
  std::uint64_t at[4];
};
static_assert(sizeof(Limbs) == sizeof(Node));

/// r, the order of the BLS12-381 scalar field.
/// Source: zkcrypto/bls12_381, src/scalar.rs, MODULUS.
inline constexpr std::uint64_t kOrder[4] = {0xffffffff00000001, 0x53bda402fffe5bfe,
                                            0x3339d80809a1d805, 0x73eda753299d7d48};

/// Every host and GPU that we build for is little-endian, as nodes are.
inline Limbs load(const Node& node) {
  Limbs limbs;
  std::memcpy(limbs.at, node.bytes.data(), sizeof limbs.at);
  return limbs;
}

inline void store(Node& node, const Limbs& limbs) {
  std::memcpy(node.bytes.data(), limbs.at, sizeof limbs.at);
}

/// a - b mod 2^256; `borrow` becomes 1 when a < b.
SEALYARD_HOST_DEVICE inline Limbs subtract_raw(const Limbs& a, const std::uint64_t (&b)[4],
                                               std::uint64_t& borrow) {
  Limbs out;
  borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t part = a.at[i] - borrow;
    const std::uint64_t wrapped = part > a.at[i];
    out.at[i] = part - b[i];
    borrow = wrapped | (out.at[i] > part);
  }
  return out;
}

/// a + b mod 2^256.
SEALYARD_HOST_DEVICE inline Limbs add_raw(const Limbs& a, const std::uint64_t (&b)[4]) {
  Limbs out;
  std::uint64_t carry = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t part = a.at[i] + carry;
    const std::uint64_t wrapped = part < carry;
    out.at[i] = part + b[i];
    carry = wrapped | (out.at[i] < part);
  }
  return out;
}

/// (a + b) mod r. The raw sum is below 2 r < 2^256, so it never leaves four limbs.
SEALYARD_HOST_DEVICE inline Limbs add(const Limbs& a, const Limbs& b) {
  constexpr std::uint64_t order[4] = {kOrder[0], kOrder[1], kOrder[2], kOrder[3]};
  const Limbs sum = add_raw(a, b.at);
  std::uint64_t below = 0;
  const Limbs reduced = subtract_raw(sum, order, below);
  return below ? sum : reduced;
}

/// (a - b) mod r.
SEALYARD_HOST_DEVICE inline Limbs subtract(const Limbs& a, const Limbs& b) {
  constexpr std::uint64_t order[4] = {kOrder[0], kOrder[1], kOrder[2], kOrder[3]};
  std::uint64_t below = 0;
  const Limbs difference = subtract_raw(a, b.at, below);
  return below ? add_raw(difference, order) : difference;
}

}  // namespace sealyard::replica
