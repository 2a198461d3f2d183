#include "jobs/c2/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "kernels/base/error.h"

namespace sealyard::c2 {
namespace {

// Ranks on the host of this one.
unsigned neighbours(launch::Job& job) {
  const auto mine = std::hash<std::string>{}(job.attempt().host);
  const auto all = job.ranks().gather_everywhere(std::uint64_t{mine});
  return static_cast<unsigned>(std::count(all.begin(), all.end(), mine));
}

}  // namespace

stage::C2Memory plan(launch::Job& job, const PorepConfig& porep, const Wish& wish,
                     unsigned partitions) {
  const auto share = neighbours(job);
  const auto needed = [&](stage::C2Memory how) {
    return share * stage::c2_memory_bytes(porep, how, job.threads());
  };
  const auto& given = job.environment().memory_bytes;
  const auto fits = [&](stage::C2Memory how) { return !given || needed(how) <= *given; };
  stage::C2Memory how{.group = 1, .lean = wish.lean};
  if (wish.group) {
    how.group = std::clamp(*wish.group, 1u, std::max(partitions, 1u));
  } else if (!wish.lean && given) {
    while (how.group < partitions && fits({.group = how.group + 1})) ++how.group;
    how.lean = !fits(how);
  }
  job.require_memory(needed(how));
  return how;
}

std::string text(stage::C2Memory how) {
  if (how.lean) return "one partition at a time, lean";
  if (how.group == 1) return "one partition at a time";
  return fmt::format("{} partitions at a time", how.group);
}

void print_memory(launch::Job& job, const PorepConfig& porep) {
  std::string list;
  const auto add = [&](stage::C2Memory how) {
    const auto bytes = stage::c2_memory_bytes(porep, how, job.threads());
    if (!job.flag("--json")) fmt::print("{:>15} {}\n", bytes, text(how));
    list += fmt::format(R"({}{{"group": {}, "lean": {}, "bytes": {}}})", list.empty() ? "" : ", ",
                        how.group, how.lean, bytes);
  };
  add({.group = 1, .lean = true});
  for (unsigned group = 1; group <= porep.partitions(); ++group) add({.group = group});
  job.report_json("memory", "[" + list + "]");
}

}  // namespace sealyard::c2
