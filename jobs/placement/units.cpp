// How cores are dealt out, and CPU lists.
#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

#include "jobs/placement/cpu_list.h"
#include "jobs/placement/host_state.h"
#include "kernels/base/error.h"

namespace sealyard::placement {
namespace {

constexpr unsigned kMostCpus = 65536;

[[noreturn]] void bad_list(std::string_view text) {
  throw Error(Fault::configuration, "cores: \"{}\", want CPU lists as 0-3;4-7", text);
}

std::vector<std::string_view> cut(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

unsigned number(std::string_view digits, std::string_view whole) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value >= kMostCpus)
    bad_list(whole);
  return value;
}

std::vector<Unit> custom_units(const std::vector<Core>& cores, std::string_view text) {
  std::vector<Unit> units;
  for (const auto& list : parse_lists(text)) {
    Unit unit;
    for (const unsigned cpu : list)
      for (const auto& core : cores)
        if (std::find(core.cpus.begin(), core.cpus.end(), cpu) != core.cpus.end())
          unit.cores.push_back(core);
    if (unit.cores.size() < list.size()) continue;  // not all of it was given to this process
    for (std::size_t i = 0; i < unit.cores.size(); ++i) {
      // The number named is the thread to use; the core's other threads stay idle.
      unit.cores[i].cpus = {list[i]};
      if (unit.cores[i].group != unit.group())
        throw Error(Fault::configuration, "cores: unit {} lies in two cache groups",
                    list_text(list));
    }
    units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace

std::vector<std::vector<unsigned>> parse_lists(std::string_view text) {
  std::vector<std::vector<unsigned>> lists;
  std::set<unsigned> seen;
  for (const auto list : cut(text, ';')) {
    lists.emplace_back();
    for (const auto range : cut(list, ',')) {
      const auto ends = cut(range, '-');
      const unsigned first = number(ends.front(), text), last = number(ends.back(), text);
      if (ends.size() > 2 || last < first) bad_list(text);
      for (unsigned cpu = first; cpu <= last; ++cpu) {
        if (!seen.insert(cpu).second)
          throw Error(Fault::configuration, "cores: CPU {} is in \"{}\" twice", cpu, text);
        lists.back().push_back(cpu);
      }
    }
  }
  return lists;
}

std::string list_text(std::vector<unsigned> cpus) {
  std::sort(cpus.begin(), cpus.end());
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", cpus[i]);
    if (last > i) text += fmt::format("-{}", cpus[last]);
    i = last + 1;
  }
  return text;
}

std::vector<Unit> Host::units(unsigned cores_per_unit, const Policy& policy) const {
  if (!policy.custom.empty()) return custom_units(cores(), policy.custom);
  if (cores_per_unit == 0) throw Error(Fault::internal, "units of 0 cores");

  std::vector<std::vector<Core>> dealt(groups());
  for (const auto& core : cores()) dealt[core.group].push_back(core);
  const auto has_cpu_0 = [](const std::vector<Core>& group) {
    return std::any_of(group.begin(), group.end(), [](const Core& core) {
      return std::find(core.cpus.begin(), core.cpus.end(), 0u) != core.cpus.end();
    });
  };
  if (policy.skip_first && dealt.size() > 1) std::erase_if(dealt, has_cpu_0);
  if (policy.reverse) std::reverse(dealt.begin(), dealt.end());

  // Slot by slot over all groups, so that sectors share a cache only when there are more of them
  // than caches.
  std::vector<Unit> units;
  for (std::size_t slot = 0, before = 1; units.size() != before; ++slot) {
    before = units.size();
    for (const auto& group : dealt) {
      const auto begin = slot * cores_per_unit;
      if (begin + cores_per_unit > group.size()) continue;
      const auto first = group.begin() + static_cast<std::ptrdiff_t>(begin);
      units.push_back({{first, first + cores_per_unit}});
    }
  }
  return units;
}

std::string text(const std::vector<Unit>& units) {
  std::string line;
  for (std::size_t i = 0; i < units.size(); ++i) {
    std::vector<unsigned> cpus;
    for (const auto& core : units[i].cores) cpus.push_back(core.cpus.front());
    line += fmt::format("{}unit {}: cpus {} numa {}", i ? "; " : "", i, list_text(cpus),
                        units[i].numa());
  }
  return line.empty() ? "no unit: unbound" : line;
}

}  // namespace sealyard::placement
