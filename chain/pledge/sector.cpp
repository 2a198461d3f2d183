#include "chain/pledge/sector.h"

#include <charconv>
#include <ctime>

#include "chain/pledge/sector_events.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::pledge {
namespace {

using nlohmann::json;

std::optional<Node> commitment(const json& result, const char* name) {
  const auto all = result.find("commitments");
  if (all == result.end()) return std::nullopt;
  const auto found = all->find(name);
  if (found == all->end()) return std::nullopt;
  return node_from_hex(found->get<std::string>(), name);
}

State state_of(const json& payload, const char* key) {
  const auto text = payload.at(key).get<std::string>();
  const auto state = state_named(text);
  if (!state) throw Error(Fault::corrupt, "'{}' is no state", text);
  return *state;
}

/// "2024-05-01T10:00:00Z" as Unix time in ms; `otherwise` when it is no such text.
std::int64_t unix_ms(const std::string& text, std::int64_t otherwise) {
  std::tm tm{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &tm);
  return end && *end == 0 ? static_cast<std::int64_t>(timegm(&tm)) * 1000 : otherwise;
}

/// The newest line of the timeline that belongs to `job`.
Run* run_of(Sector& sector, const StageJob& job) {
  for (auto run = sector.runs.rbegin(); run != sector.runs.rend(); ++run)
    if (run->stage == job.stage && run->generation == job.generation) return &*run;
  return nullptr;
}

void pledged(Sector& sector, const ledger::Event& event) {
  const auto& p = event.payload;
  sector.id = event.sector;
  sector.pledged_ms = event.time_ms;
  sector.proof_type = p.at("proof_type");
  sector.group = p.value("group", "");
  sector.node = p.value("node", "");
  sector.node_stages = p.value("stages", std::vector<std::string>{});
  sector.ordered_ticket = p.value("ticket", "");
  for (const auto& piece : p.value("pieces", json::array())) {
    Piece made{piece.at("file"), {}};
    if (piece.contains("unpadded_bytes")) made.unpadded_bytes = piece.at("unpadded_bytes");
    sector.pieces.push_back(std::move(made));
  }
  enter(sector, sector.first_state(), event.time_ms);
}

void intent(Sector& sector, const ledger::Event& event) {
  const auto& p = event.payload;
  StageJob job;
  job.stage = p.at("stage");
  job.generation = p.at("generation");
  job.name = p.at("name");
  job.plan = p.value("plan", "");
  job.intent_ms = event.time_ms;
  sector.generation[job.stage] = std::max(sector.generation[job.stage], job.generation);
  sector.job = std::move(job);
}

void submitted(Sector& sector, const ledger::Event& event) {
  const auto& p = event.payload;
  if (!sector.job || sector.job->name != p.at("name")) return;
  auto& job = *sector.job;
  job.id = p.at("job");
  job.submit_time = p.at("submit_time");
  job.refusal.clear();
  job.missing_ms = 0;
  sector.runs.push_back({job.stage, job.generation, job.id, 0, "", event.time_ms, 0, 0, 0, ""});
}

void running(Sector& sector, const ledger::Event& event) {
  const auto& p = event.payload;
  if (!sector.job || sector.job->name != p.at("name")) return;
  auto& job = *sector.job;
  const unsigned restarts = p.at("restarts");
  Run* run = run_of(sector, job);
  if (run && job.started &&
      restarts != job.restarts) {  // the attempt before went back to the queue
    run->ended_ms = event.time_ms;
    run->outcome = "requeued";
    sector.runs.push_back({job.stage, job.generation, job.id, 0, "", event.time_ms, 0, 0, 0, ""});
    run = &sector.runs.back();
  }
  job.started = true;
  job.restarts = restarts;
  job.node = p.value("node", "");
  job.started_ms = p.value("start_ms", event.time_ms);
  if (run) {
    run->started_ms = job.started_ms;
    run->restarts = restarts;
    run->node = job.node;
  }
}

/// AddPiece declares "127 unpadded bytes, ..." and a CommP of each piece.
std::vector<DataPiece> data_pieces(const json& result) {
  std::vector<DataPiece> pieces;
  const auto inputs = result.value("inputs", json::object());
  for (;;) {
    const auto i = std::to_string(pieces.size());
    const auto comm_p = commitment(result, ("comm_p_" + i).c_str());
    const auto text = inputs.value("piece_" + i, std::string());
    std::uint64_t unpadded = 0;
    std::from_chars(text.data(), text.data() + text.size(), unpadded);
    if (!comm_p || unpadded == 0) return pieces;
    pieces.push_back({*comm_p, unpadded / 127 * 128});
  }
}

void committed(Sector& sector, const ledger::Event& event) {
  const auto& p = event.payload;
  const std::string stage = p.at("stage");
  const auto& result = p.at("result");
  sector.spent.insert(p.at("identity").get<std::string>());
  sector.bad_runs.erase(stage);
  if (const auto comm_d = commitment(result, "comm_d")) sector.comm_d = comm_d;
  if (const auto comm_r = commitment(result, "comm_r")) sector.comm_r = comm_r;
  const auto attempt = result.value("attempt", json::object());
  Run* run = sector.job ? run_of(sector, *sector.job) : nullptr;
  if (!run) {
    sector.runs.push_back({stage, p.value("generation", 0u), 0, 0, "", event.time_ms, 0, 0, 0, ""});
    run = &sector.runs.back();
  }
  run->outcome = "done";
  run->started_ms = unix_ms(result.value("started", ""), run->started_ms);
  run->ended_ms = unix_ms(result.value("ended", ""), event.time_ms);
  run->job = attempt.value("job_id", run->job);
  run->restarts = attempt.value("restart", run->restarts);
  run->node = attempt.value("node", run->node);
  run->seconds = result.value("seconds", 0.0);
  sector.job.reset();
  sector.failure.reset();
  State next = row(sector.state).done;
  if (stage == stage::kAddPiece && !sector.cc()) sector.data = data_pieces(result);
  if (stage == stage::kPc1) sector.new_ticket = false;
  if (stage == stage::kPc2) {
    sector.sealed_ms = event.time_ms;
    if (sector.finalize_ordered) next = State::finalize_sector;
  }
  if (stage == stage::kC2) sector.proven_ms = event.time_ms;
  if (stage == stage::kFinalize) sector.finalized_ms = event.time_ms;
  enter(sector, next, event.time_ms);
}

void failed(Sector& sector, const ledger::Event& event) {
  const auto& p = event.payload;
  const std::string stage = p.at("stage");
  Failure failure{p.at("cause"), p.at("text"), p.at("action"), state_of(p, "to"),
                  p.value("again_ms", std::int64_t{0})};
  sector.last_error = failure.text;
  if (p.value("counts", true)) ++sector.bad_runs[stage];
  if (failure.cause == "out_of_memory") ++sector.out_of_memory[stage];
  if (failure.cause == "timeout") ++sector.timeouts[stage];
  if (failure.action == "reseal") ++sector.reseals;
  if (failure.cause == "gone") sector.precommit_epoch = -1;
  if (p.contains("batch_limit")) sector.batch_limit[stage] = p.at("batch_limit");
  if (p.contains("message")) landed(sector, p.at("message"), event.time_ms);
  sector.note.clear();
  if (sector.job)
    if (Run* run = run_of(sector, *sector.job)) {
      run->ended_ms = event.time_ms;
      run->outcome = failure.text;
    }
  if (!p.value("keeps_job", false)) sector.job.reset();
  const State to =
      failure.action == "give_up" ? State::failed_unrecoverable : row(sector.state).failed;
  sector.failure = std::move(failure);
  enter(sector, to, event.time_ms);
}

void changed(Sector& sector, const ledger::Event& event) {
  sector.failure.reset();
  if (event.kind == event::kState) {
    sector.job.reset();
    sector.bad_runs.clear();
    sector.batch_limit.clear();
    sector.note.clear();
    sector.reseals = 0;
  }
  if (event.kind == event::kRetry) ++sector.retries;
  enter(sector, state_of(event.payload, "to"), event.time_ms);
}

void released(Sector& sector, const ledger::Event& event) {
  if (!sector.job || sector.job->name != event.payload.at("name")) return;
  sector.runs.push_back({sector.job->stage, sector.job->generation, sector.job->id, 0, "",
                         event.time_ms, 0, 0, 0, ""});
  sector.job->started = false;
  sector.failure.reset();
  enter(sector, state_of(event.payload, "to"), event.time_ms);
}

void dispatch(Sector& sector, const ledger::Event& event) {
  const auto& kind = event.kind;
  const auto& p = event.payload;
  if (kind == event::kPledged) return pledged(sector, event);
  if (kind == event::kIntent) return intent(sector, event);
  if (kind == event::kSubmitted) return submitted(sector, event);
  if (kind == event::kRunning) return running(sector, event);
  if (kind == event::kCommitted) return committed(sector, event);
  if (kind == event::kFailed) return failed(sector, event);
  if (kind == event::kRetry || kind == event::kState) return changed(sector, event);
  if (kind == event::kReleased) return released(sector, event);
  if (of_chain(sector, event)) return;
  if (kind == event::kTicket) {
    if (sector.sealed_ms != 0 && sector.ticket != p.at("value")) sector.new_ticket = true;
    sector.ticket = p.at("value");
    sector.ticket_epoch = p.value("epoch", std::int64_t{0});
    sector.ticket_source = p.value("source", "");
    sector.note.clear();
    if (sector.state == State::get_ticket) enter(sector, State::pre_commit1, event.time_ms);
  } else if (kind == event::kSeed) {
    sector.seed = p.at("value");
    sector.seed_epoch = p.value("epoch", std::int64_t{0});
    sector.seed_source = p.value("source", "");
    sector.proof.clear();
    sector.note.clear();
    sector.failure.reset();
    for (const auto stage : {stage::kC1, stage::kC2}) sector.bad_runs.erase(std::string(stage));
    enter(sector, State::commit1, event.time_ms);
  } else if (kind == event::kRefused) {
    sector.last_error = p.at("text");
    if (sector.job && sector.job->name == p.at("name")) {
      sector.job->refusal = sector.last_error;
      sector.job->again_ms = p.at("again_ms");
    }
  } else if (kind == event::kEnded) {
    if (sector.job && sector.job->name == p.at("name")) sector.job->ended_ms = event.time_ms;
  } else if (kind == event::kMissing || kind == event::kFound) {
    if (sector.job && sector.job->name == p.at("name"))
      sector.job->missing_ms = kind == event::kMissing ? event.time_ms : 0;
  } else if (kind == event::kLost) {
    if (sector.job && sector.job->name == p.at("name")) {
      if (Run* run = run_of(sector, *sector.job)) {
        run->ended_ms = event.time_ms;
        run->outcome = "lost by Slurm";
      }
      sector.job->id = 0;
      sector.job->started = false;
      sector.job->missing_ms = 0;
      ++sector.job->lost;
    }
  } else if (kind == event::kFinalize) {
    sector.finalize_ordered = true;
    sector.store = p.at("store");
    sector.failure.reset();
    sector.bad_runs.erase(std::string(stage::kFinalize));
    enter(sector, State::finalize_sector, event.time_ms);
  }
}

}  // namespace

const Sent* Sector::sent(std::string_view what) const {
  for (auto sent = messages.rbegin(); sent != messages.rend(); ++sent)
    if (sent->what == what && !sent->key.empty()) return &*sent;
  return nullptr;
}

void apply(Sector& sector, const ledger::Event& event) {
  try {
    dispatch(sector, event);
  } catch (const json::exception& error) {
    throw Error(Fault::corrupt, "ledger: event {} ({} of {}): {}", event.seq, event.kind,
                event.sector.text(), error.what());
  }
  sector.last_seq = event.seq;
  ++sector.events;
}

void apply(Sectors& sectors, const std::vector<ledger::Event>& events) {
  for (const auto& event : events) {
    auto& sector = sectors[event.sector];
    if (event.seq <= sector.last_seq) continue;  // applied by whoever wrote it
    sector.id = event.sector;
    try {
      apply(sector, event);
    } catch (const Error& error) {
      if (sector.broken.empty()) sector.broken = error.what();
    }
  }
}

bool rests(const Sector& sector) {
  if (!sector.broken.empty() || sector.failure || sector.job) return false;
  switch (sector.state) {
    case State::proving:
      return sector.final || sector.activation < 0;  // not by a message, but by an operator's word
    case State::pre_commit_expired:
    case State::failed_unrecoverable:
      return true;
    case State::finalized:  // a chain may have its prove-commit to take, or has it
      return sector.activation < 0 && (sector.precommit_epoch < 0 || sector.proof.empty());
    default:
      return false;
  }
}

Sector fold(const std::vector<ledger::Event>& events) {
  Sector sector;
  for (const auto& event : events) apply(sector, event);
  return sector;
}

}  // namespace sealyard::pledge
