// Additions of points in affine coordinates, many at a time, so that they share one inversion:
// 5 multiplications and 1 squaring each.
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "kernels/curve/group.h"

namespace sealyard::curve {

/// Keeps its scratch between calls; one per thread.
template <typename Group>
class BatchAdd {
 public:
  /// sums[i] += addends[i] for all i. Any points, equal, opposite and identities included.
  /// @param addends  as many as sums.
  void operator()(std::span<Affine<Group>> sums, std::span<const Affine<Group>> addends);

 private:
  enum class Kind : std::uint8_t { nothing, add, twice };
  std::vector<Kind> kinds_;
  std::vector<typename Group::Field> denominators_, products_;
};

template <typename Group>
void BatchAdd<Group>::operator()(std::span<Affine<Group>> sums,
                                 std::span<const Affine<Group>> addends) {
  using Field = typename Group::Field;
  const std::size_t n = sums.size();
  kinds_.resize(n);
  denominators_.resize(n);
  products_.resize(n);
  const auto equal = [](const Field& a, const Field& b) {
    return std::memcmp(&a, &b, sizeof(Field)) == 0;
  };
  // Running products of the denominators: one inversion, then each inverse on the way back.
  Field running;
  bool any = false;
  for (std::size_t i = 0; i < n; ++i) {
    auto& p = sums[i].value;
    const auto& q = addends[i].value;
    kinds_[i] = Kind::nothing;
    if (Group::affine_is_identity(&q)) continue;
    if (Group::affine_is_identity(&p)) {
      p = q;
      continue;
    }
    if (!equal(p.x, q.x)) {
      kinds_[i] = Kind::add;
      Group::field_sub(&denominators_[i], &q.x, &p.x);
    } else if (equal(p.y, q.y)) {
      kinds_[i] = Kind::twice;
      Group::field_add(&denominators_[i], &p.y, &p.y);
    } else {
      p = {};
      continue;
    }
    if (any) {
      products_[i] = running;
      Group::field_mul(&running, &running, &denominators_[i]);
    } else {
      running = denominators_[i];
    }
    any = true;
  }
  if (!any) return;
  Field inverse;
  Group::field_inverse(&inverse, &running);
  std::size_t first = 0;
  while (kinds_[first] == Kind::nothing) ++first;
  for (std::size_t i = n; i-- > first;) {
    if (kinds_[i] == Kind::nothing) continue;
    auto& p = sums[i].value;
    const auto& q = addends[i].value;
    Field slope = inverse;
    if (i > first) {
      Group::field_mul(&slope, &inverse, &products_[i]);
      Group::field_mul(&inverse, &inverse, &denominators_[i]);
    }
    Field numerator, x, y;
    if (kinds_[i] == Kind::add) {
      Group::field_sub(&numerator, &q.y, &p.y);
    } else {
      Group::field_sqr(&numerator, &p.x);
      Group::field_triple(&numerator, &numerator);
    }
    Group::field_mul(&slope, &slope, &numerator);
    Group::field_sqr(&x, &slope);
    Group::field_sub(&x, &x, &p.x);
    Group::field_sub(&x, &x, &q.x);
    Group::field_sub(&y, &p.x, &x);
    Group::field_mul(&y, &y, &slope);
    Group::field_sub(&p.y, &y, &p.y);
    p.x = x;
  }
}

}  // namespace sealyard::curve
