// Numbers modulo an odd prime, on a GPU and on a host: the same steps on 32-bit limbs, so that a
// host can test what a GPU will compute. Included by CUDA code, so C++17.
#pragma once
#include <cstdint>

#include "kernels/device/host_device.h"

namespace sealyard::field::gpu {

/// What a step of a sum over limbs hands on to the next: a carry or a borrow. A GPU keeps it in a
/// flag, CC.CF, which only the steps below touch; on a host it is this.
struct Carry {
  std::uint32_t flag = 0;
};

/// The lower half; bit 32, which is 1 after an overflow or below 0, goes into the flag.
SEALYARD_HOST_DEVICE inline std::uint32_t flagged(std::uint64_t wide, Carry& carry) {
  carry.flag = static_cast<std::uint32_t>(wide >> 32) & 1;
  return static_cast<std::uint32_t>(wide);
}

// The steps by name, PTX instruction, and meaning.
// Source: NVIDIA, PTX ISA, Extended-Precision Integer Arithmetic Instructions.
#ifdef __CUDA_ARCH__
#define SEALYARD_STEP_2(name, ptx, meaning)                                                  \
  SEALYARD_HOST_DEVICE inline std::uint32_t name(std::uint32_t a, std::uint32_t b, Carry&) { \
    std::uint32_t out;                                                                       \
    asm volatile(ptx " %0, %1, %2;" : "=r"(out) : "r"(a), "r"(b));                           \
    return out;                                                                              \
  }
#define SEALYARD_STEP_3(name, ptx, meaning)                                        \
  SEALYARD_HOST_DEVICE inline std::uint32_t name(std::uint32_t a, std::uint32_t b, \
                                                 std::uint32_t c, Carry&) {        \
    std::uint32_t out;                                                             \
    asm volatile(ptx " %0, %1, %2, %3;" : "=r"(out) : "r"(a), "r"(b), "r"(c));     \
    return out;                                                                    \
  }
#else
#define SEALYARD_STEP_2(name, ptx, meaning)                                                        \
  SEALYARD_HOST_DEVICE inline std::uint32_t name(std::uint32_t a, std::uint32_t b, Carry& carry) { \
    const std::uint64_t x = a;                                                                     \
    return flagged(meaning, carry);                                                                \
  }
#define SEALYARD_STEP_3(name, ptx, meaning)                                        \
  SEALYARD_HOST_DEVICE inline std::uint32_t name(std::uint32_t a, std::uint32_t b, \
                                                 std::uint32_t c, Carry& carry) {  \
    const std::uint64_t ab = std::uint64_t{a} * b;                                 \
    return flagged(meaning, carry);                                                \
  }
#endif
SEALYARD_STEP_2(add_cc, "add.cc.u32", x + b)
SEALYARD_STEP_2(addc_cc, "addc.cc.u32", x + b + carry.flag)
SEALYARD_STEP_2(addc, "addc.u32", x + b + carry.flag)
SEALYARD_STEP_2(sub_cc, "sub.cc.u32", x - b)
SEALYARD_STEP_2(subc_cc, "subc.cc.u32", x - b - carry.flag)
SEALYARD_STEP_2(subc, "subc.u32", x - b - carry.flag)
SEALYARD_STEP_3(mad_lo_cc, "mad.lo.cc.u32", (ab & 0xffffffff) + c)
SEALYARD_STEP_3(madc_lo_cc, "madc.lo.cc.u32", (ab & 0xffffffff) + c + carry.flag)
SEALYARD_STEP_3(madc_hi_cc, "madc.hi.cc.u32", (ab >> 32) + c + carry.flag)
SEALYARD_STEP_3(madc_hi, "madc.hi.u32", (ab >> 32) + c + carry.flag)
#undef SEALYARD_STEP_2
#undef SEALYARD_STEP_3

/// A number below m = Order::modulus, in Montgomery form: times 2^(32 kLimbs). The limbs, least
/// significant first, are the bytes of blst's type, so arrays are shared without conversion.
/// Order has kLimbs (even; 2 m < 2^(32 kLimbs)), modulus(i), one(i) and kMinusInverse.
template <typename Order>
struct alignas(16) Residue {
  static constexpr int kLimbs = Order::kLimbs;
  std::uint32_t limb[kLimbs];

  SEALYARD_HOST_DEVICE static Residue zero() {
    Residue out;
    SEALYARD_UNROLL
    for (int i = 0; i < kLimbs; ++i) out.limb[i] = 0;
    return out;
  }
  SEALYARD_HOST_DEVICE static Residue one() {
    Residue out;
    SEALYARD_UNROLL
    for (int i = 0; i < kLimbs; ++i) out.limb[i] = Order::one(i);
    return out;
  }
  SEALYARD_HOST_DEVICE static Residue modulus() {
    Residue out;
    SEALYARD_UNROLL
    for (int i = 0; i < kLimbs; ++i) out.limb[i] = Order::modulus(i);
    return out;
  }
  SEALYARD_HOST_DEVICE bool is_zero() const {
    std::uint32_t any = 0;
    SEALYARD_UNROLL
    for (int i = 0; i < kLimbs; ++i) any |= limb[i];
    return any == 0;
  }
};

template <typename Order>
SEALYARD_HOST_DEVICE inline bool operator==(const Residue<Order>& a, const Residue<Order>& b) {
  std::uint32_t differs = 0;
  SEALYARD_UNROLL
  for (int i = 0; i < Order::kLimbs; ++i) differs |= a.limb[i] ^ b.limb[i];
  return differs == 0;
}

/// For limbs from outside; all functions else take and give numbers below m.
template <typename Order>
SEALYARD_HOST_DEVICE inline bool is_below_modulus(const Residue<Order>& x) {
  Carry borrow;
  sub_cc(x.limb[0], Order::modulus(0), borrow);
  SEALYARD_UNROLL
  for (int i = 1; i < Order::kLimbs; ++i) subc_cc(x.limb[i], Order::modulus(i), borrow);
  return subc(0, 0, borrow) != 0;
}

/// x - m where x >= m, for x below 2 m.
template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> subtract_once(const Residue<Order>& x) {
  Residue<Order> less;
  Carry borrow;
  less.limb[0] = sub_cc(x.limb[0], Order::modulus(0), borrow);
  SEALYARD_UNROLL
  for (int i = 1; i < Order::kLimbs; ++i)
    less.limb[i] = subc_cc(x.limb[i], Order::modulus(i), borrow);
  const std::uint32_t below = subc(0, 0, borrow);  // all ones where x < m
  SEALYARD_UNROLL
  for (int i = 0; i < Order::kLimbs; ++i)
    less.limb[i] = (x.limb[i] & below) | (less.limb[i] & ~below);
  return less;
}

template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> add(const Residue<Order>& a, const Residue<Order>& b) {
  Residue<Order> sum;
  Carry carry;
  sum.limb[0] = add_cc(a.limb[0], b.limb[0], carry);
  SEALYARD_UNROLL
  for (int i = 1; i < Order::kLimbs; ++i) sum.limb[i] = addc_cc(a.limb[i], b.limb[i], carry);
  return subtract_once(sum);
}

template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> sub(const Residue<Order>& a, const Residue<Order>& b) {
  Residue<Order> out;
  Carry carry;
  out.limb[0] = sub_cc(a.limb[0], b.limb[0], carry);
  SEALYARD_UNROLL
  for (int i = 1; i < Order::kLimbs; ++i) out.limb[i] = subc_cc(a.limb[i], b.limb[i], carry);
  const std::uint32_t below = subc(0, 0, carry);  // all ones where a < b
  out.limb[0] = add_cc(out.limb[0], Order::modulus(0) & below, carry);
  SEALYARD_UNROLL
  for (int i = 1; i < Order::kLimbs; ++i)
    out.limb[i] = addc_cc(out.limb[i], Order::modulus(i) & below, carry);
  return out;
}

template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> neg(const Residue<Order>& a) {
  return sub(Residue<Order>::zero(), a);
}

template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> twice(const Residue<Order>& a) {
  return add(a, a);
}

/// Montgomery's product a b / 2^(32 kLimbs), limb of b by limb of b. Products of two limbs are 64
/// bits wide: those of even limbs of a lie side by side in `even`, those of odd ones in `odd`, one
/// limb higher, so that each is one chain of carries. The number so far is
///   t = even + 2^32 odd < 2^(32 (kLimbs + 1)),
/// so the sum over odd limbs has no carry, and that over even ones goes to the last of odd.
template <typename Order>
class Product {
 public:
  using Number = Residue<Order>;

  SEALYARD_HOST_DEVICE static Number of(const Number& a, const Number& b) {
    std::uint32_t x[kLimbs], y[kLimbs];
    SEALYARD_UNROLL
    for (int i = 0; i < kLimbs; ++i) x[i] = y[i] = 0;
    SEALYARD_UNROLL
    for (int i = 0; i < kLimbs; i += 2) {
      // A division by 2^32 makes odd limbs of even ones.
      step(x, y, a, b.limb[i]);
      step(y, x, a, b.limb[i + 1]);
    }
    // t / 2^32: after a step that was even y is even, and its lowest limb is 0.
    Number out;
    Carry carry;
    out.limb[0] = add_cc(x[0], y[1], carry);
    SEALYARD_UNROLL
    for (int i = 1; i + 1 < kLimbs; ++i) out.limb[i] = addc_cc(x[i], y[i + 1], carry);
    out.limb[kLimbs - 1] = addc(x[kLimbs - 1], 0, carry);
    return subtract_once(out);
  }

 private:
  static constexpr int kLimbs = Order::kLimbs;

  /// t = t / 2^32 + a b + the multiple of m that makes the lowest limb 0.
  /// @param even  odd of the step before
  /// @param odd   even of the step before, whose lowest limb is 0
  SEALYARD_HOST_DEVICE static void step(std::uint32_t* even, std::uint32_t* odd, const Number& a,
                                        std::uint32_t b) {
    Carry carry;
    even[0] = add_cc(even[0], odd[1], carry);
    SEALYARD_UNROLL
    for (int i = 0; i < kLimbs - 2; i += 2) {
      odd[i] = madc_lo_cc(a.limb[i + 1], b, odd[i + 2], carry);
      odd[i + 1] = madc_hi_cc(a.limb[i + 1], b, odd[i + 3], carry);
    }
    odd[kLimbs - 2] = madc_lo_cc(a.limb[kLimbs - 1], b, 0, carry);
    odd[kLimbs - 1] = madc_hi(a.limb[kLimbs - 1], b, 0, carry);
    add_products(even, a.limb, b, carry);
    odd[kLimbs - 1] = addc(odd[kLimbs - 1], 0, carry);

    const Number modulus = Number::modulus();
    const std::uint32_t multiple = even[0] * Order::kMinusInverse;
    add_products(odd, modulus.limb + 1, multiple, carry);
    add_products(even, modulus.limb, multiple, carry);
    odd[kLimbs - 1] = addc(odd[kLimbs - 1], 0, carry);
  }

  /// sum += x[0] b + 2^64 x[2] b + 2^128 x[4] b + ...
  SEALYARD_HOST_DEVICE static void add_products(std::uint32_t* sum, const std::uint32_t* x,
                                                std::uint32_t b, Carry& carry) {
    sum[0] = mad_lo_cc(x[0], b, sum[0], carry);
    sum[1] = madc_hi_cc(x[0], b, sum[1], carry);
    SEALYARD_UNROLL
    for (int i = 2; i < kLimbs; i += 2) {
      sum[i] = madc_lo_cc(x[i], b, sum[i], carry);
      sum[i + 1] = madc_hi_cc(x[i], b, sum[i + 1], carry);
    }
  }
};

template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> mul(const Residue<Order>& a, const Residue<Order>& b) {
  return Product<Order>::of(a, b);
}

template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> sqr(const Residue<Order>& a) {
  return mul(a, a);
}

/// a^5, the S-box of Poseidon.
template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> pow5(const Residue<Order>& a) {
  return mul(sqr(sqr(a)), a);
}

/// The number itself, without its Montgomery factor.
template <typename Order>
SEALYARD_HOST_DEVICE inline Residue<Order> plain(const Residue<Order>& a) {
  Residue<Order> unit = Residue<Order>::zero();
  unit.limb[0] = 1;
  return mul(a, unit);
}

}  // namespace sealyard::field::gpu
