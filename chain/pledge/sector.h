// A sector as its events tell it. Folding is free of policy: what was decided stands in the events.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chain/ledger/ledger.h"
#include "chain/pledge/state.h"
#include "kernels/base/node.h"
#include "kernels/base/sector_id.h"

namespace sealyard::pledge {

// Kinds of events and what their payload holds.
namespace event {
inline constexpr char kPledged[] = "pledged";  ///< proof_type, group, node, stages, pieces, ticket
inline constexpr char kTicket[] = "ticket";    ///< value (hex), epoch, source
inline constexpr char kSeed[] = "seed";        ///< value (hex), epoch, source: C1 begins
inline constexpr char kIntent[] = "intent";    ///< stage, generation, name, plan
inline constexpr char kSubmitted[] = "submitted";  ///< name, job, submit_time, adopted
inline constexpr char kRefused[] = "refused";      ///< name, text, again_ms
inline constexpr char kRunning[] = "running";      ///< name, job, restarts, node
inline constexpr char kEnded[] = "ended";      ///< name, job: cleanly, but no result is seen yet
inline constexpr char kMissing[] = "missing";  ///< name, job: Slurm knows it no more, for now
inline constexpr char kFound[] = "found";      ///< name, job: it does know it after all
inline constexpr char kLost[] = "lost";        ///< name, job: Slurm never had or forgot it
inline constexpr char kCommitted[] = "committed";  ///< stage, generation, result
inline constexpr char kFailed[] = "failed";        ///< stage, cause, text, action, to, again_ms
inline constexpr char kRetry[] = "retry";          ///< to
inline constexpr char kReleased[] = "released";    ///< name, job: a held job was let go
inline constexpr char kFinalize[] = "finalize";    ///< store
inline constexpr char kState[] = "state";          ///< to, reason: an operator's word
// Of the chain: the steps of pledge::edges(). Amounts are attoFIL, decimal text.
inline constexpr char kQueued[] = "queued";             ///< proof (base64, once there is one)
inline constexpr char kQueuedEarly[] = "queued_early";  ///< the same
inline constexpr char kWished[] = "wished";  ///< what, key, count, from, to, value, cutoff, item
inline constexpr char kCalledOff[] = "called_off";       ///< key: no message was made of it
inline constexpr char kPrecommitted[] = "precommitted";  ///< epoch, deposit, message
inline constexpr char kSeedChanged[] = "seed_changed";   ///< value: what it is now
inline constexpr char kActivated[] = "activated";        ///< activation, expiration, message
inline constexpr char kProving[] = "proving";
inline constexpr char kGone[] = "gone";        ///< text: a reorg took it off the chain again
inline constexpr char kFinal[] = "final";      ///< epoch: since then no reorg takes it back
inline constexpr char kExpired[] = "expired";  ///< epoch
inline constexpr char kNote[] = "note";        ///< text: why it waits; empty: no more
}  // namespace event

struct Piece {
  std::string file;
  std::optional<std::uint64_t> unpadded_bytes;
};

/// The job that works on the sector now: from its intent until it is committed or failed.
struct StageJob {
  std::string stage;
  unsigned generation = 0;
  std::string name;  ///< Key::name()
  std::string plan;
  std::int64_t intent_ms = 0;
  std::uint32_t id = 0;  ///< 0: not known to be submitted
  std::int64_t submit_time = 0;
  bool started = false;
  unsigned restarts = 0;  ///< of the attempt last seen running
  std::string node;
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;    ///< since when it is known to have ended cleanly; 0 = it is not
  unsigned lost = 0;            ///< times it was called lost and submitted again
  std::int64_t missing_ms = 0;  ///< since when neither slurmctld nor slurmdbd knows it; 0 = they do
  std::string refusal;          ///< why Slurm did not take it; empty when it did
  std::int64_t again_ms = 0;
};

/// One line of the timeline: an attempt of a job, as far as it was seen.
struct Run {
  std::string stage;
  unsigned generation = 0;
  std::uint32_t job = 0;
  unsigned restarts = 0;
  std::string node;
  std::int64_t submitted_ms = 0, started_ms = 0, ended_ms = 0;  ///< 0 = not yet
  double seconds = 0;                                           ///< as the stage measured them
  std::string outcome;  ///< "done", "requeued", the failure's text; empty: still going
};

/// Why a sector stands in a failure state, and what follows.
struct Failure {
  std::string cause;   ///< "corrupt", "io", "out_of_memory", ...
  std::string text;    ///< one line
  std::string action;  ///< "again", "before", "reseal", "hold", "give_up"
  State to = State::failed_unrecoverable;
  std::int64_t again_ms = 0;  ///< when the retry is due; 0: never by itself
};

/// A message on chain that carries the sector, or one that is to be made.
struct Sent {
  std::string what;         ///< "precommit", "commit"
  std::string key;          ///< in the outbox
  std::uint64_t count = 0;  ///< of the sectors in it
  nlohmann::json wish;      ///< the event: what the message is made of, again after any crash
  std::string cid;          ///< empty: not landed for good
  std::int64_t epoch = -1;  ///< of inclusion
  std::string fee;          ///< attoFIL, of the whole message
  std::int64_t exit_code = 0;
  std::int64_t wished_ms = 0, ended_ms = 0;
};

/// A piece as the chain sees it: fillers are pieces, too.
struct DataPiece {
  Node comm_p;
  std::uint64_t padded_bytes = 0;
};

struct Sector {
  SectorId id;
  State state = State::packing;
  std::uint64_t last_seq = 0;
  std::uint64_t events = 0;
  std::int64_t pledged_ms = 0, state_ms = 0, sealed_ms = 0, proven_ms = 0, finalized_ms = 0;

  std::string proof_type;
  std::string group;
  std::string node;
  std::vector<std::string> node_stages;  ///< what runs on `node` only; empty: everything
  std::vector<Piece> pieces;
  std::string ordered_ticket;  ///< hex; empty: to be drawn
  std::string ticket;
  std::int64_t ticket_epoch = 0;
  bool new_ticket = false;    ///< drawn after a replica was made with another: PC1 begins anew
  std::string ticket_source;  ///< "chain": only such a ticket is worth a pre-commit
  std::string seed;           ///< hex; empty: not drawn yet
  std::int64_t seed_epoch = 0;
  std::string seed_source;
  std::vector<DataPiece> data;  ///< as AddPiece laid it out; empty where the sector is
  std::optional<Node> comm_d, comm_r;
  bool finalize_ordered = false;
  std::string store;

  std::optional<StageJob> job;
  std::optional<Failure> failure;
  std::string last_error;
  std::map<std::string, unsigned> generation;  ///< highest used, by stage
  std::map<std::string, unsigned> bad_runs;    ///< since the stage last committed, by stage
  std::map<std::string, unsigned> out_of_memory, timeouts;
  unsigned reseals = 0;
  unsigned retries = 0;
  std::set<std::string> spent;  ///< results already used: a rerun must bring a new one
  std::vector<Run> runs;
  std::string broken;  ///< an event of it could not be read: left alone until an operator looks

  std::int64_t precommit_epoch = -1;  ///< -1: not on chain, or not any more
  std::string deposit;                ///< attoFIL
  std::int64_t activation = -1, expiration = -1;
  bool final = false;  ///< on chain for so long that no reorg takes it back
  std::string proof;   ///< base64
  std::vector<Sent> messages;
  std::map<std::string, std::uint64_t> batch_limit;  ///< by what: sectors in its next message
  std::string note;                                  ///< why it waits, when that is news

  /// The newest message of this kind; nullptr: there was none.
  const Sent* sent(std::string_view what) const;
  bool cc() const { return pieces.empty(); }
  State first_state() const { return cc() ? State::packing : State::add_piece; }
};

/// Adds one event. Kinds it does not know change nothing but the counters: an older program can
/// read a newer ledger.  @throws Error{corrupt} a known kind whose payload lacks a field.
void apply(Sector& sector, const ledger::Event& event);

using Sectors = std::map<SectorId, Sector>;
/// Events already applied are skipped. Never throws: a sector with an unreadable event is marked
/// broken and holds up nobody else.
void apply(Sectors& sectors, const std::vector<ledger::Event>& events);
Sector fold(const std::vector<ledger::Event>& events);

/// True where nothing happens to the sector any more unless a new event says so: no job, nothing
/// due, nothing on chain to wait for, nobody to be told. Adding a state that moves again needs a
/// schema upgrade of the ledger that wakes all sectors.
bool rests(const Sector& sector);

}  // namespace sealyard::pledge
