#include "chain/pledge/step.h"

#include <fmt/format.h>

#include <ctime>

#include "chain/pledge/retry.h"
#include "jobs/stage/stage.h"

namespace sealyard::pledge {
namespace {

using nlohmann::json;

/// A result appears on a network file system a while after its job has ended elsewhere.
constexpr std::int64_t kResultDelayMs = 30'000;
/// A job that has written its result ends within moments; its lock goes with it.
constexpr std::int64_t kEndingMs = 15'000;
/// Clocks of hosts may differ by that much.
constexpr std::int64_t kSkewMs = 300'000;
/// Preempted or busy that often in a row: leave the delay to Slurm, something holds it off.
constexpr unsigned kPulledRestarts = 10;

/// How Slurm describes a job it holds because a host would not start it: a full disk there, a user
/// it does not know, a number that was another job's before slurmctld lost its state. Source:
/// Slurm, src/slurmctld/job_mgr.c, job_complete.
constexpr std::string_view kLaunchFailed = "launch failed requeued held";

json result_payload(const StageJob& job, const stage::Result& result) {
  auto body = json::parse(stage::to_json(result));
  body.erase("artefacts");  // digests stand in the manifest
  return {{"stage", result.stage},
          {"generation", job.generation},
          {"identity", identity(result)},
          {"result", std::move(body)}};
}

/// "2024-05-01T10:00:00Z" as Unix time; 0 when it is no such text.
std::int64_t unix_ms(const std::string& text) {
  std::tm tm{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &tm);
  return end && *end == 0 ? static_cast<std::int64_t>(timegm(&tm)) * 1000 : 0;
}

/// The result is of the job the sector waits for: of this sector and ticket, not used before, and
/// written after the intent. A stage run by hand in the meantime is as good; files of another life
/// of this sector number are not.
bool awaited(const Sector& sector, const stage::Result& result) {
  if (!sector.job || sector.spent.contains(identity(result))) return false;
  if (result.sector && *result.sector != sector.id) return false;
  if (result.stage == stage::kPc1) {
    const auto ticket = result.inputs.find("ticket");
    if (ticket != result.inputs.end() && ticket->second != sector.ticket) return false;
  }
  if (result.stage == stage::kC1) {
    const auto seed = result.inputs.find("seed");
    if (seed != result.inputs.end() && seed->second != sector.seed) return false;
  }
  const bool same_job = sector.job->id != 0 && result.attempt.job_id == sector.job->id;
  const std::int64_t skew_ms = same_job ? kSkewMs : 1000;  // `ended` is in whole seconds
  return unix_ms(result.ended) >= sector.job->intent_ms - skew_ms;
}

/// Parameters somebody made for himself prove anything to those who know their secrets.
std::optional<std::string> refusal(const stage::Result& result,
                                   const settings::Settings& settings) {
  if (result.stage != stage::kC2 || settings.development()) return std::nullopt;
  const auto params = result.inputs.find("params");
  if (params != result.inputs.end() && params->second == "official") return std::nullopt;
  return fmt::format(
      "INSECURE: the proof was made with development parameters, which {} does not take; get the "
      "official ones with seal-params fetch, or set miner.network = \"development\"",
      settings.network);
}

std::string node_of(const std::vector<std::string>& nodes) {
  return nodes.empty() ? std::string() : nodes.front();
}

/// A clean end is written down: its result may become visible only after Slurm has forgotten it.
Step ended(const Sector& sector, const Ending& ending, const Facts& facts,
           const settings::Settings& settings) {
  const bool clean = ending.state == slurm::State::completed && ending.exit_code == 0;
  if (clean) return Record{event::kEnded, {{"name", sector.job->name}, {"job", sector.job->id}}};
  return Record{event::kFailed, decide(sector, ending, settings.retry, facts.now_ms)};
}

Step ended_without_result(const Sector& sector, const Facts& facts,
                          const settings::Settings& settings) {
  if (facts.now_ms < sector.job->ended_ms + kResultDelayMs) return Wait{"result not visible yet"};
  const std::string why =
      facts.result_error.empty() ? "its job ended without a new result" : facts.result_error;
  return Record{event::kFailed, decide(sector, "no_result", why, settings.retry, facts.now_ms)};
}

Step pending(const Sector& sector, const slurm::JobState& job, const Facts& facts,
             const settings::Settings& settings) {
  if (job.held && (job.special_exit || job.exit_code != 0)) {
    const Ending ending{slurm::State::failed, job.exit_code, job.signal, true, sector.job->node};
    auto failed = decide(sector, ending, settings.retry, facts.now_ms);
    if (failed["action"] != "hold") {  // held although its code is not one for an operator
      failed["action"] = "hold";
      failed["again_ms"] = 0;
      failed["keeps_job"] = true;
    }
    return Record{event::kFailed, std::move(failed)};
  }
  if (job.held && job.description == kLaunchFailed)
    return Record{event::kFailed, decide(sector, "launch", std::string(kLaunchFailed),
                                         settings.retry, facts.now_ms)};
  if (job.held) return Wait{"held in Slurm: scontrol release " + job.id.text()};
  if (job.restarts > settings.retry.requeues) {
    auto failed = decide(sector, "requeues", fmt::format("requeued {} times", job.restarts),
                         settings.retry, facts.now_ms);
    failed["keeps_job"] = true;
    return HoldJob{job.id, std::move(failed)};
  }
  const bool delayed =
      job.restarts > 0 && !job.completing && job.eligible_time * 1000 > facts.now_ms + 2000;
  const bool worth_it = job.exit_code != 74 && job.restarts <= kPulledRestarts;
  if (delayed && worth_it) return PullForward{job.id};
  return Wait{"pending: " + job.reason};
}

Step with_record(const Sector& sector, const slurm::JobState& job, const Facts& facts,
                 const settings::Settings& settings) {
  const auto& known = *sector.job;
  const auto node = node_of(job.nodes);
  if (job.ended())
    return ended(sector, {job.state, job.exit_code, job.signal, false, node}, facts, settings);
  if (job.state == slurm::State::running && !job.configuring &&
      (!known.started || known.restarts != job.restarts))
    return Record{event::kRunning,
                  {{"name", known.name},
                   {"job", job.raw_id},
                   {"restarts", job.restarts},
                   {"node", node},
                   {"start_ms", static_cast<std::int64_t>(job.start_time) * 1000}}};
  if (job.state == slurm::State::pending) return pending(sector, job, facts, settings);
  return Wait{job.completing ? "completing" : "running"};
}

/// slurmctld has no record of the job: slurmdbd may, or it never was, or both have forgotten.
Step without_record(const Sector& sector, const Facts& facts, const settings::Settings& settings) {
  if (!facts.history) return AskHistory{};
  const slurm::Attempt* last = nullptr;
  for (const auto& attempt : *facts.history)
    if (attempt.name == sector.job->name && terminal(attempt.state) && !attempt.requeued &&
        (!last || attempt.submit_time >= last->submit_time))
      last = &attempt;
  if (last)
    return ended(sector, {last->state, last->exit_code, last->signal, false, node_of(last->nodes)},
                 facts, settings);
  // Journalled, so that a daemon that is killed again and again comes to an end, too.
  const auto& job = *sector.job;
  const nlohmann::json which{{"name", job.name}, {"job", job.id}};
  if (job.missing_ms == 0) return Record{event::kMissing, which};
  if (facts.now_ms < job.missing_ms + facts.forget_ms)
    return Wait{"job unknown to Slurm; waits until it can be called lost"};
  if (job.lost + 1 >= settings.retry.attempts)
    return Record{event::kFailed,
                  decide(sector, "requeues", fmt::format("lost by Slurm {} times", job.lost + 1),
                         settings.retry, facts.now_ms)};
  return Record{event::kLost, which};
}

Step stage_step(const Sector& sector, const Facts& facts, const settings::Settings& settings) {
  const slurm::JobState* record = nullptr;  // of our id, else the newest that has not ended
  if (sector.job) {
    for (const auto& job : facts.jobs)
      if (job.raw_id == sector.job->id) record = &job;
    if (!record)
      for (const auto& job : facts.jobs)
        if (!record && !job.ended()) record = &job;
    if (!record && !facts.jobs.empty()) record = &facts.jobs.front();
  }
  if (facts.result && awaited(sector, *facts.result)) {
    const bool busy = record && !record->ended() && record->state == slurm::State::running;
    const bool just_now =
        facts.result_seen_ms == 0 || facts.now_ms < facts.result_seen_ms + kEndingMs;
    if (busy && just_now) return Wait{"result written; its job is ending"};
    if (const auto why = refusal(*facts.result, settings))
      return Record{event::kFailed,
                    decide(sector, "configuration", *why, settings.retry, facts.now_ms)};
    return Record{event::kCommitted, result_payload(*sector.job, *facts.result)};
  }
  if (sector.job && sector.job->ended_ms != 0) return ended_without_result(sector, facts, settings);
  if (!facts.slurm_answers) return Wait{"slurmctld does not answer"};
  if (!sector.job) return Submit{};
  const auto& job = *sector.job;
  if (job.id == 0)
    return facts.now_ms < job.again_ms ? Step{Wait{"refused: " + job.refusal}} : Step{Submit{}};
  if (!record) return without_record(sector, facts, settings);
  if (record->raw_id != job.id && !record->ended())  // the same name under another id: adopt it
    return Record{event::kSubmitted,
                  {{"name", job.name},
                   {"job", record->raw_id},
                   {"submit_time", static_cast<std::int64_t>(record->submit_time)},
                   {"adopted", true}}};
  if (job.missing_ms != 0) return Record{event::kFound, {{"name", job.name}, {"job", job.id}}};
  return with_record(sector, *record, facts, settings);
}

Step failure_step(const Sector& sector, const Facts& facts) {
  if (!sector.failure) return Wait{"an operator decides"};
  if (sector.job && sector.failure->action == "hold") {
    for (const auto& job : facts.jobs)
      if (job.raw_id == sector.job->id && !job.held)
        return Record{event::kReleased,
                      {{"name", sector.job->name},
                       {"job", sector.job->id},
                       {"to", name(sector.failure->to)}}};
    return Wait{"held for an operator"};
  }
  const auto due = sector.failure->again_ms;
  if (due == 0) return Wait{"held for an operator"};
  if (facts.now_ms < due) return Wait{"retries later"};
  return Record{event::kRetry, {{"to", name(sector.failure->to)}}};
}

}  // namespace

std::string identity(const stage::Result& result) {
  return fmt::format("{}:{}:{}:{}:{}", result.attempt.job_id, result.attempt.restart,
                     result.attempt.node, result.attempt.pid, result.ended);
}

Step next_step(const Sector& sector, const Facts& facts, const settings::Settings& settings) {
  if (!sector.broken.empty()) return Wait{sector.broken};
  if (sector.state == State::get_ticket) return DrawTicket{};
  if (runs_stage(sector.state)) return stage_step(sector, facts, settings);
  if (is_failure(sector.state)) return failure_step(sector, facts);
  const auto& here = row(sector.state);
  return Wait{std::string(here.of_chain.empty() ? here.waits_for : here.of_chain)};
}

}  // namespace sealyard::pledge
