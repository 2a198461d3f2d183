#include "kernels/circuit/blake2s.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "kernels/base/bytes.h"

namespace sealyard::circuit {
namespace {

// Section 2.6.
constexpr std::array<std::uint32_t, 8> kStart{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
// Section 2.5: digest of 32 bytes, no key, fan-out 1, depth 1.
constexpr std::uint32_t kParameters = 0x01010000 ^ 32;
// Section 2.7.
constexpr std::uint8_t kSigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                         {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                         {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                         {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                         {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                         {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                         {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                         {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                         {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                         {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

// Section 3.1.
inline void mix(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d,
                std::uint32_t x, std::uint32_t y) {
  a += b + x;
  d = std::rotr(d ^ a, 16);
  c += d;
  b = std::rotr(b ^ c, 12);
  a += b + y;
  d = std::rotr(d ^ a, 8);
  c += d;
  b = std::rotr(b ^ c, 7);
}

template <std::size_t kRound>
inline void round(std::uint32_t* v, const std::uint32_t* m) {
  constexpr const auto& s = kSigma[kRound];
  mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
  mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
  mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
  mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
  mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
  mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
  mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
  mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
}

template <std::size_t... kRounds>
inline void all_rounds(std::uint32_t* v, const std::uint32_t* m,
                       std::index_sequence<kRounds...> /*rounds*/) {
  (round<kRounds>(v, m), ...);
}

}  // namespace

Blake2s::Blake2s() : state_(kStart) { state_[0] ^= kParameters; }

void Blake2s::compress(const std::uint8_t* block, bool last) {
  std::uint32_t m[16], v[16];
  for (int i = 0; i < 16; ++i) m[i] = load_le<std::uint32_t>(block + 4 * i);
  for (unsigned i = 0; i < 8; ++i) {
    v[i] = state_[i];
    v[8 + i] = kStart[i];
  }
  v[12] ^= static_cast<std::uint32_t>(bytes_);
  v[13] ^= static_cast<std::uint32_t>(bytes_ >> 32);
  if (last) v[14] = ~v[14];
  all_rounds(v, m, std::make_index_sequence<10>());
  for (unsigned i = 0; i < 8; ++i) state_[i] ^= v[i] ^ v[8 + i];
}

// The last block is compressed in finish() only, so a full one is held until more comes.
void Blake2s::update(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (held_bytes_ == 0 && bytes.size() > kBlockBytes) {
      bytes_ += kBlockBytes;
      compress(bytes.data(), false);
      bytes = bytes.subspan(kBlockBytes);
      continue;
    }
    if (held_bytes_ == kBlockBytes) {
      bytes_ += kBlockBytes;
      compress(held_.data(), false);
      held_bytes_ = 0;
      continue;
    }
    const auto part = bytes.first(std::min(bytes.size(), kBlockBytes - held_bytes_));
    std::copy(part.begin(), part.end(), held_.begin() + static_cast<std::ptrdiff_t>(held_bytes_));
    held_bytes_ += part.size();
    bytes = bytes.subspan(part.size());
  }
}

Node Blake2s::finish() {
  std::fill(held_.begin() + static_cast<std::ptrdiff_t>(held_bytes_), held_.end(), 0);
  bytes_ += held_bytes_;
  compress(held_.data(), true);
  Node digest;
  for (unsigned i = 0; i < 8; ++i) store_le<std::uint32_t>(digest.bytes.data() + 4 * i, state_[i]);
  return digest;
}

}  // namespace sealyard::circuit
