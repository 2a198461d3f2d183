// The cluster as slurmctld sees it: hosts, partitions, licences, reservations and its settings.
#pragma once
#include <cstdint>
#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/request.h"

namespace sealyard::slurm {

enum class HostState { unknown, down, idle, allocated, error, mixed, future };
std::string_view name(HostState state);

/// A compute host. Its name is SLURMD_NODENAME, which need not be its hostname.
struct Host {
  std::string name;
  std::string address;
  HostState state = HostState::unknown;
  bool drain = false;  ///< takes no new jobs
  bool maintenance = false;
  bool not_responding = false;
  bool failing = false;
  bool powered_down = false;
  std::string reason;  ///< of drain or down
  std::time_t reason_time = 0;

  std::vector<std::string> features;         ///< available
  std::vector<std::string> active_features;  ///< what a constraint is matched against
  std::vector<Counted> gres;                 ///< "pc1slot", "gpu", "gpu:a100"
  std::vector<Counted> gres_used;
  std::uint32_t cpus = 0;
  std::uint32_t cpus_used = 0;
  std::uint32_t sockets = 0;
  std::uint32_t cores = 0;    ///< per socket
  std::uint32_t threads = 0;  ///< per core
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_used_bytes = 0;  ///< promised to jobs
  std::uint64_t memory_free_bytes = 0;  ///< as the host reports it; 0 = unknown
  std::uint32_t weight = 0;
  std::time_t boot_time = 0;
  std::time_t slurmd_start_time = 0;
  std::string version;  ///< of slurmd

  /// Would take a job now or when the present ones end.
  bool usable() const;
};
std::vector<Host> hosts();
/// "n[01-04],n7" as names.
std::vector<std::string> host_names(const std::string& hostlist);

/// A Slurm partition (never a proof partition).
struct SlurmPartition {
  std::string name;
  std::vector<std::string> nodes;
  std::uint32_t priority_tier = 0;
  std::uint32_t grace_time_s = 0;
  std::string preempt_mode;  ///< "OFF", "REQUEUE", "CANCEL", "SUSPEND,GANG"; empty = the cluster's
  std::int64_t max_time_s = -1;      ///< -1 = none
  std::int64_t default_time_s = -1;  ///< -1 = none
  bool up = false;
  bool is_default = false;
  std::string allow_accounts;  ///< empty = all
  std::string allow_qos;
  std::uint32_t total_cpus = 0;
};
std::vector<SlurmPartition> slurm_partitions();

struct Licence {
  std::string name;
  std::uint32_t total = 0;
  std::uint32_t in_use = 0;
  std::uint32_t available = 0;
  std::uint32_t reserved = 0;
  bool remote = false;  ///< counted in slurmdbd, not in slurm.conf
};
std::vector<Licence> licences();

struct Reservation {
  std::string name;
  std::time_t start = 0;
  std::time_t end = 0;
  std::vector<std::string> nodes;  ///< empty on creation = all hosts
  std::uint32_t cores = 0;         ///< on creation: so many, on hosts that Slurm chooses; 0 = hosts
  bool maintenance = false;
  bool ignore_jobs = false;   ///< on creation: running jobs do not stand in the way
  bool flexible = false;      ///< its jobs may start before it, end after it and run beside it
  std::int64_t purge_s = -1;  ///< ends when nothing of it has run for so long; -1 = at its end
  std::string users;          ///< comma list; one of users or accounts is needed on creation
  std::string accounts;
  std::string features;
  std::string licences;
  std::string slurm_partition;
};
std::vector<Reservation> reservations();
/// @returns its name; needs the rights of an operator (else Error{configuration}).
std::string create_reservation(const Reservation& reservation);
/// Another start and end of one that is there.
void move_reservation(const std::string& name, std::time_t start, std::time_t end);
void remove_reservation(const std::string& name);

/// Operator's actions on a host; Error{configuration} without the right, Error{usage} when unknown.
void drain(const std::string& host, const std::string& reason);
void resume_host(const std::string& host);
/// Available and active features, live; slurm.conf must say the same or a reconfigure undoes it.
void set_features(const std::string& host, const std::vector<std::string>& features);
void set_gres(const std::string& host, const std::vector<Counted>& gres);
/// true = takes and starts jobs, false = queues none.
void set_partition_up(const std::string& slurm_partition, bool up);

/// The settings of slurmctld that decide how jobs of ours behave.
struct Settings {
  std::string cluster_name;
  std::string version;                 ///< of slurmctld
  std::string conf_path;               ///< slurm.conf in use
  std::vector<int> requeue_exit;       ///< exit codes that put a job back in the queue
  std::vector<int> requeue_exit_hold;  ///< exit codes that hold it for an operator
  std::string preempt_type;
  std::string preempt_mode;
  std::string mpi_default;
  std::vector<std::string> gres_types;
  std::string select_type;
  std::string select_parameters;
  std::string accounting_storage_type;
  std::string accounting_storage_tres;
  std::string accounting_store_flags;
  std::string scheduler_parameters;
  std::string slurmctld_parameters;
  std::string preempt_parameters;
  std::string dependency_parameters;
  std::string job_submit_plugins;
  std::string licences;
  std::string proctrack_type;
  std::string task_plugin;
  std::int64_t min_job_age_s = 0;
  std::int64_t cred_expire_s = 120;  ///< a requeued job may start so long after
  std::int64_t message_timeout_s = 10;
  std::int64_t kill_wait_s = 30;
  std::int64_t slurmd_timeout_s = 300;
  std::uint32_t max_array_size = 0;
  std::uint32_t max_job_count = 0;
  bool accounting = false;      ///< slurmdbd is configured
  bool appends_output = false;  ///< JobFileAppend
  bool sends_user_signal_on_preemption = false;
  /// Everything `scontrol show config` prints, by its names.
  std::map<std::string, std::string> all;
};
Settings settings();

/// slurmctld answers (its backup counts). Never throws Error{io}; quick also when it is down.
bool answers();

}  // namespace sealyard::slurm
