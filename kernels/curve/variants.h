// The ways to multiply many points by many scalars; multiply() of msm.h chooses. Same results.
#pragma once
#include <span>

#include "kernels/curve/group.h"

namespace sealyard::curve {

/// blst's: buckets in projective coordinates, point after point; threads share the points.
template <typename Group>
Point<Group> multiply_pippenger(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                                unsigned threads);

/// Ours: points are sorted by bucket and added up in pairs, in affine coordinates, so that many
/// additions share an inversion; threads share the windows. For thousands of points and more.
template <typename Group>
Point<Group> multiply_batched(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                              unsigned threads);

}  // namespace sealyard::curve
