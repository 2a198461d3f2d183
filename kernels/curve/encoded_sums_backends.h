// Which GPU works out EncodedSums.
#pragma once
#include "kernels/curve/encoded_sums.h"
#include "kernels/device/backend_table.h"

namespace sealyard::curve {

/// No variant for CPUs: there EncodedPoints and msm.h are what to use.
template <typename Group>
const BackendTable<MakeEncodedSums<Group>>& encoded_sums_backends();

}  // namespace sealyard::curve
