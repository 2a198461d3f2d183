// EncodedSums on a device::Grid. Included by CUDA code, so C++17.
#pragma once
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "kernels/curve/encoded_sums.h"
#include "kernels/curve/encoding_device.h"
#include "kernels/curve/msm_device.h"

namespace sealyard::curve::gpu {

template <typename Group>
using FieldOf = std::conditional_t<std::is_same_v<Group, G1>, Fp, Fp2>;

/// A window of w bits costs an addition a point and about four a bucket.
inline unsigned best_bits(std::size_t n) {
  unsigned best = 4;
  const auto cost = [n](unsigned bits) {
    const Windows windows(bits);
    return windows.count * (n + 4 * std::size_t{windows.buckets});
  };
  for (unsigned bits = 5; bits <= 18; ++bits)
    if (cost(bits) < cost(best)) best = bits;
  return best;
}

template <typename Group>
curve::Point<Group> to_host(const Jacobian<FieldOf<Group>>& point) {
  curve::Point<Group> out;
  static_assert(sizeof out.value == sizeof point);
  std::memcpy(&out.value, &point, sizeof point);
  return out;
}

/// @param encoded  n points  @param scalars, bad  see EncodedSums
/// @param bits     of a window
template <typename Group, typename Grid>
curve::Point<Group> sum_encoded(Grid& grid, const std::uint8_t* encoded, std::size_t n,
                                const field::Fr* scalars, std::size_t& bad, unsigned bits) {
  using Field = FieldOf<Group>;
  static_assert(sizeof(Affine<Field>) == Group::kBytes);
  bad = n;
  if (n == 0) return {};
  const auto none = static_cast<std::uint32_t>(n);
  auto first_bad = none;
  const auto points = grid.template allocate<Affine<Field>>(n);
  {
    const auto bytes = grid.template upload<std::uint32_t>(encoded, n * (Group::kBytes / 4));
    const auto found = grid.template upload<std::uint32_t>(&none, 1);
    grid.run(n, Decode<Field>{bytes.get(), points.get(), found.get()});
    grid.download(found.get(), 1, &first_bad);
  }
  bad = first_bad;
  if (bad != n) return {};
  Sums<Grid, Field> sums(grid);
  if (!scalars) return to_host<Group>(sums.sum(points.get(), n));
  const Windows windows(bits);
  const auto on_grid = grid.template upload<Fr>(scalars, n);
  const auto of_windows = sums.window_sums(points.get(), on_grid.get(), n, windows);
  curve::Point<Group> total;
  for (std::size_t window = windows.count; window-- > 0;) {
    for (unsigned bit = 0; bit < bits; ++bit) Group::twice(&total.value, &total.value);
    total += to_host<Group>(of_windows[window]);
  }
  return total;
}

}  // namespace sealyard::curve::gpu
