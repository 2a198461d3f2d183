// Many multiples of one point, out of a table of its multiples.
#pragma once
#include <span>
#include <vector>

#include "kernels/curve/group.h"
#include "kernels/device/cpu.h"

namespace sealyard::curve {

/// A comb: the scalar is cut into windows of w bits with signed digits, and the table holds
/// 0 ... 2^(w-1) times 2^(w i) base for window i. A product is one table entry per window, added
/// up in batches. Which entries are read depends on the scalars; copies of scalars are wiped.
template <typename Group>
class FixedBase {
 public:
  /// @param uses  how many products will be wanted: chooses w. At most 50 MB (G1), 100 MB (G2).
  FixedBase(const Affine<Group>& base, std::size_t uses, unsigned threads,
            Backend backend = device::best_cpu());

  /// products[i] = scalars[i] * base.  @param products  as many as scalars.
  /// Several threads may do so at a time.
  void multiply(std::span<const Fr> scalars, std::span<Affine<Group>> products) const;

  unsigned window_bits() const { return bits_; }

 private:
  std::size_t entries() const { return (std::size_t{1} << (bits_ - 1)) + 1; }
  void fill(unsigned window, const Affine<Group>& base);

  Backend backend_;
  unsigned bits_, windows_;
  std::vector<Affine<Group>> table_;  // window by window, entry d for digit d
};

}  // namespace sealyard::curve
