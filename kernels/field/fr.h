// Fr: the scalar field of BLS12-381, the numbers below
// r = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001.
// An Fr is held in Montgomery form; a node holds the same number as 32 plain little-endian bytes.
#pragma once
#include <blst.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernels/base/node.h"

namespace sealyard::field {

/// An element of Fr, always below r. Plain value: copy it, keep it in arrays.
struct Fr {
  blst_fr value{};

  friend bool operator==(const Fr& a, const Fr& b) {
    std::uint64_t differs = 0;
    for (int i = 0; i < 4; ++i) differs |= a.value.l[i] ^ b.value.l[i];
    return differs == 0;
  }
};

/// True when the node is below r, that is, when it is the one encoding of an element.
bool is_canonical(const Node& node);

/// The element of a node; a node of r or more is taken mod r.
Fr from_node(const Node& node);

/// The element of a node, nothing when the node is r or more: for bytes from outside.
std::optional<Fr> from_canonical(const Node& node);

Fr from_u64(std::uint64_t number);

/// The canonical encoding.
Node to_node(const Fr& a);

inline Fr zero() { return {}; }
inline Fr one() { return from_u64(1); }

inline Fr add(const Fr& a, const Fr& b) {
  Fr sum;
  blst_fr_add(&sum.value, &a.value, &b.value);
  return sum;
}

inline Fr sub(const Fr& a, const Fr& b) {
  Fr difference;
  blst_fr_sub(&difference.value, &a.value, &b.value);
  return difference;
}

inline Fr mul(const Fr& a, const Fr& b) {
  Fr product;
  blst_fr_mul(&product.value, &a.value, &b.value);
  return product;
}

inline Fr sqr(const Fr& a) {
  Fr square;
  blst_fr_sqr(&square.value, &a.value);
  return square;
}

/// a^5, the S-box of Poseidon.
inline Fr pow5(const Fr& a) { return mul(sqr(sqr(a)), a); }

/// 1 / a; the inverse of 0 is 0.
Fr inverse(const Fr& a);

/// (a + b) mod r of two canonical nodes, and (a - b) mod r: encoding and decoding of a replica.
inline Node add(const Node& a, const Node& b) { return to_node(add(from_node(a), from_node(b))); }
inline Node sub(const Node& a, const Node& b) { return to_node(sub(from_node(a), from_node(b))); }

/// a[0]*b[0] + ... + a[n-1]*b[n-1], reduced once at the end: about half the time of n mul().
Fr dot(const Fr* a, const Fr* b, std::size_t n);

}  // namespace sealyard::field
