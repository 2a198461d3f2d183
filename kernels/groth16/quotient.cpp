#include "kernels/groth16/quotient.h"

#include <bit>

#include "kernels/base/error.h"
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

// Of rows whose number require_rows() found right.
ntt::Domain domain_of(const std::vector<Fr>& rows, unsigned threads) {
  return {static_cast<unsigned>(std::countr_zero(rows.size())), threads};
}

void require_rows(const std::vector<Fr>& one, const std::vector<Fr>& other) {
  if (!std::has_single_bit(one.size()) || other.size() != one.size())
    throw Error(Fault::usage, "groth16: rows of {} and {} values, want one power of 2", one.size(),
                other.size());
}

template <typename Work>
void each(unsigned threads, std::size_t n, Work&& work) {
  device::for_ranges(threads, n, 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) work(i);
  });
}

}  // namespace

void portable::row_product(std::vector<Fr>& a, std::vector<Fr>& b, unsigned threads) {
  const auto domain = domain_of(a, threads);
  to_coset(domain, a);
  to_coset(domain, b);
  each(threads, a.size(), [&](std::size_t i) { a[i] = field::mul(a[i], b[i]); });
  b = {};
  domain.interpolate_scrambled(a);
  domain.scale(a, field::one(), field::inverse(field::from_u64(ntt::kGenerator)));
}

void portable::divide_by_z(std::vector<Fr>& product, std::vector<Fr>& c, unsigned threads) {
  const auto domain = domain_of(c, threads);
  domain.interpolate(c);
  const Fr shift = ntt::power(field::from_u64(ntt::kGenerator), domain.size());
  const Fr per_z = field::inverse(field::sub(shift, field::one()));
  each(threads, c.size(),
       [&](std::size_t i) { product[i] = field::mul(field::sub(product[i], c[i]), per_z); });
}

const BackendTable<RowProduct> row_product_backends{.kernel = "groth16::row_product",
                                                    .portable = portable::row_product,
                                                    .cuda = SEALYARD_IF_CUDA(cuda::row_product)};
const BackendTable<DivideByZ> divide_by_z_backends{.kernel = "groth16::divide_by_z",
                                                   .portable = portable::divide_by_z,
                                                   .cuda = SEALYARD_IF_CUDA(cuda::divide_by_z)};

std::vector<Fr> row_product(std::vector<Fr> a, std::vector<Fr> b, const device::Share& share) {
  require_rows(a, b);
  row_product_backends.best(share.backend)(a, b, share.threads);
  return a;
}

std::vector<Fr> quotient(std::vector<Fr> product, std::vector<Fr> c, const device::Share& share) {
  require_rows(product, c);
  divide_by_z_backends.best(share.backend)(product, c, share.threads);
  if (!(product.back() == Fr{}))
    throw Error(Fault::usage, "groth16: the witness does not satisfy the circuit; no proof made");
  product.pop_back();
  return product;
}

std::vector<Fr> quotient(std::vector<Fr> a, std::vector<Fr> b, std::vector<Fr> c,
                         const device::Share& share) {
  return quotient(row_product(std::move(a), std::move(b), share), std::move(c), share);
}

}  // namespace sealyard::groth16
