// The quotient polynomial on a device::Grid, so on a GPU or on a host that plays one. See
// quotient.h. The rows stay in the host's memory; the grid holds one list of them and slices of
// another, so a domain of 2^27 needs 4.3 GiB. Included by CUDA code, so C++17.
#pragma once
#include <algorithm>

#include "kernels/ntt/ntt_device.h"

namespace sealyard::groth16::gpu {

using ntt::gpu::Fr;

struct Multiply {
  Fr* x;
  const Fr* by;

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const { x[i] = mul(x[i], by[i]); }
};

/// x = (product - x) factor.
struct SubtractFrom {
  Fr* x;
  const Fr* product;
  Fr factor;

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    x[i] = mul(sub(product[i], x[i]), factor);
  }
};

inline constexpr std::size_t kSlice = std::size_t{1} << 22;  // 128 MiB

/// Runs `step`(first element, slice) with a slice of `list` on the grid, for each slice.
template <typename Grid, typename Run>
void for_slices(Grid& grid, const void* list, std::size_t n, std::size_t slice, const Run& run) {
  auto part = grid.template allocate<Fr>(std::min(n, slice));
  for (std::size_t at = 0; at < n; at += slice) {
    const std::size_t count = std::min(slice, n - at);
    grid.upload_to(part.get(), static_cast<const Fr*>(list) + at, count);
    run(at, part.get(), count);
  }
}

/// @param a  n values of the rows; becomes the coefficients of A B mod (X^n - 7^n).
/// @param b  n values of the rows; used up.
/// @param slice  elements of the second list on the grid at a time
template <typename Grid>
void row_product(Grid& grid, const ntt::gpu::Constants& constants, void* a, void* b,
                 std::size_t slice = kSlice) {
  const std::size_t n = constants.size();
  ntt::gpu::Domain<Grid> domain(grid, constants);
  auto x = grid.template allocate<Fr>(n);
  for (void* rows : {a, b}) {
    grid.upload_to(x.get(), static_cast<const Fr*>(rows), n);
    domain.interpolate(x.get());
    domain.scale(x.get(), constants.generator);
    domain.evaluate_scrambled(x.get());
    if (rows == a) grid.download(x.get(), n, a);
  }
  for_slices(grid, a, n, slice, [&](std::size_t at, const Fr* part, std::size_t count) {
    grid.run(count, Multiply{x.get() + at, part});
  });
  domain.interpolate_scrambled(x.get());
  domain.scale(x.get(), constants.inverse_generator);
  grid.download(x.get(), n, a);
}

/// @param product  of row_product(); becomes the coefficients of H, and a last one that is 0.
/// @param c        n values of the rows.
template <typename Grid>
void divide_by_z(Grid& grid, const ntt::gpu::Constants& constants, void* product, const void* c,
                 std::size_t slice = kSlice) {
  const std::size_t n = constants.size();
  ntt::gpu::Domain<Grid> domain(grid, constants);
  auto x = grid.template upload<Fr>(c, n);
  domain.interpolate(x.get());
  for_slices(grid, product, n, slice, [&](std::size_t at, const Fr* part, std::size_t count) {
    grid.run(count, SubtractFrom{x.get() + at, part, constants.per_z});
  });
  grid.download(x.get(), n, product);
}

}  // namespace sealyard::groth16::gpu
