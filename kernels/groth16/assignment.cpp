#include "kernels/groth16/assignment.h"

#include "kernels/base/error.h"
#include "kernels/ntt/ntt.h"

namespace sealyard::groth16 {

using circuit::Variable;

Assignment::Assignment(const circuit::Counts& counts)
    : Sink(false), counts_(counts), inputs_{circuit::kOne} {
  const auto rows = counts.constraints + counts.inputs;
  for (auto* values : {&a, &b, &c}) values->reserve(std::size_t{1} << ntt::log_size_for(rows));
  inputs_.reserve(counts.inputs);
  aux_.reserve(counts.aux);
}

Variable Assignment::input(const Fr& value) {
  inputs_.push_back(value);
  return Variable::input(static_cast<std::uint32_t>(inputs_.size() - 1));
}

Variable Assignment::aux(const Fr& value) {
  aux_.push_back(value);
  return Variable::aux(static_cast<std::uint32_t>(aux_.size() - 1));
}

void Assignment::enforce(const circuit::Lc& left, const circuit::Lc& right,
                         const circuit::Lc& product) {
  a.push_back(left.value);
  b.push_back(right.value);
  c.push_back(product.value);
}

void Assignment::enforce(const circuit::BitRow& row) {
  a.push_back(circuit::small(row.a.value()));
  b.push_back(circuit::small(row.b.value()));
  c.push_back(circuit::small(row.c.value()));
}

void Assignment::finish() {
  const circuit::Counts found{inputs_.size(), aux_.size(), a.size()};
  if (!(found == counts_))
    throw Error(Fault::internal,
                "groth16: a circuit of {} inputs, {} aux, {} rows that counted {}, {}, {}",
                found.inputs, found.aux, found.constraints, counts_.inputs, counts_.aux,
                counts_.constraints);
  a.insert(a.end(), inputs_.begin(), inputs_.end());
  const std::size_t size = std::size_t{1} << ntt::log_size_for(a.size());
  for (auto* values : {&a, &b, &c}) values->resize(size);
}

}  // namespace sealyard::groth16
