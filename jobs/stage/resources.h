// What a stage needs of a host: the one model behind Slurm requests, free-space checks and tests.
#pragma once
#include <cstdint>
#include <string_view>

#include "kernels/base/backend.h"
#include "kernels/base/porep.h"

namespace sealyard::stage {

struct Resources {
  unsigned cores = 1;
  std::uint64_t memory_bytes = 0;  ///< peak resident, mapped files included
  unsigned gpus = 0;
  std::uint64_t time_s = 0;      ///< wall time with a margin; the Slurm time limit
  std::uint64_t disk_bytes = 0;  ///< still to be written under the storage root
};

/// For `sectors` sectors worked on by one process, one after another: they add time and disk, not
/// memory or cores; those of PC1 are side by side and add memory too. Ranks work side by side: give
/// each rank this much.
/// The formulas stand in resources.cpp, each with its reason.
/// @throws Error{usage} no such stage.
Resources resources(std::string_view stage, const PorepConfig& porep, Backend backend,
                    unsigned sectors = 1);

/// How C2 goes through the partitions.
struct C2Memory {
  unsigned group = 1;  ///< partitions whose witnesses are in memory together
  bool lean = false;   ///< less memory, more time: groth16::prove_lean(); group is 1
};
/// What seal-c2 takes on these terms: its peak, mapped parameters as far as they stay resident.
std::uint64_t c2_memory_bytes(const PorepConfig& porep, C2Memory how, unsigned threads);
/// Rows of the circuit of one partition, those of the inputs included.
std::uint64_t c2_rows(const PorepConfig& porep);

/// Threads of a multi-core stage: floor(cpus x percent / 100), all of them when that is 0.
/// Source: lotus, storage/sealer/storiface/resources.go, ParallelNum and Threads.
/// @throws Error{configuration} percent is not 1 to 100.
unsigned thread_share(unsigned cpus, unsigned percent = 92);

}  // namespace sealyard::stage
