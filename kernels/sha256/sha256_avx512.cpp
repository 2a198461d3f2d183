// Rows of tree_d, 32 pairs at a time in two groups of lanes.
#include <algorithm>
#include <array>

#include "kernels/sha256/lanes_avx512.h"
#include "kernels/sha256/variants.h"

namespace sealyard::sha256::avx512 {
namespace {

// 16 pairs: lane i is pair 2 i, lane 8 + i is pair 2 i + 1, so that parents can be stored as nodes.
SEALYARD_AVX512_INLINE void load_pairs(const Node* children, Schedule& schedule) {
  __m512i even[8], odd[8];
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; ++i) {
    even[i] = _mm512_loadu_si512(children + 4 * i);
    odd[i] = _mm512_loadu_si512(children + 4 * i + 2);
  }
  nodes_to_words(even);
  nodes_to_words(odd);
  Words words;
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; ++i) {
    words.at[i] = swap_bytes(_mm512_maskz_shuffle_i64x2(0xff, even[i], odd[i], 0x44));
    words.at[i + 8] = swap_bytes(_mm512_maskz_shuffle_i64x2(0xff, even[i], odd[i], 0xee));
  }
  expand(words, schedule);
}

template <unsigned kGroups>
[[SEALYARD_AVX512]] void hash_lanes(const Node* children, Node* parents) {
  Schedule first[kGroups];
  Lanes s[kGroups];
  for (std::size_t g = 0; g < kGroups; ++g) {
    load_pairs(children + 2 * kLanes * g, first[g]);
    s[g] = spread(kInitialState);
  }
  rounds(s, Schedules{first[0].at, 64});
  rounds(s, SameBlock{kPaddingOf64Bytes.data()});
  for (std::size_t g = 0; g < kGroups; ++g) store_trimmed(s[g], kLanes, parents + kLanes * g);
}

}  // namespace

void hash_pairs(const Node* children, Node* parents, std::size_t n) {
  std::size_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) hash_lanes<2>(children + 2 * i, parents + i);
  for (; i + kLanes <= n; i += kLanes) hash_lanes<1>(children + 2 * i, parents + i);
  if (i == n) return;
  std::array<Node, 2 * kLanes> rest{};
  std::copy_n(children + 2 * i, 2 * (n - i), rest.begin());
  hash_lanes<1>(rest.data(), rest.data());
  std::copy_n(rest.begin(), n - i, parents + i);
}

}  // namespace sealyard::sha256::avx512
