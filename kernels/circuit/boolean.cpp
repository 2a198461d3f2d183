#include "kernels/circuit/boolean.h"

namespace sealyard::circuit {
namespace {

void add(BitLc& lc, const Boolean& bit, int coefficient) {
  if (bit.is_constant()) {
    if (bit.value) lc.add_constant(coefficient);
  } else if (!bit.negated()) {
    lc.add(bit.variable, coefficient, bit.value);
  } else {
    lc.add_constant(coefficient);
    lc.add(bit.variable, -coefficient, bit.bit_value());
  }
}

// Of the bits under two Booleans: new c, then <2a> <b> = <a + b - c>.
Boolean xor_of_bits(Sink& sink, const Boolean& a, const Boolean& b) {
  const bool x = a.bit_value(), y = b.bit_value();
  const Variable c = sink.aux_bit(x != y);
  BitRow row;
  row.a.add(a.variable, 2, x);
  row.b.add(b.variable, 1, y);
  row.c.add(a.variable, 1, x);
  row.c.add(b.variable, 1, y);
  row.c.add(c, -1, x != y);
  sink.enforce(row);
  return Boolean::is(c, x != y);
}

// New c, then <a> <b> = <c>.
Boolean product(Sink& sink, const Boolean& a, const Boolean& b) {
  const bool value = a.value && b.value;
  const Variable c = sink.aux_bit(value);
  BitRow row;
  add(row.a, a, 1);
  add(row.b, b, 1);
  row.c.add(c, 1, value);
  sink.enforce(row);
  return Boolean::is(c, value);
}

}  // namespace

Boolean bit_xor(Sink& sink, const Boolean& a, const Boolean& b) {
  if (a.is_constant()) return a.value ? !b : b;
  if (b.is_constant()) return b.value ? !a : a;
  if (a.kind == b.kind) return xor_of_bits(sink, a, b);
  // Of mixed operands the plain one comes first.
  return a.negated() ? !xor_of_bits(sink, b, a) : !xor_of_bits(sink, a, b);
}

Boolean bit_and(Sink& sink, const Boolean& a, const Boolean& b) {
  if (a.is_constant(false) || b.is_constant(false)) return Boolean::constant(false);
  if (a.is_constant()) return b;
  if (b.is_constant()) return a;
  return a.negated() && !b.negated() ? product(sink, b, a) : product(sink, a, b);
}

Boolean ch(Sink& sink, const Boolean& a, const Boolean& b, const Boolean& c) {
  const bool value = a.value ? b.value : c.value;
  if (a.is_constant() && b.is_constant() && c.is_constant()) return Boolean::constant(value);
  if (a.is_constant(false)) return c;
  if (b.is_constant(false)) return bit_and(sink, !a, c);
  if (c.is_constant(false)) return bit_and(sink, a, b);
  if (c.is_constant(true)) return !bit_and(sink, a, !b);
  if (b.is_constant(true)) return !bit_and(sink, !a, !c);
  const Variable r = sink.aux_bit(value);
  BitRow row;
  add(row.a, b, 1);
  add(row.a, c, -1);
  add(row.b, a, 1);
  row.c.add(r, 1, value);
  add(row.c, c, -1);
  sink.enforce(row);
  return Boolean::is(r, value);
}

Boolean maj(Sink& sink, const Boolean& a, const Boolean& b, const Boolean& c) {
  const bool value = (a.value && b.value) || (a.value && c.value) || (b.value && c.value);
  if (a.is_constant() && b.is_constant() && c.is_constant()) return Boolean::constant(value);
  if (a.is_constant(false)) return bit_and(sink, b, c);
  if (b.is_constant(false)) return bit_and(sink, a, c);
  if (c.is_constant(false)) return bit_and(sink, a, b);
  if (c.is_constant(true)) return !bit_and(sink, !a, !b);
  if (b.is_constant(true)) return !bit_and(sink, !a, !c);
  if (a.is_constant(true)) return !bit_and(sink, !b, !c);
  const Variable r = sink.aux_bit(value);  // before the variable of b and c
  const Boolean t = bit_and(sink, b, c);
  BitRow row;
  add(row.a, t, 2);
  add(row.a, b, -1);
  add(row.a, c, -1);
  add(row.b, a, 1);
  add(row.c, t, 1);
  row.c.add(r, -1, value);
  sink.enforce(row);
  return Boolean::is(r, value);
}

}  // namespace sealyard::circuit
