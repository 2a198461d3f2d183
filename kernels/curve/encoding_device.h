// Points as files have them, for code that runs on a GPU. See encoding.h. Included by CUDA code, so
// C++17.
#pragma once
#include "kernels/curve/point_device.h"
#include "kernels/device/grid.h"

namespace sealyard::curve::gpu {

/// Reads big-endian bytes. False where the number is p or more, as it is with any of the flags set
/// that a point may have in its first byte.
SEALYARD_HOST_DEVICE inline bool read(const std::uint32_t* words, Fp& out) {
  SEALYARD_UNROLL
  for (int i = 0; i < Fp::kLimbs; ++i) {
    const std::uint32_t word = words[Fp::kLimbs - 1 - i];
    out.limb[i] = word << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
  }
  const bool canonical = is_below_modulus(out);
  out = from_plain(out);
  return canonical;
}
SEALYARD_HOST_DEVICE inline bool read(const std::uint32_t* words, Fp2& out) {
  const bool first = read(words, out.c1), second = read(words + Fp::kLimbs, out.c0);
  return first && second;
}

/// The constant of the curve: 4, and 4 + 4 u.
template <typename Field>
SEALYARD_HOST_DEVICE inline Field curve_constant();
template <>
SEALYARD_HOST_DEVICE inline Fp curve_constant<Fp>() {
  return twice(twice(Fp::one()));
}
template <>
SEALYARD_HOST_DEVICE inline Fp2 curve_constant<Fp2>() {
  return {curve_constant<Fp>(), curve_constant<Fp>()};
}

/// Decodes points, and finds the first that is none: bad encoding, identity or off the curve.
template <typename Field>
struct Decode {
  const std::uint32_t* encoded;
  Affine<Field>* points;
  std::uint32_t* first_bad;  ///< not touched where all are good

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    constexpr std::size_t kWords = sizeof(Affine<Field>) / 4;
    Affine<Field> point;
    const std::uint32_t* words = encoded + i * kWords;
    const bool x = read(words, point.x), y = read(words + kWords / 2, point.y);
    const Field right = add(mul(sqr(point.x), point.x), curve_constant<Field>());
    if (!x || !y || !(sqr(point.y) == right))
      device::atomic_min(first_bad, static_cast<std::uint32_t>(i));
    points[i] = point;
  }
};

}  // namespace sealyard::curve::gpu
