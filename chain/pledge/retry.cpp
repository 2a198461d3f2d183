#include "chain/pledge/retry.h"

#include <algorithm>

#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::pledge {
namespace {

using nlohmann::json;

std::string cause_of(const Ending& ending) {
  using enum slurm::State;
  switch (ending.state) {
    case cancelled:
      return "cancelled";
    case preempted:
      return "preempted";
    case timeout:
    case deadline:
      return "timeout";
    case node_fail:
    case boot_fail:
      return "node_fail";
    case out_of_memory:
      return "out_of_memory";
    default:
      break;
  }
  if (const auto fault = name(static_cast<Fault>(ending.exit_code)); !fault.empty())
    return std::string(fault);
  if (ending.exit_code == 0) return ending.signal ? "signal" : "no_result";
  // Stages end with codes of Fault only: another one is of what was to start them.
  return ending.exit_code > 128 ? "signal" : "launch";
}

bool for_operator(std::string_view cause) {
  return cause == "usage" || cause == "unsupported" || cause == "internal" ||
         cause == "configuration" || cause == "cancelled" || cause == "requeues";
}

/// Doubles with every bad run so far.
std::int64_t wait_ms(const settings::Retry& retry, unsigned bad_runs) {
  const auto doubled = retry.wait_s << std::min(bad_runs, 20u);
  return static_cast<std::int64_t>(
             std::min(doubled, std::max(retry.longest_wait_s, retry.wait_s))) *
         1000;
}

/// Where to go on when the inputs of this state's stage are bad.
State repair_from(const Sector& sector, bool corrupt) {
  if (sector.state == State::pre_commit1) return sector.first_state();
  if (sector.state == State::commit2) return State::commit1;  // it reads nothing but C1's output
  return corrupt ? State::pre_commit1 : row(sector.state).before;
}

/// C2 failed, C1 was run again for its sake, and C2 failed again: what it lacks is not of C1.
bool c1_again_in_vain(const Sector& sector) {
  auto run = sector.runs.rbegin();
  while (run != sector.runs.rend() && run->stage == stage::kC2) ++run;
  if (run == sector.runs.rbegin() || run == sector.runs.rend() || run->stage != stage::kC1)
    return false;
  while (run != sector.runs.rend() && run->stage == stage::kC1) ++run;
  return run != sector.runs.rend() && run->stage == stage::kC2 && run->outcome != "done";
}

}  // namespace

std::string text(const Ending& ending) {
  std::string out;
  if (terminal(ending.state) && ending.state != slurm::State::failed &&
      ending.state != slurm::State::completed)
    out = std::string(slurm::name(ending.state));
  else if (ending.signal)
    out = fmt::format("signal {}", ending.signal);
  else
    out = fmt::format("exit {}", ending.exit_code);
  if (!ending.node.empty()) out += " on " + ending.node;
  return out;
}

json decide(const Sector& sector, std::string_view cause, std::string text,
            const settings::Retry& retry, std::int64_t now_ms) {
  const auto& state = row(sector.state);
  const auto stage = std::string(state.stage);
  const auto found = sector.bad_runs.find(stage);
  const unsigned bad_runs = found == sector.bad_runs.end() ? 0 : found->second;
  const bool counts = cause != "busy" && cause != "preempted";
  json event{{"stage", stage},    {"cause", cause},   {"text", stage + ": " + text},
             {"action", "again"}, {"to", state.name}, {"counts", counts}};
  const auto hold = [&](const std::string& why) {
    event["action"] = "hold";
    event["text"] = fmt::format("{}: {}; {}", stage, text, why);
    event["again_ms"] = 0;
  };
  event["again_ms"] = counts ? now_ms + wait_ms(retry, bad_runs) : now_ms;

  const bool first = stage == stage::kAddPiece;
  const bool bad_input = cause == "missing" || cause == "corrupt";
  if (for_operator(cause) || (cause == "missing" && first)) {
    hold("held for an operator: 'sealyard sectors update-state'");
  } else if (bad_input && sector.state == State::commit2 && c1_again_in_vain(sector)) {
    hold(
        "C1 ran again and it did not help: 'seal-params check', then "
        "'sealyard sectors update-state'");
  } else if (cause == "corrupt" && !first && sector.state != State::commit2) {
    event["action"] = "reseal";
    event["to"] = name(repair_from(sector, true));
    if (sector.reseals >= retry.reseals) {
      event["action"] = "give_up";
      event["text"] =
          fmt::format("{}: {}; sealed again {} times already", stage, text, sector.reseals);
      event["again_ms"] = 0;
    }
  } else if (counts && bad_runs + 1 >= retry.attempts) {
    hold(fmt::format("held after {} bad runs: 'sealyard sectors update-state'", bad_runs + 1));
  } else if (cause == "missing" || (cause == "corrupt" && sector.state == State::commit2)) {
    event["action"] = "before";
    event["to"] = name(repair_from(sector, false));
  }
  return event;
}

json decide_on_chain(const Sector& sector, std::string_view cause, std::string text,
                     std::uint64_t batch, const settings::Retry& retry, std::int64_t now_ms) {
  const auto in = row(sector.state).failed;
  const auto& rule = chain_rule(in, cause);
  const std::string stage = in == State::pre_commit_failed ? "precommit" : "commit";
  const auto found = sector.bad_runs.find(stage);
  const unsigned bad_runs = found == sector.bad_runs.end() ? 0 : found->second;
  json event{{"stage", stage},
             {"cause", cause},
             {"text", fmt::format("{}: {}", stage, text)},
             {"action", rule.action},
             {"to", name(rule.to)},
             {"counts", rule.counts},
             {"again_ms", rule.counts ? now_ms + wait_ms(retry, bad_runs) : now_ms}};
  if (rule.batch != ChainRule::Batch::keep && batch > 0)
    event["batch_limit"] =
        rule.batch == ChainRule::Batch::alone ? 1 : std::max<std::uint64_t>(batch / 2, 1);
  if (rule.action == "hold" || (rule.counts && bad_runs + 1 >= retry.attempts)) {
    event["action"] = "hold";
    event["again_ms"] = 0;
    event["text"] =
        fmt::format("{}: {}; held for an operator: 'sealyard sectors update-state'", stage, text);
  }
  return event;
}

json decide(const Sector& sector, const Ending& ending, const settings::Retry& retry,
            std::int64_t now_ms) {
  auto event = decide(sector, cause_of(ending), text(ending), retry, now_ms);
  if (ending.held && event["action"] == "hold") event["keeps_job"] = true;
  return event;
}

}  // namespace sealyard::pledge
