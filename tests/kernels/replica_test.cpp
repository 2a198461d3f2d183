#include "kernels/replica/replica.h"

#include <algorithm>

#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/kernels/replica_nodes.h"

using namespace sealyard;

namespace {

/// "" when equal, else the first differing node.
std::string difference(const std::vector<Node>& found, const std::vector<Node>& want) {
  if (found.size() != want.size())
    return fmt::format("{} nodes, want {}", found.size(), want.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i] != want[i])
      return fmt::format("node {}: {}, want {}", i, to_hex(found[i]), to_hex(want[i]));
  return "";
}

}  // namespace

TEST_CASE("replica: every backend writes the reference bytes", "[replica][bit-exact]") {
  const std::string sector = GENERATE("2k-big-number", "2k-cc-v1_1", "2k-data-v1", "2k-data-v1_1",
                                      "2k-data-ni", "4k-raw", "16k-raw", "16k-v1_0-raw", "32k-raw");
  const auto want = replica_vector(sector);
  const auto backend = GENERATE(from_range(replica::encode_backends.backends()));
  CAPTURE(sector, name(backend));

  std::vector<Node> out(want.data.size());
  replica::encode(want.data, want.label, out, backend);
  REQUIRE(difference(out, want.replica) == "");

  replica::decode(want.replica, want.label, out, backend);
  REQUIRE(difference(out, want.data) == "");
}

TEST_CASE("replica: sums wrap at r, in every lane", "[replica]") {
  const auto backend = GENERATE(from_range(replica::encode_backends.backends()));
  CAPTURE(name(backend));
  const Node zero, one = node_of_limbs(1, 0, 0, 0), two = node_of_limbs(2, 0, 0, 0);
  struct Row {
    Node data, label, replica;
  };
  const std::vector<Row> rows{
      {zero, zero, zero},
      {zero, order_minus(1), order_minus(1)},
      {order_minus(1), one, zero},
      {one, order_minus(1), zero},
      {order_minus(1), two, one},
      {order_minus(1), order_minus(1), order_minus(2)},
      {order_minus(3), two, order_minus(1)},
      // A carry that runs through every limb, and one that starts in the middle.
      {node_of_limbs(~0ull, ~0ull, ~0ull, 0), one, node_of_limbs(0, 0, 0, 1)},
      {node_of_limbs(5, ~0ull, ~0ull, 7), node_of_limbs(0, 1, 0, 0), node_of_limbs(5, 0, 0, 8)},
  };
  for (std::size_t lane = 0; lane < 8; ++lane)
    for (const auto& row : rows) {
      std::vector<Node> data(8), label(8), want(8), out(8);
      data[lane] = row.data, label[lane] = row.label, want[lane] = row.replica;
      CAPTURE(lane, to_hex(row.data), to_hex(row.label));
      replica::encode(data, label, out, backend);
      REQUIRE(difference(out, want) == "");
      replica::decode(want, label, out, backend);
      REQUIRE(difference(out, data) == "");
    }
}

TEST_CASE("replica: any number of nodes, also in place, never one more", "[replica]") {
  const auto backend = GENERATE(from_range(replica::encode_backends.backends()));
  const std::size_t n = GENERATE(0, 1, 7, 8, 9, 15, 16, 17, 1000);
  CAPTURE(name(backend), n);
  const auto data = random_nodes(n, 1), label = random_nodes(n, 2);
  std::vector<Node> want(n);
  replica::encode(data, label, want, Backend::portable);

  std::vector<Node> out(n + 1, Node{{7}});
  replica::encode(data, label, std::span(out).first(n), backend);
  REQUIRE(out[n] == Node{{7}});
  out.pop_back();
  REQUIRE(difference(out, want) == "");

  out = data;
  replica::encode(out, label, out, backend);
  REQUIRE(difference(out, want) == "");
  replica::decode(out, label, out, backend);
  REQUIRE(difference(out, data) == "");
}

TEST_CASE("replica: unequal lengths are a usage error and write nothing", "[replica]") {
  std::vector<Node> three(3), four(4, Node{{7}});
  const auto usage = Catch::Matchers::Predicate<Error>(
      [](const Error& error) { return error.fault() == Fault::usage; }, "is a usage error");
  REQUIRE_THROWS_MATCHES(replica::encode(three, four, four, Backend::portable), Error, usage);
  REQUIRE_THROWS_MATCHES(replica::encode(four, three, four, Backend::portable), Error, usage);
  REQUIRE_THROWS_MATCHES(replica::decode(three, four, four, Backend::portable), Error, usage);
  REQUIRE_THROWS_MATCHES(replica::decode(four, four, three, Backend::portable), Error, usage);
  REQUIRE(difference(four, std::vector(4, Node{{7}})) == "");
}

TEST_CASE("replica: a backend it has not is refused", "[replica]") {
  std::vector<Node> four(4, Node{{7}});
  try {
    replica::encode(four, four, four, Backend::sha_ni);
    FAIL("sha-ni was accepted");
  } catch (const Error& error) {
    REQUIRE(error.fault() == Fault::unsupported);
    REQUIRE(std::string(error.what()).find("replica::encode: no sha-ni variant") == 0);
  }
  REQUIRE(difference(four, std::vector(4, Node{{7}})) == "");
}
