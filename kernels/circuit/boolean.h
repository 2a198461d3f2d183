// Booleans: a constant, a bit, or the negation of a bit. Negation and constants are free; which
// rows an operation costs depends on which operands are constant or negated, never on values.
// Source: bellpepper-core 0.2.1, src/gadgets/boolean.rs.
#pragma once
#include <cstdint>

#include "kernels/circuit/sink.h"

namespace sealyard::circuit {

struct Boolean {
  enum class Kind : std::uint8_t { constant, is, is_not };

  Variable variable;  ///< of no meaning for a constant
  Kind kind = Kind::constant;
  bool value = false;  ///< after negation

  static Boolean constant(bool value) { return {{}, Kind::constant, value}; }
  static Boolean is(Variable bit, bool value) { return {bit, Kind::is, value}; }

  bool is_constant() const { return kind == Kind::constant; }
  bool is_constant(bool wanted) const { return is_constant() && value == wanted; }
  bool negated() const { return kind == Kind::is_not; }
  /// The value of `variable`.
  bool bit_value() const { return value != negated(); }

  Boolean operator!() const {
    if (is_constant()) return constant(!value);
    return {variable, negated() ? Kind::is : Kind::is_not, !value};
  }
};

/// A new bit with its row.
inline Boolean new_bit(Sink& sink, bool value) { return Boolean::is(sink.bit(value), value); }

/// a xor b: at most a new bit and a row.
Boolean bit_xor(Sink& sink, const Boolean& a, const Boolean& b);
/// a and b: at most a new bit and a row.
Boolean bit_and(Sink& sink, const Boolean& a, const Boolean& b);

/// SHA-256's choice (a and b) xor (not a and c): one row where none of the three is constant.
Boolean ch(Sink& sink, const Boolean& a, const Boolean& b, const Boolean& c);
/// SHA-256's majority: two rows where none of the three is constant.
Boolean maj(Sink& sink, const Boolean& a, const Boolean& b, const Boolean& c);

}  // namespace sealyard::circuit
