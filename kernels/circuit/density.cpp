#include "kernels/circuit/density.h"

namespace sealyard::circuit {

Variable Density::bit(bool value) {
  const Variable made = Counter::bit(value);
  note_a(made);
  note_b(made);
  return made;
}

void Density::enforce(const Lc& a, const Lc& b, const Lc& /*c*/) {
  count_row();
  for (const auto& term : normal(a.terms, scratch_)) note_a(term.variable);
  for (const auto& term : normal(b.terms, scratch_)) note_b(term.variable);
}

void Density::enforce(const BitRow& row) {
  count_row();
  for (const auto& part : row.a.parts()) note_a(part.variable);
  for (const auto& part : row.b.parts()) note_b(part.variable);
  if (row.b.constant() != 0) note_b(Variable());
}

}  // namespace sealyard::circuit
