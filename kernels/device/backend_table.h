// One kernel's implementations, chosen once per job.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "kernels/base/backend.h"
#include "kernels/base/error.h"
#include "kernels/device/cpu.h"

#ifdef SEALYARD_HAS_CUDA
#define SEALYARD_IF_CUDA(function) function
#else
#define SEALYARD_IF_CUDA(function) nullptr
#endif

namespace sealyard {

/// Function pointers of one signature; a null entry is a variant that does not exist in this build.
template <typename Function>
struct BackendTable {
  std::string_view kernel;  ///< "replica::encode", for messages
  Function* portable = nullptr;
  Function* sha_ni = nullptr;
  Function* avx512 = nullptr;
  Function* cuda = nullptr;

  Function* entry(Backend backend) const {
    switch (backend) {
      case Backend::portable:
        return portable;
      case Backend::sha_ni:
        return sha_ni;
      case Backend::avx512:
        return avx512;
      case Backend::cuda:
        return cuda;
    }
    return nullptr;
  }

  /// What this build has and this host can run, portable first: tests and benches walk it.
  std::vector<Backend> backends() const {
    std::vector<Backend> found;
    for (const auto backend : kBackends)
      if (entry(backend) && device::host_has(backend)) found.push_back(backend);
    return found;
  }

  /// The variant that was asked for.  @throws Error{unsupported} this build or host has it not.
  Function* at(Backend backend) const {
    if (!entry(backend))
      throw Error(Fault::unsupported, "{}: no {} variant in this build", kernel, name(backend));
    if (!device::host_has(backend))
      throw Error(Fault::unsupported, "{}: this host cannot run the {} variant", kernel,
                  name(backend));
    return entry(backend);
  }

  /// The wanted variant where the kernel has it and the host can run it, else its best CPU variant.
  Backend choose(Backend wanted) const {
    if (wanted == Backend::portable || (entry(wanted) && device::host_has(wanted))) return wanted;
    const auto all = backends();
    for (auto it = all.rbegin(); it != all.rend(); ++it)
      if (*it != Backend::cuda) return *it;
    return Backend::portable;
  }
  Function* best(Backend wanted) const { return entry(choose(wanted)); }

  /// best() for n hashes: a GPU takes a millisecond for one as for a hundred thousand, so few of
  /// them are left to the CPU.
  Function* best_for(Backend wanted, std::size_t n) const {
    constexpr std::size_t kFewestForGpu = 4096;
    return best(wanted == Backend::cuda && n < kFewestForGpu ? device::best_cpu() : wanted);
  }
};

}  // namespace sealyard
