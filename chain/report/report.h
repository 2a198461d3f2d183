// What sealing took, as slurmdbd counts it, joined with what the ledger knows of the sectors. Rows
// in, report out: nothing here asks Slurm or opens a file.
#pragma once
#include <cstdint>
#include <ctime>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chain/pledge/sector.h"
#include "chain/settings/settings.h"
#include "slurm/accounting.h"

namespace sealyard::report {

/// What was allocated times how long, suspended time left out. Whole numbers: sums are exact.
/// Source: slurm, src/sacct/print.c, PRINT_CPU_TIME_RAW: elapsed x the CPUs of AllocTRES.
struct Amounts {
  std::uint64_t core_s = 0;
  std::uint64_t gpu_s = 0;
  std::uint64_t mib_s = 0;

  double core_hours() const { return static_cast<double>(core_s) / 3600; }
  double gpu_hours() const { return static_cast<double>(gpu_s) / 3600; }
  double gib_hours() const { return static_cast<double>(mib_s) / 3600 / 1024; }
  Amounts& operator+=(const Amounts& more);
};

/// By nearest rank: each is a time that was seen. All 0 where count is 0.
struct Quantiles {
  std::size_t count = 0;
  std::int64_t p50 = 0, p90 = 0, max = 0;
};
Quantiles quantiles(std::vector<std::int64_t> seconds);

enum class Outcome {
  waiting,  ///< in the queue, or ended there
  running,
  done,
  preempted,  ///< Slurm says so, or the stage stopped when asked to (exit code 75)
  failed,
};
Outcome outcome(const slurm::Attempt& attempt);

/// One attempt of one job.
struct Run {
  std::optional<SectorId> sector;  ///< none: work for many, as a window proof
  std::string part;                ///< which work for many: "1440.3.0"
  std::string stage;
  Outcome outcome = Outcome::waiting;
  Amounts used;
  std::int64_t queue_s = 0;  ///< start less eligible, as sacct's Planned
  std::int64_t run_s = 0;    ///< sacct's ElapsedRaw
  std::time_t start_time = 0, end_time = 0;
};

/// Runs added up.
struct Line {
  std::optional<SectorId> sector;  ///< of one sector; else of all
  bool shared = false;             ///< of all work that is for many sectors
  std::string stage;               ///< of one stage; else of all
  std::string proof_type, state;   ///< of that sector, by the ledger; empty: it does not know it
  std::size_t sectors = 0;
  std::size_t runs = 0;       ///< attempts that started
  std::size_t retries = 0;    ///< runs but the first of each stage of each sector or part
  std::size_t preempted = 0;  ///< runs that preemption ended
  std::size_t failed = 0;     ///< runs that ended badly otherwise
  Amounts used;
  Amounts lost;     ///< of preempted runs, whole: at most that was lost, a stage goes on inside
  Quantiles queue;  ///< of all runs
  Quantiles run;    ///< of runs that are done
};

/// What is looked at. A job that was there at any moment of the time counts whole, as in sacct.
struct Scope {
  std::string tag;                     ///< of the jobs' names (chain/pledge/key.h)
  std::optional<std::uint64_t> miner;  ///< all where there is none
  std::time_t since = 0, until = 0;
};

struct Report {
  Scope scope;
  std::vector<Run> runs;      ///< that started; by sector, stage and start
  std::vector<Line> stages;   ///< in the order of sealing
  std::vector<Line> sectors;  ///< by number; last, if there is any, work for many
  std::vector<Line> sector_stages;
  Line total;  ///< total.used is the sum of every attempt, and of each of the lists above
};

/// Attempts that are no jobs of the tag and miner are left out.
Report make(const std::vector<slurm::Attempt>& attempts, const pledge::Sectors& sectors,
            const Scope& scope);

struct Cost {
  double cores = 0, gpus = 0, memory = 0;
  double sum() const { return cores + gpus + memory; }
};
Cost cost(const Amounts& amounts, const settings::Prices& prices);

enum class View { sectors, stages, cost };
/// One object: since, until, rows and total. Hours beside the seconds they are made of.
nlohmann::ordered_json json(const Report& report, View view, const settings::Prices& prices);

/// All views as one HTML file that needs no other; costs only where there are prices.
std::string page(const Report& report, const settings::Prices& prices);

/// "0:03:25": hours, minutes, seconds; any number of hours.
std::string clock_text(std::int64_t seconds);
/// With as many digits as a column needs whose largest value is `largest`.
std::string hours_text(double hours, double largest);
/// With `&<>"'` as HTML writes them, for text and for attributes.
std::string escaped(std::string_view text);
/// "2026-11-21 09:54 UTC"
std::string date_text(std::time_t time);

/// "2026-11-21", "2026-11-21T09:54", "2026-11-21T09:54:11Z", all UTC; "36h", "7d": so long before
/// `now`.  @throws Error{usage}
std::time_t parse_time(std::string_view text, std::time_t now);

}  // namespace sealyard::report
