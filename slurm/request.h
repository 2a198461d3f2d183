// What we ask of Slurm: a command line, what it needs, and a name that outlives the job id.
#pragma once
#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sealyard::slurm {

/// A counted resource: a GRES ("pc1slot", "gpu:a100") per host or a licence ("sy_wan") per cluster.
struct Counted {
  std::string name;
  std::uint32_t count = 1;
};

/// One batch job. Defaults are those of a single-host stage that may be stopped and started again.
///
/// `name` is the durable key: ids are reused after a crash of slurmctld, names are ours. Choose it
/// unique per piece of work and per generation of it ([A-Za-z0-9._-], at most 200 characters).
struct Request {
  std::string name;
  std::vector<std::string> argv;  ///< program first; passed as it is, whatever bytes it holds
  std::string comment;            ///< shown by squeue; kept in accounting where the site stores it

  int tasks = 1;                   ///< MPI ranks
  int nodes = 1;                   ///< hosts, exactly
  int cores = 1;                   ///< per task
  std::uint64_t memory_bytes = 0;  ///< per host, rounded up to MiB; 0 = the partition's default
  std::vector<Counted> gres;       ///< per host
  std::vector<Counted> licences;
  std::int64_t time_s = 3600;  ///< limit, rounded up to minutes

  std::string slurm_partition;  ///< may be a comma list; empty = the site's default
  std::string constraint;       ///< node features, "groupA&nvme"
  std::string prefer;           ///< features wanted, not needed
  std::string hosts;            ///< hostlist it must run on, "n[01-04]"; empty = any
  std::string account;
  std::string qos;
  std::string reservation;

  /// Indices of a job array, "0-9%2" = ten tasks, two at a time; empty = one job. Every task runs
  /// argv with its own SLURM_ARRAY_TASK_ID.
  std::string array;

  std::string dependency;    ///< "afterok:12"; Slurm drops unknown ids silently: look them up first
  bool singleton = true;     ///< never two jobs of this name and user at once; not in an array
  bool requeue = true;       ///< may be put back in the queue after preemption or a lost host
  bool hold = false;         ///< submitted held
  std::int32_t nice = 0;     ///< higher = later
  std::time_t begin = 0;     ///< not before; 0 = now
  std::time_t deadline = 0;  ///< dropped when it can no longer end by then; 0 = none
  std::int64_t warn_s = 0;   ///< SIGUSR1 to the steps so long before the limit; 0 = none

  std::string work_dir = "/";
  std::string output;  ///< stdout and stderr, appended; %j id, %A_%a array, %x name; empty = none
  /// Everything the job sees besides what Slurm sets. PATH, HOME, USER, LOGNAME, SHELL, LANG,
  /// SLURM_CONF and the SLURM_ variables sbatch would set are filled in when absent here.
  std::map<std::string, std::string> environment;

  /// Runs argv as an srun step: steps get SIGTERM when the grace time of a preemption begins, a
  /// bare batch script only when it ends. false = the batch script becomes argv itself.
  bool as_step = true;
  std::string mpi;  ///< srun --mpi; empty = "none" for one task, "pmix" for several
};

/// The batch script that runs `request`: `#!/bin/sh` and one exec line.
/// @throws Error{usage} argv is empty or cannot be passed (NUL inside), or counts make no sense.
std::string batch_script(const Request& request);

/// `word` as one word of a POSIX shell, whatever it holds.
std::string shell_quote(const std::string& word);

/// Array indices of "0-9%2" or "1,3,8-20:4": 0..9 and so on; the part after % does not matter.
/// @throws Error{usage} not an array specification.
std::vector<std::uint32_t> array_indices(const std::string& specification);

}  // namespace sealyard::slurm
