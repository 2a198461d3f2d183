// Additions of points in affine coordinates, many at a time, so that they share one inversion:
// 5 multiplications and 1 squaring each.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/curve/group.h"
#include "kernels/device/backend_table.h"

namespace sealyard::curve {

/// A point of a list by its index, or its negative where the top bit is set.
using Entry = std::uint32_t;
inline constexpr Entry kNegative = Entry{1} << 31;

template <typename Group>
Affine<Group> at(const Affine<Group>* points, Entry entry) {
  const auto& point = points[entry & ~kNegative];
  return entry & kNegative ? -point : point;
}

/// What to add: an entry of one list and an entry of another.
struct Pair {
  Entry left, right;
};

/// sums[i] = left[pairs[i].left] + right[pairs[i].right]. Any points, equal, opposite and
/// identities included. `sums` may be `left` where every pairs[i].left is i, and may not otherwise
/// overlap what is read.
/// @param scratch  grows to 192 bytes (G1) a pair; of no meaning between calls.
template <typename Group>
using AddPairs = void(const Affine<Group>* left, const Affine<Group>* right,
                      std::span<const Pair> pairs, Affine<Group>* sums,
                      std::vector<std::uint64_t>& scratch);

/// Tests and benches walk this.
template <typename Group>
const BackendTable<AddPairs<Group>>& add_backends();

/// Additions on one backend. Keeps its scratch between calls; one per thread.
template <typename Group>
class BatchAdd {
 public:
  explicit BatchAdd(Backend backend) : add_(add_backends<Group>().best(backend)) {}

  void operator()(const Affine<Group>* left, const Affine<Group>* right,
                  std::span<const Pair> pairs, Affine<Group>* sums) {
    add_(left, right, pairs, sums, scratch_);
  }

 private:
  AddPairs<Group>* add_;
  std::vector<std::uint64_t> scratch_;
};

}  // namespace sealyard::curve
