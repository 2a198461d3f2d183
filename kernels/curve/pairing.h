// The pairing e: G1 x G2 -> GT, as far as proofs are checked with it.
#pragma once
#include <span>
#include <utility>

#include "kernels/curve/group.h"

namespace sealyard::curve {

/// Is e(P[0], Q[0]) * e(P[1], Q[1]) * ... = 1? A pair with an identity counts as 1.
/// Points must be in their groups.
bool product_is_one(std::span<const std::pair<G1Affine, G2Affine>> pairs);

}  // namespace sealyard::curve
