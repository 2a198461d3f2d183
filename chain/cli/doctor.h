// Does this cluster do what sealing needs, and if not, what to write where.
#pragma once
#include <string>
#include <vector>

#include "chain/settings/settings.h"
#include "slurm/cluster.h"

namespace sealyard::cli {

struct Finding {
  enum class Kind {
    ok,
    advice,  ///< works without, better with
    change   ///< something will go wrong
  };
  Kind kind = Kind::ok;
  std::string what;   ///< "RequeueExit"
  std::string found;  ///< what is there
  std::string write;  ///< the line to write, with the file; empty when ok
};

/// What slurmctld says of the cluster, checked against what stages, exit codes and the daemon need.
std::vector<Finding> examine_cluster(const slurm::Settings& slurm,
                                     const std::vector<slurm::SlurmPartition>& partitions,
                                     const std::vector<slurm::Host>& hosts,
                                     const settings::Settings& settings);

/// What can be seen from this host: programs, storage.
std::vector<Finding> examine_host(const settings::Settings& settings);

/// "OK      RequeueExit: 74,75"
/// "CHANGE  RequeueExit: 75; write RequeueExit=74,75 in /etc/slurm/slurm.conf"
std::string text(const Finding& finding);

}  // namespace sealyard::cli
