#include "kernels/device/cpu.h"

#include <cpuid.h>

#include <atomic>

namespace sealyard::device {
namespace {

// CPUID leaf 7, EBX bit 29; GCC 12's __builtin_cpu_supports does not know "sha".
bool cpu_has_sha() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29)) != 0 &&
         __builtin_cpu_supports("sse4.1");
}

bool cpu_has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma");
}

std::atomic<Backend> most{Backend::avx512};

}  // namespace

bool gpu_present();  // gpu.cpp without CUDA, gpu_cuda.cu with it

bool host_has(Backend backend) {
  static const bool sha = cpu_has_sha(), avx512 = cpu_has_avx512();
  switch (backend) {
    case Backend::portable:
      return true;
    case Backend::sha_ni:
      return sha;
    case Backend::avx512:
      return avx512;
    case Backend::cuda: {
      static const bool gpu = gpu_present();
      return gpu;
    }
  }
  return false;
}

Backend best_cpu() {
  for (const auto backend : {Backend::avx512, Backend::sha_ni})
    if (backend <= most && host_has(backend)) return backend;
  return Backend::portable;
}

void use_at_most(Backend backend) { most = backend; }

}  // namespace sealyard::device
