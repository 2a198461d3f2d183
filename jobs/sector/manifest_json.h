// The manifest as JSON, for people and scripts.
#pragma once
#include <string>

#include "jobs/sector/manifest.h"

namespace sealyard::sector {

/// {"sector", "miner", "number", "proof_type", "sector_bytes", "porep_id", "api_version",
///  "ticket".. "comm_r" as 64 hex digits or null, "pieces": [{"unpadded_bytes", "data_bytes",
///  "comm_p", "file"}], "stages": [stage::Result ...]}, on one line.
std::string to_json(const Manifest& manifest);

}  // namespace sealyard::sector
