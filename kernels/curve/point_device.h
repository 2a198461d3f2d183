// Points of G1 and G2 for code that runs on a GPU, over Fp and over Fp2. Included by CUDA code, so
// C++17.
#pragma once
#include "kernels/field/fp_device.h"

namespace sealyard::curve::gpu {

using field::gpu::Fp;
using field::gpu::Fp2;

/// The bytes of curve::Affine; the identity is (0, 0).
template <typename Field>
struct Affine {
  Field x, y;

  SEALYARD_HOST_DEVICE bool is_identity() const { return x.is_zero() && y.is_zero(); }
};

/// x = X / ZZ, y = Y / ZZZ with ZZ^3 = ZZZ^2; the identity has ZZ = 0. Sums into buckets take the
/// fewest products in this form.
/// Source: hyperelliptic.org/EFD, g1p/auto-shortw-xyzz.
template <typename Field>
struct Point {
  Field x, y, zz, zzz;

  SEALYARD_HOST_DEVICE static Point identity() {
    return {Field::zero(), Field::zero(), Field::zero(), Field::zero()};
  }
  SEALYARD_HOST_DEVICE bool is_identity() const { return zz.is_zero(); }
};

/// Source: EFD, dbl-2008-s-1 with a = 0.
template <typename Field>
SEALYARD_HOST_DEVICE SEALYARD_NOINLINE Point<Field> twice(const Point<Field>& a) {
  const Field u = twice(a.y), v = sqr(u), w = mul(u, v), s = mul(a.x, v), square = sqr(a.x);
  const Field m = add(twice(square), square);
  Point<Field> out;
  out.x = sub(sqr(m), twice(s));
  out.y = sub(mul(m, sub(s, out.x)), mul(w, a.y));
  out.zz = mul(v, a.zz);
  out.zzz = mul(w, a.zzz);
  return out;
}

/// The end of both sums: of (X1, Y1) and (X1 + p, Y1 + r), over the products of ZZ and of ZZZ.
template <typename Field>
SEALYARD_HOST_DEVICE inline Point<Field> finish_sum(const Field& x1, const Field& y1,
                                                    const Field& p, const Field& r, const Field& zz,
                                                    const Field& zzz) {
  const Field pp = sqr(p), ppp = mul(p, pp), q = mul(x1, pp);
  Point<Field> out;
  out.x = sub(sub(sqr(r), ppp), twice(q));
  out.y = sub(mul(r, sub(q, out.x)), mul(y1, ppp));
  out.zz = mul(zz, pp);
  out.zzz = mul(zzz, ppp);
  return out;
}

/// Any two points. Source: EFD, madd-2008-s.
template <typename Field>
SEALYARD_HOST_DEVICE inline void add_to(Point<Field>& sum, const Affine<Field>& b) {
  if (b.is_identity()) return;
  if (sum.is_identity()) {
    sum = {b.x, b.y, Field::one(), Field::one()};
    return;
  }
  const Field p = sub(mul(b.x, sum.zz), sum.x), r = sub(mul(b.y, sum.zzz), sum.y);
  if (p.is_zero()) {
    sum = r.is_zero() ? twice(sum) : Point<Field>::identity();
    return;
  }
  sum = finish_sum(sum.x, sum.y, p, r, sum.zz, sum.zzz);
}

/// Any two points. A call: several steps use it, and in line it takes seconds to compile in each.
/// Source: EFD, add-2008-s.
template <typename Field>
SEALYARD_HOST_DEVICE SEALYARD_NOINLINE void add_to(Point<Field>& sum, const Point<Field>& b) {
  if (b.is_identity()) return;
  if (sum.is_identity()) {
    sum = b;
    return;
  }
  const Field x1 = mul(sum.x, b.zz), y1 = mul(sum.y, b.zzz);
  const Field p = sub(mul(b.x, sum.zz), x1), r = sub(mul(b.y, sum.zzz), y1);
  if (p.is_zero()) {
    sum = r.is_zero() ? twice(sum) : Point<Field>::identity();
    return;
  }
  sum = finish_sum(x1, y1, p, r, mul(sum.zz, b.zz), mul(sum.zzz, b.zzz));
}

template <typename Field>
SEALYARD_HOST_DEVICE inline Affine<Field> negative(const Affine<Field>& a) {
  return {a.x, neg(a.y)};
}

/// factor * a, bit by bit: for small factors.
template <typename Field>
SEALYARD_HOST_DEVICE inline Point<Field> times(std::uint32_t factor, const Point<Field>& a) {
  Point<Field> out = Point<Field>::identity();
  int bit = 31;
  while (bit >= 0 && !(factor >> bit & 1)) --bit;
  for (; bit >= 0; --bit) {
    out = twice(out);
    if (factor >> bit & 1) add_to(out, a);
  }
  return out;
}

/// The same point as blst has it, x = X / Z^2 and y = Y / Z^3, by Z = ZZ.
template <typename Field>
struct Jacobian {
  Field x, y, z;
};
template <typename Field>
SEALYARD_HOST_DEVICE inline Jacobian<Field> jacobian(const Point<Field>& a) {
  return {mul(a.x, a.zz), mul(a.y, a.zzz), a.zz};
}

}  // namespace sealyard::curve::gpu
