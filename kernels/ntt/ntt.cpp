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

void split_once(Fr* block, std::size_t half, std::size_t b, const Fr* roots) {
  const Fr s = roots[b];
  for (std::size_t i = 0; i < half; ++i) {
    const Fr high = mul(block[i + half], s);
    block[i + half] = sub(block[i], high);
    block[i] = add(block[i], high);
  }
}

// The transpose.
void join_once(Fr* block, std::size_t half, std::size_t b, const Fr* roots) {
  const Fr s = roots[b];
  for (std::size_t i = 0; i < half; ++i) {
    const Fr difference = mul(sub(block[i], block[i + half]), s);
    block[i] = add(block[i], block[i + half]);
    block[i + half] = difference;
  }
}

// From here on all steps are made block size by block size: so many elements stay in the cache.
constexpr std::size_t kNear = std::size_t{1} << 12;

// Depth first, so that small blocks stay in the cache.
void split_all(Twice* split, Fr* block, std::size_t size, std::size_t b, const Fr* roots) {
  std::size_t quarter = size / 4;
  if (size > kNear) {
    split(block, quarter, b, 1, roots, 0, quarter);
    for (std::size_t i = 0; i < 4; ++i)
      split_all(split, block + i * quarter, quarter, 4 * b + i, roots);
    return;
  }
  std::size_t count = 1;
  for (; quarter > 0; quarter /= 4, count *= 4, b *= 4)
    split(block, quarter, b, count, roots, 0, quarter);
  if (size / count == 2)
    for (std::size_t i = 0; i < count; ++i) split_once(block + 2 * i, 1, b + i, roots);
}

void join_all(Twice* join, Fr* block, std::size_t size, std::size_t b, const Fr* roots) {
  if (size > kNear) {
    const std::size_t quarter = size / 4;
    for (std::size_t i = 0; i < 4; ++i)
      join_all(join, block + i * quarter, quarter, 4 * b + i, roots);
    join(block, quarter, b, 1, roots, 0, quarter);
    return;
  }
  std::size_t count = 1;
  for (; size / count >= 4; b *= 4) count *= 4;
  if (size / count == 2)
    for (std::size_t i = 0; i < count; ++i) join_once(block + 2 * i, 1, b + i, roots);
  while (count > 1) {
    count /= 4;
    b /= 4;
    join(block, size / count / 4, b, count, roots, 0, size / count / 4);
  }
}

// How many blocks to make together before each thread takes blocks of its own.
std::size_t shared_blocks(std::size_t n, unsigned threads) {
  std::size_t blocks = 1;
  while (threads > 1 && blocks < threads && n / blocks >= 4 * kGrain) blocks *= 4;
  return blocks;
}

// One step over all blocks of a size, all threads together.
void step_together(Twice* step, std::span<Fr> x, std::size_t blocks, const Fr* roots,
                   unsigned threads) {
  const std::size_t size = x.size() / blocks;
  for (std::size_t b = 0; b < blocks; ++b)
    device::for_ranges(threads, size / 4, kGrain / 4, [&](std::size_t begin, std::size_t end) {
      step(x.data() + b * size, size / 4, b, 1, roots, begin, end);
    });
}

template <typename All>
void blocks_apart(All&& all, Twice* step, std::span<Fr> x, std::size_t blocks, const Fr* roots,
                  unsigned threads) {
  const std::size_t size = x.size() / blocks;
  device::for_ranges(threads, blocks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t b = begin; b < end; ++b) all(step, x.data() + b * size, size, b, roots);
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

Domain::Domain(unsigned log_size, unsigned threads, Backend backend)
    : log_size_(log_size),
      threads_(threads),
      split_(split_backends.best(backend)),
      join_(join_backends.best(backend)),
      scale_(scale_backends.best(backend)) {
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
    step_together(split_, x, made, roots_.data(), threads_);
  blocks_apart(split_all, split_, x, blocks, roots_.data(), threads_);
}

// The transform's matrix is symmetric: the transposed steps take scrambled values back to order and
// transform them once more. Twice transformed is n times the coefficients, indexes negated.
void Domain::interpolate_scrambled(std::span<Fr> x) const {
  require_size(x.size(), size());
  const std::size_t blocks = shared_blocks(size(), threads_);
  blocks_apart(join_all, join_, x, blocks, roots_.data(), threads_);
  for (std::size_t made = blocks; made > 1; made /= 4)
    step_together(join_, x, made / 4, roots_.data(), threads_);
  device::for_ranges(threads_, size() / 2, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = std::max<std::size_t>(begin, 1); i < end; ++i)
      std::swap(x[i], x[size() - i]);
  });
  scale(x, inverse_size_, field::one());
}

// An index is high, middle and low bits. Those with one middle and those with the reversed middle
// change places among themselves: two small squares of whole cache lines.
void Domain::scramble(std::span<Fr> x) const {
  require_size(x.size(), size());
  const unsigned side_bits = std::min(3u, log_size_ / 2), middle_bits = log_size_ - 2 * side_bits;
  const std::size_t side = std::size_t{1} << side_bits, high = log_size_ - side_bits;
  const std::size_t middles = std::size_t{1} << middle_bits;
  device::for_ranges(threads_, middles, kGrain / 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t m = begin; m < end; ++m) {
      const std::size_t n = reversed(m, middle_bits);
      if (n < m) continue;  // by the one thread that has the lower one
      for (std::size_t h = 0; h < side; ++h)
        for (std::size_t l = 0; l < side; ++l) {
          const std::size_t i = h << high | m << side_bits | l;
          const std::size_t j =
              reversed(l, side_bits) << high | n << side_bits | reversed(h, side_bits);
          if (m < n || i < j) std::swap(x[i], x[j]);
        }
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
    scale_(x.data() + begin, end - begin, mul(first, power(ratio, begin)), ratio);
  });
}

}  // namespace sealyard::ntt
