#include "kernels/sha256/rounds_sha_ni.h"
#include "kernels/sha256/variants.h"

namespace sealyard::sha256::sha_ni {
namespace {

// The second block of every 64-byte message: one bit, zeros, the length 512.
[[SEALYARD_SHA_NI]] inline Words padding_of_64_bytes() {
  return {{_mm_set_epi32(0, 0, 0, static_cast<int>(0x80000000)), _mm_setzero_si128(),
           _mm_setzero_si128(), _mm_set_epi32(512, 0, 0, 0)}};
}

// Two messages at once: the rounds of one fill the latency of the other's.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline void two_blocks(Lanes& s, Lanes& t, Words m,
                                                               Words n) {
  const Lanes s_before = s, t_before = t;
#pragma GCC unroll 16
  for (int g = 0; g < 16; ++g) {
    const __m128i k = round_constants(g);
    four_rounds(s, _mm_add_epi32(g < 4 ? m.w[g] : extend(m, g), k));
    four_rounds(t, _mm_add_epi32(g < 4 ? n.w[g] : extend(n, g), k));
  }
  s.abef = _mm_add_epi32(s.abef, s_before.abef);
  s.cdgh = _mm_add_epi32(s.cdgh, s_before.cdgh);
  t.abef = _mm_add_epi32(t.abef, t_before.abef);
  t.cdgh = _mm_add_epi32(t.cdgh, t_before.cdgh);
}

}  // namespace

[[SEALYARD_SHA_NI]] void compress(State& state, const std::uint8_t* blocks, std::size_t n) {
  Lanes s = load_state(state);
  for (std::size_t i = 0; i < n; ++i, blocks += kBlockBytes)
    block(s, load_words(blocks, blocks + kBlockBytes / 2));
  store_state(s, state);
}

[[SEALYARD_SHA_NI]] void hash_pairs(const Node* children, Node* parents, std::size_t n) {
  const Lanes start = load_state(kInitialState);
  const Words padding = padding_of_64_bytes();
  std::size_t i = 0;
  for (; i + 2 <= n; i += 2) {
    const Node* c = children + 2 * i;
    Lanes s = start, t = start;
    two_blocks(s, t, load_words(c, c + 1), load_words(c + 2, c + 3));
    two_blocks(s, t, padding, padding);
    store_trimmed(s, parents[i]);
    store_trimmed(t, parents[i + 1]);
  }
  if (i < n) {
    Lanes s = start;
    block(s, load_words(children + 2 * i, children + 2 * i + 1));
    block(s, padding);
    store_trimmed(s, parents[i]);
  }
}

}  // namespace sealyard::sha256::sha_ni
