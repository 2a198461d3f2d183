// Points: encodings and what they refuse, sums, products, pairings.
#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/curve/batch_add.h"
#include "kernels/curve/encoded_sums_device.h"
#include "kernels/curve/encoding.h"
#include "kernels/curve/fixed_base.h"
#include "kernels/curve/msm.h"
#include "kernels/curve/pairing.h"
#include "kernels/curve/point_device.h"
#include "kernels/curve/variants.h"
#include "tests/catch.h"

using namespace sealyard;
using namespace sealyard::curve;

namespace {

// Of full width, with 0, 1, -1 and small ones among them.
std::vector<Fr> scalars(std::size_t n) {
  std::vector<Fr> out{Fr{},
                      field::one(),
                      field::sub(Fr{}, field::one()),
                      field::from_u64(2),
                      field::from_u64(0x8000),
                      field::from_u64(0x8001),
                      field::from_u64(0xffff)};
  Fr x = field::from_u64(n);
  while (out.size() < n) out.push_back(x = field::add(field::pow5(x), field::one()));
  out.resize(n);
  return out;
}

template <typename Group>
std::vector<Affine<Group>> points(std::size_t n) {
  std::vector<Affine<Group>> out;
  Point<Group> p(Affine<Group>::generator());
  for (std::size_t i = 0; i < n; ++i) {
    out.push_back(p.affine());
    p += p;
    p += Affine<Group>::generator();
  }
  return out;
}

template <typename Group>
std::array<std::uint8_t, Group::kBytes> encoded(const Affine<Group>& point) {
  std::array<std::uint8_t, Group::kBytes> bytes;
  encode(point, bytes.data());
  return bytes;
}

template <typename Group>
Flaw flaw(const std::array<std::uint8_t, Group::kBytes>& bytes,
          Inspection inspection = Inspection::in_group) {
  return decode<Group>(bytes, inspection).flaw;
}

}  // namespace

// Source: the standard generators; zkcrypto/bls12_381, src/tests, g1_compressed_valid_test_vectors.
TEST_CASE("curve: the generators' bytes", "[curve][bit-exact]") {
  REQUIRE(
      to_hex(compress(G1Affine::generator())) ==
      "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22"
      "c6bb");
  REQUIRE(to_hex(encoded(G1Affine::generator())).substr(0, 32) ==
          "17f1d3a73197d7942695638c4fa9ac0f");
  REQUIRE(to_hex(compress(G2Affine::generator())).substr(0, 32) ==
          "93e02b6052719f607dacd3a088274f65");
}

TEMPLATE_TEST_CASE("curve: points come back from their bytes", "[curve]", G1, G2) {
  for (const auto& point : points<TestType>(20)) {
    const auto back = decode<TestType>(encoded(point), Inspection::in_group);
    REQUIRE(back.flaw == Flaw::none);
    REQUIRE(back.point == point);
    const auto small = uncompress<TestType>(compress(point));
    REQUIRE(small.flaw == Flaw::none);
    REQUIRE(small.point == point);
    REQUIRE(uncompress<TestType>(compress(-point)).point == -point);
    REQUIRE(!(-point == point));
  }
}

TEMPLATE_TEST_CASE("curve: every flipped bit of a point is refused", "[curve]", G1, G2) {
  const auto point = points<TestType>(3)[2];
  const auto bytes = encoded(point);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    CAPTURE(bit);
    auto altered = bytes;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    REQUIRE(flaw<TestType>(altered, Inspection::on_curve) != Flaw::none);
  }
  // A compressed point is all x and a sign: some other x are on the curve, none in the group.
  const auto small = compress(point);
  for (std::size_t bit = 0; bit < 8 * small.size(); ++bit) {
    CAPTURE(bit);
    auto altered = small;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    const auto back = uncompress<TestType>(altered);
    if (bit == 5)  // byte 0, 0x20: the sign
      REQUIRE(back.point == -point);
    else
      REQUIRE(back.flaw != Flaw::none);
  }
}

TEST_CASE("curve: identities, wide coordinates and foreign points are refused", "[curve]") {
  std::array<std::uint8_t, 96> g1{0x40};
  REQUIRE(flaw<G1>(g1) == Flaw::identity);
  g1[95] = 1;
  REQUIRE(flaw<G1>(g1) == Flaw::bad_encoding);
  g1 = {};  // (0, 0)
  REQUIRE(flaw<G1>(g1) == Flaw::off_curve);
  // x = 0, y = 2 is on y^2 = x^3 + 4, of order 3.
  g1[95] = 2;
  REQUIRE(flaw<G1>(g1, Inspection::on_curve) == Flaw::outside_group);
  const auto p = from_hex(
      "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffff"
      "aaab",
      "p");
  g1 = encoded(G1Affine::generator());
  std::copy(p.begin(), p.end(), g1.begin());  // x = p
  REQUIRE(flaw<G1>(g1) == Flaw::bad_encoding);
  std::array<std::uint8_t, 192> g2{0x40};
  REQUIRE(flaw<G2>(g2) == Flaw::identity);
  std::array<std::uint8_t, 48> compressed{0xc0};
  REQUIRE(uncompress<G1>(compressed).flaw == Flaw::identity);
  compressed[0] = 0;
  REQUIRE(uncompress<G1>(compressed).flaw == Flaw::bad_encoding);
  // A compressed point where coordinates are wanted.
  g1 = {};
  std::ranges::copy(compress(G1Affine::generator()), g1.begin());
  REQUIRE(flaw<G1>(g1) == Flaw::bad_encoding);
  // On the curve, not in the group: x = 4 has a root in G1's curve.
  compressed = {0x80};
  for (std::uint8_t x = 1; x < 30; ++x) {
    compressed[47] = x;
    const auto back = uncompress<G1>(compressed);
    REQUIRE((back.flaw == Flaw::off_curve || back.flaw == Flaw::outside_group));
    if (back.flaw == Flaw::outside_group) {
      const auto bytes = encoded(back.point);
      REQUIRE(flaw<G1>(bytes, Inspection::on_curve) == Flaw::none);
      REQUIRE(flaw<G1>(bytes) == Flaw::outside_group);
    }
  }
}

TEMPLATE_TEST_CASE("curve: sums and products are those of single steps", "[curve]", G1, G2) {
  const std::size_t n = GENERATE(0u, 1u, 2u, 31u, 32u, 33u, 200u);
  const unsigned threads = GENERATE(1u, 3u);
  CAPTURE(n, threads);
  const auto p = points<TestType>(n);
  const auto s = scalars(n);
  Point<TestType> added, multiplied;
  for (std::size_t i = 0; i < n; ++i) {
    added += p[i];
    multiplied += s[i] * p[i];
  }
  REQUIRE(sum<TestType>(p, threads).affine() == added.affine());
  REQUIRE(multiply<TestType>(p, s, threads).affine() == multiplied.affine());
}

TEMPLATE_TEST_CASE("curve: both ways to multiply give the same", "[curve]", G1, G2) {
  const std::size_t n = GENERATE(1u, 2u, 5u, 40u, 700u, 3000u);
  CAPTURE(n);
  const auto p = points<TestType>(n);
  const auto s = scalars(n);
  const auto want = multiply_pippenger<TestType>(p, s, 1).affine();
  for (const auto backend : add_backends<TestType>().backends())
    for (const unsigned threads : {1u, 2u, 7u, 300u}) {
      CAPTURE(name(backend), threads);
      REQUIRE(multiply_batched<TestType>(p, s, threads, backend).affine() == want);
    }
  REQUIRE(multiply<TestType>(p, s, 2).affine() == want);
}

// All in one bucket, more than a block of them; a bucket that cancels out.
TEST_CASE("curve: products of equal and opposite points", "[curve]") {
  const auto backend = GENERATE(from_range(add_backends<G1>().backends()));
  CAPTURE(name(backend));
  const auto product = [&](std::span<const G1Affine> p, std::span<const Fr> s) {
    return multiply_batched<G1>(p, s, 2, backend);
  };
  const auto g = G1Affine::generator();
  std::vector<G1Affine> p(10'001, g);
  const std::vector<Fr> s(p.size(), field::from_u64(3));
  REQUIRE(product(p, s).affine() == (field::from_u64(30'003) * g).affine());
  for (std::size_t i = 0; i < p.size(); i += 2) p[i] = -g;
  REQUIRE(product(p, s).affine() == -(field::from_u64(3) * g).affine());
  p.pop_back();
  REQUIRE(product(p, std::span(s).first(p.size())).is_identity());
  REQUIRE(sum_batched<G1>(p, backend).is_identity());
  const std::vector<Fr> none(p.size());
  REQUIRE(product(p, none).is_identity());
}

TEST_CASE("curve: a product of unequal lengths is a usage error", "[curve]") {
  REQUIRE_THROWS_AS(multiply<G1>(points<G1>(3), scalars(2), 1), Error);
}

TEMPLATE_TEST_CASE("curve: the same point many times adds up", "[curve]", G1, G2) {
  const auto g = Affine<TestType>::generator();
  const std::vector<Affine<TestType>> same(100, g);
  REQUIRE(sum<TestType>(same, 2).affine() == (field::from_u64(100) * g).affine());
  const std::vector<Fr> threes(100, field::from_u64(3));
  REQUIRE(multiply<TestType>(same, threes, 2).affine() == (field::from_u64(300) * g).affine());
}

// Every kind of pair in every lane, and any number of pairs.
TEMPLATE_TEST_CASE("curve: batched additions of any points", "[curve][bit-exact]", G1, G2) {
  const auto backend = GENERATE(from_range(add_backends<TestType>().backends()));
  CAPTURE(name(backend));
  auto list = points<TestType>(21);
  list.push_back({});
  BatchAdd<TestType> add(backend);
  for (std::size_t n = 0; n < 36; ++n) {
    CAPTURE(n);
    std::vector<Pair> pairs;
    std::vector<Affine<TestType>> want, sums(n);
    for (std::size_t i = 0; i < n; ++i) {
      // Mostly different points; now and then the same, the identity, its negative.
      Entry left = static_cast<Entry>((7 * i + n) % list.size());
      Entry right = static_cast<Entry>((i + 3 * n) % 5 == 0 ? left : (5 * i + 3) % list.size());
      if ((i + n) % 3 == 0) left |= kNegative;
      if ((i / 2 + n) % 3 == 0) right |= kNegative;
      pairs.push_back({left, right});
      want.push_back(
          (Point<TestType>(at(list.data(), left)) + Point<TestType>(at(list.data(), right)))
              .affine());
    }
    add(list.data(), list.data(), pairs, sums.data());
    REQUIRE(sums == want);
  }
}

TEMPLATE_TEST_CASE("curve: points are added to sums where they are", "[curve]", G1, G2) {
  const auto backend = GENERATE(from_range(add_backends<TestType>().backends()));
  CAPTURE(name(backend));
  const auto list = points<TestType>(50);
  auto sums = list;
  std::vector<Pair> pairs;
  for (Entry i = 0; i < sums.size(); ++i) pairs.push_back({i, (i * i) % 50});
  BatchAdd<TestType> add(backend);
  add(sums.data(), list.data(), pairs, sums.data());
  for (Entry i = 0; i < sums.size(); ++i) {
    CAPTURE(i);
    REQUIRE(sums[i] == (Point<TestType>(list[i]) += list[pairs[i].right]).affine());
  }
}

TEMPLATE_TEST_CASE("curve: multiples of one point, for every window", "[curve]", G1, G2) {
  const std::size_t uses = GENERATE(1u, 10u, 100u, 1000u, 10'000u, 100'000u);
  const auto base = points<TestType>(4)[3];
  const auto backend = GENERATE(from_range(add_backends<TestType>().backends()));
  const FixedBase<TestType> table(base, uses, 3, backend);
  CAPTURE(table.window_bits());
  const auto s = scalars(40);
  std::vector<Affine<TestType>> products(s.size());
  table.multiply(s, products);
  for (std::size_t i = 0; i < s.size(); ++i) {
    CAPTURE(i);
    REQUIRE(products[i] == (s[i] * base).affine());
  }
}

TEST_CASE("curve: pairings are bilinear", "[curve]") {
  const auto g1 = G1Affine::generator();
  const auto g2 = G2Affine::generator();
  const Fr a = field::from_u64(5), b = field::from_u64(77), ab = field::from_u64(385);
  using Pair = std::pair<G1Affine, G2Affine>;
  std::vector<Pair> pairs{{(a * g1).affine(), (b * g2).affine()}, {-(ab * g1).affine(), g2}};
  REQUIRE(product_is_one(pairs));
  pairs.emplace_back(G1Affine{}, g2);
  pairs.emplace_back(g1, G2Affine{});
  REQUIRE(product_is_one(pairs));
  pairs.emplace_back(g1, g2);
  REQUIRE(!product_is_one(pairs));
  REQUIRE(!product_is_one(std::vector<Pair>{{g1, g2}}));
  REQUIRE(product_is_one({}));
}

namespace {

template <typename To, typename From>
To same_bytes(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(static_cast<void*>(&to), &from, sizeof to);
  return to;
}

template <typename Group>
using GpuField = std::conditional_t<std::is_same_v<Group, G1>, gpu::Fp, gpu::Fp2>;

template <typename Group>
gpu::Affine<GpuField<Group>> to_gpu(const Affine<Group>& point) {
  return same_bytes<gpu::Affine<GpuField<Group>>>(point);
}

template <typename Group>
Affine<Group> from_gpu(const gpu::Point<GpuField<Group>>& point) {
  return same_bytes<Point<Group>>(jacobian(point)).affine();
}

// Coordinates of points, and what is near 0 and p, in Montgomery form.
template <typename Field, typename Group>
std::vector<Field> coordinates() {
  std::vector<Field> list;
  for (const auto& point : points<Group>(12)) {
    list.push_back(point.value.x);
    list.push_back(point.value.y);
  }
  const std::uint64_t highest[6]{0xb9feffffffffaaaa, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
                                 0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
  for (const std::uint64_t* limbs : {highest}) {
    std::array<std::uint64_t, sizeof(Field) / 8> all{};
    for (std::size_t half = 0; half < all.size(); half += 6) {
      std::copy_n(limbs, 6, all.begin() + half);
      list.push_back(same_bytes<Field>(all));
      all[half + 2] = ~std::uint64_t{0};
      all[half + 5] -= 1;
      list.push_back(same_bytes<Field>(all));
    }
  }
  list.push_back(Field{});
  Field one{};
  reinterpret_cast<std::uint64_t*>(&one)[0] = 1;
  list.push_back(one);
  return list;
}

}  // namespace

TEMPLATE_TEST_CASE("curve: what a GPU computes with coordinates", "[curve][bit-exact]", G1, G2) {
  using Field = typename TestType::Field;
  using Gpu = GpuField<TestType>;
  const auto list = coordinates<Field, TestType>();
  const auto check = [](const Gpu& found, const Field& want) {
    REQUIRE(std::memcmp(&found, &want, sizeof want) == 0);
  };
  for (const Field& a : list)
    for (const Field& b : list) {
      const auto x = same_bytes<Gpu>(a), y = same_bytes<Gpu>(b);
      Field want;
      TestType::field_add(&want, &a, &b);
      check(add(x, y), want);
      TestType::field_sub(&want, &a, &b);
      check(sub(x, y), want);
      TestType::field_mul(&want, &a, &b);
      check(mul(x, y), want);
      TestType::field_sqr(&want, &a);
      check(sqr(x), want);
      TestType::field_negate(&want, &a, true);
      check(neg(x), want);
      REQUIRE((x == y) == (std::memcmp(&a, &b, sizeof a) == 0));
    }
}

TEMPLATE_TEST_CASE("curve: what a GPU computes with points", "[curve][bit-exact]", G1, G2) {
  using Gpu = gpu::Point<GpuField<TestType>>;
  auto list = points<TestType>(6);
  list.push_back(-list[2]);
  list.push_back(Affine<TestType>{});
  for (const auto& a : list)
    for (const auto& b : list) {
      const Point<TestType> p(a), q(b);
      Gpu sum = Gpu::identity();
      add_to(sum, to_gpu(a));
      REQUIRE(from_gpu<TestType>(sum) == a);
      add_to(sum, to_gpu(b));
      REQUIRE(from_gpu<TestType>(sum) == (p + q).affine());
      Gpu both = sum, other = Gpu::identity();
      add_to(other, to_gpu(b));
      add_to(both, other);
      REQUIRE(from_gpu<TestType>(both) == (p + q + q).affine());
      add_to(both, both);
      REQUIRE(from_gpu<TestType>(both) == (p + q + q + p + q + q).affine());
      REQUIRE(from_gpu<TestType>(twice(sum)) == (p + q + p + q).affine());
      Gpu opposite = Gpu::identity();
      add_to(opposite, negative(to_gpu((p + q).affine())));
      add_to(sum, opposite);
      REQUIRE(sum.is_identity());
    }
  Gpu one = Gpu::identity();
  add_to(one, to_gpu(list[3]));
  for (const std::uint32_t factor : {0u, 1u, 2u, 77u, 0x1ffffu})
    REQUIRE(from_gpu<TestType>(gpu::times(factor, one)) ==
            (field::from_u64(factor) * list[3]).affine());
}

namespace {

template <typename Group>
std::vector<std::uint8_t> encoded(const std::vector<Affine<Group>>& list) {
  std::vector<std::uint8_t> bytes(list.size() * Group::kBytes);
  for (std::size_t i = 0; i < list.size(); ++i) encode(list[i], &bytes[i * Group::kBytes]);
  return bytes;
}

}  // namespace

// The steps of the CUDA variant, played on the host. Runs are of 32 points: so lists of one run, of
// several, and of runs of runs; equal and opposite points meet in one bucket.
TEMPLATE_TEST_CASE("curve: what a GPU adds up", "[curve][bit-exact]", G1, G2) {
  const std::size_t n = GENERATE(0u, 1u, 2u, 31u, 33u, 1100u);
  CAPTURE(n);
  auto list = points<TestType>(n);
  if (n > 30) list[7] = list[6], list[9] = -list[8];
  const auto bytes = encoded(list);
  device::HostGrid grid;
  std::size_t bad = 0;
  const auto check = [&](const Fr* factors, unsigned bits, const Point<TestType>& want) {
    const auto found = gpu::sum_encoded<TestType>(grid, bytes.data(), n, factors, bad, bits);
    REQUIRE(bad == n);
    REQUIRE(found.affine() == want.affine());
  };
  check(nullptr, 0, sum<TestType>(list, 1));
  if (n > 100) return;  // products take as long as they are slow on a host
  const auto mixed = scalars(n);
  check(mixed.data(), 6, multiply<TestType>(list, mixed, 1));
  // All into the same buckets, and all of them zero.
  const std::vector<Fr> same(n, mixed.empty() ? Fr{} : mixed.back()), zeros(n);
  check(same.data(), 5, multiply<TestType>(list, same, 1));
  check(zeros.data(), 4, {});
}

TEST_CASE("curve: what a GPU adds up, in windows of several sizes", "[curve][bit-exact]") {
  const auto list = points<G1>(9);
  const auto bytes = encoded(list);
  const auto mixed = scalars(list.size());
  const auto want = multiply<G1>(list, mixed, 1).affine();
  device::HostGrid grid;
  for (const unsigned bits : {4u, 5u, 7u, 10u}) {
    CAPTURE(bits);
    std::size_t bad = 0;
    const auto found =
        gpu::sum_encoded<G1>(grid, bytes.data(), list.size(), mixed.data(), bad, bits);
    REQUIRE(found.affine() == want);
  }
  REQUIRE(gpu::best_bits(1) == 4);
  REQUIRE(gpu::best_bits(std::size_t{1} << 21) == 16);
}

TEMPLATE_TEST_CASE("curve: what a GPU takes for no point", "[curve]", G1, G2) {
  auto list = points<TestType>(9);
  const auto good = encoded(list);
  const auto first_bad = [](const std::vector<std::uint8_t>& bytes) {
    device::HostGrid grid;
    std::size_t bad = 0;
    const auto n = bytes.size() / TestType::kBytes;
    gpu::sum_encoded<TestType>(grid, bytes.data(), n, nullptr, bad, 4);
    // As the host has it.
    std::size_t want = 0;
    const EncodedPoints<TestType> points(bytes);
    while (want < n && points.at(want, Inspection::on_curve).flaw == Flaw::none) ++want;
    REQUIRE(bad == want);
    return bad;
  };
  REQUIRE(first_bad(good) == 9);
  for (const unsigned flag : {0x80u, 0x40u, 0x20u}) {
    auto flagged = good;
    for (const std::size_t i : {5u, 7u})
      flagged[i * TestType::kBytes] = static_cast<std::uint8_t>(good[i * TestType::kBytes] | flag);
    REQUIRE(first_bad(flagged) == 5);
  }
  auto off = good;
  off[4 * TestType::kBytes - 1] ^= 1;
  REQUIRE(first_bad(off) == 3);
  auto large = good;  // the same number and p more
  const std::uint8_t modulus[]{0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b,
                               0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7, 0x64, 0x77, 0x4b, 0x84,
                               0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0,
                               0xf6, 0x24, 0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff,
                               0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab};
  unsigned carry = 0;
  for (int i = 47; i >= 0; --i) {
    carry += large[i] + modulus[i];
    large[i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  REQUIRE(first_bad(large) == 0);
  list[2] = Affine<TestType>{};
  REQUIRE(first_bad(encoded(list)) == 2);
}
