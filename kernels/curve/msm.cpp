#include "kernels/curve/msm.h"

#include <mutex>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/curve/variants.h"
#include "kernels/device/share.h"

namespace sealyard::curve {
namespace {

constexpr std::size_t kLeastPoints = 64;    // fewer are not worth a thread
constexpr std::size_t kBatchedFrom = 2048;  // below, batches of additions are too small

// Sums of ranges, one per thread, added up.
template <typename Group, typename Part>
Point<Group> sum_of_parts(std::size_t n, unsigned threads, Part&& part) {
  Point<Group> total;
  std::mutex guard;
  device::for_ranges(threads, n, kLeastPoints, [&](std::size_t begin, std::size_t end) {
    const Point<Group> mine = part(begin, end);
    const std::lock_guard lock(guard);
    total += mine;
  });
  return total;
}

}  // namespace

template <typename Group>
Point<Group> sum(std::span<const Affine<Group>> points, unsigned threads, Backend backend) {
  return sum_of_parts<Group>(points.size(), threads, [&](std::size_t begin, std::size_t end) {
    return sum_batched(points.subspan(begin, end - begin), backend);
  });
}

template <typename Group>
Point<Group> multiply_pippenger(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                                unsigned threads) {
  return sum_of_parts<Group>(points.size(), threads, [&](std::size_t begin, std::size_t end) {
    const std::size_t n = end - begin;
    std::vector<blst_scalar> plain(n);
    for (std::size_t i = 0; i < n; ++i) blst_scalar_from_fr(&plain[i], &scalars[begin + i].value);
    // blst: a null behind the first pointer says that the points lie side by side.
    std::vector<limb_t> scratch(Group::pippenger_scratch_bytes(n) / sizeof(limb_t));
    const typename Group::AffineValue* first[]{&points[begin].value, nullptr};
    const byte* first_scalar[]{plain[0].b, nullptr};
    Point<Group> total;
    Group::pippenger(&total.value, first, n, first_scalar, 255, scratch.data());
    return total;
  });
}

template <typename Group>
Point<Group> multiply(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                      unsigned threads, Backend backend) {
  if (points.size() != scalars.size())
    throw Error(Fault::usage, "curve::multiply: {} points, {} scalars; want equal", points.size(),
                scalars.size());
  return points.size() < kBatchedFrom ? multiply_pippenger(points, scalars, threads)
                                      : multiply_batched(points, scalars, threads, backend);
}

template Point<G1> sum<G1>(std::span<const Affine<G1>>, unsigned, Backend);
template Point<G2> sum<G2>(std::span<const Affine<G2>>, unsigned, Backend);
template Point<G1> multiply_pippenger<G1>(std::span<const Affine<G1>>, std::span<const Fr>,
                                          unsigned);
template Point<G2> multiply_pippenger<G2>(std::span<const Affine<G2>>, std::span<const Fr>,
                                          unsigned);
template Point<G1> multiply<G1>(std::span<const Affine<G1>>, std::span<const Fr>, unsigned,
                                Backend);
template Point<G2> multiply<G2>(std::span<const Affine<G2>>, std::span<const Fr>, unsigned,
                                Backend);

}  // namespace sealyard::curve
