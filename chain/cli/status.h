// What is shown of sectors, as lotus-miner shows it.
#pragma once
#include <string>
#include <vector>

#include "chain/cli/command.h"
#include "chain/pledge/sector.h"

namespace sealyard::cli {

struct ListOptions {
  bool fast = false;
  bool events = false;
  bool seal_time = false;
  bool colour = false;
};

/// `sectors list`: without a chain nothing is OnChain or Active, and nothing expires.
std::string list_text(const std::vector<pledge::Sector>& sectors, const ListOptions& options);

/// `sectors status`, then, below lotus' lines, what the sector waits for and its timeline.
std::string status_text(const pledge::Sector& sector);
/// `--log`: "0.\t2026-11-21 09:54:11 +0000 UTC:\t[event;sealing.SectorStartCC]\t{...}"
std::string log_text(const std::vector<ledger::Event>& events);

Json to_json(const pledge::Sector& sector);
Json to_json(const std::vector<ledger::Event>& events);

/// "AP", "PC1", "PC2", "FIN".  Source: lotus, storage/sealer/sealtasks/task.go, shortNames.
std::string short_name(std::string_view stage);

}  // namespace sealyard::cli
