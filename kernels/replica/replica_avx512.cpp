// Eight nodes at once: one vector holds the same limb of eight nodes, carries are mask bits.
#include <immintrin.h>

#include "kernels/replica/limbs.h"
#include "kernels/replica/variants.h"

namespace sealyard::replica {
namespace {

constexpr std::size_t kLanes = 8;

struct Limbs8 {
  __m512i at[4];
};

[[gnu::target("avx512f")]] inline __m512i node_offsets() {
  return _mm512_set_epi64(28, 24, 20, 16, 12, 8, 4, 0);
}

[[gnu::target("avx512f")]] inline Limbs8 load8(const Node* nodes) {
  const std::uint8_t* bytes = nodes->bytes.data();
  const __m512i zero = _mm512_setzero_si512();  // the unmasked form warns in GCC 12
  Limbs8 out;
  for (int i = 0; i < 4; ++i)
    out.at[i] = _mm512_mask_i64gather_epi64(zero, 0xff, node_offsets(), bytes + 8 * i, 8);
  return out;
}

[[gnu::target("avx512f")]] inline void store8(Node* nodes, const Limbs8& limbs) {
  std::uint8_t* bytes = nodes->bytes.data();
  for (int i = 0; i < 4; ++i)
    _mm512_i64scatter_epi64(bytes + 8 * i, node_offsets(), limbs.at[i], 8);
}

[[gnu::target("avx512f")]] inline Limbs8 order8() {
  Limbs8 out;
  for (int i = 0; i < 4; ++i) out.at[i] = _mm512_set1_epi64(static_cast<long long>(kOrder[i]));
  return out;
}

/// a + b mod 2^256 in every lane.
[[gnu::target("avx512f")]] inline Limbs8 add_raw8(const Limbs8& a, const Limbs8& b) {
  const __m512i one = _mm512_set1_epi64(1);
  Limbs8 out;
  __mmask8 carry = 0;
  for (int i = 0; i < 4; ++i) {
    const __m512i part = _mm512_mask_add_epi64(a.at[i], carry, a.at[i], one);
    const __mmask8 wrapped = _mm512_cmplt_epu64_mask(part, a.at[i]);
    out.at[i] = _mm512_add_epi64(part, b.at[i]);
    carry = static_cast<__mmask8>(wrapped | _mm512_cmplt_epu64_mask(out.at[i], part));
  }
  return out;
}

/// a - b mod 2^256 in every lane; `borrow` has the lanes where a < b.
[[gnu::target("avx512f")]] inline Limbs8 subtract_raw8(const Limbs8& a, const Limbs8& b,
                                                       __mmask8& borrow) {
  const __m512i one = _mm512_set1_epi64(1);
  Limbs8 out;
  borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const __m512i part = _mm512_mask_sub_epi64(a.at[i], borrow, a.at[i], one);
    const __mmask8 wrapped = _mm512_cmpgt_epu64_mask(part, a.at[i]);
    out.at[i] = _mm512_sub_epi64(part, b.at[i]);
    borrow = static_cast<__mmask8>(wrapped | _mm512_cmpgt_epu64_mask(out.at[i], part));
  }
  return out;
}

/// `yes` in the lanes of `mask`, `no` elsewhere.
[[gnu::target("avx512f")]] inline Limbs8 select8(__mmask8 mask, const Limbs8& yes,
                                                 const Limbs8& no) {
  Limbs8 out;
  for (int i = 0; i < 4; ++i) out.at[i] = _mm512_mask_blend_epi64(mask, no.at[i], yes.at[i]);
  return out;
}

[[gnu::target("avx512f")]] inline Limbs8 add8(const Limbs8& a, const Limbs8& b) {
  const Limbs8 sum = add_raw8(a, b);
  __mmask8 below = 0;
  const Limbs8 reduced = subtract_raw8(sum, order8(), below);
  return select8(below, sum, reduced);
}

[[gnu::target("avx512f")]] inline Limbs8 subtract8(const Limbs8& a, const Limbs8& b) {
  __mmask8 below = 0;
  const Limbs8 difference = subtract_raw8(a, b, below);
  return select8(below, add_raw8(difference, order8()), difference);
}

}  // namespace

[[gnu::target("avx512f")]] void avx512::encode(const Node* data, const Node* label, Node* replica,
                                               std::size_t n) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store8(replica + i, add8(load8(data + i), load8(label + i)));
  portable::encode(data + i, label + i, replica + i, n - i);
}

[[gnu::target("avx512f")]] void avx512::decode(const Node* replica, const Node* label, Node* data,
                                               std::size_t n) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    store8(data + i, subtract8(load8(replica + i), load8(label + i)));
  portable::decode(replica + i, label + i, data + i, n - i);
}

}  // namespace sealyard::replica
