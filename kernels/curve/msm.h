// Sums of many points, and of many multiples of points.
#pragma once
#include <span>

#include "kernels/curve/group.h"
#include "kernels/device/cpu.h"

namespace sealyard::curve {

/// points[0] + points[1] + ...; no point is the identity.
template <typename Group>
Point<Group> sum(std::span<const Affine<Group>> points, unsigned threads,
                 Backend backend = device::best_cpu());

/// scalars[0] * points[0] + scalars[1] * points[1] + ... by buckets (Pippenger); no point is the
/// identity. Takes 44 bytes a point and 4 to 60 MB a thread. The time depends on the scalars.
/// @throws Error{usage} lengths differ.
template <typename Group>
Point<Group> multiply(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                      unsigned threads, Backend backend = device::best_cpu());

}  // namespace sealyard::curve
