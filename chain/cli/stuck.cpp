#include "chain/cli/stuck.h"

#include <algorithm>
#include <map>

#include "chain/cli/layout.h"

namespace sealyard::cli {
namespace {

using pledge::State;

constexpr std::int64_t kLeastS = 600, kChainS = 7200;
constexpr double kTimesMedian = 3;

/// Seconds of the runs that are done, by stage.
std::map<std::string, std::vector<double>> done_runs(const pledge::Sectors& sectors) {
  std::map<std::string, std::vector<double>> runs;
  for (const auto& [id, sector] : sectors)
    for (const auto& run : sector.runs)
      if (run.outcome == "done") runs[run.stage].push_back(run.seconds);
  return runs;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::int64_t limit_of(State state, const settings::Chain& chain,
                      const std::map<std::string, std::vector<double>>& runs) {
  const auto stage = std::string(pledge::row(state).stage);
  if (stage.empty()) {
    if (state == State::pre_committing)
      return kChainS + static_cast<std::int64_t>(chain.precommit_wait_s);
    if (state == State::submit_commit)
      return kChainS + static_cast<std::int64_t>(chain.commit_wait_s);
    return kChainS;
  }
  const auto found = runs.find(stage);
  if (found == runs.end()) return kLeastS;
  return std::max(kLeastS, static_cast<std::int64_t>(kTimesMedian * median(found->second)));
}

bool on_its_way(const pledge::Sector& sector) {
  return !pledge::rests(sector) && sector.state != State::proving &&
         sector.state != State::finalized;
}

}  // namespace

std::vector<Stuck> stuck(const pledge::Sectors& sectors, const settings::Settings& settings,
                         const StuckOptions& options, std::int64_t now_ms) {
  const auto runs = done_runs(sectors);
  std::vector<Stuck> all;
  for (const auto& [id, sector] : sectors) {
    if (id.miner != settings.miner || !on_its_way(sector)) continue;
    if (!options.stage.empty() && pledge::row(sector.state).stage != options.stage) continue;
    Stuck one{sector, (now_ms - sector.state_ms) / 1000,
              options.longer_s.value_or(limit_of(sector.state, settings.chain, runs))};
    if (one.for_s > one.limit_s) all.push_back(std::move(one));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Stuck& a, const Stuck& b) { return a.for_s > b.for_s; });
  return all;
}

std::string stuck_text(const std::vector<Stuck>& all) {
  std::vector<std::vector<std::string>> rows{{"ID", "State", "For", "Limit", "Why"}};
  for (const auto& one : all) {
    const auto& s = one.sector;
    rows.push_back({std::to_string(s.id.number), std::string(name(s.state)),
                    duration_text(one.for_s * 1000), duration_text(one.limit_s * 1000),
                    s.failure ? s.failure->text : s.note});
  }
  return aligned(rows);
}

Json stuck_json(const std::vector<Stuck>& all) {
  Json out = Json::array();
  for (const auto& one : all)
    out.push_back({{"SectorID", one.sector.id.number},
                   {"State", name(one.sector.state)},
                   {"ForSeconds", one.for_s},
                   {"LimitSeconds", one.limit_s},
                   {"Why", one.sector.failure ? one.sector.failure->text : one.sector.note}});
  return out;
}

}  // namespace sealyard::cli
