#include "chain/pledge/state.h"

#include <array>
#include <set>

#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::pledge {
namespace {

using enum State;
constexpr std::string_view kNone;

// clang-format off
constexpr std::array kStates{
    StateRow{packing, "Packing", stage::kAddPiece, get_ticket, add_piece_failed, packing, kNone, true},
    StateRow{add_piece, "AddPiece", stage::kAddPiece, get_ticket, add_piece_failed, add_piece, kNone, true},
    StateRow{get_ticket, "GetTicket", kNone, pre_commit1, seal_pre_commit1_failed, add_piece, kNone, true},
    StateRow{pre_commit1, "PreCommit1", stage::kPc1, pre_commit2, seal_pre_commit1_failed, add_piece, kNone, true},
    StateRow{pre_commit2, "PreCommit2", stage::kPc2, wait_chain, seal_pre_commit2_failed, pre_commit1, kNone, true},
    StateRow{wait_chain, "WaitChain", kNone, finalize_sector, wait_chain, wait_chain,
             "sealed; waits for a chain to pre-commit, or for 'sealyard sectors prove' or 'finalize'", true},
    StateRow{pre_committing, "PreCommitting", kNone, pre_commit_wait, pre_commit_failed, get_ticket, kNone, true,
             "a place in a pre-commit message"},
    StateRow{pre_commit_wait, "PreCommitWait", kNone, wait_seed, pre_commit_failed, pre_committing, kNone, true,
             "its pre-commit to be on chain for good"},
    StateRow{wait_seed, "WaitSeed", kNone, commit1, pre_commit_failed, pre_committing, kNone, true, "the epoch of its seed"},
    StateRow{commit1, "Commit1", stage::kC1, commit2, compute_proof_failed, pre_commit2, kNone, true},
    StateRow{commit2, "Commit2", stage::kC2, wait_commit, compute_proof_failed, commit1, kNone, true},
    StateRow{wait_commit, "WaitCommit", kNone, finalize_sector, wait_commit, wait_commit,
             "proven; waits for a chain to take its proof, or for 'sealyard sectors finalize'", true},
    StateRow{submit_commit, "SubmitCommit", kNone, commit_wait, commit_failed, commit1, kNone, true,
             "a place in a prove-commit message"},
    StateRow{commit_wait, "CommitWait", kNone, finalize_sector, commit_failed, submit_commit, kNone, true,
             "its prove-commit to be on chain for good"},
    StateRow{finalize_sector, "FinalizeSector", stage::kFinalize, finalized, finalize_failed, pre_commit2, kNone, true},
    StateRow{finalized, "Finalized", kNone, finalized, finalized, finalized,
             "in long-term storage; not on a chain", false},
    StateRow{proving, "Proving", kNone, proving, proving, proving, "on chain; proves itself every proving period", false},
    StateRow{add_piece_failed, "AddPieceFailed", kNone, add_piece, add_piece_failed, add_piece, kNone, false},
    StateRow{seal_pre_commit1_failed, "SealPreCommit1Failed", kNone, pre_commit1, seal_pre_commit1_failed, pre_commit1, kNone, false},
    StateRow{seal_pre_commit2_failed, "SealPreCommit2Failed", kNone, pre_commit2, seal_pre_commit2_failed, pre_commit2, kNone, false},
    StateRow{pre_commit_failed, "PreCommitFailed", kNone, pre_committing, pre_commit_failed, pre_committing, kNone, false},
    StateRow{compute_proof_failed, "ComputeProofFailed", kNone, commit1, compute_proof_failed, commit1, kNone, false},
    StateRow{commit_failed, "CommitFailed", kNone, submit_commit, commit_failed, submit_commit, kNone, false},
    StateRow{finalize_failed, "FinalizeFailed", kNone, finalize_sector, finalize_failed, finalize_sector, kNone, false},
    StateRow{pre_commit_expired, "PreCommitExpired", kNone, pre_commit_expired, pre_commit_expired, pre_commit_expired,
             "nothing: its pre-commit expired and its deposit is lost; pledge another sector", false},
    StateRow{failed_unrecoverable, "FailedUnrecoverable", kNone, failed_unrecoverable, failed_unrecoverable,
             failed_unrecoverable, "an operator: 'sealyard sectors update-state'", false},
};

constexpr std::array kEdges{
    Edge{wait_chain, "queued", pre_committing},
    Edge{pre_committing, "wished", pre_commit_wait},
    Edge{pre_committing, "precommitted", wait_seed},      // somebody else's message did it
    Edge{pre_committing, "activated", finalize_sector},
    Edge{pre_commit_wait, "called_off", pre_committing},
    Edge{pre_commit_wait, "precommitted", wait_seed},
    Edge{pre_commit_wait, "activated", finalize_sector},
    Edge{wait_seed, "precommitted", wait_seed},           // a reorg moved it to another epoch
    Edge{wait_seed, "activated", finalize_sector},
    Edge{wait_seed, "seed", commit1},
    Edge{wait_commit, "seed_changed", wait_seed},
    Edge{wait_commit, "queued", submit_commit},
    Edge{wait_commit, "queued_early", finalize_sector},   // finalize_early
    Edge{finalized, "queued", submit_commit},
    Edge{submit_commit, "seed_changed", wait_seed},
    Edge{submit_commit, "wished", commit_wait},
    Edge{submit_commit, "activated", finalize_sector},
    Edge{commit_wait, "called_off", submit_commit},
    Edge{commit_wait, "activated", finalize_sector},
    Edge{commit_wait, "seed_changed", wait_seed},         // it ran, after a reorg
    Edge{finalized, "proving", proving},
    Edge{proving, "activated", proving},                  // a reorg moved it to another epoch
    Edge{proving, "gone", submit_commit},                 // a reorg took it back
    Edge{wait_seed, "expired", pre_commit_expired},
    Edge{wait_commit, "expired", pre_commit_expired},
    Edge{submit_commit, "expired", pre_commit_expired},
};

using Batch = ChainRule::Batch;
constexpr std::array kChainRules{
    ChainRule{pre_commit_failed, "ticket_expired", "before", get_ticket, Batch::keep, false},
    ChainRule{pre_commit_failed, "out_of_gas", "again", pre_committing, Batch::halve, true},
    ChainRule{pre_commit_failed, "refused", "again", pre_committing, Batch::alone, true},
    ChainRule{pre_commit_failed, "exit", "again", pre_committing, Batch::alone, true},
    ChainRule{pre_commit_failed, "not_on_chain", "again", pre_committing, Batch::keep, true},
    ChainRule{pre_commit_failed, "gone", "again", pre_committing, Batch::keep, false},
    ChainRule{pre_commit_failed, "allocated", "hold", pre_committing, Batch::keep, true},
    ChainRule{pre_commit_failed, "other_comm_r", "hold", pre_committing, Batch::keep, true},
    ChainRule{commit_failed, "out_of_gas", "again", submit_commit, Batch::halve, true},
    ChainRule{commit_failed, "refused", "again", submit_commit, Batch::alone, true},
    ChainRule{commit_failed, "exit", "again", submit_commit, Batch::alone, true},
    ChainRule{commit_failed, "not_on_chain", "again", submit_commit, Batch::keep, true},
    ChainRule{commit_failed, "gone", "before", pre_committing, Batch::keep, false},
    ChainRule{commit_failed, "other_comm_r", "hold", submit_commit, Batch::keep, true},
};
// clang-format on

}  // namespace

std::span<const StateRow> states() { return kStates; }

const StateRow& row(State state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<State> state_named(std::string_view name) {
  for (const auto& row : kStates)
    if (row.name == name) return row.state;
  return std::nullopt;
}

bool is_failure(State state) { return state >= add_piece_failed; }

std::span<const Edge> edges() { return kEdges; }

std::optional<State> next(State from, std::string_view event) {
  for (const auto& edge : kEdges)
    if (edge.from == from && edge.event == event) return edge.to;
  return std::nullopt;
}

std::span<const ChainRule> chain_rules() { return kChainRules; }

const ChainRule& chain_rule(State in, std::string_view cause) {
  for (const auto& rule : kChainRules)
    if (rule.in == in && rule.cause == cause) return rule;
  throw Error(Fault::internal, "no rule for '{}' in state {}", cause, name(in));
}

std::string dot() {
  std::string out = "digraph sector {\n  node [shape=box, style=rounded];\n";
  for (const auto& row : kStates)
    out += fmt::format("  {}{};\n", row.name,
                       is_failure(row.state)   ? " [color=red]"
                       : !row.stage.empty()    ? " [style=\"rounded,filled\"]"
                       : !row.of_chain.empty() ? " [color=blue]"
                                               : "");
  std::set<std::string> seen;
  const auto arrow = [&](State from, State to, std::string_view label,
                         std::string_view style = "") {
    auto line = fmt::format("  {} -> {} [label=\"{}\"{}];\n", name(from), name(to), label, style);
    if (seen.insert(line).second) out += line;
  };
  constexpr std::string_view kFailing = ", color=red";
  for (const auto& row : kStates) {
    if (!row.stage.empty()) arrow(row.state, row.done, fmt::format("{} done", row.stage));
    if (row.failed != row.state && !is_failure(row.state))
      arrow(row.state, row.failed, "failed", kFailing);
    if (is_failure(row.state) && row.done != row.state) arrow(row.state, row.done, "retry");
  }
  arrow(get_ticket, pre_commit1, "ticket");
  arrow(wait_chain, commit1, "sectors prove");
  arrow(wait_chain, finalize_sector, "sectors finalize");
  arrow(wait_commit, finalize_sector, "sectors finalize");
  for (const auto& edge : kEdges) arrow(edge.from, edge.to, edge.event);
  for (const auto& rule : kChainRules)
    if (rule.action != "hold") arrow(rule.in, rule.to, rule.cause);
  return out + "}\n";
}

}  // namespace sealyard::pledge
