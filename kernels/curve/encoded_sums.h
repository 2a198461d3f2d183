// Sums over points as files have them, worked out on a GPU: it decodes and checks them too.
// Included by CUDA code, so C++17.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "kernels/curve/group.h"

namespace sealyard::curve {

/// Keeps its memory between sums. Not for two threads at once.
template <typename Group>
class EncodedSums {
 public:
  virtual ~EncodedSums() = default;

  /// Where the caller writes up to `points` points, Group::kBytes each, for the next sum.
  /// @throws Error{io} no memory that the GPU could read from.
  virtual std::uint8_t* room(std::size_t points) = 0;

  /// The sum of the n points in room(), times their scalars (null: once each).
  /// @param bad  becomes the first that is no point, n where there is none. The sum is of no
  ///             meaning then.
  /// @throws Error{io} a CUDA call did not succeed. 2^21 points take 1 GiB of the GPU (G1), 2 GiB.
  virtual Point<Group> sum(std::size_t n, const Fr* scalars, std::size_t& bad) = 0;
};

template <typename Group>
using MakeEncodedSums = std::unique_ptr<EncodedSums<Group>>();

namespace cuda {
template <typename Group>
std::unique_ptr<EncodedSums<Group>> encoded_sums();
}  // namespace cuda

}  // namespace sealyard::curve
