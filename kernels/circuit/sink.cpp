#include "kernels/circuit/sink.h"

#include <algorithm>

namespace sealyard::circuit {
namespace {

// A BitLc as terms, on the stack.
class Expanded {
 public:
  explicit Expanded(const BitLc& lc) : value_(small(lc.value())) {
    if (lc.constant() != 0) terms_[size_++] = {Variable(), small(lc.constant())};
    for (const auto& part : lc.parts()) terms_[size_++] = {part.variable, small(part.coefficient)};
  }
  operator Lc() const { return {{terms_.data(), size_}, value_}; }

 private:
  std::array<Term, 4> terms_;
  std::size_t size_ = 0;
  Fr value_;
};

bool is_normal(std::span<const Term> terms) {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].coefficient == Fr{}) return false;
    if (i > 0 && !(terms[i - 1].variable < terms[i].variable)) return false;
  }
  return true;
}

}  // namespace

Variable Sink::bit(bool value) {
  const Variable made = aux_bit(value);
  BitRow row;
  row.a.add_constant(1);
  row.a.add(made, -1, value);
  row.b.add(made, 1, value);
  enforce(row);
  return made;
}

void Sink::enforce(const BitRow& row) {
  enforce(Expanded(row.a), Expanded(row.b), Expanded(row.c));
}

Fr small(int number) {
  static const std::array<Fr, 17> elements = [] {
    std::array<Fr, 17> made;
    for (unsigned i = 0; i <= 8; ++i) {
      made[8 + i] = field::from_u64(i);
      made[8 - i] = field::sub(Fr{}, made[8 + i]);
    }
    return made;
  }();
  return elements.at(static_cast<std::size_t>(number + 8));
}

std::span<const Term> normal(std::span<const Term> terms, std::vector<Term>& scratch) {
  if (is_normal(terms)) return terms;
  scratch.assign(terms.begin(), terms.end());
  std::sort(scratch.begin(), scratch.end(),
            [](const Term& x, const Term& y) { return x.variable < y.variable; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < scratch.size();) {
    Term sum = scratch[i];
    while (++i < scratch.size() && scratch[i].variable == sum.variable)
      sum.coefficient = field::add(sum.coefficient, scratch[i].coefficient);
    if (!(sum.coefficient == Fr{})) scratch[kept++] = sum;
  }
  scratch.resize(kept);
  return scratch;
}

}  // namespace sealyard::circuit
