#include "kernels/replica/replica.h"
#include "tests/catch.h"
#include "tests/gpu.h"
#include "tests/kernels/replica_nodes.h"

using namespace sealyard;

TEST_CASE("replica on a GPU: the reference bytes", "[replica][gpu][bit-exact]") {
  skip_without_gpu();
  const std::string sector = GENERATE("2k-data-v1_1", "4k-raw", "32k-raw");
  CAPTURE(sector);
  const auto want = replica_vector(sector);
  std::vector<Node> out(want.data.size());
  replica::encode(want.data, want.label, out, Backend::cuda);
  REQUIRE(out == want.replica);
  replica::decode(want.replica, want.label, out, Backend::cuda);
  REQUIRE(out == want.data);
}

TEST_CASE("replica on a GPU: blocks, slices and what is left over", "[replica][gpu]") {
  skip_without_gpu();
  const std::size_t slice = std::size_t{1} << 21;
  const std::size_t n = GENERATE_COPY(
      values<std::size_t>({0, 1, 255, 256, 257, slice - 1, slice, slice + 1, 2 * slice + 300}));
  CAPTURE(n);
  const auto data = random_nodes(n, 3), label = random_nodes(n, 4);
  std::vector<Node> want(n), out = data;
  replica::encode(data, label, want, Backend::portable);
  replica::encode(out, label, out, Backend::cuda);
  REQUIRE((out == want));
  replica::decode(out, label, out, Backend::cuda);
  REQUIRE((out == data));
}
