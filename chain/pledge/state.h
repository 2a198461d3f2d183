// The life of a sector as one table: which job runs in a state, and where its end leads.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace sealyard::pledge {

/// Named as lotus names them where lotus has them.
/// Source: lotus, storage/pipeline/sector_state.go; order of the happy path: fsm.go, fsmPlanners.
enum class State {
  packing,    ///< CC: the sector is filled with zeros
  add_piece,  ///< pieces are written, the rest is zeros
  get_ticket,
  pre_commit1,
  pre_commit2,
  wait_chain,       ///< sealed; ours: lotus goes on to SubmitPreCommitBatch
  commit1,          ///< ours: lotus computes C1 and C2 in one state, Committing
  commit2,
  wait_commit,      ///< proven; ours: lotus goes on to SubmitCommit
  finalize_sector,  ///< trimmed and moved to long-term storage
  finalized,        ///< ours: lotus calls it Available or Proving, which need a chain
  add_piece_failed,
  seal_pre_commit1_failed,
  seal_pre_commit2_failed,
  compute_proof_failed,
  finalize_failed,
  failed_unrecoverable,
};

struct StateRow {
  State state;
  std::string_view name;
  std::string_view stage;      ///< whose job runs in it (jobs/stage/stage.h); empty: none
  State done;                  ///< where it goes when its work is done
  State failed;                ///< where a job that ends badly leads
  State before;                ///< what to run again when the stage misses an input
  std::string_view waits_for;  ///< empty: it goes on by itself
  bool sealing;                ///< counts for max_sealing_sectors, as in lotus' pipeline statistics
};

std::span<const StateRow> states();
const StateRow& row(State state);
inline std::string_view name(State state) { return row(state).name; }
std::optional<State> state_named(std::string_view name);
bool is_failure(State state);

}  // namespace sealyard::pledge
