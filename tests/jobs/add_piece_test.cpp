// seal-add-piece: pieces of every reference case, the layout of lotus, refusals, kills.
#include <unistd.h>

#include <csignal>

#include "jobs/add_piece/plan.h"
#include "jobs/sector/manifest.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/piece/piece.h"
#include "tests/catch.h"
#include "tests/jobs/files.h"
#include "tests/jobs/program.h"
#include "tests/jobs/sealed_sector.h"
#include "tests/vectors.h"

using namespace sealyard;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words porep_words(const PorepConfig& porep) {
  if (porep.registered) return {"--proof-type", std::to_string(*porep.registered)};
  return {"--porep-id",    to_hex(porep.porep_id),
          "--sector-size", std::to_string(porep.sector_bytes),
          "--api-version", std::string(text(porep.api))};
}

// One sector, its pieces as files.
struct Request {
  test::Scratch scratch;
  SectorId id{1000, 7};
  Words words;
  sector::Folder folder;

  explicit Request(const PorepConfig& porep = registered_porep(5))
      : words(with(
            {"seal-add-piece", "--storage", (scratch / "root").string(), "--sector", id.text()},
            porep_words(porep))),
        folder(scratch / "root", id, porep) {}

  std::string file(const std::string& name, const std::string& bytes) const {
    test::write(scratch / name, bytes);
    return (scratch / name).string();
  }
  Words pieces(const Words& files) const {
    auto all = words;
    for (const auto& one : files) all = with(all, {"--piece", one});
    return all;
  }
  void require(const Words& argv, int code, const std::string& says = "") const {
    const auto run = test::run(argv);
    CAPTURE(run.out, run.err);
    REQUIRE(run.code == code);
    REQUIRE(test::last_line(run.err).find(says) != std::string::npos);
  }
};

std::vector<std::uint64_t> sizes(const std::vector<add_piece::Slot>& slots) {
  std::vector<std::uint64_t> list;
  for (const auto& slot : slots) list.push_back(slot.unpadded_bytes);
  return list;
}

}  // namespace

TEST_CASE("add piece: every reference case, CommP, CommD and the unsealed file",
          "[add_piece][bit-exact]") {
  for (const auto& c : vectors::seal_cases(8 << 20)) {
    CAPTURE(c.name);
    Request request(c.config);
    Words files;
    for (const auto& piece : c.pieces)
      files.push_back(
          request.file("p" + std::to_string(files.size()), test::text_of(piece.data())));
    const auto run = test::run(with(request.pieces(files), {"--json"}));
    CAPTURE(run.err);
    REQUIRE(run.code == 0);
    const auto unsealed = test::read(request.folder.unsealed().path);
    CHECK(vectors::sha256({reinterpret_cast<const std::uint8_t*>(unsealed.data()),
                           unsealed.size()}) == c.json.at("unsealed").at("sha256"));
    const auto manifest = sector::read_manifest(request.folder);
    CHECK(manifest.porep == c.config);
    CHECK(manifest.comm_d == c.comm_d);
    REQUIRE(manifest.pieces.size() == c.pieces.size());
    for (std::size_t i = 0; i < c.pieces.size(); ++i) {
      CHECK(manifest.pieces[i].comm_p == c.pieces[i].comm_p);
      CHECK(manifest.pieces[i].unpadded_bytes == c.pieces[i].unpadded_bytes);
    }
    CHECK(run.out.find(to_hex(c.comm_d)) != std::string::npos);
    CHECK(run.out.find(to_hex(c.pieces[0].comm_p)) != std::string::npos);
    REQUIRE(manifest.stages.size() == 1);
    CHECK(to_hex(manifest.stages[0].artefacts.at(0).sha256) ==
          c.json.at("unsealed").at("sha256").get<std::string>());
  }
}

TEST_CASE("add piece: --cc is a sector of zeros", "[add_piece][bit-exact]") {
  const auto c = vectors::seal_case("2k-cc-v1_1");
  Request request(c.config);
  request.require(with(request.words, {"--cc"}), 0);
  CHECK(test::read(request.folder.unsealed().path) == std::string(2048, '\0'));
  const auto manifest = sector::read_manifest(request.folder);
  CHECK(manifest.comm_d == c.comm_d);
  REQUIRE(manifest.pieces.size() == 1);
  CHECK(manifest.pieces[0].unpadded_bytes == 2032);
  CHECK(tests::files_below(request.folder.root()) ==
        std::set<std::string>{"manifest/s-t01000-7.h5", "unsealed/s-t01000-7",
                              "work/s-t01000-7/add_piece.result.json", "work/s-t01000-7/lock"});
}

TEST_CASE("add piece: --cc takes the template of its size", "[add_piece]") {
  Request request;
  request.require(
      {"seal-template", "--storage", request.folder.root().string(), "--proof-type", "5"}, 0);
  const auto run = test::run(with(request.words, {"--cc"}));
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(run.err.find("zeros from the template") != std::string::npos);
  CHECK(test::read(request.folder.unsealed().path) == std::string(2048, '\0'));
  const auto manifest = sector::read_manifest(request.folder);
  CHECK(manifest.comm_d == vectors::seal_case("2k-cc-v1_1").comm_d);
  CHECK(manifest.stages.at(0).artefacts.at(0).sha256 ==
        sector::digest(request.folder.unsealed().path).sha256);
  // A sector with pieces replaces the shared file, never writes into it.
  request.require(request.pieces({request.file("a", std::string(500, 'a'))}), 0);
  request.require(
      {"seal-template", "--storage", request.folder.root().string(), "--proof-type", "5", "--json"},
      0);
  Request other;
  other.require(with(other.words, {"--cc"}), 0);
}

TEST_CASE("add piece: zero pieces fill the gaps as lotus does it", "[add_piece]") {
  Request request;
  const auto f = [&](std::size_t bytes) {
    return request.file("f" + std::to_string(bytes), std::string(bytes, 'a'));
  };
  const auto porep = registered_porep(5);
  using Sizes = std::vector<std::uint64_t>;
  CHECK(sizes(add_piece::plan(porep, {})) == Sizes{2032});
  CHECK(sizes(add_piece::plan(porep, {f(2032)})) == Sizes{2032});
  CHECK(sizes(add_piece::plan(porep, {f(1)})) == Sizes{127, 127, 254, 508, 1016});
  CHECK(sizes(add_piece::plan(porep, {f(128)})) == Sizes{254, 254, 508, 1016});
  CHECK(sizes(add_piece::plan(porep, {f(127), f(508)})) == Sizes{127, 127, 254, 508, 1016});
  CHECK(sizes(add_piece::plan(porep, {f(127), f(1000)})) == Sizes{127, 127, 254, 508, 1016});
  CHECK(sizes(add_piece::plan(porep, {f(100) + ":1016"})) == Sizes{1016, 1016});
  CHECK(sizes(add_piece::plan(porep, {f(127), f(127), f(127)})) ==
        Sizes{127, 127, 127, 127, 508, 1016});
  const auto slots = add_piece::plan(porep, {f(127), f(1000)});
  CHECK(slots[0].source);
  CHECK_FALSE(slots[1].source);
  CHECK(slots[4].source->bytes == 1000);
}

TEST_CASE("add piece: a real file, padded to its piece, and its unpadded bytes", "[add_piece]") {
  Request request;
  const std::string text = "not a multiple of anything: " + std::string(300, 'x');
  request.require(request.pieces({request.file("text", text)}), 0);
  const auto manifest = sector::read_manifest(request.folder);
  CHECK(manifest.pieces[0].unpadded_bytes == 508);
  CHECK(manifest.pieces[0].data_bytes == text.size());
  CHECK(manifest.pieces[0].file == "text");
  // CommP is that of the same bytes followed by zeros.
  Request same;
  auto padded = text;
  padded.resize(508);
  same.require(same.pieces({same.file("text", padded)}), 0);
  CHECK(sector::read_manifest(same.folder).pieces[0].comm_p == manifest.pieces[0].comm_p);
  CHECK(test::read(same.folder.unsealed().path) == test::read(request.folder.unsealed().path));
}

TEST_CASE("add piece: refusals leave no file behind", "[add_piece]") {
  Request request;
  const auto f = [&](const std::string& name, std::size_t bytes) {
    return request.file(name, std::string(bytes, 'a'));
  };
  request.require(request.pieces({f("big", 2033)}), 64,
                  "2033 unpadded bytes, the sector holds 2032");
  request.require(request.pieces({f("a", 1016) + ":4064"}), 64, "the sector holds 2032");
  request.require(request.pieces({f("a", 1016) + ":1000"}), 64, "127 times a power of two");
  request.require(request.pieces({f("a", 1016) + ":508"}), 64, "longer than the 508");
  request.require(request.pieces({f("a", 1016) + ":0"}), 64, "127 times a power of two");
  request.require(request.pieces({f("a", 1016) + ":99999999999999999999999"}), 64, "2^64");
  request.require(request.pieces({f("none", 0)}), 64, "is empty");
  request.require(request.pieces({request.scratch.path().string()}), 64, "no regular file");
  request.require(request.pieces({(request.scratch / "absent").string()}), 66, "is missing");
  request.require(request.pieces({f("a", 1016), f("b", 127), f("c", 1016)}), 64, "ends behind");
  request.require(request.words, 64, "--piece");
  request.require(with(request.pieces({f("a", 127)}), {"--cc"}), 64);
  CHECK_FALSE(fs::exists(request.folder.root()));
}

TEST_CASE("add piece: the same request again changes nothing", "[add_piece]") {
  Request request;
  const auto argv = request.pieces({request.file("a", std::string(500, 'a'))});
  request.require(argv, 0);
  const auto time = fs::last_write_time(request.folder.unsealed().path);
  const auto bytes = test::read(request.folder.unsealed().path);
  request.require(argv, 0);
  CHECK(fs::last_write_time(request.folder.unsealed().path) == time);
  SECTION("a damaged unsealed file is written again") {
    test::write(request.folder.unsealed().path, std::string(2048, 'x'));
    request.require(argv, 0);
    CHECK(test::read(request.folder.unsealed().path) == bytes);
  }
  SECTION("other pieces replace it as long as nothing was made from it") {
    request.require(request.pieces({request.file("b", std::string(500, 'b'))}), 0);
    CHECK(test::read(request.folder.unsealed().path) != bytes);
    CHECK(sector::read_manifest(request.folder).pieces[0].file == "b");
  }
  SECTION("once PC1 is done, only the same pieces") {
    auto manifest = sector::read_manifest(request.folder);
    manifest.ticket = manifest.replica_id = Node{};
    sector::write_manifest(request.folder.manifest(), manifest);
    request.require(argv, 0);
    request.require(request.pieces({request.file("b", std::string(500, 'b'))}), 64,
                    "already holds other pieces");
    test::write(request.scratch / "a", std::string(500, 'c'));
    request.require(argv, 64, "already holds other pieces");
    CHECK(test::read(request.folder.unsealed().path) == bytes);
    CHECK(sector::read_manifest(request.folder).replica_id);
  }
}

TEST_CASE("add piece: killed at any moment, the next run gives the right bytes",
          "[add_piece][kill]") {
  const auto c = vectors::seal_case("8m-data-v1_1");
  Request request(c.config);
  Words files;
  for (const auto& piece : c.pieces)
    files.push_back(request.file("p" + std::to_string(files.size()), test::text_of(piece.data())));
  const auto argv = request.pieces(files);
  const auto want = c.json.at("unsealed").at("sha256").get<std::string>();
  const auto digest = [&] { return to_hex(sector::digest(request.folder.unsealed().path).sha256); };
  for (unsigned round = 0; round < 12; ++round) {
    test::Process process(argv);
    ::usleep(5000 + 9000 * round);
    process.signal(round % 3 == 2 ? SIGTERM : SIGKILL);
    const int code = process.wait();
    CAPTURE(round, code);
    CHECK((code == 0 || code == 75 || code == 128 + SIGKILL || code == 128 + SIGTERM));
    if (fs::exists(request.folder.unsealed().path)) CHECK(digest() == want);
    if (fs::exists(request.folder.manifest()))
      CHECK(sector::read_manifest(request.folder).comm_d == c.comm_d);
  }
  request.require(argv, 0);
  CHECK(digest() == want);
  CHECK(tests::files_below(request.folder.root()).size() == 4);
}

TEST_CASE("add piece: two at once, one is busy", "[add_piece]") {
  Request request;
  request.folder.create();
  const sector::Lock lock(request.folder, "another attempt");
  request.require(with(request.words, {"--cc"}), 75, "in use by another attempt");
}
