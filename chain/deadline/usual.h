// How long jobs of deadlines take here, by those of the past.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "chain/deadline/files.h"
#include "slurm/accounting.h"

namespace sealyard::deadline {

/// The names to ask slurmdbd about, each once.
std::vector<std::string> job_names(const std::vector<Files::Past>& past, std::string_view tag);

/// Seconds for each partition, of nine in ten jobs; 0 where there were none. A job took what
/// slurmdbd says, from its start to its end, also where its time limit ended it; where that knows
/// nothing of it, what its result says, which leaves out how long it took to start.
/// @param attempts  of these jobs; empty where there is no slurmdbd.
double usual_s(const std::vector<Files::Past>& past, std::string_view tag, const Files& files,
               const std::vector<slurm::Attempt>& attempts);

}  // namespace sealyard::deadline
