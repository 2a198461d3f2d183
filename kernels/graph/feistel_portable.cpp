// The Feistel permutation, written to be read: the oracle of the other variants.
// Source: rust-fil-proofs, storage-proofs-core/src/crypto/feistel.rs.
#include <bit>

#include "kernels/graph/blake2b.h"
#include "kernels/graph/variants.h"

namespace sealyard::graph::portable {
namespace {

using Words = std::array<std::uint64_t, 16>;

// RFC 7693, section 3.1.
inline void mix(Words& v, std::size_t a, std::size_t b, std::size_t c, std::size_t d,
                std::uint64_t x, std::uint64_t y) {
  v[a] += v[b] + x, v[d] = std::rotr(v[d] ^ v[a], 32);
  v[c] += v[d], v[b] = std::rotr(v[b] ^ v[c], 24);
  v[a] += v[b] + y, v[d] = std::rotr(v[d] ^ v[a], 16);
  v[c] += v[d], v[b] = std::rotr(v[b] ^ v[c], 63);
}

std::uint64_t encode(const FeistelKey& key, std::uint64_t value) {
  std::uint64_t left = value >> key.half_bits & key.half_mask, right = value & key.half_mask;
  for (const auto k : key.round) {
    const std::uint64_t next = left ^ (round_function(right, k) & key.half_mask);
    left = right;
    right = next;
  }
  return left << key.half_bits | right;
}

}  // namespace

std::uint64_t round_function(std::uint64_t x, std::uint64_t k) {
  using namespace blake2b;
  const Words m{__builtin_bswap64(x), __builtin_bswap64(k)};
  Words v{kFirstWord,
          kIv[1],
          kIv[2],
          kIv[3],
          kIv[4],
          kIv[5],
          kIv[6],
          kIv[7],
          kIv[0],
          kIv[1],
          kIv[2],
          kIv[3],
          kIv[4] ^ kMessageBytes,
          kIv[5],
          ~kIv[6],
          kIv[7]};
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
  return __builtin_bswap64(kFirstWord ^ v[0] ^ v[8]);
}

// Cycle walking: a value that falls outside goes round again.
void permute(const FeistelKey& key, std::uint64_t* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) do {
      values[i] = encode(key, values[i]);
    } while (values[i] >= key.elements);
}

}  // namespace sealyard::graph::portable
