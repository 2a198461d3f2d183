// What gadgets compute: the numbers must be those of the kernels, and every row must hold.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/circuit/check.h"
#include "kernels/circuit/density.h"
#include "kernels/circuit/digest.h"
#include "kernels/circuit/dump.h"
#include "kernels/circuit/label.h"
#include "kernels/circuit/merkle.h"
#include "kernels/circuit/poseidon.h"
#include "kernels/circuit/sha256.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/sha256/sha256.h"
#include "kernels/tree/tree.h"
#include "kernels/vanilla/proof.h"
#include "tests/catch.h"

using namespace sealyard;
using namespace sealyard::circuit;

namespace {

Node random_node(std::mt19937_64& rng) {
  Node node;
  for (auto& octet : node.bytes) octet = static_cast<std::uint8_t>(rng());
  return trim(node);
}

Node node_of(const Num& x) { return field::to_node(x.value); }

// Each of 0 and 1 as a constant, as a bit, and as the negation of a bit.
std::vector<Boolean> every_kind(Sink& sink) {
  return {Boolean::constant(false), Boolean::constant(true), new_bit(sink, false),
          new_bit(sink, true),      !new_bit(sink, true),    !new_bit(sink, false)};
}

// The bits of bytes in the order of SHA-256.
Bits message_bits(Sink& sink, std::span<const std::uint8_t> bytes) {
  Bits bits;
  for (const auto octet : bytes)
    for (int i = 7; i >= 0; --i) bits.push_back(new_bit(sink, octet >> i & 1));
  return bits;
}

// The values of the rows, and nothing else, as a prover reads them.
class Values : public Counter {
 public:
  explicit Values(bool reads_terms) : Counter(reads_terms) {}
  Variable bit(bool value) override { return Sink::bit(value); }
  void enforce(const Lc& a, const Lc& b, const Lc& c) override {
    for (const auto* lc : {&a, &b, &c}) rows.push_back(lc->value);
    count_row();
  }
  void enforce(const BitRow& row) override { Sink::enforce(row); }
  Variable aux(const Fr& value) override {
    variables.push_back(value);
    return next_aux();
  }
  Variable aux_bit(bool value) override { return aux(value ? kOne : Fr{}); }

  std::vector<Fr> rows, variables;
};

}  // namespace

TEST_CASE("circuit: Booleans of every kind have the right values and rows", "[circuit]") {
  Check check;
  for (const auto& a : every_kind(check))
    for (const auto& b : every_kind(check)) {
      REQUIRE(bit_xor(check, a, b).value == (a.value != b.value));
      REQUIRE(bit_and(check, a, b).value == (a.value && b.value));
      for (const auto& c : every_kind(check)) {
        REQUIRE(ch(check, a, b, c).value == (a.value ? b.value : c.value));
        REQUIRE(maj(check, a, b, c).value == (int{a.value} + b.value + c.value >= 2));
      }
      const Num x = new_num(check, small(3)), y = new_num(check, small(5));
      REQUIRE(pick(check, a, x, y).value == (a.value ? x.value : y.value));
    }
  INFO(check.failure().value_or(""));
  REQUIRE(!check.failure());
}

TEST_CASE("circuit: an operation on one bit twice leaves no zero coefficient", "[circuit]") {
  std::vector<std::string> lines;
  Dump dump([&](std::string_view line) { lines.emplace_back(line); });
  const Boolean b = new_bit(dump, true), a = new_bit(dump, true);
  bit_xor(dump, b, b);
  ch(dump, a, b, b);
  const std::string minus_1 = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000";
  REQUIRE(lines[2] == "2\tA0:2\tA0:1\tA0:2,A2:" + minus_1);
  REQUIRE(lines[3] == "3\t\tA1:1\tA0:" + minus_1 + ",A3:1");
}

TEST_CASE("circuit: numbers and bits", "[circuit]") {
  std::mt19937_64 rng(7);
  Check check;
  for (int i = 0; i < 20; ++i) {
    const Num x = new_num(check, random_node(rng)), y = new_num(check, random_node(rng));
    REQUIRE(add(check, x, y).value == field::add(x.value, y.value));
    REQUIRE(mul(check, x, y).value == field::mul(x.value, y.value));
    Bits bits = to_bits(check, x);
    REQUIRE(bits.size() == 255);
    for (auto& bit : bits)  // negations and constants weigh as much
      if (rng() % 2) bit = !bit;
    bits[3] = Boolean::constant(true);
    const Num packed = pack(check, bits);
    const Node node = node_of(packed);
    for (unsigned k = 0; k < 254; ++k) REQUIRE((node.bytes[k / 8] >> (k % 8) & 1) == bits[k].value);
  }
  INFO(check.failure().value_or(""));
  REQUIRE(!check.failure());
}

TEST_CASE("circuit: elements go where their index says, and come from there", "[circuit]") {
  Check check;
  for (const unsigned width : {1u, 2u, 3u})
    for (std::uint64_t index = 0; index < std::uint64_t{1} << width; ++index) {
      Nums siblings;
      for (unsigned i = 1; i < 1u << width; ++i)
        siblings.push_back(new_num(check, field::from_u64(100 + i)));
      const Num element = new_num(check, field::from_u64(99));
      const Bits bits = new_bits(check, index, width);
      auto want = siblings;
      want.insert(want.begin() + static_cast<std::ptrdiff_t>(index), element);
      const Nums found = insert(check, element, bits, siblings);
      for (std::size_t i = 0; i < want.size(); ++i) REQUIRE(found[i].value == want[i].value);
      REQUIRE(select(check, found, bits).value == element.value);
    }
  REQUIRE(!check.failure());
  Nums two(2, new_num(check, kOne));
  REQUIRE_THROWS_AS(insert(check, two[0], new_bits(check, 0, 2), two), Error);
  REQUIRE_THROWS_AS(select(check, two, new_bits(check, 0, 2)), Error);
}

TEST_CASE("circuit: SHA-256 of messages around the block size", "[circuit]") {
  std::mt19937_64 rng(11);
  Check check;
  for (const std::size_t size : {0, 1, 32, 55, 56, 63, 64, 65, 119, 120}) {
    std::vector<std::uint8_t> message(size);
    for (auto& octet : message) octet = static_cast<std::uint8_t>(rng());
    const Bits digest = sha256_hash(check, message_bits(check, message));
    Node found;
    for (std::size_t i = 0; i < digest.size(); ++i)
      found.bytes[i / 8] = static_cast<std::uint8_t>(found.bytes[i / 8] << 1 | digest[i].value);
    CAPTURE(size);
    REQUIRE(to_hex(found) == to_hex(sha256::digest(message)));
  }
  REQUIRE(check.counts().inputs == 1);
  INFO(check.failure().value_or(""));
  REQUIRE(!check.failure());
  REQUIRE_THROWS_AS(sha256_hash(check, new_bits(check, 0, 7)), Error);
}

TEST_CASE("circuit: constants cost nothing", "[circuit]") {
  Counter counter;
  Bits message;
  for (const char c : {'a', 'b', 'c'})
    for (int i = 7; i >= 0; --i) message.push_back(Boolean::constant(c >> i & 1));
  const Bits digest = sha256_hash(counter, message);
  REQUIRE(counter.counts() == Counts{});
  REQUIRE(std::count_if(digest.begin(), digest.end(), [](const auto& bit) { return bit.value; }) ==
          120);  // ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad
}

TEST_CASE("circuit: nodes of tree_d and labels", "[circuit]") {
  std::mt19937_64 rng(13);
  Check check;
  const Node left = random_node(rng), right = random_node(rng), replica_id = random_node(rng);
  Node above;
  tree::hash_row(tree::Hash::sha256, 2, std::array{left, right}, {&above, 1});
  REQUIRE(node_of(sha256_pair(check, new_num(check, left), new_num(check, right))) == above);

  vanilla::LabelingProof labeling;
  labeling.layer_index = 7;
  labeling.node = 0x0123456789abcdef;
  std::vector<Bits> parents;
  for (auto& parent : labeling.parents) {
    parent = random_node(rng);
    parents.push_back(message_bits(check, parent.bytes));
  }
  const std::vector<std::span<const Boolean>> borrowed(parents.begin(), parents.end());
  const Num label = create_label(check, message_bits(check, replica_id.bytes), borrowed, 7,
                                 new_bits(check, labeling.node, 64));
  REQUIRE(node_of(label) == vanilla::label(replica_id, labeling));
  INFO(check.failure().value_or(""));
  REQUIRE(!check.failure());
}

TEST_CASE("circuit: values are the same with and without terms", "[circuit]") {
  const auto circuit = [](Sink& sink) {
    std::mt19937_64 rng(17);
    Nums nums;
    for (int i = 0; i < 11; ++i) nums.push_back(new_num(sink, random_node(rng)));
    poseidon_hash(sink, nums);
    sha256_pair(sink, nums[0], nums[1]);
    insert(sink, nums[0], new_bits(sink, 5, 3), std::span(nums).subspan(1, 7));
    pack_into_inputs(sink, new_bits(sink, 77, 60));
  };
  Values with(true), without(false);
  circuit(with);
  circuit(without);
  REQUIRE(with.counts() == without.counts());
  REQUIRE(with.rows == without.rows);
  REQUIRE(with.variables == without.variables);
}

TEST_CASE("circuit: densities of a small circuit", "[circuit]") {
  Density density;
  const Boolean bit = new_bit(density, true);                                // aux 0: A and B
  const Num x = new_num(density, small(2)), y = new_num(density, small(4));  // aux 1, 2
  mul(density, x, y);                                                        // aux 3: C only
  const Term terms[]{{x.variable, kOne}, {y.variable, kOne}, {x.variable, small(-1)}};
  density.enforce({terms, y.value}, one_lc(), {terms, y.value});  // x cancels out
  REQUIRE(!bit.is_constant());
  REQUIRE(density.a_aux().words() == std::vector<std::uint64_t>{0b0111});
  REQUIRE(density.b_aux().words() == std::vector<std::uint64_t>{0b0101});
  REQUIRE(density.b_input().words() == std::vector<std::uint64_t>{1});
  REQUIRE(density.a_points() == 4);
  REQUIRE(density.b_points() == 3);
  REQUIRE(!density.a_aux().contains(3));
  REQUIRE(!density.a_aux().contains(1000));
}

TEST_CASE("circuit: a digest refuses another circuit than was counted", "[circuit]") {
  Digest digest(Counts{1, 1, 1});
  new_bit(digest, true);
  new_bit(digest, true);
  REQUIRE_THROWS_AS(digest.finish(), Error);
}

TEST_CASE("circuit: hashes of numbers are those of nodes", "[circuit]") {
  Check check;
  std::vector<Num> preimage;
  std::vector<Fr> values;
  for (const unsigned arity : {2u, 4u, 8u, 11u, 16u}) {
    preimage.clear();
    values.clear();
    for (unsigned i = 0; i < arity; ++i) {
      values.push_back(field::from_u64(i));
      preimage.push_back(new_num(check, values.back()));
    }
    REQUIRE(poseidon_hash(check, preimage).value == poseidon::hash(values));
  }
  // Source: neptune v11.0.0, Custom(Arbitrary(1)) of the numbers 0 and 1.
  REQUIRE(to_hex(field::to_node(poseidon_hash(check, new_num(check, Fr{}), new_num(check, kOne),
                                              PoseidonDomain::randomness)
                                    .value)) ==
          "587707bcc44ea7e5c7677339ea0b58e325fea03481c51fad4e92f0e7c4354a31");
  REQUIRE(!check.failure());
}

TEST_CASE("circuit: a check names the first row that does not hold", "[circuit]") {
  Check check;
  const Num two = new_num(check, small(2)), three = new_num(check, small(3));
  equal(check, two, two);
  REQUIRE(!check.failure());
  equal(check, two, three);
  equal(check, three, two);
  REQUIRE(check.failure().value().find("row 1: A = 02") == 0);
  Check bits;
  Bits out = new_bits(bits, 5, 3);
  equal_packed(bits, out, new_num(bits, small(5)));
  REQUIRE(!bits.failure());
  out[1].value = true;  // a gadget that states another value than its terms have
  equal_packed(bits, out, new_num(bits, small(7)));
  REQUIRE(bits.failure().value().find("row 4: A is 05") == 0);
}

TEST_CASE("circuit: rows as text", "[circuit]") {
  std::vector<std::string> lines;
  Dump dump([&](std::string_view line) { lines.emplace_back(line); });
  const Boolean b = new_bit(dump, true), c = new_bit(dump, false);
  bit_xor(dump, b, c);
  inputize(dump, new_num(dump, small(7)));
  const std::string minus_1 = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000";
  REQUIRE(lines == std::vector<std::string>{
                       "0\tI0:1,A0:" + minus_1 + "\tA0:1\t", "1\tI0:1,A1:" + minus_1 + "\tA1:1\t",
                       "2\tA0:2\tA1:1\tA0:1,A1:1,A2:" + minus_1, "3\tI1:1\tI0:1\tA3:1"});
}
