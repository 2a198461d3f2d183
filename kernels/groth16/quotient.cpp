#include "kernels/groth16/quotient.h"

#include <bit>

#include "kernels/base/error.h"
#include "kernels/device/share.h"
#include "kernels/ntt/ntt.h"

namespace sealyard::groth16 {

using field::Fr;

namespace {

// At 1, omega, omega^2, ... Z is zero; at 7, 7 omega, 7 omega^2, ... it is the constant 7^n - 1. So
// A B is computed there. C stays in coefficients: the way back to them is linear.
void to_coset(const ntt::Domain& domain, std::span<Fr> values) {
  domain.interpolate(values);
  domain.scale(values, field::one(), field::from_u64(ntt::kGenerator));
  domain.evaluate_scrambled(values);
}

}  // namespace

std::vector<Fr> quotient(std::vector<Fr> a, std::vector<Fr> b, std::vector<Fr> c,
                         unsigned threads) {
  if (!std::has_single_bit(a.size()) || b.size() != a.size() || c.size() != a.size())
    throw Error(Fault::usage, "groth16: rows of {}, {} and {} values, want one power of 2",
                a.size(), b.size(), c.size());
  const auto log_size = static_cast<unsigned>(std::countr_zero(a.size()));
  const ntt::Domain domain(log_size, threads);
  const auto each = [&](auto&& work) {
    device::for_ranges(threads, a.size(), 1024, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) work(i);
    });
  };
  to_coset(domain, a);
  to_coset(domain, b);
  each([&](std::size_t i) { a[i] = field::mul(a[i], b[i]); });
  b = {};
  domain.interpolate_scrambled(a);
  const Fr generator = field::from_u64(ntt::kGenerator);
  domain.scale(a, field::one(), field::inverse(generator));
  domain.interpolate(c);
  const Fr z = field::sub(ntt::power(generator, domain.size()), field::one());
  const Fr per_z = field::inverse(z);
  each([&](std::size_t i) { a[i] = field::mul(field::sub(a[i], c[i]), per_z); });
  if (!(a.back() == Fr{}))
    throw Error(Fault::usage, "groth16: the witness does not satisfy the circuit; no proof made");
  a.pop_back();
  return a;
}

}  // namespace sealyard::groth16
