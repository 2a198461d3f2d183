#include "kernels/circuit/num.h"

namespace sealyard::circuit {

void inputize(Sink& sink, const Num& x) {
  const Num input{sink.input(x.value), x.value};
  sink.enforce(lc(input), one_lc(), lc(x));
}

void equal(Sink& sink, const Num& a, const Num& b) { sink.enforce(lc(a), one_lc(), lc(b)); }

Num mul(Sink& sink, const Num& a, const Num& b) {
  const Num c = new_num(sink, field::mul(a.value, b.value));
  sink.enforce(lc(a), lc(b), lc(c));
  return c;
}

Num add(Sink& sink, const Num& a, const Num& b) {
  const Num sum = new_num(sink, field::add(a.value, b.value));
  sink.enforce(Sum<2>().plus(a).plus(b), one_lc(), lc(sum));
  return sum;
}

Num pick(Sink& sink, const Boolean& condition, const Num& a, const Num& b) {
  const Num c = new_num(sink, condition.value ? a.value : b.value);
  sink.enforce(Sum<2>().plus(b).minus(a), Sum<2>().plus(condition), Sum<2>().plus(b).minus(c));
  return c;
}

}  // namespace sealyard::circuit
