#include "kernels/device/grid_cuda.h"
#include "kernels/groth16/quotient_device.h"
#include "kernels/groth16/variants.h"

namespace sealyard::groth16 {
namespace {

unsigned log_size(std::size_t n) {
  unsigned log = 0;
  while (std::size_t{1} << log < n) ++log;
  return log;
}

}  // namespace

void cuda::row_product(std::vector<field::Fr>& a, std::vector<field::Fr>& b, unsigned) {
  device::CudaGrid grid;
  gpu::row_product(grid, ntt::gpu::constants(log_size(a.size())), a.data(), b.data());
}

void cuda::divide_by_z(std::vector<field::Fr>& product, std::vector<field::Fr>& c, unsigned) {
  device::CudaGrid grid;
  gpu::divide_by_z(grid, ntt::gpu::constants(log_size(c.size())), product.data(), c.data());
}

}  // namespace sealyard::groth16
