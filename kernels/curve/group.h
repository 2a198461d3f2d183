// The two groups of prime order r of BLS12-381: G1 over Fp and G2 over Fp2. They are template
// arguments: whatever is done with points is written once for both.
#pragma once
#include <blst.h>

#include <cstddef>
#include <string_view>

#include "kernels/field/fr.h"

namespace sealyard::curve {

using field::Fr;

struct G1 {
  using Field = blst_fp;
  using AffineValue = blst_p1_affine;
  using PointValue = blst_p1;
  static constexpr std::string_view kName = "G1";
  static constexpr std::size_t kBytes = 96, kCompressedBytes = 48;

  static constexpr auto add = blst_p1_add_or_double;
  static constexpr auto add_affine = blst_p1_add_or_double_affine;
  static constexpr auto twice = blst_p1_double;
  static constexpr auto multiply = blst_p1_mult;
  static constexpr auto negate = blst_p1_cneg;
  static constexpr auto to_affine = blst_p1_to_affine;
  static constexpr auto from_affine = blst_p1_from_affine;
  static constexpr auto is_identity = blst_p1_is_inf;
  static constexpr auto affine_is_identity = blst_p1_affine_is_inf;
  static constexpr auto affine_is_equal = blst_p1_affine_is_equal;
  static constexpr auto in_group = blst_p1_affine_in_g1;
  static constexpr auto generator = blst_p1_affine_generator;
  static constexpr auto serialize = blst_p1_affine_serialize;
  static constexpr auto deserialize = blst_p1_deserialize;
  static constexpr auto compress = blst_p1_affine_compress;
  static constexpr auto uncompress = blst_p1_uncompress;
  static constexpr auto sum = blst_p1s_add;
  static constexpr auto pippenger = blst_p1s_mult_pippenger;
  static constexpr auto pippenger_scratch_bytes = blst_p1s_mult_pippenger_scratch_sizeof;

  static constexpr auto field_add = blst_fp_add;
  static constexpr auto field_sub = blst_fp_sub;
  static constexpr auto field_mul = blst_fp_mul;
  static constexpr auto field_sqr = blst_fp_sqr;
  static constexpr auto field_triple = blst_fp_mul_by_3;
  static constexpr auto field_negate = blst_fp_cneg;
  static constexpr auto field_inverse = blst_fp_eucl_inverse;
};

struct G2 {
  using Field = blst_fp2;
  using AffineValue = blst_p2_affine;
  using PointValue = blst_p2;
  static constexpr std::string_view kName = "G2";
  static constexpr std::size_t kBytes = 192, kCompressedBytes = 96;

  static constexpr auto add = blst_p2_add_or_double;
  static constexpr auto add_affine = blst_p2_add_or_double_affine;
  static constexpr auto twice = blst_p2_double;
  static constexpr auto multiply = blst_p2_mult;
  static constexpr auto negate = blst_p2_cneg;
  static constexpr auto to_affine = blst_p2_to_affine;
  static constexpr auto from_affine = blst_p2_from_affine;
  static constexpr auto is_identity = blst_p2_is_inf;
  static constexpr auto affine_is_identity = blst_p2_affine_is_inf;
  static constexpr auto affine_is_equal = blst_p2_affine_is_equal;
  static constexpr auto in_group = blst_p2_affine_in_g2;
  static constexpr auto generator = blst_p2_affine_generator;
  static constexpr auto serialize = blst_p2_affine_serialize;
  static constexpr auto deserialize = blst_p2_deserialize;
  static constexpr auto compress = blst_p2_affine_compress;
  static constexpr auto uncompress = blst_p2_uncompress;
  static constexpr auto sum = blst_p2s_add;
  static constexpr auto pippenger = blst_p2s_mult_pippenger;
  static constexpr auto pippenger_scratch_bytes = blst_p2s_mult_pippenger_scratch_sizeof;

  static constexpr auto field_add = blst_fp2_add;
  static constexpr auto field_sub = blst_fp2_sub;
  static constexpr auto field_mul = blst_fp2_mul;
  static constexpr auto field_sqr = blst_fp2_sqr;
  static constexpr auto field_triple = blst_fp2_mul_by_3;
  static constexpr auto field_negate = blst_fp2_cneg;
  static constexpr auto field_inverse = blst_fp2_eucl_inverse;
};

/// A point by its coordinates; the identity is (0, 0). As points lie in tables and files.
template <typename Group>
struct Affine {
  typename Group::AffineValue value{};

  static Affine generator() { return {*Group::generator()}; }
  bool is_identity() const { return Group::affine_is_identity(&value); }
  friend bool operator==(const Affine& a, const Affine& b) {
    return Group::affine_is_equal(&a.value, &b.value);
  }
};

/// A point in Jacobian coordinates: for results of additions. Made empty, it is the identity.
template <typename Group>
struct Point {
  typename Group::PointValue value{};

  Point() = default;
  explicit Point(const Affine<Group>& a) { Group::from_affine(&value, &a.value); }
  bool is_identity() const { return Group::is_identity(&value); }
  Affine<Group> affine() const {
    Affine<Group> a;
    Group::to_affine(&a.value, &value);
    return a;
  }
  Point& operator+=(const Point& b) {
    Group::add(&value, &value, &b.value);
    return *this;
  }
  Point& operator+=(const Affine<Group>& b) {
    Group::add_affine(&value, &value, &b.value);
    return *this;
  }
  friend Point operator+(Point a, const Point& b) { return a += b; }
  friend Point operator-(Point a) {
    Group::negate(&a.value, true);
    return a;
  }
};

/// scalar * point. The time does not depend on the scalar.
template <typename Group>
Point<Group> operator*(const Fr& scalar, const Point<Group>& point) {
  blst_scalar bytes;
  blst_scalar_from_fr(&bytes, &scalar.value);
  Point<Group> product;
  Group::multiply(&product.value, &point.value, bytes.b, 255);
  return product;
}

template <typename Group>
Point<Group> operator*(const Fr& scalar, const Affine<Group>& point) {
  return scalar * Point<Group>(point);
}

template <typename Group>
Affine<Group> operator-(Affine<Group> a) {
  if (!a.is_identity()) Group::field_negate(&a.value.y, &a.value.y, true);
  return a;
}

using G1Affine = Affine<G1>;
using G2Affine = Affine<G2>;
using G1Point = Point<G1>;
using G2Point = Point<G2>;

}  // namespace sealyard::curve
