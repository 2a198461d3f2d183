// Which layers found on the disk are trusted.
#include "jobs/sector/layer_record.h"

#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/files.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;
using test::Scratch;
using tests::files_below;
using tests::slurp;
using tests::spill;

namespace {

// A sector of the reference with both layers and their records.
struct Layers {
  vectors::Case reference = vectors::seal_case("2k-data-v1_1");
  Scratch scratch;
  sector::Folder folder{scratch.path(), {reference.miner, reference.sector}, reference.config};
  std::optional<sector::Lock> lock;

  Layers() {
    folder.create();
    lock.emplace(folder, "test");
    Node previous{};
    for (unsigned layer = 1; layer <= 2; ++layer) {
      const auto path = folder.layer(layer).path;
      const auto bytes = vectors::bytes(reference.path("cache/" + path.filename().string()));
      spill(path, std::string(bytes.begin(), bytes.end()));
      const auto written = sector::digest(path);
      sector::write(folder, {layer, reference.replica_id, 64, written, previous}, *lock);
      previous = written.sha256;
    }
  }
  sector::Resume find() const { return sector::find_resume(folder, reference.replica_id, 2); }
  void flip(const std::filesystem::path& path) const {
    auto bytes = slurp(path);
    bytes[bytes.size() / 2] ^= 1;
    spill(path, bytes);
  }
};

}  // namespace

TEST_CASE("layer records: layers with their records are kept", "[sector]") {
  Layers at;
  const auto resume = at.find();
  CHECK(resume.whole.size() == 2);
  CHECK_FALSE(resume.checkpoint);
  CHECK(resume.why == "layers 1-2 kept");
  CHECK(to_hex(resume.whole[1].written.sha256) ==
        at.reference.cache_sha256("sc-02-data-layer-2.dat"));
}

TEST_CASE("layer records: another ticket discards all layers", "[sector]") {
  Layers at;
  auto other = at.reference.replica_id;
  other.bytes[0] ^= 1;
  const auto resume = sector::find_resume(at.folder, other, 2);
  CHECK(resume.whole.empty());
  CHECK(resume.why.find("belongs to replica id " + to_hex(at.reference.replica_id)) !=
        std::string::npos);
}

TEST_CASE("layer records: a flipped bit, a short file, a missing record end the chain",
          "[sector]") {
  Layers at;
  SECTION("bit of layer 2") {
    at.flip(at.folder.layer(2).path);
    CHECK(at.find().whole.size() == 1);
  }
  SECTION("bit of layer 1") {
    at.flip(at.folder.layer(1).path);
    CHECK(at.find().whole.empty());
  }
  SECTION("short layer 2") {
    std::filesystem::resize_file(at.folder.layer(2).path, 2047);
    CHECK(at.find().whole.size() == 1);
  }
  SECTION("layer 1 without record") {
    std::filesystem::remove(at.folder.layer_record(1));
    CHECK(at.find().whole.empty());
  }
  SECTION("record cut in the middle") {
    const auto text = slurp(at.folder.layer_record(2));
    spill(at.folder.layer_record(2), text.substr(0, text.size() / 2));
    CHECK(at.find().whole.size() == 1);
  }
  SECTION("record of another sector") {
    auto text = slurp(at.folder.layer_record(1));
    text.replace(text.find("s-t01000-2"), 10, "s-t01000-3");
    spill(at.folder.layer_record(1), text);
    CHECK(at.find().whole.empty());
  }
  SECTION("layer 2 made from another layer 1") {
    auto record = *sector::read_layer_record(at.folder, 2);
    record.previous_sha256.bytes[5] ^= 1;
    sector::write(at.folder, record, *at.lock);
    CHECK(at.find().whole.size() == 1);
  }
}

TEST_CASE("layer records: a checkpoint counts when its file is there", "[sector]") {
  Layers at;
  auto record = *sector::read_layer_record(at.folder, 2);
  record.nodes = 20;
  record.written.bytes = 640;
  sector::write(at.folder, record, *at.lock);
  CHECK_FALSE(at.find().checkpoint);
  spill(at.folder.layer_in_progress(2), std::string(640, 'x'));
  const auto resume = at.find();
  REQUIRE(resume.checkpoint);
  CHECK(resume.checkpoint->nodes == 20);
  CHECK(resume.why == "layers 1-1 kept, layer 2 from node 20");
}

TEST_CASE("layer records: removing layers takes records, parts and files", "[sector]") {
  Layers at;
  spill(at.folder.layer_in_progress(2), "x");
  sector::remove_layers(at.folder, 2, *at.lock);
  CHECK(files_below(at.scratch.path()) ==
        std::set<std::string>{"cache/s-t01000-2/sc-02-data-layer-1.dat",
                              "work/s-t01000-2/layer-1.json", "work/s-t01000-2/lock"});
}

TEST_CASE("layer records: a digest that differs is a fault of PC1", "[sector]") {
  Layers at;
  const auto good = sector::digest(at.folder.layer(2).path).sha256;
  sector::require_layer_record(at.folder, 2, at.reference.replica_id, good);
  auto bad = good;
  bad.bytes[0] ^= 1;
  CHECK_THROWS_AS(sector::require_layer_record(at.folder, 2, at.reference.replica_id, bad), Error);
  CHECK_THROWS_AS(sector::require_layer_record(at.folder, 2, bad, good), Error);
  std::filesystem::remove(at.folder.layer_record(2));
  CHECK_THROWS_AS(sector::require_layer_record(at.folder, 2, at.reference.replica_id, good), Error);
}
