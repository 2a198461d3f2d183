// A job as Slurm sees it: its id, its state, and what we read of it.
#pragma once
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealyard::slurm {

/// A job, or one task of an array ("12" or "12_4"). A cache of the name, never a durable key.
struct JobId {
  std::uint32_t job = 0;
  std::int64_t task = -1;  ///< array index; -1 = not a task, or the whole array

  std::string text() const;
  /// @throws Error{usage} neither "12" nor "12_4".
  static JobId parse(std::string_view text);
  friend bool operator==(const JobId&, const JobId&) = default;
  friend auto operator<=>(const JobId&, const JobId&) = default;
};

/// The base state, flags masked away. Source: slurm/slurm.h, enum job_states.
enum class State {
  pending,
  running,
  suspended,
  completed,
  cancelled,
  failed,
  timeout,
  node_fail,
  preempted,
  boot_fail,
  deadline,
  out_of_memory,
};
std::string_view name(State state);

/// Nothing of it runs and Slurm will not start it again by itself.
constexpr bool terminal(State state) { return state >= State::completed; }

/// One job record of slurmctld, or the waiting tasks of an array in one record.
struct JobState {
  JobId id;                  ///< of an array task: the array's id and the index
  std::uint32_t raw_id = 0;  ///< the number SLURM_JOB_ID holds; differs from id.job in arrays
  std::string array_tasks;   ///< indices not started yet, "3-9%2"; empty when not such a record
  std::string name;
  std::string comment;
  std::uint32_t user_id = 0;

  State state = State::pending;
  bool completing = false;    ///< its last processes are being removed
  bool configuring = false;   ///< hosts are being made ready
  bool requeued = false;      ///< on the way back to the queue
  bool special_exit = false;  ///< ended with an exit code that holds it for an operator
  bool held = false;          ///< priority 0: waits for release
  std::string reason;         ///< why it waits or ended, Slurm's words ("Resources", "Licenses")
  std::string description;    ///< Slurm's longer text, often empty

  int exit_code = 0;
  int signal = 0;              ///< that ended it; 0 = none
  int step_exit_code = 0;      ///< highest of its steps
  std::uint32_t restarts = 0;  ///< SLURM_RESTART_COUNT of the current attempt

  std::time_t submit_time = 0;
  std::time_t eligible_time = 0;
  std::time_t start_time = 0;  ///< of a pending job: Slurm's estimate, 0 = unknown
  std::time_t end_time = 0;    ///< of a running job: when the limit ends it
  std::time_t preempt_time = 0;
  std::int64_t time_limit_s = 0;  ///< -1 = no limit

  std::vector<std::string> nodes;
  std::uint32_t cpus = 0;
  std::uint64_t memory_bytes = 0;  ///< per host
  std::uint32_t priority = 0;
  std::string slurm_partition;
  std::string constraint;
  std::string account;
  std::string qos;
  std::string dependency;
  std::string licences;
  std::string gres;  ///< "gres/pc1slot:1" as requested per host
  std::string work_dir;
  std::string output;

  bool ended() const { return terminal(state) && !completing && !requeued && !special_exit; }
};

}  // namespace sealyard::slurm
