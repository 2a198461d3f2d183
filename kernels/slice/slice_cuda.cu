#include "kernels/poseidon/hash_cuda.h"
#include "kernels/slice/lane_device.h"

namespace sealyard::slice {

std::unique_ptr<Lane> cuda::make_lane(const Shape& shape, unsigned threads) {
  return std::make_unique<gpu::GridLane<device::CudaGrid>>(shape, threads);
}

}  // namespace sealyard::slice
