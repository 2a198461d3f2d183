// The life of a sector as tables: which job runs in a state and where its end leads, what the chain
// says and where that leads, and what follows when the chain refuses.
#pragma once
#include <optional>
#include <span>
#include <string>
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
  wait_chain,       ///< sealed; ours: without a chain it stays here
  pre_committing,   ///< waits for its message: lotus' SubmitPreCommitBatch
  pre_commit_wait,  ///< the message is out: lotus' PreCommitBatchWait
  wait_seed,
  commit1,  ///< ours: lotus computes C1 and C2 in one state, Committing
  commit2,
  wait_commit,      ///< proven; ours: without a chain it stays here
  submit_commit,    ///< waits for its message: lotus' SubmitCommitAggregate
  commit_wait,      ///< the message is out: lotus' CommitAggregateWait
  finalize_sector,  ///< trimmed and moved to long-term storage
  finalized,        ///< ours: in long-term storage, with or without a chain
  proving,          ///< on chain and in long-term storage
  add_piece_failed,
  seal_pre_commit1_failed,
  seal_pre_commit2_failed,
  pre_commit_failed,
  compute_proof_failed,
  commit_failed,
  finalize_failed,
  pre_commit_expired,  ///< ours: not proven in time; its deposit and its number are lost
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
  std::string_view of_chain{};  ///< what it waits for on chain; empty: the chain does not move it
};

/// A step that the chain makes possible: chain/onchain writes the event, the fold takes the step.
struct Edge {
  State from;
  std::string_view event;
  State to;
};

/// What follows when the chain stands in a sector's way.
/// Source: lotus, storage/pipeline/states_failed.go; ours: waits that double, messages that shrink.
struct ChainRule {
  State in;  ///< the failure state
  std::string_view cause;
  std::string_view action;  ///< "again" or "before": goes on at `to`; "hold": an operator decides
  State to;
  enum class Batch { keep, halve, alone } batch;  ///< how large its next message may be
  bool counts;                                    ///< towards retry.attempts, and makes it wait
};

std::span<const StateRow> states();
const StateRow& row(State state);
inline std::string_view name(State state) { return row(state).name; }
std::optional<State> state_named(std::string_view name);
bool is_failure(State state);

std::span<const Edge> edges();
/// Where an event of the chain leads; nothing where it means nothing in this state.
std::optional<State> next(State from, std::string_view event);

std::span<const ChainRule> chain_rules();
/// @throws Error{internal} a cause that the table does not have.
const ChainRule& chain_rule(State in, std::string_view cause);

/// All of it as a Graphviz digraph.
std::string dot();

}  // namespace sealyard::pledge
