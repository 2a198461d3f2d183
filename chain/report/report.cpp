#include "chain/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include "chain/pledge/key.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::report {
namespace {

std::size_t rank(const std::string& stage) {
  return static_cast<std::size_t>(std::find(stage::kStages.begin(), stage::kStages.end(), stage) -
                                  stage::kStages.begin());
}

std::uint64_t allocated(const slurm::Attempt& attempt, const std::string& tres) {
  const auto found = attempt.tres.find(tres);
  return found == attempt.tres.end() ? 0 : found->second;
}

/// What a job of ours worked on, as its name says.
struct Work {
  std::string tag;
  std::optional<std::uint64_t> miner;
  std::optional<SectorId> sector;
  std::string part, stage;
};

std::vector<std::string> words(std::string_view name) {
  std::vector<std::string> all(1);
  for (const char c : name)
    if (c == '.')
      all.emplace_back();
    else
      all.back() += c;
  return all;
}

std::optional<Work> work_of(const slurm::Attempt& attempt) {
  if (const auto key = pledge::parse_key(attempt.name))
    return Work{key->tag, key->sector.miner, key->sector, {}, key->stage};
  const auto name = words(attempt.name);
  if (name.size() == 8 && name[0] == "sp") {  // chain/deadline/files.h, Part::job_name()
    std::uint64_t miner = 0;
    const auto& text = name[2];
    if (std::from_chars(text.data(), text.data() + text.size(), miner).ec != std::errc{})
      return std::nullopt;
    const auto partition = name[5] == "all" ? std::to_string(attempt.id.task) : name[5];
    return Work{name[1],
                miner,
                {},
                fmt::format("{}.{}.{}.{}", miner, name[3], name[4], partition),
                name[6] == "proof" ? std::string(stage::kWindowPost) : "window_" + name[6]};
  }
  if (name.size() == 3 && name[0] == "st")  // pledge::template_request()
    return Work{name[1], {}, {}, name[2], std::string(stage::kTemplate)};
  return std::nullopt;
}

Run to_run(const slurm::Attempt& attempt, const Work& work) {
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(attempt.elapsed_s, 0));
  Run run{work.sector, work.part, work.stage, outcome(attempt), {}, 0, attempt.elapsed_s, 0, 0};
  run.used = {seconds * allocated(attempt, "cpu"), seconds * allocated(attempt, "gres/gpu"),
              seconds * allocated(attempt, "mem")};
  if (run.outcome == Outcome::waiting) return run;
  run.start_time = attempt.start_time;
  run.end_time = attempt.end_time;
  run.queue_s = attempt.eligible_time
                    ? std::max<std::int64_t>(attempt.start_time - attempt.eligible_time, 0)
                    : 0;
  return run;
}

/// Adds up runs of the same group.
class Sum {
 public:
  void add(const Run& run) {
    line_.used += run.used;
    if (run.sector) sectors_.insert(*run.sector);
    if (run.outcome == Outcome::waiting) return;
    ++line_.runs;
    stages_.emplace(run.sector, run.part, run.stage);
    queue_s_.push_back(run.queue_s);
    if (run.outcome == Outcome::done) run_s_.push_back(run.run_s);
    if (run.outcome == Outcome::failed) ++line_.failed;
    if (run.outcome != Outcome::preempted) return;
    ++line_.preempted;
    line_.lost += run.used;
  }

  Line line() const {
    Line line = line_;
    line.sectors = sectors_.size();
    line.retries = line.runs - stages_.size();
    line.queue = quantiles(queue_s_);
    line.run = quantiles(run_s_);
    return line;
  }

 private:
  Line line_;
  std::set<SectorId> sectors_;
  std::set<std::tuple<std::optional<SectorId>, std::string, std::string>> stages_;
  std::vector<std::int64_t> queue_s_, run_s_;
};

/// One line for each sector, each stage, or each stage of each sector that has runs.
std::vector<Line> lines(const std::vector<Run>& runs, const pledge::Sectors& sectors,
                        bool by_sector, bool by_stage) {
  // Work for many comes last.
  using Group = std::tuple<bool, SectorId, std::size_t, std::string>;
  std::map<Group, Sum> sums;
  for (const auto& run : runs) {
    const auto stage = by_stage ? run.stage : std::string();
    const auto sector = by_sector ? run.sector.value_or(SectorId{}) : SectorId{};
    sums[{by_sector && !run.sector, sector, by_stage ? rank(stage) : 0, stage}].add(run);
  }
  std::vector<Line> out;
  for (const auto& [group, sum] : sums) {
    Line line = sum.line();
    line.stage = std::get<std::string>(group);
    line.shared = std::get<bool>(group);
    if (by_sector && !line.shared) {
      line.sector = std::get<SectorId>(group);
      if (const auto known = sectors.find(*line.sector); known != sectors.end()) {
        line.proof_type = known->second.proof_type;
        line.state = pledge::name(known->second.state);
      }
    }
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace

Amounts& Amounts::operator+=(const Amounts& more) {
  core_s += more.core_s;
  gpu_s += more.gpu_s;
  mib_s += more.mib_s;
  return *this;
}

Quantiles quantiles(std::vector<std::int64_t> seconds) {
  if (seconds.empty()) return {};
  std::sort(seconds.begin(), seconds.end());
  const auto at = [&](std::size_t percent) {
    return seconds[(seconds.size() * percent + 99) / 100 - 1];
  };
  return {seconds.size(), at(50), at(90), seconds.back()};
}

Outcome outcome(const slurm::Attempt& attempt) {
  // A job cancelled in the queue has a start as well, but ran on no host.
  if (attempt.start_time == 0 || attempt.nodes.empty()) return Outcome::waiting;
  if (attempt.state == slurm::State::preempted || attempt.exit_code == exit_code(Fault::busy))
    return Outcome::preempted;
  if (attempt.state == slurm::State::completed) return Outcome::done;
  if (!attempt.requeued && !slurm::terminal(attempt.state)) return Outcome::running;
  return Outcome::failed;
}

Report make(const std::vector<slurm::Attempt>& attempts, const pledge::Sectors& sectors,
            const Scope& scope) {
  Report report;
  report.scope = scope;
  std::vector<Run> all;
  for (const auto& attempt : attempts) {
    const auto work = work_of(attempt);
    if (!work || work->tag != scope.tag) continue;
    if (scope.miner && work->miner != scope.miner) continue;
    all.push_back(to_run(attempt, *work));
  }
  report.stages = lines(all, sectors, false, true);
  report.sectors = lines(all, sectors, true, false);
  report.sector_stages = lines(all, sectors, true, true);
  Sum total;
  for (const auto& run : all) total.add(run);
  report.total = total.line();

  std::erase_if(all, [](const Run& run) { return run.outcome == Outcome::waiting; });
  std::stable_sort(all.begin(), all.end(), [](const Run& a, const Run& b) {
    return std::tuple(!a.sector, a.sector, rank(a.stage), a.start_time) <
           std::tuple(!b.sector, b.sector, rank(b.stage), b.start_time);
  });
  report.runs = std::move(all);
  return report;
}

Cost cost(const Amounts& amounts, const settings::Prices& prices) {
  return {amounts.core_hours() * prices.core_hour, amounts.gpu_hours() * prices.gpu_hour,
          amounts.gib_hours() * prices.gib_hour};
}

}  // namespace sealyard::report
