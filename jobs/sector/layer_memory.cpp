#include "jobs/sector/layer_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "kernels/base/error.h"

namespace sealyard::sector {

LayerMemory::LayerMemory(std::uint64_t nodes) : nodes_(nodes) {
  const auto bytes = nodes * kNodeBytes;
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED)
    throw Error(Fault::configuration, "no memory for a layer of {} bytes: {}; ask for more (--mem)",
                bytes, std::strerror(errno));
  ::madvise(at, bytes, MADV_HUGEPAGE);  // a hint
  data_ = static_cast<Node*>(at);
}

LayerMemory::~LayerMemory() {
  if (data_) ::munmap(data_, nodes_ * kNodeBytes);
}

}  // namespace sealyard::sector
