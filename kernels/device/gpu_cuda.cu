#include "kernels/base/error.h"
#include "kernels/device/cpu.h"
#include "kernels/device/stream_cuda.h"

namespace sealyard::device {

// The fat binaries hold sm_80 and sm_90 code and PTX of 9.0 for what comes later.
constexpr int kOldestMajor = 8;

bool gpu_present() {
  int count = 0, major = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0) {
    cudaGetLastError();  // no GPU or no driver is an answer, not a fault to remember
    return false;
  }
  return cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0) == cudaSuccess &&
         major >= kOldestMajor;
}

std::uint64_t gpu_free_bytes() {
  std::size_t free = 0, total = 0;
  if (!gpu_present() || cudaMemGetInfo(&free, &total) != cudaSuccess) return 0;
  return free;
}

void check(cudaError_t status, const char* call, const char* file, int line) {
  if (status == cudaSuccess) return;
  int gpu = -1;
  cudaGetDevice(&gpu);
  throw Error(Fault::io, "cuda: {} ({}): {}: gpu {}: {}:{}", cudaGetErrorString(status),
              static_cast<int>(status), call, gpu, file, line);
}

}  // namespace sealyard::device
