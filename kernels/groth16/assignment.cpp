#include "kernels/groth16/assignment.h"

#include "kernels/base/error.h"
#include "kernels/ntt/ntt.h"

namespace sealyard::groth16 {

using circuit::Variable;

Assignment::Assignment(const circuit::Counts& counts, Keep keep)
    : Sink(false), counts_(counts), keep_(keep), inputs_{circuit::kOne} {
  const auto size = std::size_t{1} << ntt::log_size_for(counts.constraints + counts.inputs);
  if (keep.a) a.reserve(size);
  if (keep.b) b.reserve(size);
  if (keep.c) c.reserve(size);
  inputs_.reserve(counts.inputs);
  if (keep.aux) aux_.reserve(counts.aux);
}

Variable Assignment::input(const Fr& value) {
  inputs_.push_back(value);
  return Variable::input(static_cast<std::uint32_t>(inputs_.size() - 1));
}

Variable Assignment::aux(const Fr& value) {
  if (keep_.aux) aux_.push_back(value);
  return Variable::aux(static_cast<std::uint32_t>(found_.aux++));
}

void Assignment::enforce(const circuit::Lc& left, const circuit::Lc& right,
                         const circuit::Lc& product) {
  row(left.value, right.value, product.value);
}

void Assignment::enforce(const circuit::BitRow& bits) {
  row(circuit::small(bits.a.value()), circuit::small(bits.b.value()),
      circuit::small(bits.c.value()));
}

void Assignment::row(const Fr& left, const Fr& right, const Fr& product) {
  if (keep_.a) a.push_back(left);
  if (keep_.b) b.push_back(right);
  if (keep_.c) c.push_back(product);
  ++found_.constraints;
}

void Assignment::finish() {
  found_.inputs = inputs_.size();
  if (!(found_ == counts_))
    throw Error(Fault::internal,
                "groth16: a circuit of {} inputs, {} aux, {} rows that counted {}, {}, {}",
                found_.inputs, found_.aux, found_.constraints, counts_.inputs, counts_.aux,
                counts_.constraints);
  const auto size = std::size_t{1} << ntt::log_size_for(counts_.constraints + counts_.inputs);
  if (keep_.a) {
    a.insert(a.end(), inputs_.begin(), inputs_.end());
    a.resize(size);
  }
  if (keep_.b) b.resize(size);
  if (keep_.c) c.resize(size);
}

}  // namespace sealyard::groth16
