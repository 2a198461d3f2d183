#include "kernels/circuit/sha256.h"

#include "kernels/base/error.h"
#include "kernels/sha256/round_constants.h"

namespace sealyard::circuit {
namespace {

// A sum that is added up only when its value is used.
struct Deferred {
  std::array<UInt32, 8> words;
  std::size_t size = 0;
  bool concrete = false;  // a single word, to be taken as it is

  explicit Deferred(const UInt32& word) : size(1), concrete(true) { words[0] = word; }
  explicit Deferred(std::span<const UInt32> sum) {
    for (const auto& word : sum) plus(word);
  }
  void plus(const UInt32& word) { words[size++] = word; }

  UInt32 resolve(Sink& sink, PackedEquations& equations) const {
    return concrete ? words[0] : add_words(sink, equations, {words.data(), size});
  }
};

UInt32 xor_of_three(Sink& sink, const UInt32& a, const UInt32& b, const UInt32& c) {
  return word_xor(sink, word_xor(sink, a, b), c);
}

std::array<UInt32, 64> schedule(Sink& sink, PackedEquations& equations,
                                std::span<const Boolean> block) {
  std::array<UInt32, 64> w;
  for (unsigned i = 0; i < 16; ++i) w[i] = UInt32::from_big_endian(block.subspan(32 * i, 32));
  for (unsigned i = 16; i < 64; ++i) {
    const auto& x = w[i - 15];
    const auto& y = w[i - 2];
    const UInt32 s0 =
        xor_of_three(sink, x.rotated_right(7), x.rotated_right(18), x.shifted_right(3));
    const UInt32 s1 =
        xor_of_three(sink, y.rotated_right(17), y.rotated_right(19), y.shifted_right(10));
    w[i] = add_words(sink, equations, std::array{w[i - 16], s0, w[i - 7], s1});
  }
  return w;
}

}  // namespace

// Source: FIPS 180-4, section 5.3.3.
Sha256State sha256_start() {
  constexpr std::array<std::uint32_t, 8> kStart{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  Sha256State state;
  for (unsigned i = 0; i < 8; ++i) state[i] = UInt32::constant(kStart[i]);
  return state;
}

Sha256State sha256_compress(Sink& sink, std::span<const Boolean> block, const Sha256State& state) {
  PackedEquations equations(sink);
  const auto w = schedule(sink, equations, block);
  Deferred a(state[0]), e(state[4]);
  UInt32 b = state[1], c = state[2], d = state[3], f = state[5], g = state[6], h = state[7];
  for (unsigned i = 0; i < 64; ++i) {
    const UInt32 new_e = e.resolve(sink, equations);
    const UInt32 big_s1 = xor_of_three(sink, new_e.rotated_right(6), new_e.rotated_right(11),
                                       new_e.rotated_right(25));
    const UInt32 choice = word_ch(sink, new_e, f, g);
    const std::array temp1{h, big_s1, choice, UInt32::constant(sha256::kRound[i]), w[i]};
    const UInt32 new_a = a.resolve(sink, equations);
    const UInt32 big_s0 = xor_of_three(sink, new_a.rotated_right(2), new_a.rotated_right(13),
                                       new_a.rotated_right(22));
    const UInt32 majority = word_maj(sink, new_a, b, c);
    h = g;
    g = f;
    f = new_e;
    e = Deferred(temp1);
    e.plus(d);
    d = c;
    c = b;
    b = new_a;
    a = Deferred(temp1);
    a.plus(big_s0);
    a.plus(majority);
  }
  a.plus(state[0]);
  e.plus(state[4]);
  const auto sum = [&](const UInt32& x, const UInt32& y) {
    return add_words(sink, equations, std::array{x, y});
  };
  Sha256State out;
  out[0] = a.resolve(sink, equations);
  out[1] = sum(state[1], b);
  out[2] = sum(state[2], c);
  out[3] = sum(state[3], d);
  out[4] = e.resolve(sink, equations);
  out[5] = sum(state[5], f);
  out[6] = sum(state[6], g);
  out[7] = sum(state[7], h);
  equations.flush();
  return out;
}

Bits sha256_hash(Sink& sink, std::span<const Boolean> message) {
  if (message.size() % 8 != 0)
    throw Error(Fault::usage, "circuit::sha256_hash: {} bits, want whole bytes", message.size());
  Bits padded(message.begin(), message.end());
  padded.push_back(Boolean::constant(true));
  while ((padded.size() + 64) % kSha256BlockBits != 0) padded.push_back(Boolean::constant(false));
  for (unsigned i = 64; i-- > 0;)
    padded.push_back(Boolean::constant(std::uint64_t{message.size()} >> i & 1));
  Sha256State state = sha256_start();
  for (std::size_t at = 0; at < padded.size(); at += kSha256BlockBits)
    state = sha256_compress(sink, std::span(padded).subspan(at, kSha256BlockBits), state);
  Bits digest;
  digest.reserve(kSha256DigestBits);
  for (const auto& word : state)
    for (unsigned i = 32; i-- > 0;) digest.push_back(word.bits[i]);
  return digest;
}

Num pack_digest(Sink& sink, std::span<const Boolean> digest) {
  return pack(sink, reverse_bit_numbering(digest));
}

Num sha256_pair(Sink& sink, const Num& left, const Num& right) {
  Bits message = reverse_bit_numbering(to_bits(sink, left));
  const Bits second = reverse_bit_numbering(to_bits(sink, right));
  message.insert(message.end(), second.begin(), second.end());
  return pack_digest(sink, sha256_hash(sink, message));
}

}  // namespace sealyard::circuit
