// Eight numbers at once. Those that fall outside the range go round again with others like them, so
// that no lane waits for its neighbours.
#include <algorithm>
#include <array>

#include "kernels/graph/blake2b.h"
#include "kernels/graph/variants.h"

#define SEALYARD_AVX512 gnu::target("avx512f,avx512bw")

namespace sealyard::graph::avx512 {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBatch = 512;

// Operators work lane by lane; a number stands for eight of it.
using Lanes [[gnu::vector_size(8 * kLanes)]] = std::uint64_t;

[[SEALYARD_AVX512, gnu::always_inline]] inline Lanes rotr(Lanes x, int bits) {
  return x >> bits | x << (64 - bits);
}

// The eight bytes of each lane in reverse.
[[SEALYARD_AVX512, gnu::always_inline]] inline Lanes swap_bytes(Lanes x) {
  x = (x >> 8 & 0x00ff00ff00ff00ff) | (x & 0x00ff00ff00ff00ff) << 8;
  x = (x >> 16 & 0x0000ffff0000ffff) | (x & 0x0000ffff0000ffff) << 16;
  return rotr(x, 32);
}

// RFC 7693, section 3.1.
[[SEALYARD_AVX512, gnu::always_inline]] inline void mix(Lanes* v, int a, int b, int c, int d,
                                                        Lanes x, Lanes y) {
  v[a] += v[b] + x, v[d] = rotr(v[d] ^ v[a], 32);
  v[c] += v[d], v[b] = rotr(v[b] ^ v[c], 24);
  v[a] += v[b] + y, v[d] = rotr(v[d] ^ v[a], 16);
  v[c] += v[d], v[b] = rotr(v[b] ^ v[c], 63);
}

[[SEALYARD_AVX512]] Lanes round_function(Lanes x, std::uint64_t k) {
  using namespace blake2b;
  Lanes m[16] = {swap_bytes(x), Lanes{} + __builtin_bswap64(k)};
  Lanes v[16];
  for (unsigned i = 0; i < 8; ++i) v[i] = v[i + 8] = Lanes{} + kIv[i];
  v[0] = Lanes{} + kFirstWord;
  v[12] ^= kMessageBytes;
  v[14] = ~v[14];
#pragma GCC unroll 12
  for (int round = 0; round < 12; ++round) {
    const auto& s = kSigma[round % 10];
    mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
  }
  return swap_bytes(v[0] ^ v[8] ^ kFirstWord);
}

[[SEALYARD_AVX512]] Lanes encode(const FeistelKey& key, Lanes value) {
  Lanes left = value >> key.half_bits & key.half_mask, right = value & key.half_mask;
  for (const auto k : key.round) {
    const Lanes next = left ^ (round_function(right, k) & key.half_mask);
    left = right;
    right = next;
  }
  return left << key.half_bits | right;
}

}  // namespace

[[SEALYARD_AVX512]] void permute(const FeistelKey& key, std::uint64_t* values, std::size_t count) {
  for (std::size_t start = 0; start < count; start += kBatch) {
    std::uint64_t* const batch = values + start;
    std::size_t pending = std::min(kBatch, count - start);
    std::array<std::uint16_t, kBatch> slot;  // which value each pending one is
    for (std::size_t i = 0; i < pending; ++i) slot[i] = static_cast<std::uint16_t>(i);
    while (pending != 0) {
      std::size_t kept = 0;
      for (std::size_t i = 0; i < pending; i += kLanes) {
        const std::size_t lanes = std::min(kLanes, pending - i);
        Lanes lane{};
        for (std::size_t j = 0; j < lanes; ++j) lane[j] = batch[slot[i + j]];
        lane = encode(key, lane);
        for (std::size_t j = 0; j < lanes; ++j) {
          const std::uint16_t at = slot[i + j];
          batch[at] = lane[j];
          if (lane[j] >= key.elements) slot[kept++] = at;
        }
      }
      pending = kept;
    }
  }
}

}  // namespace sealyard::graph::avx512
