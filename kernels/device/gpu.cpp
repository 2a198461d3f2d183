// The answers of a build without CUDA.
#include "kernels/device/cpu.h"

namespace sealyard::device {

bool gpu_present();
bool gpu_present() { return false; }

std::uint64_t gpu_free_bytes() { return 0; }

}  // namespace sealyard::device
