// The common main() of every stage program: options, environment, ranks, signals, log, progress,
// report, exit code. CLI11 and spdlog are used here and nowhere else in jobs/.
//
//   int main(int argc, char** argv) {
//     const launch::Program program{.stage = stage::kPc2, .summary = "Builds the trees ..."};
//     return launch::run(argc, argv, program,
//         [](launch::Options& options) { options.flag("--clear-cache", "Trim the cache"); },
//         [](launch::Job& job) {
//           for (const SectorId id : job.sectors()) {
//             ...
//             job.result(id).commitments["comm_r"] = comm_r;
//             job.finish(id, [&] { lock.check(); });
//           }
//         });
//   }
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/launch/environment.h"
#include "jobs/ranks/ranks.h"
#include "jobs/stage/result.h"
#include "jobs/stage/stage.h"
#include "kernels/base/backend.h"
#include "kernels/base/error.h"
#include "kernels/base/porep.h"
#include "kernels/base/sector_id.h"
#include "kernels/device/share.h"

namespace sealyard::launch {

/// Which of the common options a program has. Every one has --json --backend --threads
/// --recorded-cache-path --help --version.
enum class Sectors {
  none,   ///< neither --storage nor --sector: seal-parents
  root,   ///< --storage only: seal-template
  maybe,  ///< --storage and one --sector, or neither of them: seal-c2
  one,    ///< --storage and one --sector
  many    ///< --storage and --sector with one or more ids
};

struct Program {
  std::string_view stage;    ///< "pc1": names the program seal-pc1 and the result file
  std::string_view summary;  ///< first line of --help
  Sectors sectors = Sectors::one;
  bool ranks = false;  ///< may be started as several MPI ranks; else that is a usage error
  bool gpu = false;    ///< --backend auto is a GPU where the host has one
  /// Known answers of the kernels the stage uses, on the backend it is going to use; milliseconds
  /// before hours.  Throws Error{internal} "label: sha-ni gives 12.., want 34.." when wrong.
  std::function<void(Backend)> self_test = {};
};

/// What a program declares beside the common options. Names with the dashes; a text without them is
/// a word known by its place. An option given twice is a usage error unless it is a list.
class Options {
 public:
  enum class Need { optional, required };
  void flag(std::string name, std::string help);
  void text(std::string name, std::string help, Need need = Need::optional);
  /// One or more words after it, or given again: both append.
  void list(std::string name, std::string help, Need need = Need::optional);
  void number(std::string name, std::string help, Need need = Need::optional);  ///< 0 .. 2^64-1
  /// --proof-type, --porep-id, --sector-size, --api-version; read with Job::porep().
  void proof_type();
  /// The program does several things: its first word says which, read with Job::text("VERB").
  /// Another word, or none, is a usage error.
  void verbs(std::vector<std::string> words, std::string help);
  /// These options are given with that verb only, and with others they are declared for.
  void only_with(std::string verb, std::vector<std::string> names);
  /// At most one of these may be given.
  void exclusive(std::vector<std::string> names);

  struct Declared;
  explicit Options(Declared& declared) : declared_(declared) {}

 private:
  Declared& declared_;
};

class Job {
 public:
  // Options.
  bool has(std::string_view name) const;  ///< given on the command line
  bool flag(std::string_view name) const { return has(name); }
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  std::vector<std::string> list(std::string_view name) const;
  std::uint64_t number(std::string_view name, std::uint64_t otherwise = 0) const;
  /// @throws Error{usage} neither a proof type nor a complete raw description was given, or both.
  PorepConfig porep() const;

  std::filesystem::path storage() const;  ///< absolute
  const std::vector<SectorId>& sectors() const;
  SectorId sector() const;  ///< the one of Sectors::one, or of Sectors::maybe where there is one
  /// What t_aux and the JSON of the reference call the cache folder of this sector: the text given,
  /// else the absolute path of ROOT/cache/<sector>.
  std::string recorded_cache_path(SectorId sector) const;
  Backend backend() const;
  unsigned threads() const;  ///< --threads, else what Slurm or the affinity mask gave
  device::Share share() const { return {threads(), backend()}; }

  const Environment& environment() const;
  const stage::Attempt& attempt() const;
  ranks::Ranks& ranks() const;
  std::string lock_text() const;  ///< "seal-pc1 job 4711 restart 0 node n03 pid 812"
  std::string version() const;    ///< "sealyard 0.1.0"

  /// Before memory is taken.  @throws Error{configuration} Slurm gave this job less:
  /// "needs 68719476736 bytes of memory, the job has 2147483648; submit with --mem=65632M"
  void require_memory(std::uint64_t bytes) const;

  // Stopping: SIGTERM, SIGUSR1, SIGUSR2 or SIGINT came; go on to the next safe point, not further.
  bool stop_wanted() const;
  /// @throws Error{busy} "stopped by SIGTERM; run again to go on"
  void throw_if_stopping() const;

  /// Which sector messages, progress and errors are about from now on; at the start the only one
  /// of sectors(), if it is one.
  void about(SectorId sector) { about(std::vector{sector}); }
  /// Sectors worked on side by side: progress is that of each of them.
  void about(std::vector<SectorId> sectors);
  /// A bar on a terminal, else a line a minute; progress.json of the sector once a second at most.
  /// Cheap when called often. Any thread, one at a time.
  void progress(std::uint64_t done, std::uint64_t total, std::string_view unit,
                std::string_view what);

  /// One line to the log (stderr), with the sector in front.
  void log(std::string_view line) const;
  void warn(std::string_view line) const;

  /// What the stage declares about a sector; fill it while working. The same object every time.
  stage::Result& result(SectorId sector);
  /// The object of a program without sectors, printed with --json.
  stage::Result& result();
  /// Instead of finish(): what an earlier attempt declared stands and is reported again.
  void keep(SectorId sector, stage::Result earlier);
  /// Adds attempt, times and peaks to result(sector): for the manifest, before finish().
  void measure(SectorId sector);
  /// Measures, writes <stage>.result.json last of all and removes progress.json. Of the ranks of a
  /// job one finishes a given sector. seconds and bytes count from about(sector), else from the
  /// start. An old result is not removed by launch: stage::remove_result, once the lock is held.
  void finish(SectorId sector, const std::function<void()>& fence);

  /// One more key in the --json object, in this order. Strings, whole numbers, reals and booleans.
  void report(std::string_view key, std::string_view value);
  void report(std::string_view key, const char* value) { report(key, std::string_view(value)); }
  void report(std::string_view key, std::uint64_t value);
  void report(std::string_view key, double value);
  void report(std::string_view key, const Node& value);
  /// A value that is JSON itself: a list or an object.
  void report_json(std::string_view key, std::string_view json);

  /// The exit code once the work and its report are done: for a verdict, which is no error.
  void end_with(int code);

  struct State;
  explicit Job(State& state) : state_(state) {}
  Job(const Job&) = delete;

 private:
  State& state_;
};

/// Runs the program and returns its exit code: 0, that of end_with(), or that of the Error. Nothing
/// escapes: Error is one line "seal-pc1: s-t01000-7: ..." on stderr and, with --json, the object
/// {"error": {"fault": "missing", "exit": 66, "text": "..."}} on stdout; std::bad_alloc and
/// anything else are internal (70). With several ranks MPI_Abort carries the code, so none waits.
///
/// --json prints {"program", "version", reported keys..., "seconds", "results": [Result...],
/// "ranks": [{"rank", "node", "seconds", "peak_memory_bytes", "read_bytes", "written_bytes"}...]},
/// written by the first rank for all. With one sector its "sector", "proof_type", inputs,
/// commitments ("comm_d": hex, ...), "files" and "peak_memory_bytes" stand at the top as well.
int run(int argc, char** argv, const Program& program, const std::function<void(Options&)>& declare,
        const std::function<void(Job&)>& work);

}  // namespace sealyard::launch
