// Eight butterflies at a time: see kernels/field/ifma.h for how elements are held. Numbers in
// memory are blst's; a root is loaded times 2^4, so that its product with one of them is blst's
// too.
#include "kernels/field/ifma.h"
#include "kernels/ntt/variants.h"

namespace sealyard::ntt {
namespace {

using field::ifma::Fr8;
using field::ifma::FrOrder;
using field::ifma::kLanes;
using field::ifma::kLimbMask;
using Value = Fr8::Value;
using Words = Fr8::Words;

// Two times four elements side by side. Lanes are elements 0 2 1 3 of the first and of the second.
SEALYARD_IFMA_INLINE Words load_fours(const Fr* first, const Fr* second) {
  const __m512i a = _mm512_loadu_si512(first), b = _mm512_loadu_si512(first + 2);
  const __m512i c = _mm512_loadu_si512(second), d = _mm512_loadu_si512(second + 2);
  const __m512i low1 = _mm512_maskz_unpacklo_epi64(0xff, a, b);
  const __m512i low2 = _mm512_maskz_unpacklo_epi64(0xff, c, d);
  const __m512i high1 = _mm512_maskz_unpackhi_epi64(0xff, a, b);
  const __m512i high2 = _mm512_maskz_unpackhi_epi64(0xff, c, d);
  return {{_mm512_maskz_shuffle_i64x2(0xff, low1, low2, 0x88),
           _mm512_maskz_shuffle_i64x2(0xff, high1, high2, 0x88),
           _mm512_maskz_shuffle_i64x2(0xff, low1, low2, 0xdd),
           _mm512_maskz_shuffle_i64x2(0xff, high1, high2, 0xdd)}};
}

SEALYARD_IFMA_INLINE void store_four(const __m512i& low, const __m512i& high, Fr* to) {
  const __m512i even = _mm512_maskz_unpacklo_epi64(0xff, low, high);
  const __m512i odd = _mm512_maskz_unpackhi_epi64(0xff, low, high);
  _mm512_storeu_si512(to, _mm512_maskz_shuffle_i64x2(0xff, even, even, 0xd8));
  _mm512_storeu_si512(to + 2, _mm512_maskz_shuffle_i64x2(0xff, odd, odd, 0xd8));
}

SEALYARD_IFMA_INLINE void store_fours(const Words& w, Fr* first, Fr* second) {
  store_four(_mm512_maskz_shuffle_i64x2(0xff, w.at[0], w.at[2], 0x44),
             _mm512_maskz_shuffle_i64x2(0xff, w.at[1], w.at[3], 0x44), first);
  store_four(_mm512_maskz_shuffle_i64x2(0xff, w.at[0], w.at[2], 0xee),
             _mm512_maskz_shuffle_i64x2(0xff, w.at[1], w.at[3], 0xee), second);
}

SEALYARD_IFMA_INLINE Words gather(const Fr* from, __m512i offsets) {
  const auto* words = reinterpret_cast<const long long*>(from);
  Words out;
#pragma GCC unroll 4
  for (auto& word : out.at)
    word = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), 0xff, offsets, words++, 8);
  return out;
}

SEALYARD_IFMA_INLINE void scatter(const Words& words, Fr* to, __m512i offsets) {
  auto* at = reinterpret_cast<long long*>(to);
#pragma GCC unroll 4
  for (const auto& word : words.at) _mm512_i64scatter_epi64(at++, offsets, word, 8);
}

// Limbs of 0 r, 1 r ... 7 r.
constexpr auto kMultiples = [] {
  std::array<std::array<std::uint64_t, 8>, Fr8::kLimbs> limbs{};
  for (unsigned k = 0; k < 8; ++k) {
    std::uint64_t up = 0;
    for (unsigned i = 0; i < Fr8::kLimbs; ++i) {
      const std::uint64_t sum = k * Fr8::kModulus[i] + up;
      limbs[i][k] = sum & kLimbMask;
      up = sum >> field::ifma::kLimbBits;
    }
  }
  return limbs;
}();

// Below r, of x below 8 r: q r is taken off, where q is less than 1.2 below x / r.
SEALYARD_IFMA_INLINE Words canonical(const Value& x) {
  constexpr std::uint64_t kPerR = 35;  // 2^260 / r
  const __m512i q =
      _mm512_madd52hi_epu64(_mm512_setzero_si512(), x.at[Fr8::kLimbs - 1], Fr8::all(kPerR));
  Value out;
#pragma GCC unroll 5
  for (unsigned i = 0; i < Fr8::kLimbs; ++i)
    out.at[i] = _mm512_sub_epi64(
        x.at[i], _mm512_maskz_permutexvar_epi64(0xff, q, _mm512_loadu_si512(kMultiples[i].data())));
  Fr8::carry(out);
  return Fr8::join(Fr8::take_off<0>(out));
}

struct alignas(64) Four {
  Value at[4];
};
struct alignas(64) FourWords {
  Words at[4];
};
struct alignas(64) Roots {
  Value s, s0, s1;
};

// What butterflies do is said at the portable ones. Elements are below r, products below 2.9 r.
struct Split {
  SEALYARD_IFMA_INLINE static FourWords of(const FourWords& words, const Roots& roots) {
    const auto x0 = Fr8::split<0>(words.at[0]), x1 = Fr8::split<0>(words.at[1]);
    const auto x2 = Fr8::mul(Fr8::split<0>(words.at[2]), roots.s);
    const auto x3 = Fr8::mul(Fr8::split<0>(words.at[3]), roots.s);
    const auto y1 = Fr8::mul(Fr8::add(x1, x3), roots.s0);
    const auto y3 = Fr8::mul(Fr8::sub<1>(x1, x3), roots.s1);
    const auto y0 = Fr8::add(x0, x2), y2 = Fr8::sub<1>(x0, x2);
    return {{canonical(Fr8::add(y0, y1)), canonical(Fr8::sub<2>(y0, y1)),
             canonical(Fr8::add(y2, y3)), canonical(Fr8::sub<2>(y2, y3))}};
  }
};

struct Join {
  SEALYARD_IFMA_INLINE static FourWords of(const FourWords& words, const Roots& roots) {
    const auto x0 = Fr8::split<0>(words.at[0]), x1 = Fr8::split<0>(words.at[1]);
    const auto x2 = Fr8::split<0>(words.at[2]), x3 = Fr8::split<0>(words.at[3]);
    const auto y1 = Fr8::mul(Fr8::sub<0>(x0, x1), roots.s0);
    const auto y3 = Fr8::mul(Fr8::sub<0>(x2, x3), roots.s1);
    const auto y0 = Fr8::add(x0, x1), y2 = Fr8::add(x2, x3);
    return {{canonical(Fr8::add(y0, y2)), canonical(Fr8::add(y1, y3)),
             canonical(Fr8::mul(Fr8::sub<1>(y0, y2), roots.s)),
             canonical(Fr8::mul(Fr8::sub<1>(y1, y3), roots.s))}};
  }
};

SEALYARD_IFMA_INLINE Value same_root(const Fr& root) {
  Words words;
#pragma GCC unroll 4
  for (unsigned i = 0; i < Fr8::kWords; ++i) words.at[i] = Fr8::all(root.value.l[i]);
  return Fr8::load(words);
}

// kBlocks blocks share a vector, in lanes of 8 / kBlocks each.
template <typename Butterfly, std::size_t kBlocks>
SEALYARD_IFMA void few(Fr* blocks, std::size_t first, std::size_t count, const Fr* roots) {
  constexpr std::size_t kQuarter = kLanes / kBlocks;
  constexpr long long kWords = Fr8::kWords;
  alignas(64) long long elements[kLanes], which[kLanes];
  for (std::size_t l = 0; l < kLanes; ++l) {
    which[l] = kWords * static_cast<long long>(l / kQuarter);
    elements[l] = which[l] * 4 * static_cast<long long>(kQuarter) +
                  kWords * static_cast<long long>(l % kQuarter);
  }
  const __m512i at = _mm512_load_si512(elements), block = _mm512_load_si512(which);
  const __m512i twice = _mm512_add_epi64(block, block);
  for (std::size_t b = first; b < first + count; b += kBlocks, blocks += 4 * kQuarter * kBlocks) {
    const Roots of_blocks{Fr8::load(gather(roots + b, block)),
                          Fr8::load(gather(roots + 2 * b, twice)),
                          Fr8::load(gather(roots + 2 * b + 1, twice))};
    FourWords x;
#pragma GCC unroll 4
    for (unsigned k = 0; k < 4; ++k) x.at[k] = gather(blocks + k * kQuarter, at);
    x = Butterfly::of(x, of_blocks);
#pragma GCC unroll 4
    for (unsigned k = 0; k < 4; ++k) scatter(x.at[k], blocks + k * kQuarter, at);
  }
}

template <typename Butterfly>
SEALYARD_IFMA void many(Fr* block, std::size_t quarter, std::size_t b, const Fr* roots,
                        std::size_t begin, std::size_t end) {
  const Roots of_block{same_root(roots[b]), same_root(roots[2 * b]), same_root(roots[2 * b + 1])};
  for (std::size_t i = begin; i < end; i += kLanes) {
    FourWords x;
#pragma GCC unroll 4
    for (unsigned k = 0; k < 4; ++k) {
      const Fr* from = block + i + k * quarter;
      x.at[k] = load_fours(from, from + 4);
    }
    x = Butterfly::of(x, of_block);
#pragma GCC unroll 4
    for (unsigned k = 0; k < 4; ++k) {
      Fr* to = block + i + k * quarter;
      store_fours(x.at[k], to, to + 4);
    }
  }
}

// Whatever does not fill vectors is left to the portable variant.
template <typename Butterfly>
void twice(Twice* portable, Fr* blocks, std::size_t quarter, std::size_t first, std::size_t count,
           const Fr* roots, std::size_t begin, std::size_t end) {
  const std::size_t together = quarter < kLanes ? kLanes / quarter : 1;
  if (begin == 0 && end == quarter && quarter < kLanes && count % together == 0) {
    if (quarter == 1) return few<Butterfly, 8>(blocks, first, count, roots);
    if (quarter == 2) return few<Butterfly, 4>(blocks, first, count, roots);
    return few<Butterfly, 2>(blocks, first, count, roots);
  }
  if (begin % kLanes != 0 || end % kLanes != 0)
    return portable(blocks, quarter, first, count, roots, begin, end);
  for (std::size_t b = 0; b < count; ++b)
    many<Butterfly>(blocks + 4 * b * quarter, quarter, first + b, roots, begin, end);
}

}  // namespace

void avx512::split_twice(Fr* blocks, std::size_t quarter, std::size_t first, std::size_t count,
                         const Fr* roots, std::size_t begin, std::size_t end) {
  twice<Split>(portable::split_twice, blocks, quarter, first, count, roots, begin, end);
}

void avx512::join_twice(Fr* blocks, std::size_t quarter, std::size_t first, std::size_t count,
                        const Fr* roots, std::size_t begin, std::size_t end) {
  twice<Join>(portable::join_twice, blocks, quarter, first, count, roots, begin, end);
}

SEALYARD_IFMA void avx512::scale(Fr* x, std::size_t n, const Fr& first, const Fr& ratio) {
  Fr factors[kLanes + 1];  // first, first * ratio, ...
  factors[0] = first;
  for (unsigned i = 0; i < kLanes; ++i) factors[i + 1] = field::mul(factors[i], ratio);
  Fr step = ratio;  // ratio^8
  for (unsigned i = 1; i < kLanes; i *= 2) step = field::sqr(step);
  const Value by = same_root(step);
  Value factor = Fr8::split<0>(load_fours(factors, factors + 4));
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const auto product = Fr8::mul(factor, Fr8::load(load_fours(x + i, x + i + 4)));
    store_fours(canonical(product), x + i, x + i + 4);
    factor = Fr8::mul(factor, by);
  }
  if (i == n) return;
  const auto words = canonical(factor);
  store_fours(words, factors, factors + 4);
  portable::scale(x + i, n - i, factors[0], ratio);
}

}  // namespace sealyard::ntt
