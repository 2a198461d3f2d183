// Sums of many points, and of many multiples of points, on a device::Grid: so on a GPU or on a host
// that plays one. Buckets after Pippenger with signed digits; points are sorted by bucket and added
// up in runs of one length, so that no thread has more to do than another whatever the scalars are.
// Included by CUDA code, so C++17.
#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "kernels/curve/point_device.h"
#include "kernels/device/grid.h"
#include "kernels/field/fr_device.h"

namespace sealyard::curve::gpu {

using field::gpu::Fr;

/// A point of a list by its index, or its negative where the top bit is set.
inline constexpr std::uint32_t kMinus = std::uint32_t{1} << 31;
/// Points that a thread adds up.
inline constexpr std::uint32_t kRun = 32;

/// A scalar as `count` digits of `bits` bits, -2^(bits - 1) ... 2^(bits - 1) - 1. Digit d != 0 puts
/// the point, or its negative, into bucket |d| - 1 of `buckets` of its window.
struct Windows {
  unsigned bits, count;
  std::uint32_t buckets;

  /// From 4 bits on the digits reach every scalar.
  explicit Windows(unsigned of_bits)
      : bits(of_bits), count((256 + of_bits - 1) / of_bits), buckets(1u << (of_bits - 1)) {}
};

/// The scalar plus 2^(bits - 1) in every window: each window less 2^(bits - 1) is then a digit.
class Digits {
 public:
  SEALYARD_HOST_DEVICE Digits(const Fr& scalar, const Windows& windows) : bits_(windows.bits) {
    const Fr number = plain(scalar);
    for (int i = 0; i < kLimbs; ++i) limb_[i] = 0;
    for (unsigned window = 0; window < windows.count; ++window) {
      const unsigned at = window * bits_ + bits_ - 1;
      limb_[at / 32] |= std::uint32_t{1} << at % 32;
    }
    std::uint64_t carry = 0;
    for (int i = 0; i < kLimbs; ++i) {
      carry += limb_[i];
      if (i < Fr::kLimbs) carry += number.limb[i];
      limb_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  SEALYARD_HOST_DEVICE std::int32_t at(unsigned window) const {
    const unsigned at = window * bits_, limb = at / 32;
    std::uint64_t two = limb_[limb];
    if (limb + 1 < kLimbs) two |= std::uint64_t{limb_[limb + 1]} << 32;
    const auto digit = static_cast<std::uint32_t>(two >> at % 32) & ((1u << bits_) - 1);
    return static_cast<std::int32_t>(digit) - (1 << (bits_ - 1));
  }

 private:
  static constexpr int kLimbs = 9;  // 256 bits and what the last window has above
  unsigned bits_;
  std::uint32_t limb_[kLimbs];
};

/// Calls for each digit of a scalar that is not 0: bucket among those of all windows, sign.
template <typename Each>
SEALYARD_HOST_DEVICE inline void for_digits(const Fr& scalar, const Windows& windows,
                                            const Each& each) {
  const Digits digits(scalar, windows);
  for (unsigned window = 0; window < windows.count; ++window) {
    const std::int32_t digit = digits.at(window);
    if (digit == 0) continue;
    const auto size = static_cast<std::uint32_t>(digit < 0 ? -digit : digit);
    each(std::size_t{window} * windows.buckets + size - 1, digit < 0 ? kMinus : 0);
  }
}

// Steps ------------------------------------------------------------------------------------------

struct Fill {
  std::uint32_t* to;
  std::uint32_t value;
  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const { to[i] = value; }
};

struct Enumerate {
  std::uint32_t* to;
  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    to[i] = static_cast<std::uint32_t>(i);
  }
};

struct CountDigits {
  const Fr* scalars;
  Windows windows;
  std::uint32_t* counts;

  struct Count {
    std::uint32_t* counts;
    SEALYARD_HOST_DEVICE void operator()(std::size_t bucket, std::uint32_t) const {
      device::atomic_add(counts + bucket, 1);
    }
  };
  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    for_digits(scalars[i], windows, Count{counts});
  }
};

/// Writes the points of each bucket side by side. @param next  starts of the buckets; moves on.
struct SortDigits {
  const Fr* scalars;
  Windows windows;
  std::uint32_t *next, *entries;

  struct Write {
    std::uint32_t *next, *entries;
    std::uint32_t point;
    SEALYARD_HOST_DEVICE void operator()(std::size_t bucket, std::uint32_t sign) const {
      entries[device::atomic_add(next + bucket, 1)] = point | sign;
    }
  };
  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    for_digits(scalars[i], windows, Write{next, entries, static_cast<std::uint32_t>(i)});
  }
};

struct Copy {
  const std::uint32_t* from;
  std::uint32_t* to;
  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const { to[i] = from[i]; }
};

/// Runs that a list of `counts[i]` things is cut into.
struct CountRuns {
  const std::uint32_t* counts;
  std::uint32_t* runs;
  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    runs[i] = (counts[i] + kRun - 1) / kRun;
  }
};

inline constexpr std::size_t kScanned = 256;  // numbers that a thread adds up

struct SumChunk {
  const std::uint32_t* numbers;
  std::size_t n;
  std::uint32_t* sums;

  SEALYARD_HOST_DEVICE void operator()(std::size_t chunk) const {
    const std::size_t begin = chunk * kScanned, end = begin + kScanned < n ? begin + kScanned : n;
    std::uint32_t sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += numbers[i];
    sums[chunk] = sum;
  }
};

/// sums[i] = before[chunk] + the numbers of the chunk that stand before i; sums[n] = all of them.
struct ScanChunk {
  const std::uint32_t *numbers, *before;
  std::size_t n;
  std::uint32_t* sums;

  SEALYARD_HOST_DEVICE void operator()(std::size_t chunk) const {
    const std::size_t begin = chunk * kScanned, end = begin + kScanned < n ? begin + kScanned : n;
    std::uint32_t sum = before ? before[chunk] : 0;
    for (std::size_t i = begin; i < end; ++i) {
      sums[i] = sum;
      sum += numbers[i];
    }
    if (end == n) sums[n] = sum;
  }
};

/// The list in which index i of all runs lies: starts[list] <= i < starts[list + 1].
SEALYARD_HOST_DEVICE inline std::size_t list_of(const std::uint32_t* starts, std::size_t lists,
                                                std::size_t i) {
  std::size_t low = 0, high = lists;  // starts[low] <= i < starts[high]
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    if (starts[middle] <= i)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/// Lists of things that are to be added up, one behind the other in memory.
struct Lists {
  std::size_t lists;
  const std::uint32_t *counts, *starts;
  const std::uint32_t* run_starts;  ///< where the runs of each list begin among all runs
};

template <typename Field>
struct EntrySource {
  const Affine<Field>* points;
  const std::uint32_t* entries;
  SEALYARD_HOST_DEVICE void add(Point<Field>& sum, std::size_t i) const {
    const std::uint32_t entry = entries[i];
    const Affine<Field>& point = points[entry & ~kMinus];
    add_to(sum, entry & kMinus ? negative(point) : point);
  }
};

template <typename Field>
struct SumSource {
  const Point<Field>* sums;
  SEALYARD_HOST_DEVICE void add(Point<Field>& sum, std::size_t i) const { add_to(sum, sums[i]); }
};

template <typename Field, typename Source>
struct SumRuns {
  Lists lists;
  Source source;
  Point<Field>* sums;  ///< one for each run

  SEALYARD_HOST_DEVICE void operator()(std::size_t run) const {
    const std::size_t list = list_of(lists.run_starts, lists.lists, run);
    const std::uint32_t skipped = (static_cast<std::uint32_t>(run) - lists.run_starts[list]) * kRun;
    const std::uint32_t left = lists.counts[list] - skipped;
    const std::size_t begin = std::size_t{lists.starts[list]} + skipped;
    Point<Field> sum = Point<Field>::identity();
    for (std::size_t i = begin; i < begin + (left < kRun ? left : kRun); ++i) source.add(sum, i);
    sums[run] = sum;
  }
};

inline constexpr std::uint32_t kSegment = 16;  // buckets, or all of them where there are fewer

/// (first + 1) bucket[first] + (first + 2) bucket[first + 1] + ... of a segment of one window.
template <typename Field>
struct WeighSegment {
  std::uint32_t buckets, segment;  ///< of a window; of a segment
  const std::uint32_t *counts, *starts;
  const Point<Field>* sums;  ///< of the buckets that have points
  Point<Field>* weighted;

  SEALYARD_HOST_DEVICE void operator()(std::size_t thread) const {
    const std::uint32_t segments = buckets / segment;
    const std::size_t window = thread / segments;
    const std::uint32_t first = static_cast<std::uint32_t>(thread % segments) * segment;
    Point<Field> running = Point<Field>::identity(), total = Point<Field>::identity();
    for (std::uint32_t i = segment; i-- > 0;) {
      const std::size_t bucket = window * buckets + first + i;
      if (counts[bucket] != 0) add_to(running, sums[starts[bucket]]);
      add_to(total, running);
    }
    add_to(total, times(first, running));
    weighted[thread] = total;
  }
};

template <typename Field>
struct ToJacobian {
  const std::uint32_t *counts, *starts;
  const Point<Field>* sums;
  Jacobian<Field>* out;

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    out[i] = jacobian(counts[i] ? sums[starts[i]] : Point<Field>::identity());
  }
};

// The work on a grid ---------------------------------------------------------------------------

template <typename Grid, typename Field>
class Sums {
 public:
  template <typename T>
  using Array = decltype(std::declval<Grid&>().template allocate<T>(0));
  using Numbers = Array<std::uint32_t>;

  explicit Sums(Grid& grid) : grid_(grid) {}

  /// points[0] + points[1] + ... + points[n - 1].
  Jacobian<Field> sum(const Affine<Field>* points, std::size_t n) {
    const auto counts = grid_.template allocate<std::uint32_t>(1);
    grid_.run(1, Fill{counts.get(), static_cast<std::uint32_t>(n)});
    const auto starts = scan(counts.get(), 1);
    const auto entries = grid_.template allocate<std::uint32_t>(n);
    grid_.run(n, Enumerate{entries.get()});
    return jacobians(add_up(counts, starts, EntrySource<Field>{points, entries.get()})).front();
  }

  /// For each window, lowest first, the sum of digit times point.
  std::vector<Jacobian<Field>> window_sums(const Affine<Field>* points, const Fr* scalars,
                                           std::size_t n, const Windows& windows) {
    const std::size_t buckets = std::size_t{windows.count} * windows.buckets;
    const auto counts = grid_.template allocate<std::uint32_t>(buckets);
    grid_.run(buckets, Fill{counts.get(), 0});
    grid_.run(n, CountDigits{scalars, windows, counts.get()});
    const auto starts = scan(counts.get(), buckets);
    const auto next = grid_.template allocate<std::uint32_t>(buckets);
    grid_.run(buckets, Copy{starts.get(), next.get()});
    const auto entries = grid_.template allocate<std::uint32_t>(last(starts));
    grid_.run(n, SortDigits{scalars, windows, next.get(), entries.get()});
    const EntrySource<Field> source{points, entries.get()};
    return jacobians(weigh(windows, add_up(counts, starts, source)));
  }

 private:
  /// What lists add up to: the sum of list i is at starts[i] where counts[i] is not 0.
  struct Added {
    Numbers counts, starts;
    Array<Point<Field>> sums;
  };

  /// @param starts  of the lists among the things that `source` knows
  template <typename Source>
  Added add_up(const Numbers& counts, const Numbers& starts, const Source& source) {
    return add_up_further(add_runs(counts, starts, count_runs(counts), source));
  }
  // Until each list is one sum or nothing.
  Added add_up_further(Added added) {
    Runs runs = count_runs(added.counts);
    if (runs.total == added.sums.size()) return added;
    const SumSource<Field> source{added.sums.get()};
    return add_up_further(add_runs(added.counts, added.starts, std::move(runs), source));
  }

  struct Runs {
    Numbers counts, starts;
    std::size_t total;
  };
  Runs count_runs(const Numbers& counts) {
    auto runs = grid_.template allocate<std::uint32_t>(counts.size());
    grid_.run(counts.size(), CountRuns{counts.get(), runs.get()});
    auto starts = scan(runs.get(), runs.size());
    const std::size_t total = last(starts);
    return {std::move(runs), std::move(starts), total};
  }
  template <typename Source>
  Added add_runs(const Numbers& counts, const Numbers& starts, Runs runs, const Source& source) {
    auto sums = grid_.template allocate<Point<Field>>(runs.total);
    const Lists lists{counts.size(), counts.get(), starts.get(), runs.starts.get()};
    grid_.run(runs.total, SumRuns<Field, Source>{lists, source, sums.get()});
    return {std::move(runs.counts), std::move(runs.starts), std::move(sums)};
  }

  /// For each window 1 bucket[0] + 2 bucket[1] + ...
  Added weigh(const Windows& windows, const Added& buckets) {
    const std::uint32_t segment = windows.buckets < kSegment ? windows.buckets : kSegment;
    const std::uint32_t segments = windows.buckets / segment;
    const std::size_t all = std::size_t{windows.count} * segments;
    const auto weighted = grid_.template allocate<Point<Field>>(all);
    grid_.run(all, WeighSegment<Field>{windows.buckets, segment, buckets.counts.get(),
                                       buckets.starts.get(), buckets.sums.get(), weighted.get()});
    const auto counts = grid_.template allocate<std::uint32_t>(windows.count);
    grid_.run(windows.count, Fill{counts.get(), segments});
    const auto starts = scan(counts.get(), counts.size());
    return add_up(counts, starts, SumSource<Field>{weighted.get()});
  }

  std::vector<Jacobian<Field>> jacobians(const Added& added) {
    std::vector<Jacobian<Field>> out(added.counts.size());
    const auto on_grid = grid_.template allocate<Jacobian<Field>>(out.size());
    grid_.run(out.size(), ToJacobian<Field>{added.counts.get(), added.starts.get(),
                                            added.sums.get(), on_grid.get()});
    grid_.download(on_grid.get(), out.size(), out.data());
    return out;
  }

  /// sums[i] = numbers[0] + ... + numbers[i - 1], for i up to n; n is not 0.
  Numbers scan(const std::uint32_t* numbers, std::size_t n) {
    auto sums = grid_.template allocate<std::uint32_t>(n + 1);
    const std::size_t chunks = (n + kScanned - 1) / kScanned;
    if (chunks == 1) {
      grid_.run(1, ScanChunk{numbers, nullptr, n, sums.get()});
      return sums;
    }
    const auto of_chunks = grid_.template allocate<std::uint32_t>(chunks);
    grid_.run(chunks, SumChunk{numbers, n, of_chunks.get()});
    const auto before = scan(of_chunks.get(), chunks);
    grid_.run(chunks, ScanChunk{numbers, before.get(), n, sums.get()});
    return sums;
  }
  std::uint32_t last(const Numbers& sums) {
    std::uint32_t total = 0;
    grid_.download(sums.get() + sums.size() - 1, 1, &total);
    return total;
  }

  Grid& grid_;
};

}  // namespace sealyard::curve::gpu
