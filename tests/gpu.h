// For test programs that need a GPU.
#pragma once
#include <cstdio>
#include <cstdlib>

#include "kernels/device/cpu.h"

namespace sealyard {

/// Ends the program with 77, which ctest reports as skipped, when there is no usable GPU: a GPU
/// test that did not run never counts as passed.
inline void skip_without_gpu() {
  if (device::host_has(Backend::cuda)) return;
  std::puts("skipped: no GPU");
  std::exit(77);
}

}  // namespace sealyard
