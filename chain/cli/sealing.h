// Jobs and hosts of the cluster as lotus-miner shows its jobs and workers.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chain/cli/command.h"
#include "slurm/cluster.h"
#include "slurm/job.h"

namespace sealyard::cli {

/// A job of ours, as far as `sealing jobs` and `sealing workers` show it.
struct StageView {
  std::uint32_t job = 0;
  std::uint64_t sector = 0;
  std::string stage;
  std::string node;   ///< empty: not chosen yet
  std::string state;  ///< "running", "prepared", "queued(Resources)", "held(JobHeldUser)"
  std::int64_t elapsed_ms = -1;  ///< -1 = n/a
};

/// The jobs of this ledger among all jobs, running ones first, oldest first.
std::vector<StageView> stage_views(const std::vector<slurm::JobState>& jobs, std::string_view tag,
                                   std::int64_t now_s);

/// "37bc6a34-5df1-...": the same for a node's name for ever, so that scripts can keep it.
std::string worker_id(std::string_view cluster, std::string_view node);

std::string jobs_text(const std::vector<StageView>& jobs, const std::string& cluster,
                      const std::string& grep, bool colour);
Json jobs_json(const std::vector<StageView>& jobs, const std::string& cluster,
               const std::string& grep);

struct WorkerOptions {
  bool all = false;  ///< hosts that take no jobs too, and a line with state and Processing
  std::string grep;
  bool colour = false;
  std::vector<std::string> blacklist = {};  ///< nodes that autotask pledges nothing for
};
std::string workers_text(const std::vector<slurm::Host>& hosts, const std::vector<StageView>& jobs,
                         const std::string& cluster, const WorkerOptions& options);
Json workers_json(const std::vector<slurm::Host>& hosts, const std::vector<StageView>& jobs,
                  const std::string& cluster, const WorkerOptions& options);

}  // namespace sealyard::cli
