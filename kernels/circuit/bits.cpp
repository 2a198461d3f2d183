#include "kernels/circuit/bits.h"

#include <algorithm>

namespace sealyard::circuit {
namespace {

// <sum 2^i bit_i>: terms where the sink reads them.
class Packed {
 public:
  Packed(const Sink& sink, std::span<const Boolean> bits) {
    Node number;
    for (unsigned i = 0; i < bits.size(); ++i)
      if (bits[i].value)
        number.bytes[i / 8] = static_cast<std::uint8_t>(number.bytes[i / 8] | 1u << (i % 8));
    value_ = field::from_node(number);
    if (!sink.reads_terms()) return;
    Fr constant;
    terms_.push_back({});
    for (unsigned i = 0; i < bits.size(); ++i) add_term(bits[i], power_of_two(i), constant);
    terms_.front().coefficient = constant;
  }

  const Fr& value() const { return value_; }
  operator Lc() const { return {terms_, value_}; }
  /// The combination minus x.
  Lc minus(const Num& x) {
    terms_.push_back({x.variable, small(-1)});
    return {terms_, field::sub(value_, x.value)};
  }

 private:
  void add_term(const Boolean& bit, const Fr& weight, Fr& constant) {
    if (bit.is_constant()) {
      if (bit.value) constant = field::add(constant, weight);
      return;
    }
    if (bit.negated()) constant = field::add(constant, weight);
    terms_.push_back({bit.variable, bit.negated() ? field::sub(Fr{}, weight) : weight});
  }

  std::vector<Term> terms_;
  Fr value_;
};

Bits bits_of(Sink& sink, const Num& x) {
  const Node node = field::to_node(x.value);
  Bits bits;
  bits.reserve(kFieldBits + 1);
  for (unsigned i = 0; i < kFieldBits; ++i)
    bits.push_back(new_bit(sink, node.bytes[i / 8] >> (i % 8) & 1));
  return bits;
}

}  // namespace

const Fr& power_of_two(unsigned exponent) {
  static const std::vector<Fr> powers = [] {
    std::vector<Fr> made{kOne};
    while (made.size() < kFieldBits) made.push_back(field::add(made.back(), made.back()));
    return made;
  }();
  return powers.at(exponent);
}

Bits to_bits(Sink& sink, const Num& x) {
  Bits bits = bits_of(sink, x);
  sink.enforce({}, {}, Packed(sink, bits).minus(x));
  return bits;
}

Bits to_bits_packed(Sink& sink, const Num& x) {
  Bits bits = bits_of(sink, x);
  equal_packed(sink, bits, x);
  return bits;
}

Bits new_bits(Sink& sink, std::uint64_t number, unsigned count) {
  Bits bits;
  bits.reserve(count);
  for (unsigned i = 0; i < count; ++i) bits.push_back(new_bit(sink, number >> i & 1));
  return bits;
}

Bits reverse_bit_numbering(std::span<const Boolean> bits) {
  Bits turned(bits.begin(), bits.end());
  turned.resize((bits.size() + 7) / 8 * 8);  // constant zeros
  for (auto first = turned.begin(); first != turned.end(); first += 8)
    std::reverse(first, first + 8);
  return turned;
}

Num pack(Sink& sink, std::span<const Boolean> bits) {
  const Packed packed(sink, bits.first(std::min<std::size_t>(bits.size(), kCapacityBits)));
  const Num y = new_num(sink, packed.value());
  sink.enforce(packed, one_lc(), lc(y));
  return y;
}

void pack_into_inputs(Sink& sink, std::span<const Boolean> bits) {
  while (!bits.empty()) {
    const auto chunk = bits.first(std::min<std::size_t>(bits.size(), kCapacityBits));
    const Packed packed(sink, chunk);
    const Num p{sink.input(packed.value()), packed.value()};
    sink.enforce(packed, one_lc(), lc(p));
    bits = bits.subspan(chunk.size());
  }
}

void equal_packed(Sink& sink, std::span<const Boolean> bits, const Num& x) {
  sink.enforce(Packed(sink, bits), one_lc(), lc(x));
}

}  // namespace sealyard::circuit
