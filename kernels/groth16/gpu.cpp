#include "kernels/groth16/gpu.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/curve/encoded_sums_backends.h"
#include "kernels/curve/encoding.h"
#include "kernels/curve/msm.h"
#include "kernels/groth16/params.h"
#include "kernels/groth16/quotient.h"
#include "kernels/groth16/variants.h"

namespace sealyard::groth16 {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::uint64_t kSumBytes = 2048 * kMiB, kSliceBytes = 256 * kMiB;

// 0, 1, -1 and others.
std::vector<Fr> sample(std::size_t n, std::uint64_t seed) {
  std::vector<Fr> numbers{Fr{}, field::one(), field::sub(Fr{}, field::one())};
  while (numbers.size() < n)
    numbers.push_back(field::add(field::pow5(numbers.back()), field::from_u64(seed)));
  return numbers;
}

[[noreturn]] void fail(std::string_view what) {
  throw Error(Fault::internal,
              "groth16: {} on the GPU differs from the CPU's; take another --backend", what);
}

void test_quotient() {
  auto want = sample(64, 3), found = want, b = sample(64, 5), b_too = b, c = sample(64, 7),
       c_too = c;
  portable::row_product(want, b, 1);
  portable::divide_by_z(want, c, 1);
  row_product_backends.at(Backend::cuda)(found, b_too, 1);
  divide_by_z_backends.at(Backend::cuda)(found, c_too, 1);
  if (found != want) fail("the quotient");
}

template <typename Group>
void test_sums() {
  const auto scalars = sample(40, 11);
  const auto sums = curve::encoded_sums_backends<Group>().at(Backend::cuda)();
  std::vector<curve::Affine<Group>> points;
  auto* room = sums->room(scalars.size());
  curve::Point<Group> next(curve::Affine<Group>::generator());
  for (std::size_t i = 0; i < scalars.size(); ++i, next += next, room += Group::kBytes) {
    points.push_back(next.affine());
    curve::encode(points.back(), room);
  }
  for (const Fr* factors : {static_cast<const Fr*>(nullptr), scalars.data()}) {
    std::size_t bad = 0;
    const auto found = sums->sum(scalars.size(), factors, bad);
    const auto want =
        factors ? curve::multiply<Group>(points, scalars, 1) : curve::sum<Group>(points, 1);
    if (bad != scalars.size() || !(found.affine() == want.affine())) fail("a sum of points");
  }
}

}  // namespace

std::uint64_t gpu_bytes(const circuit::Density& density) {
  const std::uint64_t rows = query_sizes(density).h + 1;
  return std::max(kSumBytes, sizeof(Fr) * rows + kSliceBytes);
}

device::Share share_for(const circuit::Density& density, const device::Share& share) {
  if (share.backend != Backend::cuda || device::gpu_free_bytes() >= gpu_bytes(density))
    return share;
  return {share.threads, device::best_cpu()};
}

void self_test(Backend backend) {
  if (backend != Backend::cuda) return;
  test_quotient();
  test_sums<curve::G1>();
  test_sums<curve::G2>();
}

}  // namespace sealyard::groth16
