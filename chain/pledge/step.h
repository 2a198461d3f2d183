// The next thing to do for one sector, from what its events, Slurm and its files say. Pure: it
// touches nothing, so every crash point and every answer of Slurm is a table in a test.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chain/pledge/sector.h"
#include "chain/settings/settings.h"
#include "jobs/stage/result.h"
#include "slurm/accounting.h"
#include "slurm/job.h"

namespace sealyard::pledge {

/// What can be seen of a sector at one moment.
struct Facts {
  std::int64_t now_ms = 0;
  /// Result file of the present state's stage; absent: not there.
  std::optional<stage::Result> result;
  std::int64_t result_seen_ms = 0;  ///< since when it has been seen; 0 = since now
  std::string result_error;         ///< it is there, but cannot be read
  /// slurmctld answered at this tick, and `jobs` are all records with the name of the sector's job.
  bool slurm_answers = false;
  std::vector<slurm::JobState> jobs;
  /// What slurmdbd remembers under that name; absent: not asked. Empty: nothing, or no slurmdbd.
  std::optional<std::vector<slurm::Attempt>> history;
  /// 2 x SAVE_MAX_WAIT + MinJobAge: after this long nobody can still be about to know it.
  std::int64_t forget_ms = 310'000;
};

struct Wait {
  std::string why;  ///< for the log at debug
};
struct DrawTicket {};
/// Submit, or find out what became of a submission whose answer was lost.
struct Submit {};
struct AskHistory {};
/// Write one event, then look again.
struct Record {
  std::string kind;
  nlohmann::json payload;
};
/// A requeued job waits out a delay that serves no purpose.
struct PullForward {
  slurm::JobId job;
};
/// Requeued too often: hold it in Slurm and write `failed`.
struct HoldJob {
  slurm::JobId job;
  nlohmann::json failed;
};

using Step = std::variant<Wait, DrawTicket, Submit, AskHistory, Record, PullForward, HoldJob>;

Step next_step(const Sector& sector, const Facts& facts, const settings::Settings& settings);

/// What tells two results of one stage apart: "4711:0:n01:812:2024-05-01T10:00:00Z".
std::string identity(const stage::Result& result);

/// A job works on the sector in this state.
inline bool runs_stage(State state) { return !row(state).stage.empty(); }

}  // namespace sealyard::pledge
