// Poseidon kernels for other *_cuda.cu files: compiled once, in poseidon_cuda.cu.
#pragma once
#include "kernels/device/grid_cuda.h"
#include "kernels/poseidon/hash_device.h"

namespace sealyard::poseidon::gpu {

extern template void hash_on<device::CudaGrid>(device::CudaGrid& grid, unsigned arity,
                                               const ConstantsAt& constants, const Node* const* in,
                                               std::size_t stride, Node* out, std::size_t n);

}  // namespace sealyard::poseidon::gpu
