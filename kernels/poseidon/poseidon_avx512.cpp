// Sixteen permutations at a time, two vectors of eight: see kernels/field/ifma.h for how elements
// are held. The rounds are those of the portable variant; what differs is that elements are reduced
// only where they would grow too large, and sums of products once.
#include <algorithm>
#include <array>
#include <vector>

#include "kernels/field/ifma.h"
#include "kernels/poseidon/constants.h"
#include "kernels/poseidon/variants.h"

namespace sealyard::poseidon {
namespace {

using field::Fr;
using field::ifma::Fr8;
using field::ifma::kLanes;
using field::ifma::kLimbBits;
using field::ifma::kLimbMask;

constexpr std::size_t kHashes = 2 * kLanes;
constexpr unsigned kReducedEvery = 4;  // partial rounds

struct alignas(64) Value {
  Fr8::Value at[2];
};

// One constant, times 2^260, below r: limbs to be spread over lanes.
using Limbs = std::array<std::uint64_t, Fr8::kLimbs>;

Limbs limbs_of(const Fr& x) {
  Fr shifted = x;  // blst's form is x 2^256
  for (unsigned i = 0; i < Fr8::kShift; ++i) shifted = field::add(shifted, shifted);
  std::array<std::uint64_t, Fr8::kWords> words;
  std::copy_n(shifted.value.l, Fr8::kWords, words.begin());
  return field::ifma::limbs_of<Fr8::kLimbs>(words, 0);
}

Fr power_of_two(unsigned exponent) {
  Fr power = field::one();
  for (unsigned i = 0; i < exponent; ++i) power = field::add(power, power);
  return power;
}

std::vector<Limbs> limbs_of(const std::vector<Fr>& all) {
  std::vector<Limbs> out;
  for (const auto& x : all) out.push_back(limbs_of(x));
  return out;
}

// The constants of one arity in this form.
struct Prepared {
  Limbs tag, square;  // square: 2^520, which makes a number one times 2^260
  unsigned partial_rounds;
  std::vector<Limbs> mds, compressed, pre_sparse_columns, sparse;

  explicit Prepared(const Constants& c)
      : tag(limbs_of(c.tag)),
        square(limbs_of(power_of_two(Fr8::kLimbs * kLimbBits))),
        partial_rounds(c.partial_rounds),
        mds(limbs_of(c.mds)),
        compressed(limbs_of(c.compressed)),
        pre_sparse_columns(limbs_of(c.pre_sparse_columns)),
        sparse(limbs_of(c.sparse)) {}
};

template <unsigned kArity>
const Prepared& prepared() {
  static const Prepared made(constants(kArity));
  return made;
}

SEALYARD_IFMA_INLINE Fr8::Value spread(const Limbs& limbs) {
  Fr8::Value out;
#pragma GCC unroll 5
  for (unsigned i = 0; i < Fr8::kLimbs; ++i) out.at[i] = Fr8::all(limbs[i]);
  return out;
}

SEALYARD_IFMA_INLINE Value add(const Value& a, const Limbs& b) {
  const auto both = spread(b);
  return {{Fr8::add(a.at[0], both), Fr8::add(a.at[1], both)}};
}

SEALYARD_IFMA_INLINE Value mul(const Value& a, const Value& b) {
  Value out;
  Fr8::mul_two(a.at, b.at, out.at);
  return out;
}

SEALYARD_IFMA_INLINE Value pow5(const Value& x) {
  const Value square = mul(x, x);
  return mul(mul(square, square), x);
}

// Columns of a sum of products, each of them a sum of 52-bit halves.
struct alignas(64) Columns {
  __m512i at[2 * Fr8::kLimbs];
};

SEALYARD_IFMA_INLINE void accumulate(Columns& sum, const Fr8::Value& a, const Limbs& b) {
#pragma GCC unroll 5
  for (unsigned i = 0; i < Fr8::kLimbs; ++i) {
    const __m512i limb = Fr8::all(b[i]);
#pragma GCC unroll 5
    for (unsigned j = 0; j < Fr8::kLimbs; ++j) {
      sum.at[i + j] = _mm512_madd52lo_epu64(sum.at[i + j], a.at[j], limb);
      sum.at[i + j + 1] = _mm512_madd52hi_epu64(sum.at[i + j + 1], a.at[j], limb);
    }
  }
}

// Montgomery's reduction: below r + sum / 2^260.
SEALYARD_IFMA_INLINE Fr8::Value reduce(Columns& sum) {
  const __m512i zero = _mm512_setzero_si512();
#pragma GCC unroll 5
  for (unsigned i = 0; i < Fr8::kLimbs; ++i) {
    const __m512i m = _mm512_madd52lo_epu64(zero, sum.at[i], Fr8::all(Fr8::kMinusInverse));
#pragma GCC unroll 5
    for (unsigned j = 0; j < Fr8::kLimbs; ++j) {
      sum.at[i + j] = _mm512_madd52lo_epu64(sum.at[i + j], m, Fr8::all(Fr8::kModulus[j]));
      sum.at[i + j + 1] = _mm512_madd52hi_epu64(sum.at[i + j + 1], m, Fr8::all(Fr8::kModulus[j]));
    }
    sum.at[i + 1] = _mm512_add_epi64(sum.at[i + 1], field::ifma::srli(sum.at[i], kLimbBits));
  }
  Fr8::Value out;
#pragma GCC unroll 5
  for (unsigned i = 0; i < Fr8::kLimbs; ++i) out.at[i] = sum.at[Fr8::kLimbs + i];
  Fr8::carry(out);
  return out;
}

// state[0] * b[0] + ... + state[n-1] * b[n-1], of elements below 10 r: below 5 r for n = 12.
SEALYARD_IFMA [[gnu::noinline]] Value dot(const Value* state, const Limbs* b, unsigned n) {
  Columns first, second;
#pragma GCC unroll 10
  for (unsigned i = 0; i < 2 * Fr8::kLimbs; ++i)
    first.at[i] = second.at[i] = _mm512_setzero_si512();
  for (unsigned k = 0; k < n; ++k) {
    accumulate(first, state[k].at[0], b[k]);
    accumulate(second, state[k].at[1], b[k]);
  }
  return {{reduce(first), reduce(second)}};
}

// Limbs of 0 r, 4 r ... 28 r.
constexpr auto kMultiples = [] {
  std::array<std::array<std::uint64_t, 8>, Fr8::kLimbs> limbs{};
  for (unsigned k = 0; k < 8; ++k) {
    std::uint64_t up = 0;
    for (unsigned i = 0; i < Fr8::kLimbs; ++i) {
      const std::uint64_t sum = 4 * k * Fr8::kModulus[i] + up;
      limbs[i][k] = sum & kLimbMask;
      up = sum >> kLimbBits;
    }
  }
  return limbs;
}();

// Below 5 r, of x below 32 r: 4 q r is taken off, where 4 q is at most 4.9 below x / r.
SEALYARD_IFMA_INLINE Fr8::Value lower(const Fr8::Value& x) {
  constexpr std::uint64_t kPerR = 35;  // 2^260 / r
  const __m512i q = field::ifma::srli(
      _mm512_madd52hi_epu64(_mm512_setzero_si512(), x.at[Fr8::kLimbs - 1], Fr8::all(kPerR)), 2);
  Fr8::Value out;
#pragma GCC unroll 5
  for (unsigned i = 0; i < Fr8::kLimbs; ++i)
    out.at[i] = _mm512_sub_epi64(
        x.at[i], _mm512_maskz_permutexvar_epi64(0xff, q, _mm512_loadu_si512(kMultiples[i].data())));
  Fr8::carry(out);
  return out;
}

// state[j] += state[0] * row[j]: elements grow by 1.2 r.
SEALYARD_IFMA_INLINE void add_product(Value& to, const Value& by, const Limbs& row) {
  const auto limbs = spread(row);
  const Value both{{limbs, limbs}};
  const Value product = mul(by, both);
  to = {{Fr8::add(to.at[0], product.at[0]), Fr8::add(to.at[1], product.at[1])}};
}

template <unsigned kWidth>
SEALYARD_IFMA void mix(Value* state, const Limbs* columns) {
  Value mixed[kWidth];
  for (unsigned j = 0; j < kWidth; ++j) mixed[j] = dot(state, columns + j * kWidth, kWidth);
  std::copy_n(mixed, kWidth, state);
}

// Element 1 of the permutation.
template <unsigned kWidth>
SEALYARD_IFMA Value permute(Value* state, const Prepared& c) {
  const Limbs* constant = c.compressed.data();
  for (unsigned k = 0; k < kWidth; ++k) state[k] = add(state[k], *constant++);
  for (unsigned i = 0; i < kHalfFullRounds; ++i) {
    for (unsigned k = 0; k < kWidth; ++k) state[k] = add(pow5(state[k]), *constant++);
    mix<kWidth>(state, i + 1 < kHalfFullRounds ? c.mds.data() : c.pre_sparse_columns.data());
  }
  const Limbs* sparse = c.sparse.data();
  for (unsigned i = 0; i < c.partial_rounds; ++i, sparse += 2 * kWidth - 1) {
    state[0] = add(pow5(state[0]), *constant++);
    const Value first = dot(state, sparse, kWidth);
    for (unsigned j = 1; j < kWidth; ++j) {
      add_product(state[j], state[0], sparse[kWidth + j - 1]);
      if (i % kReducedEvery == kReducedEvery - 1)
        state[j] = {{lower(state[j].at[0]), lower(state[j].at[1])}};
    }
    state[0] = first;
  }
  for (unsigned i = 0; i + 1 < kHalfFullRounds; ++i) {
    for (unsigned k = 0; k < kWidth; ++k) state[k] = add(pow5(state[k]), *constant++);
    mix<kWidth>(state, c.mds.data());
  }
  for (unsigned k = 0; k < kWidth; ++k) state[k] = pow5(state[k]);
  return dot(state, c.mds.data() + kWidth, kWidth);
}

SEALYARD_IFMA_INLINE __m512i node_offsets(std::size_t stride) {
  const auto step = static_cast<long long>(stride * Fr8::kWords);
  return _mm512_set_epi64(7 * step, 6 * step, 5 * step, 4 * step, 3 * step, 2 * step, step, 0);
}

// Nodes first, first + stride ... as numbers times 2^260.  @param square  2^520 mod r.
SEALYARD_IFMA_INLINE Fr8::Value load(const Node* first, std::size_t stride,
                                     const Fr8::Value& square) {
  const auto* words = reinterpret_cast<const long long*>(first->bytes.data());
  const __m512i offsets = node_offsets(stride);
  Fr8::Words out;
#pragma GCC unroll 4
  for (auto& word : out.at)
    word = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), 0xff, offsets, words++, 8);
  return Fr8::mul(Fr8::split<0>(out), square);
}

SEALYARD_IFMA_INLINE void store(const Fr8::Value& x, Node* first) {
  auto* words = reinterpret_cast<long long*>(first->bytes.data());
  Fr8::Value one = spread({1, 0, 0, 0, 0});
  const auto plain = Fr8::join(Fr8::take_off<0>(Fr8::mul(x, one)));
#pragma GCC unroll 4
  for (const auto& word : plain.at) _mm512_i64scatter_epi64(words++, node_offsets(1), word, 8);
}

template <unsigned kArity>
SEALYARD_IFMA void hash16(const Node* const* in, std::size_t stride, Node* out) {
  const auto& c = prepared<kArity>();
  const auto by = spread(c.square);
  Value state[kArity + 1];
  state[0] = {{spread(c.tag), spread(c.tag)}};
  for (unsigned k = 0; k < kArity; ++k)
    state[k + 1] = {{load(in[k], stride, by), load(in[k] + kLanes * stride, stride, by)}};
  const Value result = permute<kArity + 1>(state, c);
  store(result.at[0], out);
  store(result.at[1], out + kLanes);
}

template <unsigned kArity>
void hash_many_of(const Node* const* in, std::size_t stride, Node* out, std::size_t n) {
  std::array<const Node*, kArity> at;
  std::copy_n(in, kArity, at.begin());
  std::size_t i = 0;
  for (; i + kHashes <= n; i += kHashes) {
    hash16<kArity>(at.data(), stride, out + i);
    for (auto& node : at) node += kHashes * stride;
  }
  const std::size_t rest = n - i;
  if (rest < 4) {  // faster one by one
    portable::hash_many(kArity, at.data(), stride, out + i, rest);
    return;
  }
  std::array<std::array<Node, kHashes>, kArity> filled{};
  for (unsigned k = 0; k < kArity; ++k) {
    for (std::size_t l = 0; l < rest; ++l) filled[k][l] = at[k][l * stride];
    at[k] = filled[k].data();
  }
  std::array<Node, kHashes> made;
  hash16<kArity>(at.data(), 1, made.data());
  std::copy_n(made.begin(), rest, out + i);
}

}  // namespace

void avx512::hash_many(unsigned arity, const Node* const* in, std::size_t stride, Node* out,
                       std::size_t n) {
  switch (arity) {
    case 2:
      return hash_many_of<2>(in, stride, out, n);
    case 4:
      return hash_many_of<4>(in, stride, out, n);
    case 8:
      return hash_many_of<8>(in, stride, out, n);
    case 11:
      return hash_many_of<11>(in, stride, out, n);
    default:  // of the wide ones only a few are ever wanted
      return portable::hash_many(arity, in, stride, out, n);
  }
}

}  // namespace sealyard::poseidon
