#include "kernels/poseidon/hash_cuda.h"
#include "kernels/poseidon/poseidon_cuda.h"

namespace sealyard::poseidon {

template void gpu::hash_on<device::CudaGrid>(device::CudaGrid& grid, unsigned arity,
                                             const ConstantsAt& constants, const Node* const* in,
                                             std::size_t stride, Node* out, std::size_t n);

void cuda::hash_many(unsigned arity, const Node* const* in, std::size_t stride, Node* out,
                     std::size_t n) {
  constexpr std::size_t kSlice = std::size_t{1} << 18;  // 96 MiB of the GPU for arity 11
  if (!gpu::has_arity(arity)) return portable::hash_many(arity, in, stride, out, n);
  device::CudaGrid grid;
  gpu::hash_many(grid, arity, in, stride, out, n, kSlice);
}

}  // namespace sealyard::poseidon
