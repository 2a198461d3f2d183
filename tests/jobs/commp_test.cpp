// seal-commp and what `sealyard piece commp` makes of it.
#include "kernels/base/cid.h"
#include "kernels/base/hex.h"
#include "kernels/fr32/fr32.h"
#include "kernels/piece/piece.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

struct Piece {
  std::uint64_t padded_bytes;
  std::string comm_p, cid;
};

Piece commp(const std::filesystem::path& file) {
  const auto run = test::run({"seal-commp", file.string(), "--json"});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  const auto json = run.json();
  CHECK(json.at("unpadded_bytes") == json.at("padded_bytes").get<std::uint64_t>() / 128 * 127);
  CHECK(json.at("payload_bytes") == std::filesystem::file_size(file));
  return {json.at("padded_bytes"), json.at("comm_p"), json.at("cid")};
}

}  // namespace

TEST_CASE("commp: the reference's pieces", "[commp][bit-exact]") {
  const test::Scratch scratch;
  for (const auto* name : {"2k-data-v1_1", "2k-data-synth", "4k-raw", "8m-data-v1_1"})
    for (const auto& piece : vectors::seal_case(name).pieces) {
      const auto data = piece.data();
      test::write(scratch / "piece", {data.begin(), data.end()});
      const auto found = commp(scratch / "piece");
      CAPTURE(name, piece.label);
      CHECK(found.padded_bytes == piece.unpadded_bytes / 127 * 128);
      CHECK(found.comm_p == to_hex(piece.comm_p));
      CHECK(found.cid == comm_d_cid(piece.comm_p));
    }
}

TEST_CASE("commp: files of any length are filled with zeros to the next piece", "[commp]") {
  const test::Scratch scratch;
  const std::pair<std::size_t, std::uint64_t> table[] = {
      {0, 128},        {1, 128},
      {126, 128},      {127, 128},
      {128, 256},      {254, 256},
      {255, 512},      {1016, 1024},
      {1017, 2048},    {2032, 2048},
      {2033, 4096},    {65024, 65536},
      {65025, 131072}, {1040385, std::uint64_t{2} << 20}};
  for (const auto& [bytes, padded] : table) {
    CAPTURE(bytes);
    std::string data(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<char>(i * 7 + 1);
    test::write(scratch / "piece", data);
    const auto found = commp(scratch / "piece");
    CHECK(found.padded_bytes == padded);
    // The same piece with its zeros written out.
    data.resize(padded / 128 * 127);
    fr32::Padder padder;
    std::vector<Node> nodes;
    padder.update(std::span(reinterpret_cast<const std::uint8_t*>(data.data()), data.size()),
                  nodes);
    piece::CommP whole(Backend::portable);
    whole.add(nodes);
    CHECK(found.comm_p == to_hex(whole.finish().comm_p));
  }
}

TEST_CASE("commp: what cannot be read", "[commp]") {
  const test::Scratch scratch;
  CHECK(test::run({"seal-commp", (scratch / "absent").string()}).code == 66);
  CHECK(test::run({"seal-commp", scratch.path().string()}).code == 64);
  CHECK(test::run({"seal-commp"}).code == 64);
}

TEST_CASE("commp: sealyard piece commp speaks as lotus client commP", "[commp]") {
  const test::Scratch scratch;
  test::write(scratch / "zeros", std::string(2000, '\0'));
  const auto home = (scratch / "home").string(), file = (scratch / "zeros").string();
  const auto run = test::run({"sealyard", "--home", home, "piece", "commp", file});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  // cli/client.go: two values of fmt.Println, the unpadded size by SizeStr.
  CHECK(run.out ==
        "CID:  baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy\n"
        "Piece size:  1.984 KiB\n");
  const auto json =
      test::run({"sealyard", "--home", home, "--json", "piece", "commp", file}).json();
  CHECK(json.at("PieceSize") == 2048);
  CHECK(json.at("PayloadSize") == 2000);
  CHECK(test::run({"sealyard", "--home", home, "piece", "commp", file + "-absent"}).code == 66);
}
