#include "kernels/ntt/ntt.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/device/share.h"

namespace sealyard::ntt {
namespace {

using field::add;
using field::mul;
using field::sub;

constexpr std::size_t kGrain = 1024;  // elements a thread takes at least

// A block of 2h elements is a polynomial modulo X^2h - s^2. One butterfly step makes of it two
// blocks of h, modulo X^h - s and X^h + s. The whole starts modulo X^n - 1; block b of any step has
// s = roots[b], whatever the size. Two steps at a time, so that memory is passed half as often.
void split_twice(Fr* block, std::size_t quarter, std::size_t b, const Fr* roots, std::size_t begin,
                 std::size_t end) {
  const Fr s = roots[b], s0 = roots[2 * b], s1 = roots[2 * b + 1];
  for (std::size_t i = begin; i < end; ++i) {
    Fr* x = block + i;
    const Fr x2 = mul(x[2 * quarter], s), x3 = mul(x[3 * quarter], s);
    const Fr y0 = add(x[0], x2), y2 = sub(x[0], x2);
    const Fr y1 = mul(add(x[quarter], x3), s0), y3 = mul(sub(x[quarter], x3), s1);
    x[0] = add(y0, y1);
    x[quarter] = sub(y0, y1);
    x[2 * quarter] = add(y2, y3);
    x[3 * quarter] = sub(y2, y3);
  }
}

void split_once(Fr* block, std::size_t half, std::size_t b, const Fr* roots) {
  const Fr s = roots[b];
  for (std::size_t i = 0; i < half; ++i) {
    const Fr high = mul(block[i + half], s);
    block[i + half] = sub(block[i], high);
    block[i] = add(block[i], high);
  }
}

// The transposes of both: what they compute is the transposed transform.
void join_twice(Fr* block, std::size_t quarter, std::size_t b, const Fr* roots, std::size_t begin,
                std::size_t end) {
  const Fr s = roots[b], s0 = roots[2 * b], s1 = roots[2 * b + 1];
  for (std::size_t i = begin; i < end; ++i) {
    Fr* x = block + i;
    const Fr y0 = add(x[0], x[quarter]), y1 = mul(sub(x[0], x[quarter]), s0);
    const Fr y2 = add(x[2 * quarter], x[3 * quarter]);
    const Fr y3 = mul(sub(x[2 * quarter], x[3 * quarter]), s1);
    x[0] = add(y0, y2);
    x[quarter] = add(y1, y3);
    x[2 * quarter] = mul(sub(y0, y2), s);
    x[3 * quarter] = mul(sub(y1, y3), s);
  }
}

void join_once(Fr* block, std::size_t half, std::size_t b, const Fr* roots) {
  const Fr s = roots[b];
  for (std::size_t i = 0; i < half; ++i) {
    const Fr difference = mul(sub(block[i], block[i + half]), s);
    block[i] = add(block[i], block[i + half]);
    block[i + half] = difference;
  }
}

// Depth first, so that small blocks stay in the cache.
void split_all(Fr* block, std::size_t size, std::size_t b, const Fr* roots) {
  if (size < 2) return;
  if (size == 2) return split_once(block, 1, b, roots);
  const std::size_t quarter = size / 4;
  split_twice(block, quarter, b, roots, 0, quarter);
  for (std::size_t i = 0; i < 4; ++i) split_all(block + i * quarter, quarter, 4 * b + i, roots);
}

void join_all(Fr* block, std::size_t size, std::size_t b, const Fr* roots) {
  if (size < 2) return;
  if (size == 2) return join_once(block, 1, b, roots);
  const std::size_t quarter = size / 4;
  for (std::size_t i = 0; i < 4; ++i) join_all(block + i * quarter, quarter, 4 * b + i, roots);
  join_twice(block, quarter, b, roots, 0, quarter);
}

// How many blocks to make together before each thread takes blocks of its own.
std::size_t shared_blocks(std::size_t n, unsigned threads) {
  std::size_t blocks = 1;
  while (threads > 1 && blocks < threads && n / blocks >= 4 * kGrain) blocks *= 4;
  return blocks;
}

using Step = void(Fr*, std::size_t, std::size_t, const Fr*, std::size_t, std::size_t);

// One step over all blocks of a size, all threads together.
void step_together(Step* step, std::span<Fr> x, std::size_t blocks, const Fr* roots,
                   unsigned threads) {
  const std::size_t size = x.size() / blocks;
  for (std::size_t b = 0; b < blocks; ++b)
    device::for_ranges(threads, size / 4, kGrain / 4, [&](std::size_t begin, std::size_t end) {
      step(x.data() + b * size, size / 4, b, roots, begin, end);
    });
}

template <typename All>
void blocks_apart(All&& all, std::span<Fr> x, std::size_t blocks, const Fr* roots,
                  unsigned threads) {
  const std::size_t size = x.size() / blocks;
  device::for_ranges(threads, blocks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t b = begin; b < end; ++b) all(x.data() + b * size, size, b, roots);
  });
}

std::size_t reversed(std::size_t index, unsigned bits) {
  std::size_t out = 0;
  for (unsigned i = 0; i < bits; ++i) out |= (index >> i & 1) << (bits - 1 - i);
  return out;
}

void require_size(std::size_t found, std::size_t want) {
  if (found != want)
    throw Error(Fault::usage, "ntt: {} elements in a domain of {}; want equal", found, want);
}

}  // namespace

Fr power(const Fr& base, std::uint64_t exponent) {
  Fr out = field::one();
  for (int bit = 63 - std::countl_zero(exponent); bit >= 0; --bit) {
    out = field::sqr(out);
    if (exponent >> bit & 1) out = mul(out, base);
  }
  return out;
}

// Source: filecoin-project/blstrs, src/scalar.rs, ROOT_OF_UNITY.
Fr root_of_unity(unsigned log_size) {
  static const Fr largest = [] {  // of order 2^32
    constexpr std::array<std::uint64_t, 4> kLimbs{0x3829971f439f0d2b, 0xb63683508c2280b9,
                                                  0xd09b681922c813b4, 0x16a2a19edfe81f20};
    Fr root;
    blst_fr_from_uint64(&root.value, kLimbs.data());
    return root;
  }();
  Fr root = largest;
  for (unsigned i = 32; i > log_size; --i) root = field::sqr(root);
  return root;
}

unsigned log_size_for(std::uint64_t rows) {
  const auto log_size = rows < 2 ? 0 : 64 - static_cast<unsigned>(std::countl_zero(rows - 1));
  if (log_size > kMaxLogSize)
    throw Error(Fault::usage, "ntt: {} rows; a domain has at most 2^{}", rows, kMaxLogSize);
  return log_size;
}

Domain::Domain(unsigned log_size, unsigned threads) : log_size_(log_size), threads_(threads) {
  if (log_size > kMaxLogSize)
    throw Error(Fault::usage, "ntt: domain of 2^{}, at most 2^{}", log_size, kMaxLogSize);
  omega_ = root_of_unity(log_size);
  inverse_size_ = field::inverse(field::from_u64(size()));
  // roots[b + 2^k] = roots[b] * omega^(n/2 / 2^(k+1))
  roots_.resize(std::max<std::size_t>(size() / 2, 1));
  roots_[0] = field::one();
  for (unsigned k = 0; k + 1 < log_size; ++k) {
    const Fr root = root_of_unity(k + 2);
    const std::size_t half = std::size_t{1} << k;
    device::for_ranges(threads, half, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t b = begin; b < end; ++b) roots_[half + b] = mul(roots_[b], root);
    });
  }
}

void Domain::evaluate_scrambled(std::span<Fr> x) const {
  require_size(x.size(), size());
  const std::size_t blocks = shared_blocks(size(), threads_);
  for (std::size_t made = 1; made < blocks; made *= 4)
    step_together(split_twice, x, made, roots_.data(), threads_);
  blocks_apart(split_all, x, blocks, roots_.data(), threads_);
}

// The transform's matrix is symmetric: the transposed steps take scrambled values back to order and
// transform them once more. Twice transformed is n times the coefficients, indexes negated.
void Domain::interpolate_scrambled(std::span<Fr> x) const {
  require_size(x.size(), size());
  const std::size_t blocks = shared_blocks(size(), threads_);
  blocks_apart(join_all, x, blocks, roots_.data(), threads_);
  for (std::size_t made = blocks; made > 1; made /= 4)
    step_together(join_twice, x, made / 4, roots_.data(), threads_);
  std::reverse(x.begin() + 1, x.end());
  device::for_ranges(threads_, size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) x[i] = mul(x[i], inverse_size_);
  });
}

void Domain::scramble(std::span<Fr> x) const {
  require_size(x.size(), size());
  device::for_ranges(threads_, size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t j = reversed(i, log_size_);
      if (i < j) std::swap(x[i], x[j]);  // by the one thread that has the lower index
    }
  });
}

void Domain::evaluate(std::span<Fr> x) const {
  evaluate_scrambled(x);
  scramble(x);
}

void Domain::interpolate(std::span<Fr> x) const {
  scramble(x);
  interpolate_scrambled(x);
}

void Domain::scale(std::span<Fr> x, const Fr& first, const Fr& ratio) const {
  require_size(x.size(), size());
  device::for_ranges(threads_, size(), kGrain, [&](std::size_t begin, std::size_t end) {
    Fr factor = mul(first, power(ratio, begin));
    for (std::size_t i = begin; i < end; ++i) {
      x[i] = mul(x[i], factor);
      factor = mul(factor, ratio);
    }
  });
}

}  // namespace sealyard::ntt
