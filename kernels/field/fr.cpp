#include "kernels/field/fr.h"

#include "kernels/base/bytes.h"

namespace sealyard::field {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t low(Wide x) { return static_cast<std::uint64_t>(x); }
constexpr std::uint64_t high(Wide x) { return static_cast<std::uint64_t>(x >> 64); }

// r, least significant limb first, and -1/r mod 2^64.
constexpr std::uint64_t kModulus[4]{0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805,
                                    0x73eda753299d7d48};
constexpr std::uint64_t kMinusInverse = 0xfffffffeffffffff;
constexpr std::size_t kMaxDot = 64;
static_assert(kModulus[0] * kMinusInverse == ~std::uint64_t{0});

// x - r when x >= r, for x of 4 limbs: no branch.
inline void subtract_modulus_once(std::uint64_t* x) {
  std::uint64_t reduced[4], borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const Wide d = Wide{x[i]} - kModulus[i] - borrow;
    reduced[i] = low(d);
    borrow = high(d) & 1;
  }
  const std::uint64_t keep = 0 - borrow;  // all ones when x < r
  for (int i = 0; i < 4; ++i) x[i] = (x[i] & keep) | (reduced[i] & ~keep);
}

// Column k of all products: the sum of limb i times limb k - i. Low and high halves are added up
// apart, so that no carry has to be looked for.
template <int kColumn>
inline void add_column(Wide* columns, const Fr* a, const Fr* b, std::size_t n) {
  constexpr int kFirst = kColumn < 4 ? 0 : kColumn - 3, kLast = kColumn < 4 ? kColumn : 3;
  Wide lows = 0, highs = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto add = [&](int x) {
      const Wide product = Wide{a[i].value.l[x]} * b[i].value.l[kColumn - x];
      lows += low(product);
      highs += high(product);
    };
    add(kFirst);
    if constexpr (kFirst + 1 <= kLast) add(kFirst + 1);
    if constexpr (kFirst + 2 <= kLast) add(kFirst + 2);
    if constexpr (kFirst + 3 <= kLast) add(kFirst + 3);
  }
  columns[kColumn] += lows;
  columns[kColumn + 1] += highs;
}

// One step of Montgomery's reduction: makes limb 0 of t[0..4] zero by adding a multiple of r.
// Returns the carry into t[4].
inline std::uint64_t clear_limb(std::uint64_t* t) {
  const std::uint64_t m = t[0] * kMinusInverse;
  Wide x = Wide{m} * kModulus[0] + t[0];
  x = Wide{m} * kModulus[1] + t[1] + high(x);
  t[1] = low(x);
  x = Wide{m} * kModulus[2] + t[2] + high(x);
  t[2] = low(x);
  x = Wide{m} * kModulus[3] + t[3] + high(x);
  t[3] = low(x);
  return high(x);
}

// x mod r for x = x[0..4] below 30 r: q r are taken off, where q <= x / r < q + 1.5.
inline void reduce_small(std::uint64_t* x) {
  const std::uint64_t head = x[4] << 4 | x[3] >> 60;  // x / 2^252; r / 2^252 = 7.245
  const std::uint64_t q = head * 35 >> 8;
  std::uint64_t carry = 0, borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const Wide part = Wide{q} * kModulus[i] + carry;
    carry = high(part);
    const Wide d = Wide{x[i]} - low(part) - borrow;
    x[i] = low(d);
    borrow = high(d) & 1;
  }
  subtract_modulus_once(x);
}

}  // namespace

bool is_canonical(const Node& node) {
  for (int i = 3; i >= 0; --i) {
    const auto limb = load_le<std::uint64_t>(node.bytes.data() + 8 * i);
    if (limb != kModulus[i]) return limb < kModulus[i];
  }
  return false;
}

Fr from_node(const Node& node) {
  std::uint64_t limbs[4];
  for (int i = 0; i < 4; ++i) limbs[i] = load_le<std::uint64_t>(node.bytes.data() + 8 * i);
  Fr a;
  blst_fr_from_uint64(&a.value, limbs);
  return a;
}

std::optional<Fr> from_canonical(const Node& node) {
  if (!is_canonical(node)) return std::nullopt;
  return from_node(node);
}

Fr from_u64(std::uint64_t number) {
  const std::uint64_t limbs[4]{number, 0, 0, 0};
  Fr a;
  blst_fr_from_uint64(&a.value, limbs);
  return a;
}

Node to_node(const Fr& a) {
  std::uint64_t limbs[4];
  blst_uint64_from_fr(limbs, &a.value);
  Node node;
  for (int i = 0; i < 4; ++i) store_le<std::uint64_t>(node.bytes.data() + 8 * i, limbs[i]);
  return node;
}

Fr inverse(const Fr& a) {
  Fr inverted;
  blst_fr_eucl_inverse(&inverted.value, &a.value);
  return inverted;
}

// The sum of n <= 64 products is below 64 r^2 < 29 r 2^256; the reduction by 2^256 leaves at most
// 30 r.
Fr dot(const Fr* a, const Fr* b, std::size_t n) {
  static_assert(sizeof(a->value.l[0]) == sizeof(std::uint64_t));
  Fr total;
  if (n > kMaxDot) {
    total = dot(a + kMaxDot, b + kMaxDot, n - kMaxDot);
    return add(total, dot(a, b, kMaxDot));
  }
  Wide columns[8]{};
  add_column<0>(columns, a, b, n);
  add_column<1>(columns, a, b, n);
  add_column<2>(columns, a, b, n);
  add_column<3>(columns, a, b, n);
  add_column<4>(columns, a, b, n);
  add_column<5>(columns, a, b, n);
  add_column<6>(columns, a, b, n);
  std::uint64_t t[9];
  Wide carry = 0;
  for (int k = 0; k < 8; ++k) {
    carry += columns[k];
    t[k] = low(carry);
    carry >>= 64;
  }
  t[8] = low(carry);
  std::uint64_t up = 0;
  for (int k = 0; k < 4; ++k) {
    const Wide top = Wide{t[k + 4]} + clear_limb(t + k) + up;
    t[k + 4] = low(top);
    up = high(top);
  }
  t[8] += up;
  reduce_small(t + 4);
  for (int i = 0; i < 4; ++i) total.value.l[i] = t[i + 4];
  return total;
}

}  // namespace sealyard::field
