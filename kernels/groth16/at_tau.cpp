#include "kernels/groth16/at_tau.h"

#include "kernels/base/error.h"
#include "kernels/device/share.h"
#include "kernels/ntt/ntt.h"

namespace sealyard::groth16 {
namespace {

constexpr std::size_t kBatch = 1024;  // elements that share an inversion

// values[i] = 1 / values[i], none of which may be 0.
void invert_all(std::span<Fr> values, std::span<Fr> scratch) {
  Fr running = field::one();
  for (std::size_t i = 0; i < values.size(); ++i) {
    scratch[i] = running;
    running = field::mul(running, values[i]);
  }
  Fr inverse = field::inverse(running);
  for (std::size_t i = values.size(); i-- > 0;) {
    const Fr next = field::mul(inverse, values[i]);
    values[i] = field::mul(inverse, scratch[i]);
    inverse = next;
  }
}

}  // namespace

// L_j(tau) = (tau^n - 1) / n * omega^j / (tau - omega^j)
void lagrange_at(const Fr& tau, unsigned log_size, std::span<Fr> values, unsigned threads) {
  const std::uint64_t n = std::uint64_t{1} << log_size;
  const Fr vanishing = field::sub(ntt::power(tau, n), field::one());
  if (vanishing == Fr{}) throw Error(Fault::usage, "groth16: tau is a {}-th root of unity", n);
  const Fr factor = field::mul(vanishing, field::inverse(field::from_u64(n)));
  const Fr omega = ntt::root_of_unity(log_size);
  device::for_ranges(threads, values.size(), kBatch, [&](std::size_t begin, std::size_t end) {
    SecretScalars scratch(kBatch);
    Fr numerator = field::mul(factor, ntt::power(omega, begin));
    Fr root = ntt::power(omega, begin);
    for (std::size_t at = begin; at < end; at += kBatch) {
      const auto batch = values.subspan(at, std::min(kBatch, end - at));
      for (auto& value : batch) {
        value = field::sub(tau, root);
        root = field::mul(root, omega);
      }
      invert_all(batch, scratch.all());
      for (auto& value : batch) {
        value = field::mul(value, numerator);
        numerator = field::mul(numerator, omega);
      }
    }
  });
}

AtTau::AtTau(const circuit::Counts& counts, std::span<const Fr> lagrange)
    : Counter(true),
      expected_(counts),
      lagrange_(lagrange),
      a_(counts.inputs + counts.aux),
      b_(counts.inputs + counts.aux),
      c_(counts.inputs + counts.aux) {
  if (lagrange.size() < counts.constraints + counts.inputs)
    throw Error(Fault::usage, "groth16: {} values of Lagrange polynomials for {} rows",
                lagrange.size(), counts.constraints + counts.inputs);
}

std::size_t AtTau::place(circuit::Variable variable) const {
  if (variable.is_input() ? variable.index() >= expected_.inputs
                          : variable.index() >= expected_.aux)
    throw Error(Fault::internal, "groth16: a circuit with more variables than it counted");
  return variable.is_input() ? variable.index() : expected_.inputs + variable.index();
}

const Fr& AtTau::row() const {
  if (counts().constraints >= expected_.constraints)
    throw Error(Fault::internal, "groth16: a circuit with more rows than it counted");
  return lagrange_[counts().constraints];
}

void AtTau::add(SecretScalars& to, const circuit::Lc& lc) {
  for (const auto& term : lc.terms) {
    auto& sum = to[place(term.variable)];
    const bool once = term.coefficient == circuit::kOne;
    sum = field::add(sum, once ? row() : field::mul(term.coefficient, row()));
  }
}

void AtTau::add(SecretScalars& to, const circuit::BitLc& lc) {
  const auto put = [&](circuit::Variable variable, int coefficient) {
    auto& sum = to[place(variable)];
    for (int i = 0; i < coefficient; ++i) sum = field::add(sum, row());
    for (int i = 0; i > coefficient; --i) sum = field::sub(sum, row());
  };
  put(circuit::Variable(), lc.constant());
  for (const auto& part : lc.parts()) put(part.variable, part.coefficient);
}

circuit::Variable AtTau::bit(bool value) {
  const auto made = next_aux();
  circuit::BitRow row;  // <1 - b> <b> = <>
  row.a.add_constant(1);
  row.a.add(made, -1, value);
  row.b.add(made, 1, value);
  enforce(row);
  return made;
}

void AtTau::enforce(const circuit::Lc& a, const circuit::Lc& b, const circuit::Lc& c) {
  add(a_, a);
  add(b_, b);
  add(c_, c);
  count_row();
}

void AtTau::enforce(const circuit::BitRow& row) {
  add(a_, row.a);
  add(b_, row.b);
  add(c_, row.c);
  count_row();
}

void AtTau::finish() {
  if (!(counts() == expected_))
    throw Error(Fault::internal, "groth16: a circuit of {} rows that counted {}",
                counts().constraints, expected_.constraints);
  for (std::uint64_t i = 0; i < expected_.inputs; ++i)
    a_[i] = field::add(a_[i], lagrange_[expected_.constraints + i]);
}

}  // namespace sealyard::groth16
