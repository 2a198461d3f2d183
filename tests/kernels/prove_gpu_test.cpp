// Sums, quotients and proofs on a GPU against those of the CPU.
#include <array>
#include <vector>

#include "kernels/curve/encoded_sums_backends.h"
#include "kernels/curve/encoding.h"
#include "kernels/curve/msm.h"
#include "kernels/groth16/quotient.h"
#include "kernels/groth16/variants.h"
#include "tests/catch.h"
#include "tests/gpu.h"

using namespace sealyard;
using namespace sealyard::curve;

namespace {

const unsigned kThreads = 2;

// With 0, 1 and -1 among them.
std::vector<Fr> numbers(std::size_t n, std::uint64_t seed) {
  std::vector<Fr> out{Fr{}, field::one(), field::sub(Fr{}, field::one())};
  Fr x = field::from_u64(seed);
  while (out.size() < n) out.push_back(x = field::add(field::pow5(x), x));
  out.resize(n);
  return out;
}

}  // namespace

TEMPLATE_TEST_CASE("curve on a GPU: sums of points", "[curve][gpu][bit-exact]", G1, G2) {
  skip_without_gpu();
  const std::size_t n = GENERATE(1u, 2u, 33u, 1000u, 70000u);
  CAPTURE(n);
  std::vector<Affine<TestType>> points;
  std::vector<std::uint8_t> bytes(n * TestType::kBytes);
  Point<TestType> p(Affine<TestType>::generator());
  for (std::size_t i = 0; i < n; ++i, p += Affine<TestType>::generator()) {
    points.push_back(p.affine());
    encode(points.back(), &bytes[i * TestType::kBytes]);
  }
  const auto sums = encoded_sums_backends<TestType>().at(Backend::cuda)();
  const auto check = [&](const Fr* scalars, const Point<TestType>& want) {
    std::copy(bytes.begin(), bytes.end(), sums->room(n));
    std::size_t bad = 0;
    const auto found = sums->sum(n, scalars, bad);
    REQUIRE(bad == n);
    REQUIRE(found.affine() == want.affine());
  };
  check(nullptr, sum<TestType>(points, kThreads));
  const auto scalars = numbers(n, 7);
  check(scalars.data(), multiply<TestType>(points, scalars, kThreads));
  const std::vector<Fr> same(n, scalars.back());
  check(same.data(), multiply<TestType>(points, same, kThreads));
  std::copy(bytes.begin(), bytes.end(), sums->room(n));
  sums->room(n)[n / 2 * TestType::kBytes] ^= 0x80;
  std::size_t bad = n;
  sums->sum(n, nullptr, bad);
  REQUIRE(bad == n / 2);
}

TEST_CASE("groth16 on a GPU: the quotient", "[groth16][gpu][bit-exact]") {
  skip_without_gpu();
  const unsigned log_size = GENERATE(0u, 1u, 2u, 3u, 12u, 16u, 23u);
  CAPTURE(log_size);
  const std::size_t n = std::size_t{1} << log_size;
  auto want = numbers(n, 3), found = want, b = numbers(n, 5), b_too = b, c = numbers(n, 7);
  auto c_too = c;
  groth16::portable::row_product(want, b, kThreads);
  groth16::cuda::row_product(found, b_too, kThreads);
  REQUIRE(found == want);
  groth16::portable::divide_by_z(want, c, kThreads);
  groth16::cuda::divide_by_z(found, c_too, kThreads);
  REQUIRE(found == want);
}
