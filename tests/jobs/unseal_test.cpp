// seal-unseal: the client's bytes of every reference case, whole and in ranges, and its refusals.
#include <random>

#include "jobs/sector/layer_record.h"
#include "jobs/sector/manifest.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/files.h"
#include "tests/jobs/program.h"
#include "tests/jobs/sealed_sector.h"
#include "tests/vectors.h"

using namespace sealyard;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

std::string client_bytes(const vectors::Case& c) {
  std::string all;
  for (const auto& piece : c.pieces) all += test::text_of(piece.data());
  return all;
}

struct Sealed {
  test::Scratch scratch;
  vectors::Case reference;
  sector::Folder folder;

  explicit Sealed(const std::string& name = "2k-data-v1_1")
      : reference(vectors::seal_case(name)),
        folder(test::put_sealed_sector(scratch / "root", reference)) {
    for (const auto& layer : folder.layers()) fs::remove(layer.path);
  }
  fs::path out() const { return scratch / "out"; }
  Words words(const Words& more = {}) const {
    Words list{"seal-unseal",  "--storage",   folder.root().string(),
               "--sector",     folder.name(), "--out",
               out().string(), "--parents",   (scratch / "parents").string()};
    list.insert(list.end(), more.begin(), more.end());
    return list;
  }
  void require(const Words& argv, int code, const std::string& says = "") const {
    const auto run = test::run(argv);
    CAPTURE(run.out, run.err);
    REQUIRE(run.code == code);
    REQUIRE(test::last_line(run.err).find(says) != std::string::npos);
  }
};

}  // namespace

TEST_CASE("unseal: every small case gives the client's bytes back", "[unseal][bit-exact]") {
  for (const auto& c : vectors::seal_cases(32 << 10)) {
    CAPTURE(c.name);
    Sealed sealed(c.name);
    const auto before = tests::files_below(sealed.folder.cache());
    sealed.require(sealed.words(), 0);
    CHECK(test::read(sealed.out()) == client_bytes(c));
    CHECK(tests::files_below(sealed.folder.cache()) == before);
  }
}

TEST_CASE("unseal: any range", "[unseal][bit-exact]") {
  Sealed sealed("32k-raw");
  const auto all = client_bytes(sealed.reference);
  std::mt19937 rng(11);
  std::vector<std::pair<std::size_t, std::size_t>> ranges{
      {0, 1}, {126, 2}, {127, 127}, {all.size() - 1, 1}, {1, all.size() - 1}};
  for (int i = 0; i < 6; ++i) {
    const auto offset = std::uniform_int_distribution<std::size_t>(0, all.size() - 1)(rng);
    ranges.emplace_back(offset,
                        std::uniform_int_distribution<std::size_t>(1, all.size() - offset)(rng));
  }
  for (const auto& [offset, length] : ranges) {
    CAPTURE(offset, length);
    sealed.require(
        sealed.words({"--offset", std::to_string(offset), "--length", std::to_string(length)}), 0);
    CHECK(test::read(sealed.out()) == all.substr(offset, length));
  }
  sealed.require(sealed.words({"--offset", "32000"}), 0);
  CHECK(test::read(sealed.out()) == all.substr(32000));
}

TEST_CASE("unseal: the last layer is used only when its record fits", "[unseal]") {
  Sealed sealed;
  const auto& c = sealed.reference;
  const auto layer = sealed.folder.layer(2);
  test::write(layer.path, test::text_of(vectors::bytes(c.path("cache/sc-02-data-layer-2.dat"))));
  const auto written = sector::digest(layer.path);
  {
    const sector::Lock lock(sealed.folder, "test");
    sector::write(sealed.folder, {2, c.replica_id, 64, written, Node{}}, lock);
  }
  const auto used = [&] {
    const auto run = test::run(sealed.words());
    CHECK(run.code == 0);
    CHECK(test::read(sealed.out()) == client_bytes(c));
    return run.err.find("the last layer is still there") != std::string::npos;
  };
  CHECK(used());
  CHECK_FALSE(fs::exists(sealed.scratch / "parents"));
  auto bytes = test::read(layer.path);
  bytes[9] = static_cast<char>(bytes[9] ^ 1);
  test::write(layer.path, bytes);
  CHECK_FALSE(used());
  CHECK(test::read(layer.path) == bytes);
}

TEST_CASE("unseal: without a manifest, from what is given", "[unseal]") {
  Sealed sealed;
  fs::remove(sealed.folder.manifest());
  sealed.require(sealed.words(), 66, "no manifest");
  const Words given{"--proof-type", "5", "--ticket", to_hex(sealed.reference.ticket)};
  sealed.require(sealed.words(given), 66, "no comm-d on record");
  auto all = given;
  all.insert(all.end(), {"--comm-d", to_hex(sealed.reference.comm_d)});
  sealed.require(sealed.words(all), 0);
  CHECK(test::read(sealed.out()) == client_bytes(sealed.reference));
}

TEST_CASE("unseal: refusals write nothing", "[unseal]") {
  Sealed sealed;
  const auto flip = [](const fs::path& path) {
    auto bytes = test::read(path);
    bytes[bytes.size() / 3] = static_cast<char>(bytes[bytes.size() / 3] ^ 1);
    test::write(path, bytes);
  };
  SECTION("damaged replica") {
    flip(sealed.folder.sealed().path);
    sealed.require(sealed.words(), 65, "the replica decodes to CommD");
    sealed.require(sealed.words({"--length", "1"}), 65, "the replica decodes to CommD");
  }
  SECTION("short replica") {
    fs::resize_file(sealed.folder.sealed().path, 2047);
    sealed.require(sealed.words(), 65, "replica is 2047 bytes, want 2048");
  }
  SECTION("no replica") {
    fs::remove(sealed.folder.sealed().path);
    sealed.require(sealed.words(), 66, "replica is missing");
  }
  SECTION("another ticket") {
    sealed.require(sealed.words({"--ticket", std::string(64, '0')}), 65, "--ticket");
  }
  SECTION("another proof type") {
    sealed.require(sealed.words({"--proof-type", "0"}), 65, "StackedDrg2KiBV1");
  }
  SECTION("ranges") {
    sealed.require(sealed.words({"--offset", "2032"}), 64, "--offset 2032");
    sealed.require(sealed.words({"--length", "0"}), 64, "--length 0");
    sealed.require(sealed.words({"--offset", "2000", "--length", "33"}), 64, "want 1 to 32");
    sealed.require(sealed.words({"--offset", "-1"}), 64, "--offset");
    sealed.require(sealed.words({"--length", "18446744073709551615"}), 64, "--length");
  }
  SECTION("a folder in the way") {
    fs::create_directory(sealed.out());
    sealed.require(sealed.words(), 74, sealed.out().string());
    fs::remove(sealed.out());
  }
  CHECK_FALSE(fs::exists(sealed.out()));
  for (const auto& entry : fs::directory_iterator(sealed.scratch.path()))
    CHECK(entry.path().extension() != ".part");
}

TEST_CASE("inspect: prints what is on record, and names what differs from it", "[inspect]") {
  Sealed sealed;
  const Words words{"seal-inspect", "--storage", sealed.folder.root().string(), "--sector",
                    sealed.folder.name()};
  const auto with = [&](const Words& more) {
    auto list = words;
    list.insert(list.end(), more.begin(), more.end());
    return list;
  };
  const auto text = test::run(words);
  CHECK(text.code == 0);
  CHECK(text.out.find(to_hex(sealed.reference.comm_r)) != std::string::npos);
  CHECK(text.out.find("StackedDrg2KiBV1_1 (2KiB)") != std::string::npos);
  const auto json = test::run(with({"--json", "--verify"}));
  CAPTURE(json.err);
  REQUIRE(json.code == 0);
  const auto object = json.json();
  CHECK(object.at("manifest").at("comm_r") == to_hex(sealed.reference.comm_r));
  CHECK(object.at("manifest").at("pieces").size() == 5);
  CHECK(object.at("manifest").at("stages").at(1).at("artefacts").size() > 3);
  CHECK(object.at("files_bad") == 0);
  auto bytes = test::read(sealed.folder.tree_d().path);
  bytes[100] = static_cast<char>(bytes[100] ^ 1);
  test::write(sealed.folder.tree_d().path, bytes);
  const auto bad = test::run(with({"--verify"}));
  CHECK(bad.code == 65);
  CHECK(test::last_line(bad.err).find("sc-02-data-tree-d.dat has SHA-256") != std::string::npos);
}
