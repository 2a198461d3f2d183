// Parameters and proofs of small circuits: files made, read, refused; proofs made from them.
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/circuit/num.h"
#include "kernels/curve/encoded_sums_device.h"
#include "kernels/device/grid.h"
#include "kernels/groth16/generate.h"
#include "kernels/groth16/gpu.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/prove.h"
#include "kernels/groth16/query_sum.h"
#include "kernels/groth16/quotient.h"
#include "kernels/groth16/quotient_device.h"
#include "kernels/groth16/variants.h"
#include "kernels/groth16/verify.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;
using namespace sealyard::groth16;
using circuit::Sink;
using circuit::Synthesis;

namespace {

using Bytes = std::vector<std::uint8_t>;

// Source: bellperson 0.27, src/groth16/proof.rs, test serialization: aux a, b; input c; a b = c.
Synthesis product(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return [=](Sink& sink) {
    const auto number = [](std::uint64_t value) { return field::from_u64(value); };
    const circuit::Num x = circuit::new_num(sink, number(a)), y = circuit::new_num(sink, number(b));
    const circuit::Num z{sink.input(number(c)), number(c)};
    sink.enforce(circuit::lc(x), circuit::lc(y), circuit::lc(z));
  };
}

// Bits, products, coefficients above 1, a coefficient that cancels out: x^3 + x + 5 = y and bits.
Synthesis cubic(std::uint64_t x) {
  return [=](Sink& sink) {
    using namespace circuit;
    const Num n = new_num(sink, field::from_u64(x));
    const Num cube = mul(sink, mul(sink, n, n), n);
    const Boolean high = new_bit(sink, x & 2), low = new_bit(sink, x & 1);
    const Boolean either = bit_xor(sink, high, low);
    Sum<4> sum;
    sum.plus(cube).plus(n).plus(field::from_u64(5));
    const Num y{sink.input(Lc(sum).value), Lc(sum).value};
    sink.enforce(sum, one_lc(), lc(y));
    Sum<3> cancelled;
    cancelled.plus(either).minus({either.variable, either.value ? kOne : Fr{}}).plus(n);
    sink.enforce(cancelled, one_lc(), lc(n));
  };
}

circuit::Density density_of(const Synthesis& circuit) {
  circuit::Density density;
  circuit(density);
  return density;
}

Bytes file_of(const Synthesis& circuit, const ToxicWaste& waste, unsigned threads = 1) {
  const auto sizes = query_sizes(density_of(circuit));
  Bytes file(params_bytes(sizes));
  generate(circuit, sizes, waste, file, threads);
  return file;
}

Assignment assign(const Synthesis& circuit) {
  Assignment assignment(circuit::count(circuit));
  circuit(assignment);
  assignment.finish();
  return assignment;
}

Proof proof_of(const Bytes& file, const Synthesis& circuit, const Blinding& blinding,
               unsigned threads = 1) {
  auto assignment = assign(circuit);
  return prove(Params(file, "x.params"), density_of(circuit), assignment, blinding, {threads});
}

void small_waste(ToxicWaste& waste) {
  waste.alpha = field::from_u64(2);
  waste.beta = field::from_u64(3);
  waste.gamma = field::from_u64(5);
  waste.delta = field::from_u64(7);
  waste.tau = field::from_u64(11);
}

std::string proof_hex(const Proof& proof) { return to_hex(to_bytes(proof)); }

std::string refused(const Bytes& file) {
  try {
    Params(file, "x.params");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

// Computed by an independent program from the published formulas; both proofs satisfy the pairing
// equation.
TEST_CASE("groth16: the circuit a b = c, byte for byte", "[groth16][bit-exact]") {
  ToxicWaste waste;
  small_waste(waste);
  const auto circuit = product(3, 5, 15);
  const auto file = file_of(circuit, waste);
  REQUIRE(file.size() == 2136);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> reports;
  Bytes again(file.size());
  generate(circuit, query_sizes(density_of(circuit)), waste, again, 1,
           [&](std::uint64_t points, std::uint64_t of) { reports.emplace_back(points, of); });
  REQUIRE(again == file);
  REQUIRE(reports == decltype(reports){{3, 10}, {5, 10}, {8, 10}, {9, 10}, {10, 10}});
  REQUIRE(vectors::sha256(file) ==
          "19336e731b125c65c193328548b85bca6e6b562f4211208186cb2d37779c8845");
  REQUIRE(manifest_digest(file) == "1dad2c829d0393f9bdcf39c6a35f4431");
  REQUIRE(vectors::sha256(std::span(file).first(verifying_key_bytes(2))) ==
          "37048a863dfc37d27c3d483b136c29df07fb1213966b3bcfce3e5ed487078255");

  auto assignment = assign(circuit);
  const auto h = quotient(assignment.a, assignment.b, assignment.c, {1});
  REQUIRE(h.size() == 3);
  const auto check = [&](std::size_t i, const char* big_endian) {
    auto node = field::to_node(h[i]);
    std::reverse(node.bytes.begin(), node.bytes.end());
    REQUIRE(to_hex(node) == big_endian);
  };
  check(0, "15bc8f5f97cd877d899ad88181ce5880ffb38ec08fffb13fcfffffffcffffffe");
  check(1, "32b7f9346234e6cfc292de840917c0039e63e7c214e0383f90004fff90000002");
  check(2, "56f23d7e5f361df65294f2068c1a5385488f2b0304dfb4ff40004fff3ffffffd");

  REQUIRE(proof_hex(proof_of(file, circuit, {field::from_u64(13), field::from_u64(17)})) ==
          "a29e96cde1c5bed4b701361a79b76d10ac80b0f6ba244fdd3d2488c6105c7b70b94111c721d2e9ee34473e42"
          "bc428d8480d3e2f6232feea28530926c4727162f4d80705ab8ec61fa0fcd0e7a73daf6ba4277778eef511461"
          "c775eab62030a39c1165af814367e6d721f967d9c6913209ecc405b5c38140b02b7ab6bdecd9a6386cfacf5c"
          "e3e32951d5f505e830cd6106b6717e27ab1846a11da05f38e5f31538542bf8b062c0b83b0ea582aded8077a5"
          "623ac9f3a3ec5e500e142c4692fe931a");
  REQUIRE(proof_hex(proof_of(file, circuit, {})) ==
          "918f7f1ef90e9bb1385cedfb107714c69f2ccef5eaee0c2353b32fc87f5da400502350ec1e9a8cec9dc106d0"
          "1c117d6ea0567a2a92063c3a6801483cbf410df0297e35d8fac05d101138de23a3de39225ce494d5279ad9ab"
          "6208919988bd62110f2155c685b02a994959976bcc73179319eea38815efcbc3be6da3c29f2513d517074e84"
          "9481da5e30b8fafedd3315c0889e6d0a3928170e011964ed98dbb64a93394fd4f3c8f4a424b22352b0475d54"
          "f2ec84243dff4d2bc3e5256eead5bb2e");
}

TEST_CASE("groth16: drawn parameters and drawn blinding give proofs that hold", "[groth16]") {
  ToxicWaste waste;
  waste.draw();
  const auto circuit = GENERATE(product(3, 5, 15), cubic(2));
  const auto file = file_of(circuit, waste, 3);
  REQUIRE(file == file_of(circuit, waste, 1));
  const Params params(file, "x.params");
  params.check_points(2);
  const auto inputs = assign(circuit).inputs();
  const auto one = proof_of(file, circuit, Blinding::random(), 3);
  const auto other = proof_of(file, circuit, Blinding::random());
  REQUIRE(!(one.a == other.a));
  REQUIRE(!(one.c == other.c));
  Claim claim{{inputs.begin() + 1, inputs.end()}, one};
  REQUIRE(holds(params.key(), claim));
  claim.proof = other;
  REQUIRE(holds(params.key(), claim));
  claim.inputs[0] = field::add(claim.inputs[0], field::one());
  REQUIRE(!holds(params.key(), claim));
}

TEST_CASE("groth16: other witnesses use the same parameters", "[groth16]") {
  ToxicWaste waste;
  waste.draw();
  const auto file = file_of(cubic(0), waste);
  for (std::uint64_t x = 0; x < 4; ++x) {
    CAPTURE(x);
    const auto inputs = assign(cubic(x)).inputs();
    REQUIRE(inputs[1] == field::from_u64(x * x * x + x + 5));
    REQUIRE(holds(Params(file, "x.params").key(),
                  {{inputs[1]}, proof_of(file, cubic(x), Blinding::random())}));
  }
}

TEST_CASE("groth16: no proof of a witness that does not fit", "[groth16]") {
  ToxicWaste waste;
  small_waste(waste);
  const auto file = file_of(product(0, 0, 0), waste);
  REQUIRE_THROWS_WITH(proof_of(file, product(3, 5, 16), {}),
                      "groth16: the witness does not satisfy the circuit; no proof made");
}

TEST_CASE("groth16: parameters of another circuit are refused before any work", "[groth16]") {
  ToxicWaste waste;
  waste.draw();
  const auto file = file_of(product(3, 5, 15), waste);
  const Params params(file, "x.params");
  REQUIRE_NOTHROW(params.require(query_sizes(density_of(product(0, 0, 0)))));
  REQUIRE_THROWS_WITH(
      proof_of(file, cubic(1), {}),
      "x.params: points ic 2, h 3, l 2, a 3, b_g1 1, b_g2 1; the circuit wants ic 2, h 15, l 6, "
      "a 7, b_g1 4, b_g2 4: another circuit's file?");
}

TEST_CASE("groth16: cut, longer and altered parameter files are refused", "[groth16]") {
  ToxicWaste waste;
  small_waste(waste);
  const auto right = file_of(product(3, 5, 15), waste);
  REQUIRE(refused(right).empty());
  for (std::size_t size = 0; size < right.size(); ++size) {
    CAPTURE(size);
    REQUIRE(!refused(Bytes(right.begin(), right.begin() + size)).empty());
  }
  auto bytes = right;
  bytes.push_back(0);
  REQUIRE(refused(bytes) ==
          "x.params: 2137 bytes, its lists want 2136; fetch or generate it again");
  bytes = right;
  bytes[1060] = 0xff;  // the count of list h
  REQUIRE(refused(bytes) ==
          "x.params: 2136 bytes, list h ends at 410706249032; fetch or generate it again");
  // Any other bit is found when the file is opened or when its points are checked.
  for (std::size_t bit = 0; bit < 8 * right.size(); bit += 7) {
    CAPTURE(bit);
    bytes = right;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    for (const auto inspection : {curve::Inspection::on_curve, curve::Inspection::in_group})
      REQUIRE_THROWS_AS(Params(bytes, "x.params").check_points(2, inspection), Error);
  }
  bytes = right;
  bytes[1064 + 96 + 95] ^= 1;
  REQUIRE_THROWS_WITH(proof_of(bytes, product(3, 5, 15), {}),
                      "x.params: h[1] is not on the curve; fetch or generate the file again");
}

TEST_CASE("groth16: parameters that cannot be", "[groth16]") {
  ToxicWaste waste;
  small_waste(waste);
  const auto circuit = product(3, 5, 15);
  const auto sizes = query_sizes(density_of(circuit));
  Bytes file(params_bytes(sizes));
  REQUIRE_THROWS_AS(generate(circuit, sizes, waste, std::span(file).first(9), 1), Error);
  waste.delta = Fr{};
  REQUIRE_THROWS_WITH(generate(circuit, sizes, waste, file, 1), "groth16: gamma or delta is 0");
  waste.delta = waste.gamma;
  waste.tau = field::sub(Fr{}, field::one());  // a 4-th root of unity
  REQUIRE_THROWS_WITH(generate(circuit, sizes, waste, file, 1),
                      "groth16: tau is a 4-th root of unity");
  waste.tau = field::from_u64(11);
  const Synthesis idle = [&](Sink& sink) {
    circuit(sink);
    sink.aux(field::one());
  };
  REQUIRE_THROWS_WITH(file_of(idle, waste), "groth16: aux 2 is in no row of the circuit");
}

TEST_CASE("groth16: rows are of a power of two, all sides alike", "[groth16]") {
  REQUIRE_THROWS_AS(quotient(std::vector<Fr>(3), std::vector<Fr>(3), std::vector<Fr>(3), {1}),
                    Error);
  REQUIRE_THROWS_AS(quotient(std::vector<Fr>(4), std::vector<Fr>(4), std::vector<Fr>(2), {1}),
                    Error);
  REQUIRE_THROWS_AS(quotient({}, {}, {}, {1}), Error);
}

// The steps of the CUDA variant, played on the host; slices that do not fit into the rows.
TEST_CASE("groth16: the quotient that a GPU makes", "[groth16][bit-exact]") {
  const unsigned log_size = GENERATE(0u, 1u, 3u, 8u);
  const std::size_t slice = GENERATE(3u, 64u, 1024u);
  CAPTURE(log_size, slice);
  const auto constants = ntt::gpu::constants(log_size);
  const auto numbers = [&](std::uint64_t seed) {
    std::vector<Fr> out;
    Fr x = field::from_u64(seed);
    while (out.size() < constants.size()) out.push_back(x = field::add(field::pow5(x), x));
    return out;
  };
  auto want = numbers(3), found = want, b = numbers(5), b_too = b, c = numbers(7);
  device::HostGrid grid;
  portable::row_product(want, b, 1);
  gpu::row_product(grid, constants, found.data(), b_too.data(), slice);
  REQUIRE(found == want);
  gpu::divide_by_z(grid, constants, found.data(), c.data(), slice);
  portable::divide_by_z(want, c, 1);
  REQUIRE(found == want);
}

namespace {

// A GPU played by the host.
template <typename Group>
class PlayedSums final : public curve::EncodedSums<Group> {
 public:
  std::uint8_t* room(std::size_t points) override {
    bytes_.resize(points * Group::kBytes);
    return bytes_.data();
  }
  curve::Point<Group> sum(std::size_t n, const Fr* scalars, std::size_t& bad) override {
    ++sums;
    device::HostGrid grid;
    return curve::gpu::sum_encoded<Group>(grid, bytes_.data(), n, scalars, bad, 4);
  }
  int sums = 0;

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

TEMPLATE_TEST_CASE("groth16: sums over a list on a GPU", "[groth16]", curve::G1, curve::G2) {
  std::vector<std::uint8_t> bytes(30 * TestType::kBytes);
  curve::Point<TestType> p(curve::Affine<TestType>::generator());
  for (std::size_t i = 0; i < 30; ++i, p += p) encode(p.affine(), &bytes[i * TestType::kBytes]);
  const curve::EncodedPoints<TestType> points(bytes);
  std::vector<Fr> values(40, field::one());
  circuit::IndexSet chosen;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % 3 == 0) values[i] = field::from_u64(i / 3);  // 0 and 1 among them
    if (i % 2 == 1) chosen.insert(i);
  }
  const Pace pace{.part = 7};
  PlayedSums<TestType> gpu;
  const auto sum = [&](curve::EncodedSums<TestType>* on) {
    return query_sum(points, 9, values, &chosen, {"x.params", "b"}, 1, pace, on);
  };
  REQUIRE(sum(&gpu).affine() == sum(nullptr).affine());
  REQUIRE(gpu.sums > 2);
  bytes[20 * TestType::kBytes + 90] ^= 1;
  const auto refusal = [&](curve::EncodedSums<TestType>* on) -> std::string {
    try {
      sum(on);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  };
  REQUIRE(refusal(nullptr) != "none");
  REQUIRE(refusal(&gpu) == refusal(nullptr));
}

TEST_CASE("groth16: proofs are made on a GPU where they fit", "[groth16]") {
  const auto density = density_of(product(3, 5, 15));
  REQUIRE(gpu_bytes(density) == std::uint64_t{2} << 30);
  REQUIRE(share_for(density, {3, Backend::portable}).backend == Backend::portable);
  const auto share = share_for(density, {3, Backend::cuda});
  REQUIRE(share.threads == 3);
  const bool fits = device::gpu_free_bytes() >= gpu_bytes(density);
  REQUIRE(share.backend == (fits ? Backend::cuda : device::best_cpu()));
}
