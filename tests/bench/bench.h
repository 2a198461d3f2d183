// What benches share: time on one core, the clock of that core, and how results are printed.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "kernels/base/error.h"

namespace sealyard::bench {

/// Of this thread: what neighbours on the same core take does not count.
inline double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Cycles a second, by a chain of multiplications that take 3 each.
inline double clock_hz() {
  constexpr int kSteps = 20'000'000;
  std::uint64_t x = 3;
  const double start = cpu_s();
  for (int i = 0; i < kSteps; ++i) asm volatile("imul %0, %0" : "+r"(x));
  return 3.0 * kSteps / (cpu_s() - start);
}

/// Least nanoseconds per unit over several rounds of work(), which does `units` of them.
template <typename Work>
double least_ns(int rounds, double units, Work&& work) {
  double least = 1e300;
  for (int i = 0; i < rounds; ++i) {
    const double start = cpu_s();
    work();
    least = std::min(least, cpu_s() - start);
  }
  return 1e9 * least / units;
}

inline void print_head(std::string_view unit) {
  fmt::print("{:26} {:>9} {:>9} {:>11} {:>9} {:>9}\n", unit, "ns", "cycles", "x portable", "x peer",
             "of limit");
}

/// @param portable_ns, peer_ns, limit_cycles  0: there is none. The limit is what the arithmetic
///                                            alone needs on a core with two 512-bit multipliers.
inline void print_row(std::string_view name, double ns, double portable_ns, double peer_ns,
                      double limit_cycles) {
  const double cycles = ns * 1e-9 * clock_hz();
  const auto ratio = [&](double other) {
    return other > 0 ? fmt::format("{:.2f}", other / ns) : std::string("-");
  };
  fmt::print("{:26} {:9.1f} {:9.0f} {:>11} {:>9} {:>9}\n", name, ns, cycles, ratio(portable_ns),
             ratio(peer_ns),
             limit_cycles > 0 ? fmt::format("{:.0f} %", 100 * limit_cycles / cycles) : "-");
}

/// For scripts.
inline void print_ratio(std::string_view name, double value, double goal) {
  fmt::print("RATIO {} {:.2f} {:.2f}\n", name, value, goal);
}

/// main() of a bench: errors become one line and an exit code.
template <typename Run>
int run(Run&& body) {
  try {
    body();
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_code(error.fault());
  }
}

}  // namespace sealyard::bench
