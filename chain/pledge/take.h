// Pledging: a sector number and the event that takes it, both or neither.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "chain/ledger/ledger.h"
#include "chain/settings/settings.h"

namespace sealyard::pledge {

/// Sectors of this miner that count for max_sealing_sectors.
std::uint64_t sealing(const ledger::Ledger& ledger, std::uint64_t miner);

struct Order {
  std::uint64_t miner = 0;
  unsigned count = 1;
  nlohmann::json payload;  ///< of each "pledged" event, without `request`
  std::string request;     ///< whoever asks again by this name gets the same sectors; may be empty
  std::uint64_t highest = 0;  ///< number that may be taken; 0: any
  std::int64_t time_ms = 0;   ///< of the events; 0: now
};

struct Taken {
  std::vector<std::uint64_t> numbers;
  bool again = false;   ///< the request had been answered before: nothing was written
  std::string refusal;  ///< "too many sectors sealing (...)": nothing was taken
};

/// One transaction: killed at any moment, it took all the numbers or none.
/// @throws Error{usage} the request was answered before for another miner or number of sectors.
Taken take(ledger::Ledger& ledger, const settings::Settings& settings, const Order& order,
           const std::string& actor, bool dry_run = false);

}  // namespace sealyard::pledge
