// Sectors whose state has not changed for longer than it should.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "chain/cli/command.h"
#include "chain/pledge/sector.h"
#include "chain/settings/settings.h"

namespace sealyard::cli {

struct StuckOptions {
  std::optional<std::int64_t> longer_s;  ///< instead of the limit of each state
  std::string stage;                     ///< "pc1": only sectors in it; empty: all
};

struct Stuck {
  pledge::Sector sector;
  std::int64_t for_s = 0, limit_s = 0;
};

/// Those on their way, or held, that are longer in their state than its limit, longest first. The
/// limit of a stage is three times the median of its runs that are done, at least ten minutes; of a
/// state that waits for the chain two hours, and what a batch may wait.
std::vector<Stuck> stuck(const pledge::Sectors& sectors, const settings::Settings& settings,
                         const StuckOptions& options, std::int64_t now_ms);

std::string stuck_text(const std::vector<Stuck>& all);
Json stuck_json(const std::vector<Stuck>& all);

}  // namespace sealyard::cli
