#include "chain/pledge/state.h"

#include <array>

#include "jobs/stage/stage.h"

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
    StateRow{commit1, "Commit1", stage::kC1, commit2, compute_proof_failed, pre_commit2, kNone, true},
    StateRow{commit2, "Commit2", stage::kC2, wait_commit, compute_proof_failed, commit1, kNone, true},
    StateRow{wait_commit, "WaitCommit", kNone, finalize_sector, wait_commit, wait_commit,
             "proven; waits for a chain to take its proof, or for 'sealyard sectors finalize'", true},
    StateRow{finalize_sector, "FinalizeSector", stage::kFinalize, finalized, finalize_failed, pre_commit2, kNone, true},
    StateRow{finalized, "Finalized", kNone, finalized, finalized, finalized,
             "in long-term storage; not on a chain", false},
    StateRow{add_piece_failed, "AddPieceFailed", kNone, add_piece, add_piece_failed, add_piece, kNone, false},
    StateRow{seal_pre_commit1_failed, "SealPreCommit1Failed", kNone, pre_commit1, seal_pre_commit1_failed, pre_commit1, kNone, false},
    StateRow{seal_pre_commit2_failed, "SealPreCommit2Failed", kNone, pre_commit2, seal_pre_commit2_failed, pre_commit2, kNone, false},
    StateRow{compute_proof_failed, "ComputeProofFailed", kNone, commit1, compute_proof_failed, commit1, kNone, false},
    StateRow{finalize_failed, "FinalizeFailed", kNone, finalize_sector, finalize_failed, finalize_sector, kNone, false},
    StateRow{failed_unrecoverable, "FailedUnrecoverable", kNone, failed_unrecoverable, failed_unrecoverable,
             failed_unrecoverable, "an operator: 'sealyard sectors update-state'", false},
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

}  // namespace sealyard::pledge
