// What this host can run.
#pragma once
#include "kernels/base/backend.h"

namespace sealyard::device {

/// True when the CPU (or, for cuda, a usable GPU) is there. Asked once, then remembered.
bool host_has(Backend backend);

/// The best CPU variant of this host: what `--backend auto` means.
Backend best_cpu();

}  // namespace sealyard::device
