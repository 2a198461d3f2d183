// What part of a host a kernel may use, and how it spreads its work over it.
#pragma once
#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "kernels/base/backend.h"

namespace sealyard::device {

/// The job chooses once, in main(); a kernel never takes more. Results do not depend on it.
struct Share {
  unsigned threads = 1;                 ///< at most so many run at a time, the caller's included
  Backend backend = Backend::portable;  ///< where a kernel lacks it: the best CPU variant it has
};

/// Calls work(begin, end) over [0, n), cut into one range per thread, each a multiple of `grain`
/// but the last. Returns when all are done. New threads run where the caller may run (they inherit
/// its CPU set).
/// @throws what the first failing range threw, after all have ended.
template <typename Work>
void for_ranges(unsigned threads, std::size_t n, std::size_t grain, Work&& work) {
  const std::size_t grains = (n + grain - 1) / grain;
  const std::size_t parts = std::min<std::size_t>(std::max(threads, 1u), grains);
  if (parts <= 1) {
    if (n > 0) work(std::size_t{0}, n);
    return;
  }
  std::exception_ptr failed;
  std::mutex guard;
  const auto part = [&](std::size_t p) {
    try {
      work(grains * p / parts * grain, std::min(n, grains * (p + 1) / parts * grain));
    } catch (...) {
      const std::lock_guard lock(guard);
      if (!failed) failed = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t p = 1; p < parts; ++p) others.emplace_back(part, p);
    part(0);
  }
  if (failed) std::rethrow_exception(failed);
}

}  // namespace sealyard::device
