// Eight elements at once with AVX-512 IFMA: vector i holds limb i, of 52 bits, of eight elements.
// For Fr and for Fp, the field of the coordinates. To be included by avx512 variants only.
//
// Here an element is held times 2^(52 * limbs); blst holds it times 2^(64 * words), which is
// 2^kShift less. So load() shifts by kShift and store() takes it off by a short reduction.
#pragma once
#include <immintrin.h>

#include <array>
#include <cstdint>

#define SEALYARD_IFMA [[gnu::target("avx512f,avx512bw,avx512vl,avx512ifma")]]
#define SEALYARD_IFMA_INLINE SEALYARD_IFMA [[gnu::always_inline]] inline

namespace sealyard::field::ifma {

inline constexpr unsigned kLanes = 8, kLimbBits = 52;
inline constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << kLimbBits) - 1;

/// r and its form here: 5 limbs, 2^260.
struct FrOrder {
  static constexpr unsigned kWords = 4, kLimbs = 5;
  static constexpr std::array<std::uint64_t, kWords> kModulus{
      0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48};
};

/// p and its form here: 8 limbs, 2^416.
struct FpOrder {
  static constexpr unsigned kWords = 6, kLimbs = 8;
  static constexpr std::array<std::uint64_t, kWords> kModulus{
      0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
      0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
};

/// Limbs of number * 2^shift, below 2^(52 * limbs).
template <unsigned kLimbs, std::size_t kWords>
constexpr std::array<std::uint64_t, kLimbs> limbs_of(const std::array<std::uint64_t, kWords>& words,
                                                     unsigned shift) {
  std::array<std::uint64_t, kLimbs> limbs{};
  for (unsigned bit = 0; bit < 64 * kWords; ++bit)
    if (words[bit / 64] >> (bit % 64) & 1 && bit + shift < kLimbBits * kLimbs)
      limbs[(bit + shift) / kLimbBits] |= std::uint64_t{1} << (bit + shift) % kLimbBits;
  return limbs;
}

// The masked forms of shifts, since the plain ones warn in GCC 12.
SEALYARD_IFMA_INLINE __m512i slli(__m512i x, unsigned bits) {
  return _mm512_maskz_slli_epi64(0xff, x, bits);
}
SEALYARD_IFMA_INLINE __m512i srli(__m512i x, unsigned bits) {
  return _mm512_maskz_srli_epi64(0xff, x, bits);
}
SEALYARD_IFMA_INLINE __m512i srai(__m512i x, unsigned bits) {
  return _mm512_maskz_srai_epi64(0xff, x, bits);
}

/// Elements need not be below the modulus m: each function says what it takes and gives. The limbs
/// of an element are below 2^52 unless said otherwise.
template <typename Order>
struct Field {
  static constexpr unsigned kLimbs = Order::kLimbs, kWords = Order::kWords;
  static constexpr unsigned kShift = kLimbBits * kLimbs - 64 * kWords;
  static constexpr auto kModulus = limbs_of<kLimbs>(Order::kModulus, 0);
  /// -1 / m mod 2^52, by Newton's iteration.
  static constexpr std::uint64_t kMinusInverse = [] {
    std::uint64_t x = 1;
    for (int i = 0; i < 6; ++i) x *= 2 - Order::kModulus[0] * x;
    return (0 - x) & kLimbMask;
  }();

  // Without AVX-512 for the whole file GCC 12 takes an __m512i for aligned to 16 bytes.
  struct alignas(64) Value {
    __m512i at[kLimbs];
  };
  struct alignas(64) Words {
    __m512i at[kWords];
  };

  SEALYARD_IFMA_INLINE static __m512i all(std::uint64_t x) {
    return _mm512_set1_epi64(static_cast<long long>(x));
  }

  /// m * 2^shift.
  template <unsigned kBy>
  SEALYARD_IFMA_INLINE static Value multiple() {
    constexpr auto limbs = limbs_of<kLimbs>(Order::kModulus, kBy);
    Value out;
#pragma GCC unroll 8
    for (unsigned i = 0; i < kLimbs; ++i) out.at[i] = all(limbs[i]);
    return out;
  }

  /// Carries what limbs have above 52 bits, or below 0, upwards.
  SEALYARD_IFMA_INLINE static void carry(Value& x) {
#pragma GCC unroll 8
    for (unsigned i = 0; i + 1 < kLimbs; ++i) {
      x.at[i + 1] = _mm512_add_epi64(x.at[i + 1], srai(x.at[i], kLimbBits));
      x.at[i] = _mm512_and_si512(x.at[i], all(kLimbMask));
    }
  }

  /// Limbs of words * 2^shift.
  template <unsigned kBy>
  SEALYARD_IFMA_INLINE static Value split(const Words& words) {
    Value out;
#pragma GCC unroll 8
    for (unsigned i = 0; i < kLimbs; ++i) {
      const int bit = static_cast<int>(kLimbBits * i) - static_cast<int>(kBy);
      if (bit < 0) {
        out.at[i] = slli(words.at[0], static_cast<unsigned>(-bit));
      } else {
        const auto word = static_cast<unsigned>(bit) / 64, at = static_cast<unsigned>(bit) % 64;
        out.at[i] = srli(words.at[word], at);
        if (at > 64 - kLimbBits && word + 1 < kWords)
          out.at[i] = _mm512_or_si512(out.at[i], slli(words.at[word + 1], 64 - at));
      }
      out.at[i] = _mm512_and_si512(out.at[i], all(kLimbMask));
    }
    return out;
  }

  /// The reverse of split<0>, of elements below 2^(64 * words).
  SEALYARD_IFMA_INLINE static Words join(const Value& x) {
    Words out;
#pragma GCC unroll 8
    for (unsigned i = 0; i < kWords; ++i) {
      const unsigned limb = 64 * i / kLimbBits, at = 64 * i % kLimbBits;
      out.at[i] = srli(x.at[limb], at);
      if (limb + 1 < kLimbs)
        out.at[i] = _mm512_or_si512(out.at[i], slli(x.at[limb + 1], kLimbBits - at));
      if (2 * kLimbBits - at < 64 && limb + 2 < kLimbs)
        out.at[i] = _mm512_or_si512(out.at[i], slli(x.at[limb + 2], 2 * kLimbBits - at));
    }
    return out;
  }

  /// a b / 2^(52 * limbs) mod m, below m + a b / 2^(52 * limbs). Montgomery's product, limb by
  /// limb.
  SEALYARD_IFMA_INLINE static Value mul(const Value& a, const Value& b) {
    const __m512i zero = _mm512_setzero_si512();
    Value t;
#pragma GCC unroll 8
    for (auto& limb : t.at) limb = zero;
#pragma GCC unroll 8
    for (unsigned i = 0; i < kLimbs; ++i) {
#pragma GCC unroll 8
      for (unsigned j = 0; j < kLimbs; ++j)
        t.at[j] = _mm512_madd52lo_epu64(t.at[j], a.at[j], b.at[i]);
      const __m512i m = _mm512_madd52lo_epu64(zero, t.at[0], all(kMinusInverse));
#pragma GCC unroll 8
      for (unsigned j = 0; j < kLimbs; ++j)
        t.at[j] = _mm512_madd52lo_epu64(t.at[j], m, all(kModulus[j]));
      const __m512i up = srli(t.at[0], kLimbBits);
#pragma GCC unroll 8
      for (unsigned j = 0; j < kLimbs; ++j) {
        t.at[j] = _mm512_madd52hi_epu64(j + 1 < kLimbs ? t.at[j + 1] : zero, a.at[j], b.at[i]);
        t.at[j] = _mm512_madd52hi_epu64(t.at[j], m, all(kModulus[j]));
      }
      t.at[0] = _mm512_add_epi64(t.at[0], up);
    }
    carry(t);
    return t;
  }

  /// Two products at a time: one alone waits for itself half of the time. A call, since with all
  /// products of a formula in line the compiler takes minutes over it.
  SEALYARD_IFMA [[gnu::noinline]] static void mul_two(const Value* a, const Value* b, Value* out) {
    const Value first = mul(a[0], b[0]), second = mul(a[1], b[1]);
    out[0] = first;
    out[1] = second;
  }

  SEALYARD_IFMA_INLINE static Value add(const Value& a, const Value& b) {
    Value out;
#pragma GCC unroll 8
    for (unsigned i = 0; i < kLimbs; ++i) out.at[i] = _mm512_add_epi64(a.at[i], b.at[i]);
    carry(out);
    return out;
  }

  /// a - b + 2^kBy m, for b not above 2^kBy m.
  template <unsigned kBy>
  SEALYARD_IFMA_INLINE static Value sub(const Value& a, const Value& b) {
    const auto multiple_of_m = multiple<kBy>();
    Value out;
#pragma GCC unroll 8
    for (unsigned i = 0; i < kLimbs; ++i)
      out.at[i] = _mm512_add_epi64(_mm512_sub_epi64(a.at[i], b.at[i]), multiple_of_m.at[i]);
    carry(out);
    return out;
  }

  /// x - 2^kBy m where that is not negative, else x.
  template <unsigned kBy>
  SEALYARD_IFMA_INLINE static Value take_off(const Value& x) {
    const auto multiple_of_m = multiple<kBy>();
    Value out;
#pragma GCC unroll 8
    for (unsigned i = 0; i < kLimbs; ++i)
      out.at[i] = _mm512_sub_epi64(x.at[i], multiple_of_m.at[i]);
    carry(out);
    const __mmask8 negative = _mm512_cmplt_epi64_mask(out.at[kLimbs - 1], _mm512_setzero_si512());
#pragma GCC unroll 8
    for (unsigned i = 0; i < kLimbs; ++i)
      out.at[i] = _mm512_mask_mov_epi64(out.at[i], negative, x.at[i]);
    return out;
  }

  /// blst's form -> x 2^kShift, not reduced: below m 2^kShift.
  SEALYARD_IFMA_INLINE static Value load(const Words& words) { return split<kShift>(words); }

  /// x / 2^kShift mod m, below m + x / 2^kShift: one step of Montgomery's reduction, of kShift
  /// bits.
  SEALYARD_IFMA_INLINE static Value unshift(const Value& x) {
    constexpr std::uint64_t kMask = (std::uint64_t{1} << kShift) - 1;
    const __m512i zero = _mm512_setzero_si512();
    const __m512i m = _mm512_and_si512(
        _mm512_madd52lo_epu64(zero, x.at[0], all(kMinusInverse & kMask)), all(kMask));
    Value t = x;
#pragma GCC unroll 8
    for (unsigned j = 0; j < kLimbs; ++j)
      t.at[j] = _mm512_madd52lo_epu64(t.at[j], m, all(kModulus[j]));
#pragma GCC unroll 8
    for (unsigned j = 0; j + 1 < kLimbs; ++j)
      t.at[j + 1] = _mm512_madd52hi_epu64(t.at[j + 1], m, all(kModulus[j]));
    carry(t);
    Value out;
#pragma GCC unroll 8
    for (unsigned i = 0; i < kLimbs; ++i) {
      out.at[i] = srli(t.at[i], kShift);
      if (i + 1 < kLimbs)
        out.at[i] = _mm512_or_si512(
            out.at[i], _mm512_and_si512(slli(t.at[i + 1], kLimbBits - kShift), all(kLimbMask)));
    }
    return out;
  }

  /// x 2^kShift -> blst's form.  @param x  below 3 m 2^kShift.
  SEALYARD_IFMA_INLINE static Words store(const Value& x) {
    return join(take_off<0>(take_off<1>(unshift(x))));
  }
};

using Fr8 = Field<FrOrder>;
using Fp8 = Field<FpOrder>;

}  // namespace sealyard::field::ifma
