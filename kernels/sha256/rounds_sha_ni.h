// The SHA extensions of x86 as small functions. Private to the sha_ni variants here and in label:
// call only from functions that have SEALYARD_SHA_NI too.
// Source: Intel, "Intel SHA Extensions: New Instructions Supporting the Secure Hash Algorithm".
#pragma once
#include <immintrin.h>

#include "kernels/sha256/round_constants.h"
#include "kernels/sha256/sha256.h"

#define SEALYARD_SHA_NI gnu::target("sha,sse4.1")

namespace sealyard::sha256::sha_ni {

/// The chaining words in the order that the instructions want.
struct Lanes {
  __m128i abef, cdgh;
};

/// 16 message words, four a register.
struct Words {
  __m128i w[4];
};

[[SEALYARD_SHA_NI, gnu::always_inline]] inline __m128i load(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

[[SEALYARD_SHA_NI, gnu::always_inline]] inline Lanes load_state(const State& state) {
  const __m128i cdab = _mm_shuffle_epi32(load(state.data()), 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(load(state.data() + 4), 0x1b);
  return {_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xf0)};
}

/// Back to a..d and e..h, one register each.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline Lanes unpack(Lanes s) {
  const __m128i feba = _mm_shuffle_epi32(s.abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(s.cdgh, 0xb1);
  return {_mm_blend_epi16(feba, dchg, 0xf0), _mm_alignr_epi8(dchg, feba, 8)};
}

[[SEALYARD_SHA_NI, gnu::always_inline]] inline void store_state(Lanes s, State& state) {
  const Lanes words = unpack(s);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), words.abef);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data() + 4), words.cdgh);
}

/// Bytes to big-endian words and back.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline __m128i swap_bytes(__m128i x) {
  return _mm_shuffle_epi8(x, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

/// The digest with its two top bits cleared.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline void store_trimmed(Lanes s, Node& to) {
  const Lanes words = unpack(s);
  const __m128i mask = _mm_set_epi32(0x3fffffff, -1, -1, -1);
  auto* out = reinterpret_cast<__m128i*>(to.bytes.data());
  _mm_storeu_si128(out, swap_bytes(words.abef));
  _mm_storeu_si128(out + 1, _mm_and_si128(swap_bytes(words.cdgh), mask));
}

/// 16 message words from two halves of a block, 32 bytes each.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline Words load_words(const void* first,
                                                                const void* second) {
  const auto *a = static_cast<const __m128i*>(first), *b = static_cast<const __m128i*>(second);
  return {
      {swap_bytes(load(a)), swap_bytes(load(a + 1)), swap_bytes(load(b)), swap_bytes(load(b + 1))}};
}

/// Words 4g .. 4g+3 of the schedule, in place of those 16 before; g = 4 .. 15.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline __m128i extend(Words& m, int g) {
  const __m128i w16 = m.w[g % 4], w12 = m.w[(g + 1) % 4];
  const __m128i w8 = m.w[(g + 2) % 4], w4 = m.w[(g + 3) % 4];
  const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w16, w12), _mm_alignr_epi8(w4, w8, 4));
  return m.w[g % 4] = _mm_sha256msg2_epu32(sum, w4);
}

/// Four rounds; `wk` holds the message words plus the round constants.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline void four_rounds(Lanes& s, __m128i wk) {
  s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, wk);
  s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

[[SEALYARD_SHA_NI, gnu::always_inline]] inline __m128i round_constants(int g) {
  return load(kRound.data() + 4 * g);
}

/// One block.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline void block(Lanes& s, Words m) {
  const Lanes before = s;
#pragma GCC unroll 16
  for (int g = 0; g < 16; ++g)
    four_rounds(s, _mm_add_epi32(g < 4 ? m.w[g] : extend(m, g), round_constants(g)));
  s.abef = _mm_add_epi32(s.abef, before.abef);
  s.cdgh = _mm_add_epi32(s.cdgh, before.cdgh);
}

}  // namespace sealyard::sha256::sha_ni
