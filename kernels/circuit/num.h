// Numbers: one variable, one element of Fr.
// Source: bellpepper-core 0.2.1, src/gadgets/num.rs; rust-fil-proofs,
// storage-proofs-core/src/gadgets/constraint.rs, encode.rs, insertion.rs.
#pragma once
#include "kernels/circuit/boolean.h"
#include "kernels/circuit/sink.h"

namespace sealyard::circuit {

struct Num {
  Variable variable;
  Fr value;
};

/// A linear combination of at most `kRoom` terms, built on the stack.
template <std::size_t kRoom>
class Sum {
 public:
  Sum& plus(const Num& x) {
    terms_[size_++] = {x.variable, kOne};
    value_ = field::add(value_, x.value);
    return *this;
  }
  Sum& minus(const Num& x) {
    terms_[size_++] = {x.variable, small(-1)};
    value_ = field::sub(value_, x.value);
    return *this;
  }
  Sum& plus(const Num& x, const Fr& coefficient) {
    terms_[size_++] = {x.variable, coefficient};
    value_ = field::add(value_, field::mul(x.value, coefficient));
    return *this;
  }
  /// A constant.
  Sum& plus(const Fr& constant) { return plus(Num{Variable(), kOne}, constant); }
  Sum& plus(const Boolean& bit) {
    if (bit.is_constant()) return bit.value ? plus(Num{Variable(), kOne}) : *this;
    if (!bit.negated()) return plus(Num{bit.variable, bit.value ? kOne : Fr{}});
    plus(Num{Variable(), kOne});
    return minus(Num{bit.variable, bit.value ? Fr{} : kOne});
  }
  operator Lc() const { return {{terms_.data(), size_}, value_}; }

 private:
  std::array<Term, kRoom> terms_;
  std::size_t size_ = 0;
  Fr value_;
};

inline Sum<1> lc(const Num& x) { return Sum<1>().plus(x); }

/// A new aux.
inline Num new_num(Sink& sink, const Fr& value) { return {sink.aux(value), value}; }
inline Num new_num(Sink& sink, const Node& value) { return new_num(sink, field::from_node(value)); }

/// Makes x public: a new input p, then <p> <1> = <x>.
void inputize(Sink& sink, const Num& x);

/// <a> <1> = <b>.
void equal(Sink& sink, const Num& a, const Num& b);

/// New c, then <a> <b> = <c>.
Num mul(Sink& sink, const Num& a, const Num& b);

/// New s, then <a + b> <1> = <s>: the replica node of a key and a data node.
Num add(Sink& sink, const Num& a, const Num& b);

/// a where the condition holds, else b: new c, then <b - a> <condition> = <b - c>.
Num pick(Sink& sink, const Boolean& condition, const Num& a, const Num& b);

}  // namespace sealyard::circuit
