// The random numbers of the DRG: ChaCha with 8 rounds, as the crate rand_chacha 0.3 has it.
// Source: D. J. Bernstein, "ChaCha, a variant of Salsa20"; rust-random/rand,
// rand_chacha/src/guts.rs.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "kernels/base/bytes.h"

namespace sealyard::graph {

class ChaCha8 {
 public:
  /// Stream 0 of this key, from its start.
  explicit ChaCha8(std::span<const std::uint8_t, 32> key) {
    constexpr std::array<std::uint32_t, 4> kConstants{0x61707865, 0x3320646e, 0x79622d32,
                                                      0x6b206574};  // "expand 32-byte k"
    for (std::size_t i = 0; i < 4; ++i) state_[i] = kConstants[i];
    for (std::size_t i = 0; i < 8; ++i) state_[4 + i] = load_le<std::uint32_t>(key.data() + 4 * i);
  }

  /// The next eight bytes of the stream, little-endian.
  std::uint64_t next() {
    if (at_ == block_.size()) refill();
    const std::uint64_t low = block_[at_], high = block_[at_ + 1];
    at_ += 2;
    return high << 32 | low;
  }

 private:
  using Words = std::array<std::uint32_t, 16>;

  static void quarter_round(Words& x, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 7);
  }

  void refill() {
    Words x = state_;
    for (int i = 0; i < 4; ++i) {  // a column round and a diagonal round each
      for (std::size_t c = 0; c < 4; ++c) quarter_round(x, c, 4 + c, 8 + c, 12 + c);
      for (std::size_t c = 0; c < 4; ++c)
        quarter_round(x, c, 4 + (c + 1) % 4, 8 + (c + 2) % 4, 12 + (c + 3) % 4);
    }
    for (std::size_t i = 0; i < x.size(); ++i) block_[i] = x[i] + state_[i];
    if (++state_[12] == 0) ++state_[13];  // 64-bit block counter
    at_ = 0;
  }

  Words state_{}, block_{};
  std::size_t at_ = block_.size();
};

}  // namespace sealyard::graph
