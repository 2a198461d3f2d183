// How much memory C2 takes for how much speed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "jobs/launch/launch.h"
#include "jobs/stage/resources.h"
#include "kernels/base/porep.h"

namespace sealyard::c2 {

/// What was asked for.
struct Wish {
  std::optional<unsigned> group;  ///< so many partitions in memory together
  bool lean = false;              ///< as little memory as possible
};

/// The wish, if there is one. Else, where Slurm limits memory, the largest group it has room for,
/// lean when there is no room for one; where nothing is known, one partition at a time. Ranks of a
/// host share its memory. The proofs are the same whatever comes out. Collective.
/// @param partitions  still to be proven by this rank.
/// @throws Error{configuration} the memory given is too little for it: how much to ask for.
stage::C2Memory plan(launch::Job& job, const PorepConfig& porep, const Wish& wish,
                     unsigned partitions);

/// "3 partitions at a time", "one partition at a time, lean".
std::string text(stage::C2Memory how);

/// One line for each way there is, and "memory" of the --json object.
void print_memory(launch::Job& job, const PorepConfig& porep);

}  // namespace sealyard::c2
