#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <vector>

#include "kernels/base/bytes.h"
#include "kernels/curve/variants.h"
#include "kernels/device/share.h"

namespace sealyard::curve {
namespace {

constexpr std::size_t kBlock = 4096;  // points added up together: they stay in the cache
constexpr unsigned kMinBits = 3, kMaxBits = 18;

// A window of w bits costs an addition a point and two a bucket. From 3 bits on a biased scalar
// fits.
unsigned best_bits(std::size_t n) {
  unsigned best = kMinBits;
  std::size_t least = ~std::size_t{0};
  for (unsigned bits = kMinBits; bits <= kMaxBits; ++bits) {
    const std::size_t windows = (256 + bits - 1) / bits;
    const std::size_t cost = windows * (n + (std::size_t{2} << (bits - 1)));
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

// Which points go into which bucket in one window: sorted by bucket, negative digits marked.
class Sorted {
 public:
  void sort(std::span<const Biased> scalars, unsigned window, unsigned bits) {
    const auto bucket_of = [](std::int32_t digit) {
      return static_cast<std::uint32_t>(digit > 0 ? digit - 1 : -digit - 1);
    };
    starts_.assign((std::size_t{1} << (bits - 1)) + 1, 0);
    for (const auto& scalar : scalars)
      if (const auto digit = scalar.digit(window, bits); digit != 0)
        ++starts_[bucket_of(digit) + 1];
    for (std::size_t b = 1; b < starts_.size(); ++b) starts_[b] += starts_[b - 1];
    entries_.resize(starts_.back());
    next_ = starts_;
    for (std::uint32_t i = 0; i < scalars.size(); ++i)
      if (const auto digit = scalars[i].digit(window, bits); digit != 0)
        entries_[next_[bucket_of(digit)]++] = i | (digit < 0 ? kNegative : 0);
  }
  /// Bucket b has entries start(b) ... start(b + 1) - 1.
  std::uint32_t start(std::size_t bucket) const { return starts_[bucket]; }
  std::span<const Entry> entries() const { return entries_; }

 private:
  std::vector<std::uint32_t> starts_, next_;
  std::vector<Entry> entries_;
};

// Adds up runs of points, all runs at a time: points 2k and 2k + 1 of every run, then their sums.
template <typename Group>
class RunSums {
 public:
  RunSums(std::span<const Affine<Group>> points, Backend backend)
      : points_(points), add_(backend) {}

  /// @param entries  of `points`, cut into runs of these lengths (not 0), which are used up.
  void operator()(std::span<const Entry> entries, std::span<std::uint32_t> lengths) {
    sums_.resize(std::max(sums_.size(), 2 * entries.size()));
    entries_.assign(entries.begin(), entries.end());
    made_ = 0;
    halve(points_.data(), lengths);
    while (entries_.size() > lengths.size()) halve(sums_.data(), lengths);
  }
  /// Of a run, until the next call.
  const Affine<Group>& sum(std::size_t run) const { return sums_[entries_[run]]; }

 private:
  // Sums go behind those made before. A last point without a partner stays where it is, but for
  // the first time: then it is copied to the sums.
  void halve(const Affine<Group>* from, std::span<std::uint32_t> lengths) {
    pairs_.clear();
    std::size_t singles = made_;
    for (const auto length : lengths) singles += length / 2;
    std::size_t at = 0, kept = 0;
    for (auto& length : lengths) {
      const std::size_t end = at + length;
      length = (length + 1) / 2;
      for (; at + 1 < end; at += 2) {
        pairs_.push_back({entries_[at], entries_[at + 1]});
        entries_[kept++] = static_cast<Entry>(made_ + pairs_.size() - 1);
      }
      if (at == end) continue;
      const Entry single = entries_[at++];
      entries_[kept] = single;
      if (from == points_.data()) {
        entries_[kept] = static_cast<Entry>(singles);
        sums_[singles++] = curve::at(from, single);
      }
      ++kept;
    }
    entries_.resize(kept);
    add_(from, from, pairs_, sums_.data() + made_);
    made_ = singles;
  }

  std::span<const Affine<Group>> points_;
  BatchAdd<Group> add_;
  std::vector<Entry> entries_;
  std::vector<Pair> pairs_;
  std::vector<Affine<Group>> sums_;
  std::size_t made_ = 0;
};

// 1 * point(0) + 2 * point(1) + ...: from above, sums of sums.
template <typename Group, typename PointAt>
Point<Group> ramp(std::size_t n, PointAt&& point) {
  Point<Group> running, total;
  for (std::size_t i = n; i-- > 0;) {
    running += point(i);
    total += running;
  }
  return total;
}

// Sums of digit * point, window after window, on one thread. Keeps its memory: fresh pages for
// every window cost a fifth of the time.
template <typename Group>
class WindowSums {
 public:
  WindowSums(unsigned bits, Backend backend)
      : bits_(bits), backend_(backend), buckets_(std::size_t{1} << (bits - 1)) {}

  Point<Group> operator()(std::span<const Affine<Group>> points, std::span<const Biased> scalars,
                          unsigned window) {
    sorted_.sort(scalars, window, bits_);
    std::fill(buckets_.begin(), buckets_.end(), Affine<Group>{});
    fill_buckets(points);
    return weighted_sum();
  }

 private:
  void fill_buckets(std::span<const Affine<Group>> points) {
    RunSums<Group> sum_runs(points, backend_);
    std::vector<std::uint32_t> lengths, owners;
    std::size_t from = 0;
    const auto flush = [&](std::size_t to) {
      if (from == to) return;
      sum_runs(sorted_.entries().subspan(from, to - from), lengths);
      for (std::size_t i = 0; i < owners.size(); ++i) {
        auto& bucket = buckets_[owners[i]];
        const auto& sum = sum_runs.sum(i);
        bucket = bucket.is_identity() ? sum : (Point<Group>(bucket) += sum).affine();
      }
      lengths.clear();
      owners.clear();
      from = to;
    };
    for (std::uint32_t b = 0; b < buckets_.size(); ++b) {
      for (std::size_t at = sorted_.start(b); at < sorted_.start(b + 1);) {
        const std::size_t end = std::min<std::size_t>(sorted_.start(b + 1), from + kBlock);
        lengths.push_back(static_cast<std::uint32_t>(end - at));
        owners.push_back(b);
        at = end;
        if (end == from + kBlock) flush(end);
      }
    }
    flush(sorted_.entries().size());
  }

  // 1 * bucket[0] + 2 * bucket[1] + ...: buckets lie in rows of a square, and
  //   sum of (i + 1) bucket[i] = ramp of columns + length * (ramp of rows but row 0),
  // so that nearly all additions are of pairs.
  Point<Group> weighted_sum() {
    const auto bits = static_cast<unsigned>(std::countr_zero(buckets_.size()));
    const std::size_t length = std::size_t{1} << bits / 2, rows = buckets_.size() / length;
    const auto row_sums =
        sum_lines(rows, length, [&](std::size_t i, std::size_t j) { return i * length + j; });
    const auto column_sums =
        sum_lines(length, rows, [&](std::size_t i, std::size_t j) { return j * length + i; });
    auto total = ramp<Group>(rows - 1, [&](std::size_t i) { return row_sums[i + 1]; });
    for (std::size_t i = 1; i < length; i *= 2) Group::twice(&total.value, &total.value);
    return total += ramp<Group>(length, [&](std::size_t i) { return column_sums[i]; });
  }

  // The sum of bucket(i, j) over j, for every i; so many lines at a time that they fill a block.
  template <typename BucketAt>
  std::vector<Affine<Group>> sum_lines(std::size_t lines, std::size_t n, BucketAt&& bucket) {
    RunSums<Group> sum_runs(buckets_, backend_);
    const std::size_t together = std::max<std::size_t>(kBlock / n, 1);
    std::vector<Affine<Group>> sums;
    std::vector<Entry> entries;
    std::vector<std::uint32_t> lengths;
    for (std::size_t i = 0; i < lines; i += together) {
      const std::size_t end = std::min(lines, i + together);
      entries.clear();
      for (std::size_t line = i; line < end; ++line)
        for (std::size_t j = 0; j < n; ++j) entries.push_back(static_cast<Entry>(bucket(line, j)));
      lengths.assign(end - i, static_cast<std::uint32_t>(n));
      sum_runs(entries, lengths);
      for (std::size_t run = 0; run < end - i; ++run) sums.push_back(sum_runs.sum(run));
    }
    return sums;
  }

  unsigned bits_;
  Backend backend_;
  Sorted sorted_;
  std::vector<Affine<Group>> buckets_;
};

}  // namespace

template <typename Group>
Point<Group> sum_batched(std::span<const Affine<Group>> points, Backend backend) {
  Point<Group> total;
  std::vector<Entry> entries;
  for (std::size_t at = 0; at < points.size(); at += kBlock) {
    const auto block = points.subspan(at, std::min(kBlock, points.size() - at));
    RunSums<Group> sum_runs(block, backend);
    entries.resize(block.size());
    std::iota(entries.begin(), entries.end(), Entry{0});
    auto length = static_cast<std::uint32_t>(block.size());
    sum_runs(entries, {&length, 1});
    total += sum_runs.sum(0);
  }
  return total;
}

template <typename Group>
Point<Group> multiply_batched(std::span<const Affine<Group>> points, std::span<const Fr> scalars,
                              unsigned threads, Backend backend) {
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
    WindowSums<Group> window_sum(bits, backend);
    for (std::size_t task = begin; task < end; ++task) {
      const std::size_t share = task % shares;
      const std::size_t first = points.size() * share / shares;
      const std::size_t count = points.size() * (share + 1) / shares - first;
      sums[task] = window_sum(points.subspan(first, count), std::span(biased).subspan(first, count),
                              static_cast<unsigned>(task / shares));
    }
  });
  Point<Group> total;
  for (std::size_t window = windows; window-- > 0;) {
    for (unsigned bit = 0; bit < bits; ++bit) Group::twice(&total.value, &total.value);
    for (std::size_t share = 0; share < shares; ++share) total += sums[window * shares + share];
  }
  return total;
}

template Point<G1> sum_batched<G1>(std::span<const Affine<G1>>, Backend);
template Point<G2> sum_batched<G2>(std::span<const Affine<G2>>, Backend);
template Point<G1> multiply_batched<G1>(std::span<const Affine<G1>>, std::span<const Fr>, unsigned,
                                        Backend);
template Point<G2> multiply_batched<G2>(std::span<const Affine<G2>>, std::span<const Fr>, unsigned,
                                        Backend);

}  // namespace sealyard::curve
