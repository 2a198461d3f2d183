// Transforms against the definition: every value computed apart, one power after another.
#include "kernels/ntt/ntt.h"

#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/device/grid.h"
#include "kernels/ntt/ntt_device.h"
#include "tests/catch.h"

using namespace sealyard;
using field::Fr;

namespace {

std::vector<Fr> numbers(std::size_t n, std::uint64_t rng) {
  std::vector<Fr> out;
  Fr x = field::from_u64(rng);
  for (std::size_t i = 0; i < n; ++i) {
    x = field::add(field::pow5(x), field::from_u64(i));
    out.push_back(x);
  }
  return out;
}

Fr value_at(const std::vector<Fr>& coefficients, const Fr& x) {
  Fr sum;
  for (std::size_t i = coefficients.size(); i-- > 0;)
    sum = field::add(field::mul(sum, x), coefficients[i]);
  return sum;
}

std::string big_endian(const Fr& a) {
  auto node = field::to_node(a);
  std::reverse(node.bytes.begin(), node.bytes.end());
  return to_hex(node);
}

}  // namespace

TEST_CASE("ntt: evaluates at every power of omega", "[ntt]") {
  const unsigned log_size = GENERATE(range(0u, 10u));
  const auto backend = GENERATE(from_range(ntt::split_backends.backends()));
  CAPTURE(log_size, name(backend));
  const ntt::Domain domain(log_size, 1, backend);
  const auto coefficients = numbers(domain.size(), log_size);
  auto values = coefficients;
  domain.evaluate(values);
  Fr point = field::one();
  for (std::size_t i = 0; i < domain.size(); ++i) {
    CAPTURE(i);
    REQUIRE(values[i] == value_at(coefficients, point));
    point = field::mul(point, domain.omega());
  }
  REQUIRE(point == field::one());
  domain.interpolate(values);
  REQUIRE(values == coefficients);
}

TEST_CASE("ntt: threads do not change values, nor does scrambled order", "[ntt]") {
  const unsigned log_size = GENERATE(11u, 12u, 15u, 16u);
  const auto coefficients = numbers(std::size_t{1} << log_size, 3);
  auto want = coefficients;
  const ntt::Domain one(log_size, 1);
  one.evaluate(want);
  REQUIRE(want[5] == value_at(coefficients, ntt::power(one.omega(), 5)));
  for (const unsigned threads : {2u, 3u, 5u, 17u}) {
    CAPTURE(log_size, threads);
    const ntt::Domain domain(log_size, threads);
    auto x = coefficients;
    domain.evaluate_scrambled(x);
    domain.scramble(x);
    REQUIRE(x == want);
    domain.scramble(x);
    domain.interpolate_scrambled(x);
    REQUIRE(x == coefficients);
  }
}

TEST_CASE("ntt: constants of the domains of Filecoin", "[ntt][bit-exact]") {
  // omega^1 and 1 / (7^n - 1) for n = 2^15 and 2^22.
  const auto check = [](unsigned log_size, const char* omega, const char* zinv) {
    REQUIRE(big_endian(ntt::root_of_unity(log_size)) == omega);
    const Fr z =
        field::sub(ntt::power(field::from_u64(ntt::kGenerator), 1u << log_size), field::one());
    REQUIRE(big_endian(field::inverse(z)) == zinv);
  };
  check(15, "3291357ee558b50d483405417a0cbe39c8d5f51db3f32699fbd047e11279bb6e",
        "64150f49166b27fa777c16e937469c1a0a0d6198b34017d325a87f5a4c21a098");
  check(22, "0abe6a5e5abcaa32f2d38f10fbb8d1bbe08fec7c86389beec6e7a6ffb08e3363",
        "2d22c019e09aa8391c3a694b262c257db6a251fde6134778560cf80c72d43a0c");
}

TEST_CASE("ntt: scales by powers", "[ntt]") {
  const ntt::Domain domain(12, 3);
  const auto before = numbers(domain.size(), 9);
  auto after = before;
  const Fr three = field::from_u64(3), seven = field::from_u64(7);
  domain.scale(after, three, seven);
  for (const std::size_t i : {0u, 1u, 2u, 1365u, 4095u})
    REQUIRE(after[i] == field::mul(before[i], field::mul(three, ntt::power(seven, i))));
}

TEST_CASE("ntt: sizes", "[ntt]") {
  REQUIRE(ntt::log_size_for(0) == 0);
  REQUIRE(ntt::log_size_for(1) == 0);
  REQUIRE(ntt::log_size_for(2) == 1);
  REQUIRE(ntt::log_size_for(3) == 2);
  REQUIRE(ntt::log_size_for(21889) == 15);
  REQUIRE(ntt::log_size_for(32768) == 15);
  REQUIRE(ntt::log_size_for(32769) == 16);
  REQUIRE(ntt::log_size_for(130278869) == 27);
  REQUIRE(ntt::log_size_for(std::uint64_t{1} << 31) == 31);
  REQUIRE_THROWS_AS(ntt::log_size_for((std::uint64_t{1} << 31) + 1), Error);
  REQUIRE_THROWS_AS(ntt::Domain(32, 1), Error);
  std::vector<Fr> seven(7);
  REQUIRE_THROWS_AS(ntt::Domain(3, 1).evaluate(seven), Error);
}

// Beyond what one block holds, and factors for every count of lanes left over.
TEST_CASE("ntt: every backend gives the bytes of the portable one", "[ntt][bit-exact]") {
  const auto backend = GENERATE(from_range(ntt::split_backends.backends()));
  const unsigned log_size = GENERATE(5u, 12u, 13u, 14u, 15u);
  CAPTURE(name(backend), log_size);
  const ntt::Domain portable(log_size, 1, Backend::portable), domain(log_size, 2, backend);
  auto want = numbers(std::size_t{1} << log_size, 5), found = want;
  portable.evaluate_scrambled(want);
  domain.evaluate_scrambled(found);
  REQUIRE(found == want);
  portable.interpolate(want);
  domain.interpolate(found);
  REQUIRE(found == want);
}

TEST_CASE("ntt: every backend scales any number of elements", "[ntt][bit-exact]") {
  const auto backend = GENERATE(from_range(ntt::scale_backends.backends()));
  const std::size_t n = GENERATE(range(std::size_t{0}, std::size_t{34}));
  CAPTURE(name(backend), n);
  const auto x = numbers(n + 2, 9);
  std::vector found(x.begin(), x.begin() + n), want = found;
  Fr factor = x[n];
  for (auto& element : want) {
    element = field::mul(element, factor);
    factor = field::mul(factor, x[n + 1]);
  }
  ntt::scale_backends.at(backend)(found.data(), n, x[n], x[n + 1]);
  REQUIRE(found == want);
}

// The steps of the CUDA variant, played on the host, for every count of levels left over and with
// both tables of roots in use (from 2^15 on).
TEST_CASE("ntt: what a GPU computes", "[ntt][bit-exact]") {
  namespace gpu = ntt::gpu;
  const unsigned log_size = GENERATE(0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 15u, 16u);
  CAPTURE(log_size);
  const ntt::Domain want(log_size, 1, Backend::portable);
  device::HostGrid grid;
  gpu::Domain<device::HostGrid> domain(grid, gpu::constants(log_size));
  auto x = numbers(want.size(), 5);
  const auto on_grid = grid.upload<gpu::Fr>(x.data(), x.size());
  const auto same = [&] {
    std::vector<Fr> found(x.size());
    grid.download(on_grid.get(), found.size(), found.data());
    return found == x;
  };
  want.evaluate_scrambled(x);
  domain.evaluate_scrambled(on_grid.get());
  REQUIRE(same());
  want.interpolate(x);
  domain.interpolate(on_grid.get());
  REQUIRE(same());
  want.interpolate_scrambled(x);
  domain.interpolate_scrambled(on_grid.get());
  REQUIRE(same());
  want.scale(x, field::one(), field::from_u64(ntt::kGenerator));
  domain.scale(on_grid.get(), gpu::constants(log_size).generator);
  REQUIRE(same());
}
