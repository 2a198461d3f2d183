#include "chain/cli/status.h"

#include <fmt/format.h>

#include "chain/cli/layout.h"
#include "chain/types/amount.h"
#include "jobs/stage/stage.h"
#include "kernels/base/cid.h"
#include "kernels/base/hex.h"

namespace sealyard::cli {
namespace {

namespace event = pledge::event;
using pledge::Sector;

std::string comm_d_text(const Sector& sector) {
  return sector.comm_d ? comm_d_cid(*sector.comm_d) : "<nil>";
}

std::string comm_r_text(const Sector& sector) {
  return sector.comm_r ? comm_r_cid(*sector.comm_r) : "<nil>";
}

int state_colour(const Sector& sector) {
  if (pledge::is_failure(sector.state)) return 31;
  return pledge::row(sector.state).waits_for.empty() ? 33 : 32;
}

std::string waits_for(const Sector& sector) {
  if (!sector.broken.empty()) return "an operator: " + sector.broken;
  if (!sector.note.empty()) return sector.note;
  if (const auto& row = pledge::row(sector.state); !row.of_chain.empty())
    return "the chain: " + std::string(row.of_chain);
  const auto text = std::string(pledge::row(sector.state).waits_for);
  if (!text.empty()) return text;
  if (sector.failure) {
    if (sector.failure->again_ms == 0) return "an operator: " + sector.failure->text;
    return fmt::format("{} at {}", name(sector.failure->to), time_text(sector.failure->again_ms));
  }
  if (!sector.job) return "the daemon, sealyard-chain";
  if (!sector.job->refusal.empty()) return "Slurm to take its job: " + sector.job->refusal;
  if (sector.job->id == 0) return "its job to be submitted";
  return fmt::format("job {}{}", sector.job->id,
                     sector.job->started ? " on " + sector.job->node : " to start");
}

/// The event's name in lotus' log, where it has one.
std::string log_name(const ledger::Event& event) {
  const auto stage = event.payload.value("stage", std::string());
  if (event.kind == event::kPledged)
    return event.payload.value("pieces", nlohmann::json::array()).empty() ? "sealing.SectorStartCC"
                                                                          : "sealing.SectorStart";
  if (event.kind == event::kTicket) return "sealing.SectorTicket";
  if (event.kind == event::kSeed) return "sealing.SectorSeedReady";
  if (event.kind == event::kWished)
    return event.payload.value("what", "") == "commit" ? "sealing.SectorCommitAggregateSent"
                                                       : "sealing.SectorPreCommitBatchSent";
  if (event.kind == event::kPrecommitted) return "sealing.SectorPreCommitLanded";
  if (event.kind == event::kActivated) return "sealing.SectorProving";
  if (event.kind == event::kState) return "sealing.SectorForceState";
  if (event.kind == event::kCommitted) {
    if (stage == stage::kAddPiece) return "sealing.SectorPacked";
    if (stage == stage::kPc1) return "sealing.SectorPreCommit1";
    if (stage == stage::kPc2) return "sealing.SectorPreCommit2";
    if (stage == stage::kC2) return "sealing.SectorProofReady";
    if (stage == stage::kFinalize) return "sealing.SectorFinalized";
  }
  if (event.kind == event::kFailed) {
    if (stage == stage::kAddPiece) return "sealing.SectorAddPieceFailed";
    if (stage == stage::kPc1) return "sealing.SectorSealPreCommit1Failed";
    if (stage == stage::kPc2) return "sealing.SectorSealPreCommit2Failed";
    if (stage == stage::kC1 || stage == stage::kC2) return "sealing.SectorComputeProofFailed";
    if (stage == stage::kFinalize) return "sealing.SectorFinalizeFailed";
    if (stage == "precommit") return "sealing.SectorChainPreCommitFailed";
    if (stage == "commit") return "sealing.SectorCommitFailed";
  }
  if (event.kind == event::kRetry) {
    const auto to = event.payload.value("to", std::string());
    if (to == "PreCommit1") return "sealing.SectorRetrySealPreCommit1";
    if (to == "PreCommit2") return "sealing.SectorRetrySealPreCommit2";
    if (to == "Commit1" || to == "Commit2") return "sealing.SectorRetryComputeProof";
    if (to == "FinalizeSector") return "sealing.SectorRetryFinalize";
  }
  return "sealyard." + event.kind;
}

std::string clock_text(std::int64_t ms) { return ms ? time_text(ms).substr(0, 19) : "-"; }

std::string seconds_text(double seconds) {
  if (seconds <= 0) return "-";
  return seconds < 10 ? fmt::format("{:.2f}s", seconds)
                      : duration_text(static_cast<std::int64_t>(seconds * 1000));
}

std::string timeline(const Sector& sector) {
  std::vector<std::vector<std::string>> rows{
      {"Stage", "Job", "Restart", "Host", "Submitted", "Started", "Ended", "Time", "Outcome"}};
  for (const auto& run : sector.runs)
    rows.push_back({run.stage, run.job ? std::to_string(run.job) : "-",
                    std::to_string(run.restarts), run.node.empty() ? "-" : run.node,
                    clock_text(run.submitted_ms), clock_text(run.started_ms),
                    clock_text(run.ended_ms), seconds_text(run.seconds),
                    run.outcome.empty() ? (run.started_ms ? "running" : "waiting") : run.outcome});
  return aligned(rows);
}

/// The newest message of this kind, as lotus shows a CID that may not be there.
std::string message_text(const Sector& sector, std::string_view what) {
  for (auto sent = sector.messages.rbegin(); sent != sector.messages.rend(); ++sent)
    if (sent->what == what && !sent->cid.empty()) return sent->cid;
  return "<nil>";
}

std::string fee_text(const pledge::Sent& sent) {
  return sent.fee.empty() ? "-"
                          : types::fil_text(types::big_int_from_text(sent.fee, "ledger: fee"));
}

std::string messages(const Sector& sector) {
  if (sector.messages.empty()) return {};
  std::vector<std::vector<std::string>> rows{
      {"Message", "Sectors", "Sent", "Epoch", "Fee", "Exit", "CID"}};
  for (const auto& sent : sector.messages)
    rows.push_back({sent.what, std::to_string(sent.count), clock_text(sent.wished_ms),
                    sent.epoch < 0 ? "-" : std::to_string(sent.epoch), fee_text(sent),
                    sent.cid.empty() ? "-" : std::to_string(sent.exit_code),
                    sent.cid.empty() ? "-" : sent.cid});
  return "\nMessages\n" + aligned(rows);
}

}  // namespace

std::string short_name(std::string_view stage) {
  if (stage == stage::kAddPiece) return "AP";
  if (stage == stage::kPc1) return "PC1";
  if (stage == stage::kPc2) return "PC2";
  if (stage == stage::kC1) return "C1";
  if (stage == stage::kC2) return "C2";
  if (stage == stage::kFinalize) return "FIN";
  if (stage == stage::kUnseal) return "UNS";
  return "UNK";
}

std::string list_text(const std::vector<Sector>& sectors, const ListOptions& options) {
  SparseTable table(
      {"ID", "State", "OnChain", "Active", "Expiration", "SealTime", "Events", "Deals"}, {"Error"});
  for (const auto& sector : sectors) {
    std::map<std::string, std::string> row{
        {"ID", std::to_string(sector.id.number)},
        {"State", colour(options.colour, state_colour(sector), name(sector.state))},
        {"OnChain", sector.activation >= 0 ? colour(options.colour, 32, "YES")
                                           : colour(options.colour, 31, "NO")},
        {"Active", colour(options.colour, 31, "NO")},
        {"Deals", sector.cc()
                      ? colour(options.colour, 34, "CC")
                      : colour(options.colour, 35, fmt::format("DDO:{}", sector.pieces.size()))},
    };
    if (!options.fast)
      row["Expiration"] = sector.expiration < 0 ? "n/a" : std::to_string(sector.expiration);
    if (options.events) row["Events"] = std::to_string(sector.events);
    if (options.seal_time && sector.sealed_ms)
      row["SealTime"] = duration_text((sector.sealed_ms - sector.pledged_ms) / 1000 * 1000);
    if (!sector.broken.empty())
      row["Error"] = sector.broken;
    else if (sector.failure)
      row["Error"] = sector.failure->text;
    table.add(std::move(row));
  }
  return table.text();
}

std::string status_text(const Sector& sector) {
  std::string out;
  const auto line = [&](std::string_view key, std::string_view gap, std::string_view value) {
    out += fmt::format("{}:{}{}\n", key, gap, value);
  };
  line("SectorID", "\t", std::to_string(sector.id.number));
  line("Status", "\t\t", name(sector.state));
  line("CIDcommD", "\t", comm_d_text(sector));
  line("CIDcommR", "\t", comm_r_text(sector));
  line("Ticket", "\t\t", sector.ticket);
  line("TicketH", "\t", std::to_string(sector.ticket_epoch));
  line("Seed", "\t\t", sector.seed);
  line("SeedH", "\t\t", std::to_string(sector.seed_epoch));
  line("Precommit", "\t", message_text(sector, "precommit"));
  line("Commit", "\t\t", message_text(sector, "commit"));
  line("Deals", "\t\t", "[0]");
  line("Retries", "\t", std::to_string(sector.retries));
  if (sector.failure) line("Last Error", "\t\t", sector.last_error);
  out += "\nExpiration Info\n";
  line("OnTime", "\t\t", std::to_string(std::max<std::int64_t>(sector.expiration, 0)));
  line("Early", "\t\t", "0");
  out += "\nSealing Info\n";
  line("ProofType", "\t", sector.proof_type);
  if (!sector.group.empty()) line("Group", "\t\t", sector.group);
  if (!sector.node.empty()) line("Node", "\t\t", sector.node);
  for (const auto& piece : sector.pieces) line("Piece", "\t\t", piece.file);
  if (!sector.store.empty()) line("Store", "\t\t", sector.store);
  line("WaitsFor", "\t", waits_for(sector));
  out += "\nTimeline\n" + timeline(sector) + messages(sector);
  return out;
}

std::string log_text(const std::vector<ledger::Event>& events) {
  std::string out = "--------\nEvent Log:\n";
  for (std::size_t i = 0; i < events.size(); ++i)
    out += fmt::format("{}.\t{}:\t[event;{}]\t{}\n", i, time_text(events[i].time_ms),
                       log_name(events[i]), nlohmann::json{{"User", events[i].payload}}.dump());
  return out;
}

Json to_json(const Sector& sector) {
  Json out;
  out["SectorID"] = sector.id.number;
  out["Miner"] = fmt::format("f0{}", sector.id.miner);
  out["State"] = name(sector.state);
  out["ProofType"] = sector.proof_type;
  out["Group"] = sector.group;
  out["CC"] = sector.cc();
  out["CommD"] = sector.comm_d ? Json{{"/", comm_d_text(sector)}} : Json();
  out["CommR"] = sector.comm_r ? Json{{"/", comm_r_text(sector)}} : Json();
  out["comm_d"] = sector.comm_d ? Json(to_hex(*sector.comm_d)) : Json();
  out["comm_r"] = sector.comm_r ? Json(to_hex(*sector.comm_r)) : Json();
  out["Ticket"] = sector.ticket;
  out["Seed"] = sector.seed;
  out["Retries"] = sector.retries;
  out["LastErr"] = sector.failure ? sector.last_error : "";
  out["WaitsFor"] = waits_for(sector);
  out["Held"] = sector.failure && sector.failure->again_ms == 0;
  out["Events"] = sector.events;
  out["Pledged"] = sector.pledged_ms;
  out["Sealed"] = sector.sealed_ms;
  out["Proven"] = sector.proven_ms;
  out["Finalized"] = sector.finalized_ms;
  out["Job"] = sector.job && sector.job->id ? Json(sector.job->id) : Json();
  out["TicketEpoch"] = sector.ticket_epoch;
  out["SeedEpoch"] = sector.seed_epoch;
  out["PreCommitEpoch"] = sector.precommit_epoch;
  out["Activation"] = sector.activation;
  out["Expiration"] = sector.expiration;
  out["Messages"] = Json::array();
  for (const auto& sent : sector.messages)
    out["Messages"].push_back({{"what", sent.what},
                               {"sectors", sent.count},
                               {"cid", sent.cid},
                               {"epoch", sent.epoch},
                               {"fee", sent.fee},
                               {"exit_code", sent.exit_code},
                               {"sent", sent.wished_ms},
                               {"landed", sent.ended_ms}});
  out["Timeline"] = Json::array();
  for (const auto& run : sector.runs)
    out["Timeline"].push_back({{"stage", run.stage},
                               {"generation", run.generation},
                               {"job", run.job},
                               {"restart", run.restarts},
                               {"node", run.node},
                               {"submitted", run.submitted_ms},
                               {"started", run.started_ms},
                               {"ended", run.ended_ms},
                               {"seconds", run.seconds},
                               {"outcome", run.outcome}});
  return out;
}

Json to_json(const std::vector<ledger::Event>& events) {
  Json out = Json::array();
  for (const auto& event : events)
    out.push_back({{"Seq", event.seq},
                   {"Kind", "event;" + log_name(event)},
                   {"Timestamp", event.time_ms / 1000},
                   {"Actor", event.actor},
                   {"Message", event.payload}});
  return out;
}

}  // namespace sealyard::cli
