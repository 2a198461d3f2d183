// SHA-256 as FIPS 180-4 writes it: the oracle of the other variants.
#include <bit>

#include "kernels/base/bytes.h"
#include "kernels/sha256/round_constants.h"
#include "kernels/sha256/variants.h"

namespace sealyard::sha256::portable {
namespace {

using Schedule = std::array<std::uint32_t, 64>;

// FIPS 180-4, section 6.2.2, step 1.
Schedule expand(const std::uint8_t* block) {
  Schedule w{};
  for (std::size_t t = 0; t < 16; ++t) w[t] = load_be<std::uint32_t>(block + 4 * t);
  for (std::size_t t = 16; t < 64; ++t) {
    const auto a = w[t - 15], b = w[t - 2];
    const auto sigma0 = std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3);
    const auto sigma1 = std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10);
    w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
  }
  return w;
}

// Steps 2 to 4.
void rounds(State& state, const Schedule& w) {
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t t = 0; t < 64; ++t) {
    const auto sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const auto choice = (e & f) ^ (~e & g);
    const auto t1 = h + sum1 + choice + kRound[t] + w[t];
    const auto sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const auto majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + sum0 + majority;
  }
  const State more{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += more[i];
}

// The second block of every 64-byte message: one bit, zeros, the length 512.
Schedule padding_of_64_bytes() {
  std::array<std::uint8_t, kBlockBytes> block{};
  block[0] = 0x80;
  store_be<std::uint64_t>(block.data() + 56, 512);
  return expand(block.data());
}

}  // namespace

void compress(State& state, const std::uint8_t* blocks, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) rounds(state, expand(blocks + i * kBlockBytes));
}

void hash_pairs(const Node* children, Node* parents, std::size_t n) {
  static const Schedule padding = padding_of_64_bytes();
  for (std::size_t i = 0; i < n; ++i) {
    State state = kInitialState;
    compress(state, children[2 * i].bytes.data(), 1);
    rounds(state, padding);
    parents[i] = trim(state_bytes(state));
  }
}

}  // namespace sealyard::sha256::portable
