#include <algorithm>

#include "kernels/device/stream_cuda.h"
#include "kernels/replica/limbs.h"
#include "kernels/replica/variants.h"

namespace sealyard::replica {
namespace {

constexpr std::size_t kSliceNodes = std::size_t{1} << 21;  // 64 MiB; three of them are on the GPU
constexpr unsigned kBlock = 256;

__global__ void add_labels(const Limbs* data, const Limbs* label, Limbs* replica, std::size_t n) {
  const std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < n) replica[i] = add(data[i], label[i]);
}

__global__ void subtract_labels(const Limbs* replica, const Limbs* label, Limbs* data,
                                std::size_t n) {
  const std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < n) data[i] = subtract(replica[i], label[i]);
}

/// Runs `kernel` over both inputs, slice by slice; `out` may be `nodes`.
template <typename Kernel>
void run(Kernel kernel, const Node* nodes, const Node* label, Node* out, std::size_t n) {
  device::Stream stream;  // own stream and buffers: freed on return and on throw
  for (std::size_t at = 0; at < n; at += kSliceNodes) {
    const std::size_t count = std::min(kSliceNodes, n - at);
    const auto in = stream.upload<Limbs>(nodes + at, count);
    const auto labels = stream.upload<Limbs>(label + at, count);
    const auto sums = stream.allocate<Limbs>(count);
    kernel<<<device::grid(count, kBlock), kBlock, 0, stream>>>(in.get(), labels.get(), sums.get(),
                                                               count);
    stream.launched();
    stream.download(sums, out + at);
  }
  stream.wait();
}

}  // namespace

void cuda::encode(const Node* data, const Node* label, Node* replica, std::size_t n) {
  run(add_labels, data, label, replica, n);
}

void cuda::decode(const Node* replica, const Node* label, Node* data, std::size_t n) {
  run(subtract_labels, replica, label, data, n);
}

}  // namespace sealyard::replica
