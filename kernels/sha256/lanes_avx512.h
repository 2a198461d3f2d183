// SHA-256 of sixteen messages at once with AVX-512: lane i of every vector belongs to message i.
// Private to the avx512 variants here and in label: call only from functions with SEALYARD_AVX512.
//
// A message block becomes a schedule first: sums of message words and round constants, one vector a
// round. Labels use a schedule several times; a block that is a constant never makes one.
// Source: FIPS 180-4, section 6.2.2.
#pragma once
#include <immintrin.h>

#include <array>

#include "kernels/sha256/round_constants.h"
#include "kernels/sha256/sha256.h"

#define SEALYARD_AVX512 gnu::target("avx512f,avx512bw,avx512vl")
#define SEALYARD_AVX512_INLINE [[SEALYARD_AVX512, gnu::always_inline]] inline

namespace sealyard::sha256::avx512 {

inline constexpr std::size_t kLanes = 16;

// Without AVX-512 for the whole file GCC 12 takes an __m512i for aligned to 16 bytes.
/// a..h.
struct alignas(64) Lanes {
  __m512i at[8];
};
/// One block.
struct alignas(64) Words {
  __m512i at[16];
};
struct alignas(64) Schedule {
  __m512i at[64];
};

// The masked forms: GCC 12 warns of the plain ones.
template <int kBits>
SEALYARD_AVX512_INLINE __m512i rotate(__m512i x) {
  return _mm512_maskz_ror_epi32(0xffff, x, kBits);
}
SEALYARD_AVX512_INLINE __m512i xor3(__m512i x, __m512i y, __m512i z) {
  return _mm512_ternarylogic_epi32(x, y, z, 0x96);
}
SEALYARD_AVX512_INLINE __m512i add(__m512i x, __m512i y) { return _mm512_add_epi32(x, y); }
SEALYARD_AVX512_INLINE __m512i all(std::uint32_t x) {
  return _mm512_set1_epi32(static_cast<int>(x));
}

SEALYARD_AVX512_INLINE Lanes spread(const State& state) {
  Lanes s;
  for (std::size_t i = 0; i < state.size(); ++i) s.at[i] = all(state[i]);
  return s;
}

/// Bytes to big-endian words and back.
SEALYARD_AVX512_INLINE __m512i swap_bytes(__m512i x) {
  constexpr long long kLow = 0x0405060700010203, kHigh = 0x0c0d0e0f08090a0b;
  return _mm512_shuffle_epi8(x,
                             _mm512_set_epi64(kHigh, kLow, kHigh, kLow, kHigh, kLow, kHigh, kLow));
}

/// Round t; the letters move by one place each round, so that nothing need be moved.
SEALYARD_AVX512_INLINE void round(Lanes& s, unsigned t, __m512i wk) {
  const __m512i a = s.at[(0 - t) & 7], b = s.at[(1 - t) & 7], c = s.at[(2 - t) & 7];
  const __m512i e = s.at[(4 - t) & 7], f = s.at[(5 - t) & 7], g = s.at[(6 - t) & 7];
  __m512i &d = s.at[(3 - t) & 7], &h = s.at[(7 - t) & 7];
  const __m512i sum1 = xor3(rotate<6>(e), rotate<11>(e), rotate<25>(e));
  const __m512i choice = _mm512_ternarylogic_epi32(e, f, g, 0xca);
  const __m512i t1 = add(add(add(h, wk), choice), sum1);
  const __m512i sum0 = xor3(rotate<2>(a), rotate<13>(a), rotate<22>(a));
  const __m512i majority = _mm512_ternarylogic_epi32(a, b, c, 0xe8);
  d = add(d, t1);
  h = add(t1, add(sum0, majority));
}

SEALYARD_AVX512_INLINE void expand(Words w, Schedule& schedule) {
#pragma GCC unroll 16
  for (unsigned i = 0; i < 16; ++i) schedule.at[i] = add(w.at[i], all(kRound[i]));
  for (unsigned t = 16; t < 64; t += 16) {
#pragma GCC unroll 16
    for (unsigned i = 0; i < 16; ++i) {
      const __m512i x = w.at[(i + 1) % 16], y = w.at[(i + 14) % 16];
      const __m512i sigma0 =
          xor3(rotate<7>(x), rotate<18>(x), _mm512_maskz_srli_epi32(0xffff, x, 3));
      const __m512i sigma1 =
          xor3(rotate<17>(y), rotate<19>(y), _mm512_maskz_srli_epi32(0xffff, y, 10));
      w.at[i] = add(add(w.at[i], sigma0), add(w.at[(i + 9) % 16], sigma1));
      schedule.at[t + i] = add(w.at[i], all(kRound[t + i]));
    }
  }
}

/// What rounds() takes for its blocks: a schedule a group, `stride` vectors apart...
struct Schedules {
  const __m512i* first;
  std::size_t stride;
  SEALYARD_AVX512_INLINE __m512i operator()(unsigned group, unsigned t) const {
    return first[group * stride + t];
  }
};
/// ... or one block for all lanes.
struct SameBlock {
  const std::uint32_t* wk;
  SEALYARD_AVX512_INLINE __m512i operator()(unsigned, unsigned t) const { return all(wk[t]); }
};

/// What SameBlock takes for the second block of every 64-byte message: one bit, zeros, length 512.
alignas(64) inline constexpr auto kPaddingOf64Bytes = [] {
  std::array<std::uint32_t, 64> w{};
  w[0] = 0x80000000;
  w[15] = 512;
  const auto rotr = [](std::uint32_t x, int n) { return x >> n | x << (32 - n); };
  for (std::size_t t = 16; t < 64; ++t) {
    const auto a = w[t - 15], b = w[t - 2];
    w[t] = (rotr(b, 17) ^ rotr(b, 19) ^ b >> 10) + w[t - 7] + (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) +
           w[t - 16];
  }
  for (std::size_t t = 0; t < 64; ++t) w[t] += kRound[t];
  return w;
}();

/// One block of kGroups times 16 messages: the rounds of one group fill the latency of the other's.
template <unsigned kGroups, typename Wk>
SEALYARD_AVX512_INLINE void rounds(Lanes (&s)[kGroups], const Wk& wk) {
  Lanes now[kGroups];
#pragma GCC unroll 2
  for (unsigned g = 0; g < kGroups; ++g) now[g] = s[g];
  for (unsigned t = 0; t < 64; t += 8)
#pragma GCC unroll 8
    for (unsigned i = 0; i < 8; ++i)
#pragma GCC unroll 2
      for (unsigned g = 0; g < kGroups; ++g) round(now[g], i, wk(g, t + i));
#pragma GCC unroll 2
  for (unsigned g = 0; g < kGroups; ++g)
#pragma GCC unroll 8
    for (unsigned i = 0; i < 8; ++i) s[g].at[i] = add(s[g].at[i], now[g].at[i]);
}

/// Four rows of four 32-bit words become their columns, in each 128 bits apart.
SEALYARD_AVX512_INLINE void transpose_4x4(__m512i& a, __m512i& b, __m512i& c, __m512i& d) {
  constexpr __mmask16 k16 = 0xffff;
  constexpr __mmask8 k8 = 0xff;
  const __m512i ab0 = _mm512_maskz_unpacklo_epi32(k16, a, b);
  const __m512i ab1 = _mm512_maskz_unpackhi_epi32(k16, a, b);
  const __m512i cd0 = _mm512_maskz_unpacklo_epi32(k16, c, d);
  const __m512i cd1 = _mm512_maskz_unpackhi_epi32(k16, c, d);
  a = _mm512_maskz_unpacklo_epi64(k8, ab0, cd0);
  b = _mm512_maskz_unpackhi_epi64(k8, ab0, cd0);
  c = _mm512_maskz_unpacklo_epi64(k8, ab1, cd1);
  d = _mm512_maskz_unpackhi_epi64(k8, ab1, cd1);
}

// 128-bit parts 0 and 2 of both, then 1 and 3 of both.
SEALYARD_AVX512_INLINE void sort_parts(__m512i& x, __m512i& y) {
  const __m512i first = x;
  x = _mm512_permutex2var_epi64(first, _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0), y);
  y = _mm512_permutex2var_epi64(first, _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2), y);
}

/// Eight vectors of two nodes each become vectors of one word each: the nodes in the lower halves
/// in lanes 0 to 7, those in the upper halves in lanes 8 to 15. And back.
SEALYARD_AVX512_INLINE void nodes_to_words(__m512i (&x)[8]) {
  transpose_4x4(x[0], x[1], x[2], x[3]);
  transpose_4x4(x[4], x[5], x[6], x[7]);
#pragma GCC unroll 4
  for (unsigned i = 0; i < 4; ++i) sort_parts(x[i], x[i + 4]);
}
SEALYARD_AVX512_INLINE void words_to_nodes(__m512i (&x)[8]) {
#pragma GCC unroll 4
  for (unsigned i = 0; i < 4; ++i) sort_parts(x[i], x[i + 4]);
  transpose_4x4(x[0], x[1], x[2], x[3]);
  transpose_4x4(x[4], x[5], x[6], x[7]);
}

// Of vector i of those that hold `nodes` nodes.
SEALYARD_AVX512_INLINE __mmask8 held(std::size_t nodes, unsigned i) {
  return nodes >= 2 * i + 2 ? 0xff : nodes == 2 * i + 1 ? 0x0f : 0;
}

/// Eight words of the first `nodes` of 16 nodes that lie together; other lanes are zeros. Lane i is
/// node 2 i, lane 8 + i is node 2 i + 1.
SEALYARD_AVX512_INLINE void load_nodes(const Node* from, std::size_t nodes, __m512i* words) {
  __m512i x[8];
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; ++i) x[i] = _mm512_maskz_loadu_epi64(held(nodes, i), from + 2 * i);
  nodes_to_words(x);
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; ++i) words[i] = swap_bytes(x[i]);
}

/// The digests with their two top bits cleared: the first `nodes` of 16 nodes, in the same order.
SEALYARD_AVX512_INLINE void store_trimmed(const Lanes& s, std::size_t nodes, Node* to) {
  __m512i x[8];
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; ++i) x[i] = swap_bytes(s.at[i]);
  x[7] = _mm512_and_si512(x[7], all(0x3fffffff));
  words_to_nodes(x);
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; ++i) _mm512_mask_storeu_epi64(to + 2 * i, held(nodes, i), x[i]);
}

}  // namespace sealyard::sha256::avx512
