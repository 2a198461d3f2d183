// A query of the parameters times the values of the variables: what a proof is made of.
#pragma once
#include <functional>
#include <string_view>

#include "kernels/circuit/density.h"
#include "kernels/curve/encoded_sums.h"
#include "kernels/curve/encoding.h"

namespace sealyard::groth16 {

/// Which list of which file is read, for errors.
struct ListName {
  std::string_view file, list;
};

/// How a sum goes through its list.
struct Pace {
  std::size_t part = std::size_t{1} << 21;  ///< points in memory at a time
  /// Called by the calling thread with the points of the list that are behind it since the last
  /// call; may throw to stop.
  std::function<void(std::size_t points)> done = {};
};

/// The sum of value * point over the values whose index is in `chosen` (null: over all); the points
/// are theirs in order, beginning with points.at(first). Points of values that are 0 are not
/// decoded, those of values that are 1 are added without a multiplication. Works through the list
/// in parts of pace.part points: 150 bytes each (G1), 250 bytes (G2). Where share.backend is cuda
/// the GPU decodes and adds up the points of each part that are wanted.
///
/// @throws Error{usage}   fewer points than values.
/// @throws Error{corrupt} a point that is none.
template <typename Group>
curve::Point<Group> query_sum(const curve::EncodedPoints<Group>& points, std::size_t first,
                              std::span<const field::Fr> values, const circuit::IndexSet* chosen,
                              ListName name, unsigned threads, const Pace& pace = {},
                              curve::EncodedSums<Group>* gpu = nullptr);

}  // namespace sealyard::groth16
