// What this host can run.
#pragma once
#include <cstdint>

#include "kernels/base/backend.h"

namespace sealyard::device {

/// True when the CPU (or, for cuda, a usable GPU) is there. Asked once, then remembered.
bool host_has(Backend backend);

/// Memory of the GPU that nobody uses now; 0 where there is none.
std::uint64_t gpu_free_bytes();

/// The best CPU variant of this host, as far as it may be used: what `--backend auto` means, and
/// what kernels take where nobody names one.
Backend best_cpu();

/// From now on best_cpu() is this one at most. For the start of a program: `--backend portable`
/// means all of it.
void use_at_most(Backend backend);

}  // namespace sealyard::device
