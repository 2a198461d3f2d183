#include <functional>
#include <string>
#include <vector>

#include "kernels/base/hex.h"
#include "kernels/circuit/blake2s.h"
#include "kernels/circuit/digest.h"
#include "kernels/circuit/label.h"
#include "kernels/circuit/merkle.h"
#include "kernels/circuit/poseidon.h"
#include "kernels/circuit/sha256.h"
#include "kernels/circuit/update.h"
#include "tests/catch.h"

using namespace sealyard;
using namespace sealyard::circuit;

namespace {

Nums nums(Sink& sink, unsigned count) {
  Nums made;
  for (unsigned i = 0; i < count; ++i) made.push_back(new_num(sink, field::from_u64(i)));
  return made;
}

Bits bits(Sink& sink, unsigned count) {
  Bits made;
  for (unsigned i = 0; i < count; ++i) made.push_back(new_bit(sink, i % 3 == 0));
  return made;
}

// A path of a tree with 64 leaves a base tree.
tree::InclusionProof path(tree::Hash hash, const TreeShape& shape) {
  const auto layout = hash == tree::Hash::sha256 ? tree::data_tree(64) : tree::base_tree(shape);
  return tree::blank_proof(layout, shape, 1);
}

// An inclusion proof whose leaf and root are the circuit's own; the root is made public on demand.
void inclusion(Sink& sink, const tree::InclusionProof& proof, bool public_root) {
  const Num leaf = new_num(sink, proof.leaf);
  const Num computed = climb(sink, proof, leaf);
  const Num root = new_num(sink, proof.root);
  equal(sink, computed, root);
  if (public_root) inputize(sink, root);
}

void label_case(Sink& sink) {
  const Bits replica_id = bits(sink, 256);
  std::vector<Bits> parents;
  for (unsigned i = 0; i < 37; ++i) parents.push_back(bits(sink, 256));
  const std::vector<std::span<const Boolean>> borrowed(parents.begin(), parents.end());
  const Bits node = new_bits(sink, 5, 64);
  create_label(sink, replica_id, borrowed, 3, node);
}

struct Case {
  std::string name;
  Synthesis circuit;
  Counts counts;
  std::string digest;
};

const TreeShape k800{1, 64, 0, 0}, k880{8, 64, 8, 0}, k882{16, 64, 8, 2};

// Counts and digests: the sources named in the gadgets' headers, run without a witness against a
// constraint system that hashes its rows.
const std::vector<Case> kCases{
    {"bit",
     [](Sink& s) { new_bit(s, true); },
     {1, 1, 1},
     "98d0daed948fd105b316b92d3bf903dd814f4f6d765d62d1e26c596ebd48e141"},
    {"to_bits",
     [](Sink& s) { to_bits(s, nums(s, 1)[0]); },
     {1, 256, 256},
     "fe8f60dff8688ec7c39a8ebb4750cc381c306c9f430d43e0fcf0ca5a23025477"},
    {"inputize",
     [](Sink& s) { inputize(s, nums(s, 1)[0]); },
     {2, 1, 1},
     "9a80349396358224199986b5125f236bdb36314cf4afaf88d292562bb637f8f9"},
    {"64 bits into an input",
     [](Sink& s) { pack_into_inputs(s, new_bits(s, 9, 64)); },
     {2, 64, 65},
     "0e7238471f4402dc32ca8354d8439889c3433f14c5130cce08f4f3a2a2b00e70"},
    {"300 bits into inputs",
     [](Sink& s) { pack_into_inputs(s, bits(s, 300)); },
     {3, 300, 302},
     "eb5c5885192eeac7598afd7dae124c8f65e2fc606b868a4a99ae0fdd4f9f6aa5"},
    {"pack",
     [](Sink& s) { pack(s, bits(s, 254)); },
     {1, 255, 255},
     "9056344275730c0854dfe43326bc7bb4039a8963f3e15e12c77a2f4dd27a6790"},
    {"add",
     [](Sink& s) {
       const auto n = nums(s, 2);
       add(s, n[0], n[1]);
     },
     {1, 3, 1},
     "569cd1e3504c51153e6da36c1f60623b9ffe92ac6e7e30e4c593241b0336a04f"},
    {"insert 2",
     [](Sink& s) {
       const auto n = nums(s, 2);
       insert(s, n[0], bits(s, 1), std::span(n).subspan(1));
     },
     {1, 5, 3},
     "689a1f94d5942cbaf0724fb73159bcfa4126c1a34bfff9150d1198cbf2f801bd"},
    {"insert 4",
     [](Sink& s) {
       const auto n = nums(s, 4);
       insert(s, n[0], bits(s, 2), std::span(n).subspan(1));
     },
     {1, 14, 10},
     "a52b98e300a673fb226a77ec8494450a25c4d8aad34fe5b8ddce7511eb48c996"},
    {"insert 8",
     [](Sink& s) {
       const auto n = nums(s, 8);
       insert(s, n[0], bits(s, 3), std::span(n).subspan(1));
     },
     {1, 33, 25},
     "5c118dc22a1056883524d84d359583239f4aacd0560ded4acd9f79be545bb310"},
    {"select 8",
     [](Sink& s) {
       const auto n = nums(s, 8);
       select(s, n, bits(s, 3));
     },
     {1, 18, 10},
     "947ef30b1c67bfdbbabf8c7f14efcbb1f4d43a41877d4ab403f8eb925d186587"},
    {"poseidon 2",
     [](Sink& s) { poseidon_hash(s, nums(s, 2)); },
     {1, 313, 311},
     "658f013f99360e164ad8e7f96290944601cc064f93c153d9ea7ac1275927175f"},
    {"poseidon 4",
     [](Sink& s) { poseidon_hash(s, nums(s, 4)); },
     {1, 381, 377},
     "2360602a7c4555d454b46891236273f4ae308090bc916fdcef1fb81d00ebbe70"},
    {"poseidon 8",
     [](Sink& s) { poseidon_hash(s, nums(s, 8)); },
     {1, 513, 505},
     "ab50aeda63344f7125999ef5c4af7777380b9015ec82ad48bac2213e9353b163"},
    {"poseidon 11",
     [](Sink& s) { poseidon_hash(s, nums(s, 11)); },
     {1, 609, 598},
     "e94a28106cbb9a718e525f0f2593ce3b138350047854ebcc3c83472ed482a6f6"},
    {"poseidon 2, randomness",
     [](Sink& s) { poseidon_hash(s, nums(s, 2), PoseidonDomain::randomness); },
     {1, 313, 311},
     "9675551c881122d99caf9a20a4bf87878e1863c432265a33e98e1c1a74e246a8"},
    {"sha256 block",
     [](Sink& s) { sha256_compress(s, bits(s, 512), sha256_start()); },
     {1, 26326, 26352},
     "a91be46c89fe4cb18f85d99956bf9b1afe0a96d1b6c960a30d4e9dcafcf501ba"},
    {"sha256 of 512 bits",
     [](Sink& s) { sha256_hash(s, bits(s, 512)); },
     {1, 45340, 45386},
     "39b920088193af138e8d3494179b1d9a20442bb23e28e65028b068c6a9e48771"},
    {"sha256 pair",
     [](Sink& s) {
       const auto n = nums(s, 2);
       sha256_pair(s, n[0], n[1]);
     },
     {1, 45333, 45379},
     "17fd4b5ddd5b8fe8759308f1b1b019e3a9e00d179d227b5e64580e48a233b91e"},
    {"label",
     label_case,
     {1, 531691, 532211},
     "3ef4bdbf4bfaa313244522fa78497e3d66971d303dd1d2566c58f1d4bae0c965"},
    {"inclusion 8-0-0",
     [](Sink& s) { inclusion(s, path(tree::Hash::poseidon, k800), true); },
     {3, 1076, 1063},
     "3bd8cb4719e1ce8b020c078159a77bd5cf9d8eca04ed094eaca290c621f10a20"},
    {"inclusion 8-8-0",
     [](Sink& s) { inclusion(s, path(tree::Hash::poseidon, k880), false); },
     {2, 1613, 1592},
     "ed98146099bdffd2267da3bfcaf75a961160267dd62adbd1a9e8d88c158b679d"},
    {"inclusion 8-8-2",
     [](Sink& s) { inclusion(s, path(tree::Hash::poseidon, k882), false); },
     {2, 1928, 1906},
     "4e7946e0dfd305ad955eb8871b286f7fc720651de2f5c9051afc83f2b29657b3"},
    {"challenge bits",
     [](Sink& s) {
       const auto n = nums(s, 2);
       challenge_bits(s, n[0], n[1], 10, 6);
     },
     {1, 569, 568},
     "75d9541459b3100489ea1459003a809e301bd3dd88bb362b4a925874ab5639d9"},
    {"new replica node of an update",
     [](Sink& s) {
       const auto n = nums(s, 3);
       add(s, n[0], mul(s, n[1], n[2]));
     },
     {1, 5, 2},
     "d90394a910389caf2cb4a8fc5484be8a6a2c931a1d449fd71ab3ae4ffdf579d3"},
    {"inclusion, SHA-256",
     [](Sink& s) { inclusion(s, path(tree::Hash::sha256, k800), false); },
     {2, 272012, 272294},
     "66830b3f7dfc02ea2f6b72409e4cacf22b48fd61aeae8e0dcb0baf43cbe0754f"},
};

}  // namespace

TEST_CASE("circuit: BLAKE2s of known messages, however they are cut", "[circuit]") {
  // Source: RFC 7693, appendix B; BLAKE2/BLAKE2 testvectors/blake2s-kat.txt has keyed ones only.
  const std::string abc = "abc";
  Blake2s hasher;
  hasher.update({reinterpret_cast<const std::uint8_t*>(abc.data()), abc.size()});
  REQUIRE(to_hex(hasher.finish()) ==
          "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
  std::vector<std::uint8_t> message(1000);
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::uint8_t>(i);
  for (const std::size_t size : {0, 1, 63, 64, 65, 127, 128, 129, 1000}) {
    Blake2s whole;
    whole.update(std::span(message).first(size));
    const Node want = whole.finish();
    for (const std::size_t piece : {1, 7, 64, 100}) {
      Blake2s cut;
      for (std::size_t at = 0; at < size; at += piece)
        cut.update(std::span(message).subspan(at, std::min(piece, size - at)));
      CAPTURE(size, piece);
      REQUIRE(cut.finish() == want);
    }
  }
}

TEST_CASE("circuit: the constant 1 is 1", "[circuit]") { REQUIRE(kOne == field::one()); }

TEST_CASE("circuit: gadgets have the reference's rows", "[circuit][bit-exact]") {
  for (const auto& gadget : kCases) {
    CAPTURE(gadget.name);
    const Counts counts = count(gadget.circuit);
    CHECK(counts.inputs == gadget.counts.inputs);
    CHECK(counts.aux == gadget.counts.aux);
    CHECK(counts.constraints == gadget.counts.constraints);
    CHECK(to_hex(digest(gadget.circuit)) == gadget.digest);
  }
}
