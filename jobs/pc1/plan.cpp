#include "jobs/pc1/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/base/error.h"

namespace sealyard::pc1 {
namespace {

// Faster by less than this is not worth another core.
constexpr double kWorth = 0.02;

struct Choice {
  unsigned at_a_time, cores;
  double seconds;
  double core_s() const { return seconds * cores; }
};

unsigned parts(unsigned whole, unsigned part) { return (whole + part - 1) / part; }

// Part i of `whole` cut into `parts` as even as can be.
unsigned even(unsigned whole, unsigned parts, unsigned i) {
  return whole / parts + (i < whole % parts);
}

class Planner {
 public:
  Planner(const Given& given, std::span<const label::Kernel> kernels, std::span<const double> ns)
      : given_(given), kernels_(kernels), ns_(ns) {
    step_ns_.push_back(0);
    for (unsigned n = 1; n <= given.sectors; ++n) step_ns_.push_back(split_ns(n));
  }

  Choice choose(unsigned most) const {
    Choice best{0, 0, 0};
    for (unsigned cores = 1; cores <= given_.cores; ++cores)
      for (unsigned n = cores; n <= most; ++n) {
        const Choice next{n, cores, seconds(n, cores)};
        if (best.cores == 0 || better(next, best)) best = next;
      }
    return best;
  }

  std::vector<std::vector<Share>> waves(const Choice& choice) const {
    std::vector<std::vector<Share>> all(parts(given_.sectors, choice.at_a_time));
    for (unsigned w = 0; w < all.size(); ++w) {
      const auto sectors = even(given_.sectors, static_cast<unsigned>(all.size()), w);
      for (unsigned c = 0; c < choice.cores; ++c)
        if (const auto mine = even(sectors, choice.cores, c); mine > 0)
          all[w].push_back({mine, label::fastest_split(mine, kernels_, ns_)});
    }
    return all;
  }

  // All layers of all sectors, so many of them at a time.
  double seconds(unsigned at_a_time, unsigned cores) const {
    const auto waves = parts(given_.sectors, at_a_time);
    const auto step_ns = step_ns_[parts(parts(given_.sectors, waves), cores)];
    return 1e-9 * step_ns * waves * given_.layers * static_cast<double>(given_.nodes);
  }

 private:
  double split_ns(unsigned sectors) const {
    double sum = 0;
    for (const auto& part : label::fastest_split(sectors, kernels_, ns_))
      for (std::size_t k = 0; k < kernels_.size(); ++k)
        if (kernels_[k].name == part.kernel.name) sum += ns_[k];
    return sum;
  }

  bool meets(const Choice& choice) const {
    return choice.seconds <= static_cast<double>(*given_.deadline_s);
  }

  bool better(const Choice& next, const Choice& best) const {
    if (given_.deadline_s) {
      if (meets(next) != meets(best)) return meets(next);
      if (meets(next)) return next.core_s() < best.core_s();
    }
    return next.seconds < best.seconds * (1 - (next.cores > best.cores ? kWorth : 0));
  }

  const Given& given_;
  std::span<const label::Kernel> kernels_;
  std::span<const double> ns_;
  std::vector<double> step_ns_;  // of a node of so many sectors on one core
};

std::string text(const std::vector<label::Part>& split) {
  std::string all;
  for (const auto& part : split)
    all += fmt::format("{}{} ({})", all.empty() ? "" : " + ", part.kernel.name, part.sectors);
  return all;
}

}  // namespace

Plan plan(const Given& given, std::span<const label::Kernel> kernels, std::span<const double> ns) {
  if (given.sectors == 0 || given.cores == 0)
    throw Error(Fault::usage, "pc1: {} sectors on {} cores; want one of each at least",
                given.sectors, given.cores);
  const auto fit = given.memory_bytes / (2 * given.nodes * kNodeBytes);
  const auto most = static_cast<unsigned>(std::clamp<std::uint64_t>(fit, 1, given.sectors));
  const Planner planner(given, kernels, ns);
  const auto choice = planner.choose(most);
  Plan plan{planner.waves(choice), choice.seconds, {}};
  plan.why = fmt::format("{} sectors, {} cores, memory for {}: {} at a time on {}, {}; {:.0f} s",
                         given.sectors, given.cores, fit, choice.at_a_time, choice.cores,
                         text(plan.waves[0][0].split), plan.seconds);
  if (given.sectors > 1) plan.why += fmt::format(", one by one {:.0f} s", planner.seconds(1, 1));
  if (given.deadline_s)
    plan.why +=
        fmt::format(", deadline {} s {}", *given.deadline_s,
                    plan.seconds <= static_cast<double>(*given.deadline_s) ? "kept" : "missed");
  return plan;
}

}  // namespace sealyard::pc1
