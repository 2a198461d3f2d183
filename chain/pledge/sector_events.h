// How events change a sector. Private to this folder.
#pragma once
#include <nlohmann/json.hpp>

#include "chain/pledge/sector.h"

namespace sealyard::pledge {

inline void enter(Sector& sector, State state, std::int64_t time_ms) {
  sector.state = state;
  sector.state_ms = time_ms;
}

/// What became of the newest message of this kind; one of somebody else is added.
void landed(Sector& sector, const nlohmann::json& message, std::int64_t time_ms);

/// The steps of pledge::edges(). False: an event of another kind.
/// @throws nlohmann::json::exception a field missing or of another type.
bool of_chain(Sector& sector, const ledger::Event& event);

}  // namespace sealyard::pledge
