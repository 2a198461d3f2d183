// The hash of tree_d for one thread of a GPU: SHA-256 of 64 bytes is two blocks, the second always
// the same. Included by CUDA code, so C++17.
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/device/words.h"
#include "kernels/sha256/round_constants.h"

namespace sealyard::sha256::gpu {

using device::Words;

// With all loops unrolled every element of a Table is a part of an instruction.
struct Table {
  std::uint32_t at[64];
};

constexpr std::uint32_t rotated(std::uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

/// The state before the first block, in the first eight.
constexpr Table initial_state() {
  Table table{};
  for (std::size_t i = 0; i < 8; ++i) table.at[i] = kInitialState[i];
  return table;
}

/// What round t adds in any block: its constant.
constexpr Table round_constants() {
  Table table{};
  for (std::size_t t = 0; t < 64; ++t) table.at[t] = kRound[t];
  return table;
}

/// What round t adds in the second block, which is one bit, zeros and the length 512: its constant
/// and its word of the schedule.  Source: FIPS 180-4, section 6.2.2, step 1.
constexpr Table padding_block() {
  std::uint32_t w[64]{0x80000000};
  w[15] = 512;
  Table table{};
  for (std::size_t t = 0; t < 64; ++t) {
    if (t >= 16) {
      const std::uint32_t a = w[t - 15], b = w[t - 2];
      w[t] = w[t - 16] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) + w[t - 7] +
             (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
    }
    table.at[t] = kRound[t] + w[t];
  }
  return table;
}

inline constexpr Table kInitial = initial_state(), kRounds = round_constants(),
                       kPadding = padding_block();

SEALYARD_HOST_DEVICE inline std::uint32_t rotr(std::uint32_t x, unsigned n) {
  return x >> n | x << (32 - n);
}

SEALYARD_HOST_DEVICE inline std::uint32_t swap_bytes(std::uint32_t x) {
  return x << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) | x >> 24;
}

/// Steps 3 of FIPS 180-4, section 6.2.2; `add` is the round's constant and word.
SEALYARD_HOST_DEVICE inline void do_round(std::uint32_t (&s)[8], std::uint32_t add) {
  const std::uint32_t t1 = s[7] + (rotr(s[4], 6) ^ rotr(s[4], 11) ^ rotr(s[4], 25)) +
                           ((s[4] & s[5]) ^ (~s[4] & s[6])) + add;
  const std::uint32_t t2 = (rotr(s[0], 2) ^ rotr(s[0], 13) ^ rotr(s[0], 22)) +
                           ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
  SEALYARD_UNROLL
  for (int i = 7; i > 0; --i) s[i] = s[i - 1];
  s[4] += t1;
  s[0] = t1 + t2;
}

/// trim(SHA-256(left || right)).
SEALYARD_HOST_DEVICE inline Words hash_pair(const Words& left, const Words& right) {
  constexpr Table initial = kInitial, rounds = kRounds, padding = kPadding;
  std::uint32_t w[16], state[8], sum[8];
  SEALYARD_UNROLL
  for (int i = 0; i < 8; ++i) {
    w[i] = swap_bytes(left.at[i]);
    w[i + 8] = swap_bytes(right.at[i]);
    state[i] = initial.at[i];
  }
  SEALYARD_UNROLL
  for (int t = 0; t < 64; ++t) {
    if (t >= 16) {  // the last 16 words of the schedule, the oldest makes room for the next
      const std::uint32_t a = w[(t + 1) % 16], b = w[(t + 14) % 16];
      w[t % 16] += (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) + w[(t + 9) % 16] +
                   (rotr(b, 17) ^ rotr(b, 19) ^ b >> 10);
    }
    do_round(state, rounds.at[t] + w[t % 16]);
  }
  SEALYARD_UNROLL
  for (int i = 0; i < 8; ++i) sum[i] = state[i] += initial.at[i];
  SEALYARD_UNROLL
  for (int t = 0; t < 64; ++t) do_round(state, padding.at[t]);
  Words digest;
  SEALYARD_UNROLL
  for (int i = 0; i < 8; ++i) digest.at[i] = swap_bytes(state[i] + sum[i]);
  digest.at[7] &= 0x3fffffff;
  return digest;
}

/// Thread i makes node i of a row.
struct HashPairs {
  const Node* children;
  Node* parents;

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    device::store(parents + i,
                  hash_pair(device::load(children + 2 * i), device::load(children + 2 * i + 1)));
  }
};

/// One row of tree_d from host to host, slice by slice.
/// @tparam Grid  of kernels/device/grid.h
template <typename Grid>
void hash_pairs(Grid& grid, const Node* children, Node* parents, std::size_t n, std::size_t slice) {
  for (std::size_t at = 0; at < n; at += slice) {
    const std::size_t count = n - at < slice ? n - at : slice;
    const auto in = grid.template upload<Node>(children + 2 * at, 2 * count);
    const auto out = grid.template allocate<Node>(count);
    grid.run(count, HashPairs{in.get(), out.get()});
    grid.download_later(out.get(), count, parents + at);
  }
  grid.wait();
}

}  // namespace sealyard::sha256::gpu
