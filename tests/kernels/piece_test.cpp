#include "kernels/piece/piece.h"

#include <array>
#include <string>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/device/cpu.h"
#include "kernels/fr32/fr32.h"
#include "kernels/sha256/sha256.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

// Z(64) and so on, each size twice the one before.
// Source: curio, lib/proof/treed_build_test.go; 128 and 2 KiB also rust-fil-proofs,
// filecoin-proofs/tests/pieces.rs.
constexpr std::array<std::string_view, 31> kZero{
    "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb0b",  // 64 B
    "3731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333",  // 128 B
    "642a607ef886b004bf2c1978463ae1d4693ac0f410eb2d1b7a47fe205e5e750f",  // 256 B
    "57a2381a28652bf47f6bef7aca679be4aede5871ab5cf3eb2c08114488cb8526",  // 512 B
    "1f7ac9595510e09ea41c460b176430bb322cd6fb412ec57cb17d989a4310372f",  // 1 KiB
    "fc7e928296e516faade986b28f92d44a4f24b935485223376a799027bc18f833",  // 2 KiB
    "08c47b38ee13bc43f41b915c0eed9911a26086b3ed62401bf9d58b8d19dff624",  // 4 KiB
    "b2e47bfb11facd941f62af5c750f3ea5cc4df517d5c4f16db2b4d77baec1a32f",  // 8 KiB
    "f9226160c8f927bfdcc418cdf203493146008eaefb7d02194d5e548189005108",  // 16 KiB
    "2c1a964bb90b59ebfe0f6da29ad65ae3e417724a8f7c11745a40cac1e5e74011",  // 32 KiB
    "fee378cef16404b199ede0b13e11b624ff9d784fbbed878d83297e795e024f02",  // 64 KiB
    "8e9e2403fa884cf6237f60df25f83ee40dca9ed879eb6f6352d15084f5ad0d3f",  // 128 KiB
    "752d9693fa167524395476e317a98580f00947afb7a30540d625a9291cc12a07",  // 256 KiB
    "7022f60f7ef6adfa17117a52619e30cea82c68075adf1c667786ec506eef2d19",  // 512 KiB
    "d99887b973573a96e11393645236c17b1f4c7034d723c7a99f709bb4da61162b",  // 1 MiB
    "d0b530dbb0b4f25c5d2f2a28dfee808b53412a02931f18c499f5a254086b1326",  // 2 MiB
    "84c0421ba0685a01bf795a2344064fe424bd52a9d24377b394ff4c4b4568e811",  // 4 MiB
    "65f29e5d98d246c38b388cfc06db1f6b021303c5a289000bdce832a9c3ec421c",  // 8 MiB
    "a2247508285850965b7e334b3127b0c042b1d046dc54402137627cd8799ce13a",  // 16 MiB
    "dafdab6da9364453c26d33726b9fefe343be8f81649ec009aad3faff50617508",  // 32 MiB
    "d941d5e0d6314a995c33ffbd4fbe69118d73d4e5fd2cd31f0f7c86ebdd14e706",  // 64 MiB
    "514c435c3d04d349a5365fbd59ffc713629111785991c1a3c53af22079741a2f",  // 128 MiB
    "ad06853969d37d34ff08e09f56930a4ad19a89def60cbfee7e1d3381c1e71c37",  // 256 MiB
    "39560e7b13a93b07a243fd2720ffa7cb3e1d2e505ab3629e79f46313512cda06",  // 512 MiB
    "ccc3c012f5b05e811a2bbfdd0f6833b84275b47bf229c0052a82484f3c1a5b3d",  // 1 GiB
    "7df29b69773199e8f2b40b77919d048509eed768e2c7297b1f1437034fc3c62c",  // 2 GiB
    "66ce05a3667552cf45c02bcc4e8392919bdeac35de2ff56271848e9f7b675107",  // 4 GiB
    "d8610218425ab5e95b1ca6239d29a2e420d706a96f373e2f9c9a91d759d19b01",  // 8 GiB
    "6d364b1ef846441a5a4a68862314acc0a46f016717e53443e839eedf83c2853c",  // 16 GiB
    "077e5fde35c50a9303a55009e3498a4ebedff39c42b710b730d8ec7ac7afa63e",  // 32 GiB
    "e64005a6bfe3777953b8ad6ef93f0fca1049b2041654f2a411f7702799cece02",  // 64 GiB
};

std::string comm_p(std::span<const Node> padded, std::size_t part) {
  piece::CommP builder(device::best_cpu());
  for (std::size_t at = 0; at < padded.size(); at += part)
    builder.add(padded.subspan(at, std::min(part, padded.size() - at)));
  const auto info = builder.finish();
  REQUIRE(info.padded_bytes == padded.size_bytes());
  return to_hex(info.comm_p);
}

std::vector<Node> padded(const vectors::Piece& piece) {
  const auto data = piece.data();
  std::vector<Node> out(fr32::padded_nodes(data.size()));
  fr32::pad(data, out);
  return out;
}

std::vector<piece::PieceInfo> infos(const vectors::Case& sector) {
  std::vector<piece::PieceInfo> out;
  for (const auto& p : sector.pieces) out.push_back({p.comm_p, fr32::to_padded(p.unpadded_bytes)});
  return out;
}

void require_reference(const vectors::Case& sector) {
  CAPTURE(sector.name);
  for (const auto& p : sector.pieces) {
    CAPTURE(p.label);
    const auto nodes = padded(p);
    REQUIRE(comm_p(nodes, nodes.size()) == to_hex(p.comm_p));
  }
  REQUIRE(to_hex(piece::comm_d(sector.config.sector_bytes, infos(sector))) ==
          to_hex(sector.comm_d));
}

}  // namespace

TEST_CASE("piece: zero commitments of all sizes", "[piece][bit-exact]") {
  REQUIRE(piece::zero_commitment(32) == Node{});
  for (std::size_t i = 0; i < kZero.size(); ++i) {
    CAPTURE(i);
    REQUIRE(to_hex(piece::zero_commitment(std::uint64_t{64} << i)) == kZero[i]);
    REQUIRE(to_hex(piece::comm_d(std::uint64_t{128} << i, {})) ==
            to_hex(piece::zero_commitment(std::uint64_t{128} << i)));
  }
  for (const std::uint64_t bad : {0, 1, 16, 33, 96, 127})
    REQUIRE_THROWS_AS(piece::zero_commitment(bad), Error);
}

// Source: rust-fil-proofs, filecoin-proofs/src/pieces.rs, tests.
TEST_CASE("piece: alignment as the reference's own examples", "[piece][bit-exact]") {
  struct Row {
    std::uint64_t written, piece, left, right;
  };
  for (const auto& [written, size, left, right] :
       std::initializer_list<Row>{{0, 0, 0, 127},
                                  {0, 127, 0, 0},
                                  {0, 254, 0, 0},
                                  {0, 508, 0, 0},
                                  {0, 1016, 0, 0},
                                  {127, 127, 0, 0},
                                  {127, 254, 127, 0},
                                  {127, 508, 381, 0},
                                  {100, 100, 27, 27},
                                  {200, 200, 54, 54},
                                  {300, 300, 208, 208}}) {
    CAPTURE(written, size);
    REQUIRE(piece::alignment(written, size) == piece::Alignment{left, right});
  }
  const std::array<std::uint64_t, 3> pieces{31, 32, 33};
  for (std::size_t i = 0; i < pieces.size(); ++i)
    REQUIRE(piece::start_byte(std::span(pieces).first(i), pieces[i]) == 127 * i);
  REQUIRE(piece::aligned_bytes(pieces) == 381);
  // 1, 4, 2 and 8 units: the 4 begins at 4, the 2 at 8, the 8 at 16.
  const std::array<std::uint64_t, 4> units{127, 508, 254, 1016};
  const std::array<std::uint64_t, 4> starts{0, 4, 8, 16};
  for (std::size_t i = 0; i < units.size(); ++i)
    REQUIRE(piece::start_byte(std::span(units).first(i), units[i]) == 127 * starts[i]);
  REQUIRE_THROWS_AS(piece::alignment(0, ~std::uint64_t{0}), Error);
}

TEST_CASE("piece: commitments of the reference sectors", "[piece][bit-exact]") {
  for (const auto& sector : vectors::seal_cases(32 << 10)) require_reference(sector);
}

TEST_CASE("piece: commitments of the reference sectors of 8 MiB", "[.][8m][bit-exact]") {
  for (const auto* name : {"8m-cc-v1_1", "8m-data-v1", "8m-data-v1_1"})
    require_reference(vectors::seal_case(name));
}

TEST_CASE("piece: a commitment does not depend on the parts that come", "[piece]") {
  const auto nodes = padded({"parts", std::uint64_t{127} << 7, {}});   // 512 nodes
  const auto large = padded({"parts", std::uint64_t{127} << 10, {}});  // 4096 nodes
  for (const std::size_t part : {1, 2, 3, 31, 100, 511, 512})
    REQUIRE(comm_p(nodes, part) == comm_p(nodes, 512));
  const auto want = comm_p(large, 4096);
  for (const std::size_t part : {1, 7, 1000, 1023, 1024, 1025, 2048, 4095})
    REQUIRE(comm_p(large, part) == want);
  // and it is the root of the tree built row by row
  auto row = large;
  while (row.size() > 1) {
    std::vector<Node> up(row.size() / 2);
    sha256::hash_pairs(row, up, Backend::portable);
    row = up;
  }
  REQUIRE(to_hex(row.front()) == want);
}

TEST_CASE("piece: zeros may be added without hashing them", "[piece]") {
  piece::CommP builder(device::best_cpu());
  builder.add_zeros(std::uint64_t{1} << 31);
  REQUIRE(builder.finish().comm_p == piece::zero_commitment(std::uint64_t{64} << 30));

  const auto data = padded({"head", 127 * 3, {}});  // 12 nodes, then zeros up to 16384
  for (const std::size_t zeros_before : {0, 4, 1024, 1500, 5000}) {
    CAPTURE(zeros_before);
    std::vector<Node> whole(16384);
    std::copy(data.begin(), data.end(), whole.begin() + static_cast<std::ptrdiff_t>(zeros_before));
    builder.add_zeros(zeros_before);
    builder.add(data);
    builder.add_zeros(whole.size() - zeros_before - data.size());
    REQUIRE(to_hex(builder.finish().comm_p) == comm_p(whole, whole.size()));
  }
}

// Source: curio, lib/proof/treed_build_test.go.
TEST_CASE("piece: a sector whose first byte is 1 and the rest 0", "[piece][bit-exact]") {
  const Node one{{1}};
  for (const auto& [bytes, want] : std::initializer_list<std::pair<std::uint64_t, std::string>>{
           {2048, "ea995c54784720b449fc92b070adb6cf6635c2619a7a5e0054a24e88f252ec0d"},
           {8 << 20, "23404a8880f9cbc72039cb8614359c2834845570fe95190bbd4d934142e8252c"}}) {
    piece::CommP builder(device::best_cpu());
    builder.add(std::span(&one, 1));
    builder.add_zeros(bytes / 32 - 1);
    REQUIRE(to_hex(builder.finish().comm_p) == want);
  }
}

TEST_CASE("piece: CommD puts zeros where alignment asks for them", "[piece]") {
  const auto a = padded({"a", 127, {}}), b = padded({"b", 508, {}}), c = padded({"c", 254, {}});
  // a, 3 units of zeros, b (4 units), c (2 units), and zeros up to 16 units
  std::vector<Node> data(64);
  std::copy(a.begin(), a.end(), data.begin());
  std::copy(b.begin(), b.end(), data.begin() + 16);
  std::copy(c.begin(), c.end(), data.begin() + 32);
  std::vector<piece::PieceInfo> pieces;
  for (const auto* nodes : {&a, &b, &c})
    pieces.push_back({node_from_hex(comm_p(*nodes, nodes->size()), "CommP"), nodes->size() * 32});
  REQUIRE(to_hex(piece::comm_d(2048, pieces)) == comm_p(data, data.size()));
  // One piece of half a sector: the tree is as high as the piece, as in the reference.
  REQUIRE(piece::comm_d(1024, std::span(pieces).subspan(1, 1)) == pieces[1].comm_p);
}

TEST_CASE("piece: what is no list of pieces is a usage error", "[piece]") {
  const piece::PieceInfo good{Node{{1}}, 1024};
  using List = std::vector<piece::PieceInfo>;
  using Catch::Matchers::Contains;
  REQUIRE_THROWS_WITH(piece::comm_d(2048, List(17, {Node{{1}}, 128})), Contains("17 pieces"));
  REQUIRE_THROWS_WITH(piece::comm_d(2048, List{good, good, good}), Contains("more than the 2048"));
  REQUIRE_THROWS_WITH(piece::comm_d(2048, List{{Node{{1}}, 1000}}), Contains("1000 padded bytes"));
  REQUIRE_THROWS_WITH(piece::comm_d(2048, List{{Node{{1}}, 64}}), Contains("64 padded bytes"));
  REQUIRE_THROWS_WITH(piece::comm_d(2048, List{{Node{{1}}, 0}}), Contains("0 padded bytes"));
  REQUIRE_THROWS_WITH(piece::comm_d(2048, List{good, {Node{}, 1024}}),
                      Contains("piece 1: Invalid all zero commitment"));
  REQUIRE_THROWS_WITH(piece::comm_d(2000, List{good}), Contains("sector of 2000 bytes"));
  REQUIRE_NOTHROW(piece::comm_d(2048, List{good, good}));

  piece::CommP builder(Backend::portable);
  REQUIRE_THROWS_AS(builder.finish(), Error);
  builder.add(std::vector<Node>(12));
  REQUIRE_THROWS_WITH(builder.finish(), Contains("384 padded bytes"));
}
