#include "kernels/curve/encoded_sums_device.h"
#include "kernels/device/grid_cuda.h"

namespace sealyard::curve {
namespace {

template <typename Group>
class OnGpu final : public EncodedSums<Group> {
 public:
  std::uint8_t* room(std::size_t points) override {
    const std::size_t bytes = points * Group::kBytes;
    if (!pinned_ || pinned_->size() < bytes) {
      pinned_.reset();
      pinned_ = std::make_unique<Pinned>(bytes);
    }
    return pinned_->get();
  }
  Point<Group> sum(std::size_t n, const Fr* scalars, std::size_t& bad) override {
    return gpu::sum_encoded<Group>(grid_, pinned_->get(), n, scalars, bad, gpu::best_bits(n));
  }

 private:
  using Pinned = device::Pinned<std::uint8_t>;
  std::unique_ptr<Pinned> pinned_;
  device::CudaGrid grid_;  // ends first: it waits for copies from pinned_
};

}  // namespace

template <typename Group>
std::unique_ptr<EncodedSums<Group>> cuda::encoded_sums() {
  return std::make_unique<OnGpu<Group>>();
}

template std::unique_ptr<EncodedSums<G1>> cuda::encoded_sums<G1>();
template std::unique_ptr<EncodedSums<G2>> cuda::encoded_sums<G2>();

}  // namespace sealyard::curve
