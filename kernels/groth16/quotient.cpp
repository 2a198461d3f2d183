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

ntt::Domain domain_of(std::span<const Fr> one, std::span<const Fr> other, unsigned threads) {
  if (!std::has_single_bit(one.size()) || other.size() != one.size())
    throw Error(Fault::usage, "groth16: rows of {} and {} values, want one power of 2", one.size(),
                other.size());
  return {static_cast<unsigned>(std::countr_zero(one.size())), threads};
}

template <typename Work>
void each(unsigned threads, std::size_t n, Work&& work) {
  device::for_ranges(threads, n, 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) work(i);
  });
}

}  // namespace

std::vector<Fr> row_product(std::vector<Fr> a, std::vector<Fr> b, unsigned threads) {
  const auto domain = domain_of(a, b, threads);
  to_coset(domain, a);
  to_coset(domain, b);
  each(threads, a.size(), [&](std::size_t i) { a[i] = field::mul(a[i], b[i]); });
  b = {};
  domain.interpolate_scrambled(a);
  domain.scale(a, field::one(), field::inverse(field::from_u64(ntt::kGenerator)));
  return a;
}

std::vector<Fr> quotient(std::vector<Fr> product, std::vector<Fr> c, unsigned threads) {
  const auto domain = domain_of(product, c, threads);
  domain.interpolate(c);
  const Fr shift = ntt::power(field::from_u64(ntt::kGenerator), domain.size());
  const Fr per_z = field::inverse(field::sub(shift, field::one()));
  each(threads, c.size(),
       [&](std::size_t i) { product[i] = field::mul(field::sub(product[i], c[i]), per_z); });
  if (!(product.back() == Fr{}))
    throw Error(Fault::usage, "groth16: the witness does not satisfy the circuit; no proof made");
  product.pop_back();
  return product;
}

std::vector<Fr> quotient(std::vector<Fr> a, std::vector<Fr> b, std::vector<Fr> c,
                         unsigned threads) {
  return quotient(row_product(std::move(a), std::move(b), threads), std::move(c), threads);
}

}  // namespace sealyard::groth16
