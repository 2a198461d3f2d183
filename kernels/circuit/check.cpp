#include "kernels/circuit/check.h"

#include <fmt/format.h>

#include "kernels/base/hex.h"

namespace sealyard::circuit {

Variable Check::input(const Fr& value) {
  inputs_.push_back(value);
  return Counter::input(value);
}

Variable Check::aux(const Fr& value) {
  aux_.push_back(value);
  return Counter::aux(value);
}

Fr Check::evaluate(const Lc& lc, char side) {
  Fr sum;
  for (const auto& term : lc.terms) {
    const auto& value = (term.variable.is_input() ? inputs_ : aux_).at(term.variable.index());
    sum = field::add(sum, field::mul(term.coefficient, value));
  }
  if (!(sum == lc.value) && !failure_)
    failure_ = fmt::format("row {}: {} is {}, its gadget states {}", counts().constraints, side,
                           to_hex(field::to_node(sum)), to_hex(field::to_node(lc.value)));
  return sum;
}

void Check::enforce(const Lc& a, const Lc& b, const Lc& c) {
  const Fr x = evaluate(a, 'A'), y = evaluate(b, 'B'), z = evaluate(c, 'C');
  if (!(field::mul(x, y) == z) && !failure_)
    failure_ = fmt::format("row {}: A = {}, B = {}, C = {}, want A B = C", counts().constraints,
                           to_hex(field::to_node(x)), to_hex(field::to_node(y)),
                           to_hex(field::to_node(z)));
  count_row();
}

}  // namespace sealyard::circuit
