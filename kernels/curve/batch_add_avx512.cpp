// Sixteen additions at a time: see kernels/field/ifma.h for how elements are held.
#include <algorithm>
#include <bit>

#include "kernels/curve/variants.h"
#include "kernels/field/ifma.h"

namespace sealyard::curve {
namespace {

using field::ifma::Fp8;
using field::ifma::kLanes;

constexpr unsigned kTwo = 2;  // vectors: see Fp8::mul_two()
constexpr std::size_t kPairs = kTwo * kLanes;

// Coordinates of 16 points of G1. A loaded one is below 2^kLoaded p; a product is below 2 p where
// one factor is below 2 p and the other below 2^35 p.
struct FpLanes {
  static constexpr unsigned kWords = 6, kLoaded = 32;
  struct alignas(64) Value {
    Fp8::Value at[kTwo];
  };
  struct alignas(64) Words {
    Fp8::Words at[kTwo];
  };

  SEALYARD_IFMA_INLINE static Value load(const Words& words) {
    return {Fp8::load(words.at[0]), Fp8::load(words.at[1])};
  }
  SEALYARD_IFMA_INLINE static Words store(const Value& x) {
    return {Fp8::store(x.at[0]), Fp8::store(x.at[1])};
  }
  SEALYARD_IFMA_INLINE static __m512i& word(Words& words, unsigned v, unsigned i) {
    return words.at[v].at[i];
  }
  SEALYARD_IFMA_INLINE static Value mul(const Value& a, const Value& b) {
    Value out;
    Fp8::mul_two(a.at, b.at, out.at);
    return out;
  }
  SEALYARD_IFMA_INLINE static Value sqr(const Value& a) { return mul(a, a); }
  SEALYARD_IFMA_INLINE static Value add(const Value& a, const Value& b) {
    return {Fp8::add(a.at[0], b.at[0]), Fp8::add(a.at[1], b.at[1])};
  }
  template <unsigned kBy>
  SEALYARD_IFMA_INLINE static Value sub(const Value& a, const Value& b) {
    return {Fp8::sub<kBy>(a.at[0], b.at[0]), Fp8::sub<kBy>(a.at[1], b.at[1])};
  }
  // a - b - c, of two loaded ones.
  SEALYARD_IFMA_INLINE static Value sub_both(const Value& a, const Value& b, const Value& c) {
    return sub<kLoaded + 1>(a, add(b, c));
  }
  // -x in the lanes of a mask, with limbs below 0: good for one more sum that carries.
  SEALYARD_IFMA_INLINE static Value negate(unsigned mask, const Value& x) {
    Value out;
#pragma GCC unroll 2
    for (unsigned v = 0; v < kTwo; ++v)
#pragma GCC unroll 8
      for (unsigned i = 0; i < Fp8::kLimbs; ++i)
        out.at[v].at[i] =
            _mm512_mask_sub_epi64(x.at[v].at[i], static_cast<__mmask8>(mask >> kLanes * v),
                                  _mm512_setzero_si512(), x.at[v].at[i]);
    return out;
  }
  // `number` in the lanes of a mask.
  SEALYARD_IFMA_INLINE static void put(unsigned mask, std::uint64_t number, Value& x) {
#pragma GCC unroll 2
    for (unsigned v = 0; v < kTwo; ++v)
#pragma GCC unroll 8
      for (unsigned i = 0; i < Fp8::kLimbs; ++i)
        x.at[v].at[i] =
            _mm512_mask_mov_epi64(x.at[v].at[i], static_cast<__mmask8>(mask >> kLanes * v),
                                  Fp8::all(i == 0 ? number : 0));
  }
  SEALYARD_IFMA_INLINE static void put_one(unsigned mask, Value& x) { put(mask, 1, x); }
};

// Coordinates of 16 points of G2: a + b i, i^2 = -1. Loaded ones are reduced, so that sums of two
// are good for a product.
struct Fp2Lanes {
  static constexpr unsigned kWords = 12, kLoaded = 1;
  struct alignas(64) Value {
    FpLanes::Value re, im;
  };
  struct alignas(64) Words {
    FpLanes::Words re, im;
  };

  // Below 2 p: q p taken off, where q is at most 1 below x / p: 2^416 / p times the top limb.
  SEALYARD_IFMA_INLINE static Fp8::Value reduce(const Fp8::Value& x) {
    constexpr std::uint64_t kPerP = 42282111731;  // 2^416 / p
    // 2^416 - p
    constexpr auto kComplement = [] {
      auto limbs = Fp8::kModulus;
      for (auto& limb : limbs) limb = field::ifma::kLimbMask - limb;
      ++limbs[0];
      return limbs;
    }();
    const __m512i q =
        _mm512_madd52hi_epu64(_mm512_setzero_si512(), x.at[Fp8::kLimbs - 1], Fp8::all(kPerP));
    Fp8::Value out = x;
#pragma GCC unroll 8
    for (unsigned i = 0; i < Fp8::kLimbs; ++i)
      out.at[i] = _mm512_madd52lo_epu64(out.at[i], q, Fp8::all(kComplement[i]));
#pragma GCC unroll 8
    for (unsigned i = 0; i + 1 < Fp8::kLimbs; ++i)
      out.at[i + 1] = _mm512_madd52hi_epu64(out.at[i + 1], q, Fp8::all(kComplement[i]));
    Fp8::carry(out);
    out.at[Fp8::kLimbs - 1] =
        _mm512_and_si512(out.at[Fp8::kLimbs - 1], Fp8::all(field::ifma::kLimbMask));
    return out;
  }
  SEALYARD_IFMA [[gnu::noinline]] static FpLanes::Value load(const FpLanes::Words& words) {
    return {reduce(Fp8::load(words.at[0])), reduce(Fp8::load(words.at[1]))};
  }
  SEALYARD_IFMA [[gnu::noinline]] static FpLanes::Words store(const FpLanes::Value& x) {
    return FpLanes::store(x);
  }
  SEALYARD_IFMA_INLINE static Value load(const Words& words) {
    return {load(words.re), load(words.im)};
  }
  SEALYARD_IFMA_INLINE static Words store(const Value& x) { return {store(x.re), store(x.im)}; }
  SEALYARD_IFMA_INLINE static __m512i& word(Words& words, unsigned v, unsigned i) {
    return (i < Fp8::kWords ? words.re : words.im).at[v].at[i % Fp8::kWords];
  }
  // Of factors below 2^16 p: below 3 p and 5 p.
  SEALYARD_IFMA [[gnu::noinline]] static Value mul(const Value& a, const Value& b) {
    const auto re = FpLanes::mul(a.re, b.re), im = FpLanes::mul(a.im, b.im);
    const auto cross = FpLanes::mul(FpLanes::add(a.re, a.im), FpLanes::add(b.re, b.im));
    return {FpLanes::sub<1>(re, im), FpLanes::sub<2>(cross, FpLanes::add(re, im))};
  }
  SEALYARD_IFMA_INLINE static Value sqr(const Value& a) {
    const auto half = FpLanes::mul(a.re, a.im);
    return {FpLanes::mul(FpLanes::add(a.re, a.im), FpLanes::sub<4>(a.re, a.im)),
            FpLanes::add(half, half)};
  }
  template <unsigned kBy>
  SEALYARD_IFMA_INLINE static Value sub(const Value& a, const Value& b) {
    return {FpLanes::sub<kBy>(a.re, b.re), FpLanes::sub<kBy>(a.im, b.im)};
  }
  SEALYARD_IFMA_INLINE static Value sub_both(const Value& a, const Value& b, const Value& c) {
    return sub<kLoaded>(sub<kLoaded>(a, b), c);
  }
  SEALYARD_IFMA_INLINE static Value negate(unsigned mask, const Value& x) {
    return {FpLanes::negate(mask, x.re), FpLanes::negate(mask, x.im)};
  }
  SEALYARD_IFMA_INLINE static void put_one(unsigned mask, Value& x) {
    FpLanes::put(mask, 1, x.re);
    FpLanes::put(mask, 0, x.im);
  }
};

template <typename Group>
struct LanesOf;
template <>
struct LanesOf<G1> {
  using Type = FpLanes;
};
template <>
struct LanesOf<G2> {
  using Type = Fp2Lanes;
};

// Where the points of 16 pairs lie, in words, and which are taken negative.
struct alignas(64) Places {
  __m512i left[kTwo], right[kTwo];
  unsigned left_negative, right_negative;
};

template <unsigned kPointWords>
SEALYARD_IFMA_INLINE Places places(const Pair* pairs) {
  const __m512i index = Fp8::all(~kNegative), words = Fp8::all(kPointWords);
  Places out;
  out.left_negative = out.right_negative = 0;
#pragma GCC unroll 2
  for (unsigned v = 0; v < kTwo; ++v) {
    const __m512i both = _mm512_loadu_si512(pairs + v * kLanes);
    const __m512i right = field::ifma::srli(both, 32);
    out.left[v] = _mm512_maskz_mul_epu32(0xff, _mm512_and_si512(both, index), words);
    out.right[v] = _mm512_maskz_mul_epu32(0xff, _mm512_and_si512(right, index), words);
    out.left_negative |= unsigned{_mm512_test_epi64_mask(both, Fp8::all(kNegative))} << kLanes * v;
    out.right_negative |= unsigned{_mm512_test_epi64_mask(right, Fp8::all(kNegative))}
                          << kLanes * v;
  }
  return out;
}

// One call of add_pairs.
template <typename Group>
class Adder {
  using Lanes = typename LanesOf<Group>::Type;
  using Value = typename Lanes::Value;
  using Words = typename Lanes::Words;
  static constexpr unsigned kWords = Lanes::kWords, kPointWords = 2 * kWords;
  static constexpr std::size_t kAhead = 64;  // pairs
  static constexpr unsigned kLoaded = Lanes::kLoaded;
  // Above any x of a sum before it is reduced.
  static constexpr unsigned kAboveX = kLoaded == 1 ? 4 : kLoaded + 2;

  struct alignas(64) Step {
    Value denominator, product;
    std::uint64_t special;  // lanes
  };

 public:
  Adder(const Affine<Group>* left, const Affine<Group>* right, std::span<const Pair> pairs,
        Affine<Group>* sums, std::vector<std::uint64_t>& scratch)
      : left_(left),
        right_(right),
        pairs_(pairs),
        sums_(sums),
        count_((pairs.size() + kPairs - 1) / kPairs) {
    scratch.resize((count_ * sizeof(Step) + alignof(Step)) / sizeof(std::uint64_t));
    const auto at = reinterpret_cast<std::uintptr_t>(scratch.data());
    steps_ = reinterpret_cast<Step*>((at + alignof(Step) - 1) / alignof(Step) * alignof(Step));
    // Full steps are read where they are, the last one is filled up.
    const std::size_t full = pairs.size() / kPairs * kPairs;
    for (std::size_t i = 0; i < kPairs && full < pairs.size(); ++i)
      last_[i] = pairs[std::min(full + i, pairs.size() - 1)];
  }

  SEALYARD_IFMA void run() {
    Value running{};
    Lanes::put_one(~0u, running);
    for (std::size_t i = 0; i < count_; ++i) enter(i, running);
    Value inverse = invert(running);
    for (std::size_t i = count_; i-- > 0;) leave(i, inverse);
  }

 private:
  static const std::uint64_t* words(const Affine<Group>* points) {
    return reinterpret_cast<const std::uint64_t*>(points);
  }
  const Pair* pairs_of(std::size_t step) const {
    return (step + 1) * kPairs <= pairs_.size() ? pairs_.data() + step * kPairs : last_;
  }
  SEALYARD_IFMA_INLINE static void gather(const std::uint64_t* from, const __m512i* offsets,
                                          Words& to) {
#pragma GCC unroll 2
    for (unsigned v = 0; v < kTwo; ++v)
#pragma GCC unroll 12
      for (unsigned i = 0; i < kWords; ++i)
        Lanes::word(to, v, i) =
            _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), 0xff, offsets[v], from + i, 8);
  }

  void prefetch(std::size_t first) const {
    for (std::size_t i = first; i < first + kPairs && i < pairs_.size(); ++i) {
      const auto* l = reinterpret_cast<const char*>(left_ + (pairs_[i].left & ~kNegative));
      const auto* r = reinterpret_cast<const char*>(right_ + (pairs_[i].right & ~kNegative));
      for (std::size_t at = 0; at < sizeof(Affine<Group>); at += 64) {
        __builtin_prefetch(l + at);
        __builtin_prefetch(r + at);
      }
    }
  }

  // The denominators of 16 sums into the running products. A sum of points whose x have an equal
  // low word is left to put_special(), so is one with x = 0: equal and opposite points and
  // identities are among those.
  SEALYARD_IFMA_INLINE void enter(std::size_t i, Value& running) {
    prefetch(i * kPairs + kAhead);
    const auto at = places<kPointWords>(pairs_of(i));
    Words p, q;
    gather(words(left_), at.left, p);
    gather(words(right_), at.right, q);
    unsigned special = 0;
#pragma GCC unroll 2
    for (unsigned v = 0; v < kTwo; ++v) {
      const __m512i x1 = Lanes::word(p, v, 0), x2 = Lanes::word(q, v, 0);
      special |=
          static_cast<unsigned>(_mm512_cmpeq_epi64_mask(x1, x2) | _mm512_testn_epi64_mask(x1, x1) |
                                _mm512_testn_epi64_mask(x2, x2))
          << kLanes * v;
    }
    Step& step = steps_[i];
    step.denominator = Lanes::template sub<kLoaded>(Lanes::load(q), Lanes::load(p));
    if (special) Lanes::put_one(special, step.denominator);
    step.special = special;
    step.product = running;
    running = Lanes::mul(running, step.denominator);
  }

  // 1 / x in every lane.
  SEALYARD_IFMA Value invert(const Value& x) {
    using Field = typename Group::Field;
    alignas(64) std::uint64_t lanes[kTwo][kWords][kLanes];
    Words w = Lanes::store(x);
#pragma GCC unroll 2
    for (unsigned v = 0; v < kTwo; ++v)
      for (unsigned i = 0; i < kWords; ++i) _mm512_store_si512(lanes[v][i], Lanes::word(w, v, i));
    Field values[kPairs], products[kPairs], inverse;
    for (unsigned l = 0; l < kPairs; ++l) {
      for (unsigned i = 0; i < kWords; ++i)
        reinterpret_cast<std::uint64_t*>(&values[l])[i] = lanes[l / kLanes][i][l % kLanes];
      products[l] = values[l];
      if (l > 0) Group::field_mul(&products[l], &products[l - 1], &values[l]);
    }
    Group::field_inverse(&inverse, &products[kPairs - 1]);
    for (unsigned l = kPairs; l-- > 0;) {
      Field out = inverse;
      if (l > 0) {
        Group::field_mul(&out, &inverse, &products[l - 1]);
        Group::field_mul(&inverse, &inverse, &values[l]);
      }
      for (unsigned i = 0; i < kWords; ++i)
        lanes[l / kLanes][i][l % kLanes] = reinterpret_cast<const std::uint64_t*>(&out)[i];
    }
#pragma GCC unroll 2
    for (unsigned v = 0; v < kTwo; ++v)
      for (unsigned i = 0; i < kWords; ++i) Lanes::word(w, v, i) = _mm512_load_si512(lanes[v][i]);
    return Lanes::load(w);
  }

  SEALYARD_IFMA_INLINE void leave(std::size_t i, Value& inverse) {
    const auto at = places<kPointWords>(pairs_of(i));
    Value slope = Lanes::mul(inverse, steps_[i].product);
    inverse = Lanes::mul(inverse, steps_[i].denominator);
    Words p, q;
    gather(words(left_) + kWords, at.left, p);
    gather(words(right_) + kWords, at.right, q);
    const Value y1 = Lanes::negate(at.left_negative, Lanes::load(p));
    const Value y2 = Lanes::negate(at.right_negative, Lanes::load(q));
    slope = Lanes::mul(slope, Lanes::template sub<kLoaded + 1>(y2, y1));
    gather(words(left_), at.left, p);
    gather(words(right_), at.right, q);
    const Value x1 = Lanes::load(p);
    const Value x = Lanes::sub_both(Lanes::sqr(slope), x1, Lanes::load(q));
    const Value y =
        Lanes::template sub<kLoaded>(Lanes::mul(slope, Lanes::template sub<kAboveX>(x1, x)), y1);
    put(i, Lanes::store(x), Lanes::store(y));
  }

  SEALYARD_IFMA_INLINE void put(std::size_t step, Words xs, Words ys) {
    const std::size_t first = step * kPairs;
    const auto in_range =
        first + kPairs <= pairs_.size() ? 0xffffu : (1u << (pairs_.size() - first)) - 1;
    const auto special = static_cast<unsigned>(steps_[step].special) & in_range;
    const auto ordinary = in_range & ~special;
    const __m512i offsets = _mm512_maskz_mul_epu32(0xff, _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0),
                                                   Fp8::all(kPointWords));
    auto* to = reinterpret_cast<std::uint64_t*>(sums_ + first);
#pragma GCC unroll 2
    for (unsigned v = 0; v < kTwo; ++v, to += kLanes * kPointWords) {
      const auto mask = static_cast<__mmask8>(ordinary >> kLanes * v);
#pragma GCC unroll 12
      for (unsigned i = 0; i < kWords; ++i) {
        _mm512_mask_i64scatter_epi64(to + i, mask, offsets, Lanes::word(xs, v, i), 8);
        _mm512_mask_i64scatter_epi64(to + kWords + i, mask, offsets, Lanes::word(ys, v, i), 8);
      }
    }
    if (special) put_special(first, special);
  }

  void put_special(std::size_t first, unsigned special) {
    for (unsigned lanes = special; lanes != 0; lanes &= lanes - 1) {
      const std::size_t i = first + static_cast<unsigned>(std::countr_zero(lanes));
      const auto p = at(left_, pairs_[i].left), q = at(right_, pairs_[i].right);
      if (p.is_identity() || q.is_identity())
        sums_[i] = p.is_identity() ? q : p;
      else
        sums_[i] = (Point<Group>(p) += q).affine();
    }
  }

  const Affine<Group>* left_;
  const Affine<Group>* right_;
  std::span<const Pair> pairs_;
  Affine<Group>* sums_;
  std::size_t count_;  // of steps
  Step* steps_;
  Pair last_[kPairs];
};

}  // namespace

template <typename Group>
void avx512::add_pairs(const Affine<Group>* left, const Affine<Group>* right,
                       std::span<const Pair> pairs, Affine<Group>* sums,
                       std::vector<std::uint64_t>& scratch) {
  if (!pairs.empty()) Adder<Group>(left, right, pairs, sums, scratch).run();
}

template void avx512::add_pairs<G1>(const Affine<G1>*, const Affine<G1>*, std::span<const Pair>,
                                    Affine<G1>*, std::vector<std::uint64_t>&);
template void avx512::add_pairs<G2>(const Affine<G2>*, const Affine<G2>*, std::span<const Pair>,
                                    Affine<G2>*, std::vector<std::uint64_t>&);

}  // namespace sealyard::curve
