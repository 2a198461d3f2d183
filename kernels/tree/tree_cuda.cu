#include "kernels/device/grid_cuda.h"
#include "kernels/tree/grow_device.h"
#include "kernels/tree/variants.h"

namespace sealyard::tree {

void cuda::grow_data(const std::uint8_t* unpadded, Node* const* rows, unsigned height,
                     std::size_t leaves) {
  device::CudaGrid grid;
  gpu::grow_data(grid, unpadded, rows, height, leaves);
}

}  // namespace sealyard::tree
