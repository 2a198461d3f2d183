// Transforms over Fr on a device::Grid, so on a GPU or on a host that plays one. The same
// transforms as ntt.h, three steps at a time in registers. Included by CUDA code, so C++17.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "kernels/device/host_device.h"
#include "kernels/field/fr_device.h"

namespace sealyard::ntt::gpu {

using field::gpu::Fr;

/// What the host knows of a domain of n = 2^log_size points.
struct Constants {
  unsigned log_size;
  Fr roots[31];  ///< [k] = root of order 2^(k + 2)
  Fr inverse_size;
  Fr generator, inverse_generator;  ///< 7 and 1 / 7: into the coset and back
  Fr per_z;                         ///< 1 / (7^n - 1)

  std::size_t size() const { return std::size_t{1} << log_size; }
};

/// @throws Error{usage} log_size above ntt::kMaxLogSize.
Constants constants(unsigned log_size);

/// roots[b] of ntt.cpp for any b below n / 2, as a product of roots[b's low bits] and of
/// roots[b's high bits]: two small tables in place of one of 16 n bytes.
struct Roots {
  const Fr *low, *high;
  unsigned low_bits;

  SEALYARD_HOST_DEVICE Fr at(std::size_t b) const {
    const Fr root = low[b & ((std::size_t{1} << low_bits) - 1)];
    const std::size_t above = b >> low_bits;
    return above == 0 ? root : mul(root, high[above]);
  }
};

/// base^exponent.
SEALYARD_HOST_DEVICE inline Fr power(const Fr& base, std::uint64_t exponent) {
  Fr out = Fr::one();
  for (std::uint64_t bit = std::uint64_t{1} << 63; bit != 0; bit >>= 1) {
    out = sqr(out);
    if (exponent & bit) out = mul(out, base);
  }
  return out;
}

/// kLevels levels of butterflies (see split_twice() and join_twice()) on `blocks` blocks side by
/// side, 2^kLevels elements a thread, in registers.
template <int kLevels, bool kSplit>
struct Butterflies {
  Fr* x;
  Roots roots;
  std::size_t part;  ///< elements of a block, divided by 2^kLevels

  static constexpr int kCount = 1 << kLevels;

  SEALYARD_HOST_DEVICE void operator()(std::size_t thread) const {
    const std::size_t block = thread / part;
    Fr* const mine = x + block * kCount * part + thread % part;
    // The first root of each level is the square of that of the next.
    Fr first[kLevels], value[kCount];
    first[kLevels - 1] = roots.at(block << (kLevels - 1));
    SEALYARD_UNROLL
    for (int level = kLevels - 1; level > 0; --level) first[level - 1] = sqr(first[level]);
    SEALYARD_UNROLL
    for (int i = 0; i < kCount; ++i) value[i] = mine[i * part];
    SEALYARD_UNROLL
    for (int step = 0; step < kLevels; ++step)
      make_level(kSplit ? step : kLevels - 1 - step, first, value);
    SEALYARD_UNROLL
    for (int i = 0; i < kCount; ++i) mine[i * part] = value[i];
  }

 private:
  SEALYARD_HOST_DEVICE void make_level(int level, const Fr* first, Fr* value) const {
    const int half = kCount >> (level + 1);
    SEALYARD_UNROLL
    for (int pair = 0; pair < kCount / 2; ++pair) {
      const int block = pair / half, i = 2 * half * block + pair % half;
      // roots[2^level b + block] = roots[2^level b] roots[block]
      const Fr root = block == 0 ? first[level] : mul(first[level], roots.low[block]);
      if (kSplit) {
        const Fr high = mul(value[i + half], root);
        value[i + half] = sub(value[i], high);
        value[i] = add(value[i], high);
      } else {
        const Fr difference = mul(sub(value[i], value[i + half]), root);
        value[i] = add(value[i], value[i + half]);
        value[i + half] = difference;
      }
    }
  }
};

/// Index i and its reversal change places.
struct Scramble {
  Fr* x;
  unsigned log_size;

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t j = 0;
    for (unsigned bit = 0; bit < log_size; ++bit) j |= (i >> bit & 1) << (log_size - 1 - bit);
    if (i >= j) return;
    const Fr other = x[j];
    x[j] = x[i];
    x[i] = other;
  }
};

/// Index i and n - i change places, all times a factor; for threads 0 ... n / 2.
struct NegateIndexes {
  Fr* x;
  std::size_t n;
  Fr factor;

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    const std::size_t j = (n - i) & (n - 1);
    const Fr mine = mul(x[i], factor);
    if (i == j) {
      x[i] = mine;
      return;
    }
    x[i] = mul(x[j], factor);
    x[j] = mine;
  }
};

/// x[i] *= ratio^i. A thread has every `threads`-th element.
struct ScaleByPowers {
  Fr* x;
  std::size_t n, threads;
  Fr ratio, stride;  ///< stride = ratio^threads

  SEALYARD_HOST_DEVICE void operator()(std::size_t thread) const {
    Fr factor = power(ratio, thread);
    for (std::size_t i = thread; i < n; i += threads) {
      x[i] = mul(x[i], factor);
      factor = mul(factor, stride);
    }
  }
};

/// Transforms in place of n elements in the grid's memory. What each does: ntt::Domain.
template <typename Grid>
class Domain {
 public:
  Domain(Grid& grid, const Constants& constants)
      : grid_(grid),
        constants_(constants),
        low_bits_(constants.log_size < 2
                      ? 0
                      : (constants.log_size - 1 < kLowBits ? constants.log_size - 1 : kLowBits)),
        high_bits_(constants.log_size < 2 ? 0 : constants.log_size - 1 - low_bits_),
        low_(table(0, low_bits_)),
        high_(table(low_bits_, high_bits_)) {}

  void evaluate_scrambled(Fr* x) {
    const unsigned first = constants_.log_size % 3;
    levels<true>(x, 0, first);
    for (unsigned made = first; made < constants_.log_size; made += 3) levels<true>(x, made, 3);
  }
  void interpolate_scrambled(Fr* x) {
    const unsigned last = constants_.log_size % 3;
    for (unsigned left = constants_.log_size; left > last; left -= 3) levels<false>(x, left - 3, 3);
    levels<false>(x, 0, last);
    grid_.run(size() / 2 + 1, NegateIndexes{x, size(), constants_.inverse_size});
  }
  void interpolate(Fr* x) {
    grid_.run(size(), Scramble{x, constants_.log_size});
    interpolate_scrambled(x);
  }
  /// x[i] *= ratio^i.
  void scale(Fr* x, const Fr& ratio) {
    const std::size_t threads = size() < kScalers ? size() : kScalers;
    grid_.run(threads, ScaleByPowers{x, size(), threads, ratio, power(ratio, threads)});
  }

 private:
  static constexpr unsigned kLowBits = 13;
  static constexpr std::size_t kScalers = std::size_t{1} << 17;
  using Table = decltype(std::declval<Grid&>().template upload<Fr>(nullptr, 0));

  std::size_t size() const { return constants_.size(); }

  /// roots[b 2^skipped] for b below 2^bits.
  Table table(unsigned skipped, unsigned bits) {
    std::vector<Fr> roots(std::size_t{1} << bits);
    roots[0] = Fr::one();
    for (unsigned k = 0; k < bits; ++k)
      for (std::size_t b = 0; b < std::size_t{1} << k; ++b)
        roots[(std::size_t{1} << k) + b] = mul(roots[b], constants_.roots[k + skipped]);
    auto on_grid = grid_.template upload<Fr>(roots.data(), roots.size());
    grid_.wait();  // before `roots` goes
    return on_grid;
  }

  /// `count` levels, after or before the `made` ones with the larger blocks.
  template <bool kSplit>
  void levels(Fr* x, unsigned made, unsigned count) {
    const std::size_t part = size() >> (made + count), threads = size() >> count;
    const Roots roots{low_.get(), high_.get(), low_bits_};
    if (count == 1) grid_.run(threads, Butterflies<1, kSplit>{x, roots, part});
    if (count == 2) grid_.run(threads, Butterflies<2, kSplit>{x, roots, part});
    if (count == 3) grid_.run(threads, Butterflies<3, kSplit>{x, roots, part});
  }

  Grid& grid_;
  Constants constants_;
  unsigned low_bits_, high_bits_;
  Table low_, high_;
};

}  // namespace sealyard::ntt::gpu
