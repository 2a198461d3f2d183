#include <cstring>
#include <random>
#include <vector>

#include "kernels/base/hex.h"
#include "kernels/field/fr.h"
#include "kernels/field/fr_device.h"
#include "tests/catch.h"

using namespace sealyard;
using field::Fr;

namespace {

// r - 1, r and r + 1, little-endian.
const Node kMinusOne =
    node_from_hex("00000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73", "r - 1");
const Node kModulus =
    node_from_hex("01000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73", "r");
const Node kPlusOne =
    node_from_hex("02000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73", "r + 1");

Node small(std::uint8_t number) {
  Node node;
  node.bytes[0] = number;
  return node;
}

Fr random_element(std::mt19937_64& rng) {
  Node node;
  for (auto& byte : node.bytes) byte = static_cast<std::uint8_t>(rng());
  return field::from_node(trim(node));
}

}  // namespace

TEST_CASE("field: a node is canonical below r only", "[field]") {
  REQUIRE(field::is_canonical(Node{}));
  REQUIRE(field::is_canonical(kMinusOne));
  REQUIRE_FALSE(field::is_canonical(kModulus));
  REQUIRE_FALSE(field::is_canonical(kPlusOne));
  REQUIRE_FALSE(field::from_canonical(kModulus).has_value());
  REQUIRE(field::from_canonical(kMinusOne).has_value());
  // Source: rust-fil-proofs, fr32/src/convert.rs, test_fr32_validation: most significant bytes.
  const auto ends_in = [](std::uint8_t before, std::uint8_t last) {
    Node node;
    node.bytes.fill(0xff);
    node.bytes[30] = before;
    node.bytes[31] = last;
    return field::is_canonical(node);
  };
  REQUIRE_FALSE(ends_in(0xff, 0x73));
  REQUIRE(ends_in(0xff, 0x72));
  REQUIRE(ends_in(0xec, 0x73));
  REQUIRE_FALSE(ends_in(0xed, 0x73));
}

TEST_CASE("field: a node of r or more is taken mod r", "[field]") {
  REQUIRE(field::to_node(field::from_node(kModulus)) == Node{});
  REQUIRE(field::to_node(field::from_node(kPlusOne)) == small(1));
  Node highest;
  highest.bytes.fill(0xff);
  REQUIRE(to_hex(field::to_node(field::from_node(highest))) ==
          "fdffffff0100000002480300fab78458f54fbcecef4f8c996f05c5ac59b12418");
}

TEST_CASE("field: addition and subtraction wrap at r", "[field]") {
  REQUIRE(field::add(kMinusOne, small(1)) == Node{});
  REQUIRE(field::add(kMinusOne, small(9)) == small(8));
  REQUIRE(field::sub(Node{}, small(1)) == kMinusOne);
  REQUIRE(field::sub(small(9), small(8)) == small(1));
  REQUIRE(field::add(kMinusOne, kMinusOne) == field::sub(Node{}, small(2)));
}

TEST_CASE("field: products, powers and inverses obey the field's laws", "[field]") {
  std::mt19937_64 rng(11);
  for (int i = 0; i < 200; ++i) {
    const Fr a = random_element(rng), b = random_element(rng), c = random_element(rng);
    REQUIRE(field::mul(a, field::add(b, c)) == field::add(field::mul(a, b), field::mul(a, c)));
    REQUIRE(field::sqr(a) == field::mul(a, a));
    REQUIRE(field::pow5(a) == field::mul(a, field::mul(field::mul(a, a), field::mul(a, a))));
    REQUIRE(field::mul(a, field::inverse(a)) == field::one());
    REQUIRE(field::from_node(field::to_node(a)) == a);
  }
  REQUIRE(field::inverse(field::zero()) == field::zero());
  const Fr seven = field::from_u64(7), eight = field::from_u64(8);
  REQUIRE(field::to_node(field::mul(seven, eight)) == small(56));
}

TEST_CASE("field: dot equals the sum of products for every length", "[field]") {
  std::mt19937_64 rng(12);
  const Fr highest = field::from_node(kMinusOne);
  for (std::size_t n = 0; n <= 140; ++n) {
    std::vector<Fr> a(n), b(n);
    for (std::size_t i = 0; i < n; ++i) {
      a[i] = random_element(rng);
      b[i] = random_element(rng);
    }
    const auto sum_of_products = [&] {
      Fr sum = field::zero();
      for (std::size_t i = 0; i < n; ++i) sum = field::add(sum, field::mul(a[i], b[i]));
      return sum;
    };
    CAPTURE(n);
    REQUIRE(field::dot(a.data(), b.data(), n) == sum_of_products());
    a.assign(n, highest);
    b.assign(n, highest);
    REQUIRE(field::dot(a.data(), b.data(), n) == sum_of_products());
    // The largest inner representation: Montgomery form r - 1.
    for (auto* list : {&a, &b})
      for (auto& x : *list) {
        const std::uint64_t limbs[4]{0xffffffff00000000, 0x53bda402fffe5bfe, 0x3339d80809a1d805,
                                     0x73eda753299d7d48};
        for (int l = 0; l < 4; ++l) x.value.l[l] = limbs[l];
      }
    REQUIRE(field::dot(a.data(), b.data(), n) == sum_of_products());
  }
}

namespace {

template <typename To, typename From>
To same_bytes(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(static_cast<void*>(&to), &from, sizeof to);
  return to;
}

// Where limbs are 0 or full, and near r; the rest is random.
std::vector<Fr> edges_and_others() {
  std::vector<Fr> list{field::zero(), field::one(), field::from_node(kMinusOne)};
  for (int limb = 0; limb < 4; ++limb)
    for (const std::uint64_t value : {1ull, 0xffffffffull, 0xffffffff00000000ull, ~0ull}) {
      Fr inner = field::from_node(kMinusOne);  // the limbs of the Montgomery form
      inner.value.l[limb] = limb == 3 ? value & 0x73eda753299d7d47 : value;
      list.push_back(inner);
      inner = Fr{};
      inner.value.l[limb] = limb == 3 ? value & 0x73eda753299d7d47 : value;
      list.push_back(inner);
    }
  Fr highest;
  const std::uint64_t limbs[4]{0xffffffff00000000, 0x53bda402fffe5bfe, 0x3339d80809a1d805,
                               0x73eda753299d7d48};
  for (int l = 0; l < 4; ++l) highest.value.l[l] = limbs[l];
  list.push_back(highest);
  std::mt19937_64 rng(13);
  while (list.size() < 120) list.push_back(random_element(rng));
  return list;
}

}  // namespace

TEST_CASE("field: what a GPU computes", "[field][bit-exact]") {
  namespace gpu = field::gpu;
  const auto list = edges_and_others();
  REQUIRE(same_bytes<Fr>(gpu::Fr::one()) == field::one());
  REQUIRE(same_bytes<Fr>(gpu::Fr::zero()) == field::zero());
  for (const Fr& a : list) {
    const auto x = same_bytes<gpu::Fr>(a);
    REQUIRE(same_bytes<Fr>(neg(x)) == field::sub(field::zero(), a));
    REQUIRE(same_bytes<Fr>(twice(x)) == field::add(a, a));
    REQUIRE(same_bytes<Fr>(sqr(x)) == field::sqr(a));
    REQUIRE(same_bytes<Fr>(pow5(x)) == field::pow5(a));
    REQUIRE(same_bytes<Node>(plain(x)) == field::to_node(a));
    REQUIRE(x.is_zero() == (a == field::zero()));
    for (const Fr& b : list) {
      const auto y = same_bytes<gpu::Fr>(b);
      REQUIRE(same_bytes<Fr>(add(x, y)) == field::add(a, b));
      REQUIRE(same_bytes<Fr>(sub(x, y)) == field::sub(a, b));
      REQUIRE(same_bytes<Fr>(mul(x, y)) == field::mul(a, b));
      REQUIRE((x == y) == (a == b));
    }
  }
}
