// What benches share: time on one core, the clock of that core, and how results are printed.
#pragma once
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

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

/// Wall time, and CPU time of all threads.
struct Spent {
  double wall_s = 0, core_s = 0;
};
inline Spent less(const Spent& a, const Spent& b) {
  return a.wall_s > 0 && a.wall_s < b.wall_s ? a : b;
}

class Meter {
 public:
  explicit Meter(int who = RUSAGE_SELF) : who_(who), from_(now()) {}
  Spent spent() const {
    const auto to = now();
    return {to.wall_s - from_.wall_s, to.core_s - from_.core_s};
  }

 private:
  Spent now() const {
    timespec wall{};
    clock_gettime(CLOCK_MONOTONIC, &wall);
    rusage usage{};
    getrusage(who_, &usage);
    const auto s = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return {static_cast<double>(wall.tv_sec) + 1e-9 * static_cast<double>(wall.tv_nsec),
            s(usage.ru_utime) + s(usage.ru_stime)};
  }

  int who_;
  Spent from_;
};

/// A shell command.  @throws Error{internal} it did not end with 0.
inline Spent spent_by(const std::string& command) {
  const Meter meter(RUSAGE_CHILDREN);
  if (const int status = std::system(command.c_str()); status != 0)
    throw Error(Fault::internal, "{}: ended with status {}", command, status);
  return meter.spent();
}

inline unsigned cores() { return std::max(std::thread::hardware_concurrency(), 1u); }

/// Options of a bench: `texts` take a word, `flags` none.  @throws Error{usage} any other word.
class Words {
 public:
  Words(int argc, char** argv, std::vector<std::string> texts, std::vector<std::string> flags) {
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      const auto is = [&](const std::vector<std::string>& all) {
        return std::find(all.begin(), all.end(), word) != all.end();
      };
      if (is(flags))
        given_[word] = "";
      else if (is(texts) && i + 1 < argc)
        given_[word] = argv[++i];
      else
        throw Error(Fault::usage,
                    "{}: unknown, or its value is missing; see the head of the source", word);
    }
  }
  bool has(const std::string& word) const { return given_.contains(word); }
  const std::string& text(const std::string& word) const { return given_.at(word); }
  unsigned long number(const std::string& word, unsigned long otherwise) const {
    return has(word) ? std::strtoul(text(word).c_str(), nullptr, 10) : otherwise;
  }

 private:
  std::map<std::string, std::string> given_;
};

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
