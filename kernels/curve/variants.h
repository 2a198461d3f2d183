// The ways to add and to multiply many points. Same results.
#pragma once
#include <span>
#include <vector>

#include "kernels/curve/batch_add.h"

namespace sealyard::curve {

namespace portable {
template <typename Group>
void add_pairs(const Affine<Group>* left, const Affine<Group>* right, std::span<const Pair> pairs,
               Affine<Group>* sums, std::vector<std::uint64_t>& scratch);
}  // namespace portable

namespace avx512 {
template <typename Group>
void add_pairs(const Affine<Group>* left, const Affine<Group>* right, std::span<const Pair> pairs,
               Affine<Group>* sums, std::vector<std::uint64_t>& scratch);
}  // namespace avx512

/// blst's: buckets in projective coordinates, point after point; threads share the points.
template <typename Group>
Point<Group> multiply_pippenger(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                                unsigned threads);

/// Ours: points are sorted by bucket and added up in pairs, in affine coordinates, so that many
/// additions share an inversion; threads share the windows. For thousands of points and more.
template <typename Group>
Point<Group> multiply_batched(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                              unsigned threads, Backend backend);

/// The sum of points, added up in pairs likewise.
template <typename Group>
Point<Group> sum_batched(std::span<const Affine<Group>> points, Backend backend);

}  // namespace sealyard::curve
