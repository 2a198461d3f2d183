#include "kernels/device/grid_cuda.h"
#include "kernels/sha256/pair_device.h"
#include "kernels/sha256/sha256_cuda.h"

namespace sealyard::sha256 {

void cuda::hash_pairs(const Node* children, Node* parents, std::size_t n) {
  constexpr std::size_t kSlice = std::size_t{1} << 20;  // 96 MiB of the GPU
  device::CudaGrid grid;
  gpu::hash_pairs(grid, children, parents, n, kSlice);
}

}  // namespace sealyard::sha256
