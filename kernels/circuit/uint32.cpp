#include "kernels/circuit/uint32.h"

#include <algorithm>
#include <bit>

#include "kernels/base/bytes.h"

namespace sealyard::circuit {
namespace {

// value += number * 2^shift, number below 2^64 and no overflow.
void add_shifted(std::array<std::uint64_t, 4>& value, std::uint64_t number, unsigned shift) {
  const unsigned limb = shift / 64, bit = shift % 64;
  std::uint64_t parts[2]{number << bit, bit == 0 ? 0 : number >> (64 - bit)};
  std::uint64_t carry = 0;
  for (unsigned i = limb; i < 4; ++i) {
    const std::uint64_t part = i - limb < 2 ? parts[i - limb] : 0;
    const std::uint64_t sum = value[i] + part, more = sum + carry;
    carry = (sum < part) + (more < sum);
    value[i] = more;
  }
}

Fr element(const std::array<std::uint64_t, 4>& value) {
  Node node;
  for (unsigned i = 0; i < 4; ++i) store_le<std::uint64_t>(node.bytes.data() + 8 * i, value[i]);
  return field::from_node(node);
}

const Fr& minus_power_of_two(unsigned exponent) {
  static const std::vector<Fr> powers = [] {
    std::vector<Fr> made;
    for (unsigned i = 0; i < kCapacityBits; ++i) made.push_back(field::sub(Fr{}, power_of_two(i)));
    return made;
  }();
  return powers[exponent];
}

template <typename Operation>
UInt32 each_bit(Operation operation) {
  UInt32 out;
  for (unsigned i = 0; i < 32; ++i) out.bits[i] = operation(i);
  return out;
}

}  // namespace

UInt32 UInt32::constant(std::uint32_t value) {
  return each_bit([&](unsigned i) { return Boolean::constant(value >> i & 1); });
}

UInt32 UInt32::from_big_endian(std::span<const Boolean> bits) {
  return each_bit([&](unsigned i) { return bits[31 - i]; });
}

std::uint32_t UInt32::value() const {
  std::uint32_t number = 0;
  for (unsigned i = 0; i < 32; ++i) number |= std::uint32_t{bits[i].value} << i;
  return number;
}

bool UInt32::is_constant() const {
  return std::all_of(bits.begin(), bits.end(), [](const auto& bit) { return bit.is_constant(); });
}

UInt32 UInt32::rotated_right(unsigned by) const {
  return each_bit([&](unsigned i) { return bits[(i + by) % 32]; });
}

UInt32 UInt32::shifted_right(unsigned by) const {
  return each_bit(
      [&](unsigned i) { return i + by < 32 ? bits[i + by] : Boolean::constant(false); });
}

UInt32 word_xor(Sink& sink, const UInt32& a, const UInt32& b) {
  return each_bit([&](unsigned i) { return bit_xor(sink, a.bits[i], b.bits[i]); });
}

UInt32 word_ch(Sink& sink, const UInt32& a, const UInt32& b, const UInt32& c) {
  return each_bit([&](unsigned i) { return ch(sink, a.bits[i], b.bits[i], c.bits[i]); });
}

UInt32 word_maj(Sink& sink, const UInt32& a, const UInt32& b, const UInt32& c) {
  return each_bit([&](unsigned i) { return maj(sink, a.bits[i], b.bits[i], c.bits[i]); });
}

void PackedEquations::Side::add_number(std::uint64_t number, unsigned shift) {
  add_shifted(value, number, shift);
}

void PackedEquations::Side::add_bits(std::span<const Boolean> bits, unsigned shift) {
  std::uint64_t ones = 0;
  for (unsigned i = 0; i < bits.size(); ++i) {
    const auto& bit = bits[i];
    if (bit.is_constant()) {
      ones |= std::uint64_t{bit.value} << i;
    } else if (bit.negated()) {
      ones |= std::uint64_t{1} << i;
      terms.push_back({bit.variable, minus_power_of_two(shift + i)});
    } else {
      terms.push_back({bit.variable, power_of_two(shift + i)});
    }
  }
  add_shifted(constant, ones, shift);
}

Lc PackedEquations::Side::lc() {
  if (constant != std::array<std::uint64_t, 4>{}) terms.push_back({Variable(), element(constant)});
  return {terms, element(value)};
}

void PackedEquations::add(std::span<const UInt32> words, std::span<const Boolean> sum) {
  if (used_ + sum.size() >= kCapacityBits) flush();
  std::uint64_t total = 0;
  for (const auto& word : words) total += word.value();
  left_.add_number(total, used_);
  right_.add_number(total, used_);
  if (sink_.reads_terms()) {
    for (const auto& word : words) left_.add_bits(word.bits, used_);
    right_.add_bits(sum, used_);
  }
  used_ += static_cast<unsigned>(sum.size());
}

void PackedEquations::flush() {
  if (used_ == 0) return;
  sink_.enforce(left_.lc(), one_lc(), right_.lc());
  for (auto* side : {&left_, &right_}) {
    side->value = side->constant = {};
    side->terms.clear();
  }
  used_ = 0;
}

UInt32 add_words(Sink& sink, PackedEquations& equations, std::span<const UInt32> words) {
  std::uint64_t total = 0;
  for (const auto& word : words) total += word.value();
  if (std::all_of(words.begin(), words.end(), [](const auto& word) { return word.is_constant(); }))
    return UInt32::constant(static_cast<std::uint32_t>(total));
  constexpr std::uint64_t kMax = 0xffffffff;
  std::array<Boolean, 36> sum;
  const auto width = static_cast<unsigned>(std::bit_width(words.size() * kMax));
  for (unsigned i = 0; i < width; ++i) sum[i] = new_bit(sink, total >> i & 1);
  equations.add(words, std::span(sum).first(width));
  return each_bit([&](unsigned i) { return sum[i]; });
}

}  // namespace sealyard::circuit
