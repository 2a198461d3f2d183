// Makes the two files of a set of parameters.
#pragma once
#include <filesystem>

#include "jobs/params/set.h"
#include "jobs/sector/output.h"
#include "kernels/groth16/generate.h"

namespace sealyard::params {

enum class Waste {
  drawn,  ///< from the system's CSPRNG, wiped afterwards
  named   ///< known to everybody: the same files everywhere
};

struct Files {
  std::filesystem::path params, key;
  bool found = false;  ///< both were there; nothing written
  sector::Written params_written, key_written;
};

/// The .params file, then the .vk file: the set is whole when the .vk is there. Each appears by
/// rename. A .params file without its .vk is kept, the .vk is cut from it.
///
/// Files that are there are compared with the circuit (number of points in each list) and with each
/// other; named ones also with the numbers they should come from. One process at a time makes a
/// set, others wait and find it; what a killed one left is written over.
///
/// @param need      told how many bytes of memory it is going to take, before it takes them.
/// @throws Error{io}; Error{corrupt}, Error{configuration} what is there is something else.
Files generate(const Set& set, const std::filesystem::path& folder, Waste waste, unsigned threads,
               const std::function<void(std::uint64_t bytes)>& need,
               const groth16::Progress& progress);

}  // namespace sealyard::params
