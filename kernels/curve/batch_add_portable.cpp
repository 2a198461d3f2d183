#include <cstring>

#include "kernels/curve/variants.h"

namespace sealyard::curve {
namespace {

enum class Kind : std::uint8_t { done, add, twice };

template <typename Group>
bool equal(const typename Group::Field& a, const typename Group::Field& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace

template <typename Group>
const BackendTable<AddPairs<Group>>& add_backends() {
  static const BackendTable<AddPairs<Group>> table{
      .kernel = "curve::add_pairs",
      .portable = portable::add_pairs<Group>,
      .avx512 = avx512::add_pairs<Group>,
  };
  return table;
}

template <typename Group>
void portable::add_pairs(const Affine<Group>* left, const Affine<Group>* right,
                         std::span<const Pair> pairs, Affine<Group>* sums,
                         std::vector<std::uint64_t>& scratch) {
  using Field = typename Group::Field;
  const std::size_t n = pairs.size();
  scratch.resize(2 * n * sizeof(Field) / sizeof(std::uint64_t));
  auto* const denominators = reinterpret_cast<Field*>(scratch.data());
  auto* const products = denominators + n;
  std::vector<Kind> kinds(n, Kind::done);
  // Running products of the denominators: one inversion, then each inverse on the way back.
  Field running;
  std::size_t first = n;
  for (std::size_t i = 0; i < n; ++i) {
    const auto p = at(left, pairs[i].left), q = at(right, pairs[i].right);
    if (p.is_identity() || q.is_identity()) {
      sums[i] = p.is_identity() ? q : p;
      continue;
    }
    if (!equal<Group>(p.value.x, q.value.x)) {
      kinds[i] = Kind::add;
      Group::field_sub(&denominators[i], &q.value.x, &p.value.x);
    } else if (equal<Group>(p.value.y, q.value.y)) {
      kinds[i] = Kind::twice;
      Group::field_add(&denominators[i], &p.value.y, &p.value.y);
    } else {
      sums[i] = {};
      continue;
    }
    if (first < n) {
      products[i] = running;
      Group::field_mul(&running, &running, &denominators[i]);
    } else {
      first = i;
      running = denominators[i];
    }
  }
  if (first == n) return;
  Field inverse;
  Group::field_inverse(&inverse, &running);
  for (std::size_t i = n; i-- > first;) {
    if (kinds[i] == Kind::done) continue;
    const auto p = at(left, pairs[i].left).value, q = at(right, pairs[i].right).value;
    Field slope = inverse;
    if (i > first) {
      Group::field_mul(&slope, &inverse, &products[i]);
      Group::field_mul(&inverse, &inverse, &denominators[i]);
    }
    Field numerator;
    if (kinds[i] == Kind::add) {
      Group::field_sub(&numerator, &q.y, &p.y);
    } else {
      Group::field_sqr(&numerator, &p.x);
      Group::field_triple(&numerator, &numerator);
    }
    Group::field_mul(&slope, &slope, &numerator);
    auto& sum = sums[i].value;
    Group::field_sqr(&sum.x, &slope);
    Group::field_sub(&sum.x, &sum.x, &p.x);
    Group::field_sub(&sum.x, &sum.x, &q.x);
    Group::field_sub(&sum.y, &p.x, &sum.x);
    Group::field_mul(&sum.y, &sum.y, &slope);
    Group::field_sub(&sum.y, &sum.y, &p.y);
  }
}

template const BackendTable<AddPairs<G1>>& add_backends<G1>();
template const BackendTable<AddPairs<G2>>& add_backends<G2>();

}  // namespace sealyard::curve
