// C2 of one sector: the proof that goes on the chain.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "jobs/c2/plan.h"
#include "jobs/launch/launch.h"
#include "kernels/base/sector_id.h"

namespace sealyard::c2 {

struct Order {
  std::optional<SectorId> sector;  ///< reads what seal-c1 left of it; else:
  std::filesystem::path c1;        ///< the C1 output, JSON or HDF5
  std::filesystem::path out;       ///< empty: work/<sector>/proof.bin
  std::filesystem::path params;    ///< folder of the parameters
  std::filesystem::path manifest;  ///< of the official parameters
  std::string fixed_randomness;    ///< empty: drawn from the CSPRNG
  Wish memory;
};

/// Checks C1 and parameters, proves every partition, verifies the whole and writes it. A partition
/// that is proven is not proven again after an interruption. A sector's proof is made once for a
/// seed. Collective over the ranks of the job.
///
/// @throws Error  missing (no C1: run seal-c1; no parameters), corrupt (partition, challenge, layer
///                and field of what does not hold; a damaged file), configuration (parameters of
///                another circuit, too little memory), usage (fixed randomness with official
///                parameters), io, busy (stopped or locked).
void seal(launch::Job& job, const Order& order);

/// Says what memory the order would take, for each way of doing it, and does nothing else.
/// @throws Error{missing}, Error{corrupt} no C1, or none at all.
void say_memory(launch::Job& job, const Order& order);

}  // namespace sealyard::c2
