#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <mutex>
#include <vector>

#include "kernels/base/bytes.h"
#include "kernels/curve/batch_add.h"
#include "kernels/curve/variants.h"
#include "kernels/device/share.h"

namespace sealyard::curve {
namespace {

constexpr std::size_t kBlock = 4096;  // points added up together: they stay in the cache
constexpr unsigned kMinBits = 3, kMaxBits = 18;

// A window of w bits costs an addition a point and, in projective coordinates, twice that for the
// sum over buckets: as dear as six additions a bucket. From 3 bits on a biased scalar fits.
unsigned best_bits(std::size_t n) {
  unsigned best = kMinBits;
  std::size_t least = ~std::size_t{0};
  for (unsigned bits = kMinBits; bits <= kMaxBits; ++bits) {
    const std::size_t windows = (256 + bits - 1) / bits;
    const std::size_t cost = windows * (n + (std::size_t{6} << (bits - 1)));
    if (cost < least) {
      least = cost;
      best = bits;
    }
  }
  return best;
}

// A scalar plus 2^(w-1) in every window, so that each window less 2^(w-1) is a signed digit.
class Biased {
 public:
  Biased() = default;
  Biased(const Fr& scalar, const std::array<std::uint64_t, 5>& bias) {
    blst_scalar plain;
    blst_scalar_from_fr(&plain, &scalar.value);
    std::uint64_t carry = 0;
    for (unsigned i = 0; i < 5; ++i) {
      const std::uint64_t limb = i < 4 ? load_le<std::uint64_t>(plain.b + 8 * i) : 0;
      const std::uint64_t sum = limb + bias[i];
      limbs_[i] = sum + carry;
      carry = (sum < limb) | (limbs_[i] < sum);
    }
  }
  /// -2^(w-1) to 2^(w-1) - 1.
  std::int32_t digit(unsigned window, unsigned bits) const {
    const unsigned at = window * bits;
    std::uint64_t digit = limbs_[at / 64] >> (at % 64);
    if (at % 64 + bits > 64 && at / 64 < 4) digit |= limbs_[at / 64 + 1] << (64 - at % 64);
    digit &= (std::uint64_t{1} << bits) - 1;
    return static_cast<std::int32_t>(digit) - (1 << (bits - 1));
  }

 private:
  std::array<std::uint64_t, 5> limbs_{};
};

std::array<std::uint64_t, 5> bias_of(unsigned windows, unsigned bits) {
  std::array<std::uint64_t, 5> bias{};
  for (unsigned window = 0; window < windows; ++window) {
    const unsigned at = window * bits + bits - 1;
    bias[at / 64] |= std::uint64_t{1} << (at % 64);
  }
  return bias;
}

// Which points go into which bucket in one window: sorted by bucket, the sign in the top bit.
struct Sorted {
  static constexpr std::uint32_t kNegative = std::uint32_t{1} << 31;
  std::vector<std::uint32_t> starts;  // of each bucket's run in `points`, and the end of the last
  std::vector<std::uint32_t> points;

  Sorted(std::span<const Biased> scalars, unsigned window, unsigned bits)
      : starts((std::size_t{1} << (bits - 1)) + 1) {
    const auto bucket_of = [](std::int32_t digit) {
      return static_cast<std::uint32_t>(digit > 0 ? digit - 1 : -digit - 1);
    };
    for (const auto& scalar : scalars)
      if (const auto digit = scalar.digit(window, bits); digit != 0) ++starts[bucket_of(digit) + 1];
    for (std::size_t b = 1; b < starts.size(); ++b) starts[b] += starts[b - 1];
    points.resize(starts.back());
    auto next = starts;
    for (std::uint32_t i = 0; i < scalars.size(); ++i)
      if (const auto digit = scalars[i].digit(window, bits); digit != 0)
        points[next[bucket_of(digit)]++] = i | (digit < 0 ? kNegative : 0);
  }
};

// Adds up runs of points, run by run, all runs of a block at a time.
template <typename Group>
class RunSums {
 public:
  explicit RunSums(std::span<const Affine<Group>> points) : points_(points) {}

  /// The sum of each run.  @param runs  sorted points, cut into runs of these lengths (not 0).
  std::span<const Affine<Group>> operator()(std::span<const std::uint32_t> sorted,
                                            std::span<std::uint32_t> lengths) {
    work_.clear();
    for (const auto entry : sorted) {
      const auto& point = points_[entry & ~Sorted::kNegative];
      work_.push_back(entry & Sorted::kNegative ? -point : point);
    }
    while (halve(lengths)) {
    }
    return work_;
  }

 private:
  // Adds points 2k and 2k + 1 of every run; a last one without a partner stays.
  bool halve(std::span<std::uint32_t> lengths) {
    left_.clear();
    right_.clear();
    std::size_t at = 0;
    for (const auto length : lengths) {
      for (std::size_t i = 0; i + 1 < length; i += 2) {
        left_.push_back(work_[at + i]);
        right_.push_back(work_[at + i + 1]);
      }
      at += length;
    }
    if (left_.empty()) return false;
    add_(left_, right_);
    std::size_t from = 0, sum = 0, to = 0;
    for (auto& length : lengths) {
      for (std::size_t i = 0; i + 1 < length; i += 2) work_[to++] = left_[sum++];
      if (length % 2) work_[to++] = work_[from + length - 1];
      from += length;
      length = (length + 1) / 2;
    }
    work_.resize(to);
    return true;
  }

  std::span<const Affine<Group>> points_;
  std::vector<Affine<Group>> work_, left_, right_;
  BatchAdd<Group> add_;
};

// The sum of digit * point in one window.
template <typename Group>
Point<Group> window_sum(std::span<const Affine<Group>> points, std::span<const Biased> scalars,
                        unsigned window, unsigned bits) {
  const Sorted sorted(scalars, window, bits);
  std::vector<Affine<Group>> buckets(std::size_t{1} << (bits - 1));
  RunSums<Group> sum_runs(points);
  std::vector<std::uint32_t> lengths, owners;
  std::size_t from = 0;
  const auto flush = [&](std::size_t to) {
    if (from == to) return;
    const auto sums = sum_runs(std::span(sorted.points).subspan(from, to - from), lengths);
    for (std::size_t i = 0; i < owners.size(); ++i) {
      auto& bucket = buckets[owners[i]];
      bucket = bucket.is_identity() ? sums[i] : (Point<Group>(bucket) += sums[i]).affine();
    }
    lengths.clear();
    owners.clear();
    from = to;
  };
  for (std::uint32_t b = 0; b < buckets.size(); ++b) {
    for (std::size_t at = sorted.starts[b]; at < sorted.starts[b + 1];) {
      const std::size_t end = std::min<std::size_t>(sorted.starts[b + 1], from + kBlock);
      lengths.push_back(static_cast<std::uint32_t>(end - at));
      owners.push_back(b);
      at = end;
      if (end == from + kBlock) flush(end);
    }
  }
  flush(sorted.points.size());
  // 1 * bucket[0] + 2 * bucket[1] + ...: from above, sums of sums.
  Point<Group> running, total;
  for (std::size_t b = buckets.size(); b-- > 0;) {
    if (!buckets[b].is_identity()) running += buckets[b];
    total += running;
  }
  return total;
}

}  // namespace

template <typename Group>
Point<Group> multiply_batched(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                              unsigned threads) {
  const unsigned bits = best_bits(points.size());
  const unsigned windows = (256 + bits - 1) / bits;
  const auto bias = bias_of(windows, bits);
  std::vector<Biased> biased(scalars.size());
  device::for_ranges(threads, scalars.size(), 256, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) biased[i] = Biased(scalars[i], bias);
  });
  // A task is a window of a share of the points; more threads than windows want more shares.
  const std::size_t shares = (std::max(threads, 1u) + windows - 1) / windows;
  const std::size_t tasks = windows * shares;
  std::vector<Point<Group>> sums(tasks);
  device::for_ranges(threads, tasks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t task = begin; task < end; ++task) {
      const std::size_t share = task % shares;
      const std::size_t first = points.size() * share / shares;
      const std::size_t count = points.size() * (share + 1) / shares - first;
      sums[task] = window_sum(points.subspan(first, count), std::span(biased).subspan(first, count),
                              static_cast<unsigned>(task / shares), bits);
    }
  });
  Point<Group> total;
  for (std::size_t window = windows; window-- > 0;) {
    for (unsigned bit = 0; bit < bits; ++bit) Group::twice(&total.value, &total.value);
    for (std::size_t share = 0; share < shares; ++share) total += sums[window * shares + share];
  }
  return total;
}

template Point<G1> multiply_batched<G1>(std::span<const Affine<G1>>, std::span<const Fr>, unsigned);
template Point<G2> multiply_batched<G2>(std::span<const Affine<G2>>, std::span<const Fr>, unsigned);

}  // namespace sealyard::curve
