// Submitting jobs and acting on them. Every call throws Error:
//   io             slurmctld does not answer: nothing is known to have happened, ask again later
//   usage          the request is wrong or can never be satisfied here
//   configuration  no Slurm on this host, or the site refuses partition, account, QOS, licence
#pragma once
#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "slurm/job.h"
#include "slurm/request.h"

namespace sealyard::slurm {

/// A job known to Slurm. (name, submit_time) is the durable key, the id only helps to find it.
struct Submitted {
  JobId id;
  std::time_t submit_time = 0;  ///< every requeue moves it forward
  State state = State::pending;
  bool adopted = false;       ///< it was there already; nothing was submitted by this call
  bool from_history = false;  ///< slurmctld has forgotten it, slurmdbd remembers
};

/// Submits once and believes the answer. Use submit_once() for work that must not run twice.
Submitted submit(const Request& request);

/// Jobs of this user with exactly this name, newest first: what slurmctld holds, then what
/// slurmdbd remembers since `since` (skipped where the site has no slurmdbd).
std::vector<Submitted> find_by_name(const std::string& name, std::time_t since = 0);

/// What the caller must write down, each durably (fsync) before it returns.
struct Journal {
  std::function<void(const Request&)> intent;       ///< before Slurm is asked for anything
  std::function<void(const Submitted&)> submitted;  ///< as soon as the id is known
};

/// Submits unless a job of this name exists; then adopts it: the newest that has not ended, else
/// the newest that has. A lost answer (time-out, lost connection) is never taken for "not
/// submitted": it waits until slurmctld has worked off what it holds and looks the name up again.
/// Work that is to be done again after its job has ended needs a new name.
///
/// @param since  when the intent was first journaled; how far back slurmdbd is searched.
/// @throws Error{io}  the outcome is unknown; call again with the same request and `since`.
Submitted submit_once(const Request& request, const Journal& journal, std::time_t since = 0);

/// Submits one array ("0-9%2" = ten tasks, two at a time). `tasks[i].id` names task i for every
/// call below, started or not. As submit(): for work that must not run twice say request.array and
/// submit_once().
struct SubmittedArray {
  Submitted array;
  std::vector<JobId> tasks;
};
SubmittedArray submit_array(const Request& request, const std::string& indices);

/// When and where Slurm would start it now. Refusals throw as submit() does; nothing is queued.
struct StartEstimate {
  std::time_t start_time = 0;
  std::vector<std::string> nodes;
};
StartEstimate will_run(const Request& request);

/// Its state in slurmctld, or nothing when slurmctld does not know the id (any more).
std::optional<JobState> load(JobId id);

/// false = it had already ended, or Slurm does not know it any more.
bool cancel(JobId id);

/// Sends a signal to the steps of a running job, or to the batch script as well.
bool signal(JobId id, int number, bool batch_too = false);

void hold(JobId id);
void release(JobId id);  ///< also after an exit code that held it
void suspend(JobId id);  ///< keeps memory and GRES
void resume(JobId id);

/// Stops it if it runs and puts it back in the queue, held or not. It may start again after
/// cred_expire seconds; update() with `start_soon` pulls it forward.
/// @throws Error{usage} it is pending already, or slurmctld no longer knows it.
void requeue(JobId id, bool held = false);

/// What to change; absent = leave.
struct Update {
  std::optional<std::string> comment;
  std::optional<std::string> slurm_partition;
  std::optional<std::string> qos;
  std::optional<std::string> account;
  std::optional<std::string> constraint;
  std::optional<std::string> dependency;  ///< "" removes it
  std::optional<std::string> licences;    ///< "sy_wan:1"
  std::optional<std::int64_t> time_s;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::int32_t> nice;
  std::optional<std::uint32_t> priority;
  std::optional<std::time_t> begin;
  std::optional<std::time_t> deadline;
  std::optional<bool> requeue;
  std::optional<std::uint32_t> array_throttle;  ///< tasks at a time
  /// Begin time = two seconds from now. Not now: slurmd refuses a credential made in the second in
  /// which it revoked the last one of the same job ("Job credential revoked"), and the job fails.
  bool start_soon = false;
};
void update(JobId id, const Update& change);

}  // namespace sealyard::slurm
