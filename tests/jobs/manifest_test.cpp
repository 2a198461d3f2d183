// The manifest and the reference's JSON.
#include "jobs/sector/manifest.h"

#include "jobs/sector/precommit_json.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/files.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;
using test::Scratch;
using tests::slurp;
using tests::spill;

namespace {

Node node_of(std::uint8_t byte) {
  Node node;
  node.bytes.fill(byte);
  return node;
}

sector::Manifest sample(const PorepConfig& porep) {
  sector::Manifest manifest;
  manifest.id = {1000, 18446744073709551615u};
  manifest.porep = porep;
  manifest.pieces = {{1016, 1000, node_of(1), "a file, with spaces \xc3\xa4"},
                     {1016, 0, node_of(2), ""}};
  manifest.ticket = node_of(3);
  manifest.comm_d = node_of(4);
  for (const auto* name : {"add_piece", "pc1"}) {
    stage::Result result;
    result.stage = name;
    result.sector = manifest.id;
    result.proof_type = porep.name();
    result.inputs = {{"ticket", to_hex(node_of(3))}, {"nothing", ""}};
    result.commitments = {{"comm_d", node_of(4)}};
    result.artefacts = {{"unsealed/x", 2048, node_of(5)}, {"cache/y", 0, node_of(6)}};
    result.attempt = {4711, 3, "n03", "host", 812};
    result.backend = "sha-ni";
    result.threads = 4;
    result.started = "2024-05-01T10:00:00Z";
    result.ended = "2024-05-01T10:00:01Z";
    result.seconds = 1.25;
    result.peak_memory_bytes = 1;
    result.read_bytes = 2;
    result.written_bytes = 3;
    result.version = "sealyard 0.1.0";
    manifest.record(result);
  }
  return manifest;
}

Fault fault_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.fault();
  }
  FAIL("no Error");
  return Fault::internal;
}

}  // namespace

TEST_CASE("manifest: everything written is read back", "[manifest]") {
  Scratch scratch;
  const auto raw = raw_porep(16384, node_of(0x80), ApiVersion::v1_2_0, PorepFeature::synthetic);
  for (const auto& porep : {registered_porep(5), registered_porep(19), raw}) {
    auto manifest = sample(porep);
    sector::write_manifest((scratch.path() / "m.h5"), manifest);
    const auto back = sector::read_manifest((scratch.path() / "m.h5"));
    CHECK(back.id == manifest.id);
    CHECK(back.porep == manifest.porep);
    CHECK(back.pieces == manifest.pieces);
    CHECK(back.ticket == manifest.ticket);
    CHECK(back.comm_d == manifest.comm_d);
    CHECK_FALSE(back.comm_r);
    CHECK(back.stages == manifest.stages);
  }
}

TEST_CASE("manifest: a stage that ran again replaces its record and keeps the others",
          "[manifest]") {
  auto manifest = sample(registered_porep(5));
  auto again = *manifest.stage("add_piece");
  again.seconds = 9;
  manifest.record(again);
  CHECK(manifest.stages.size() == 2);
  CHECK(manifest.stage("add_piece")->seconds == 9);
  CHECK(manifest.stage("pc2") == nullptr);
}

TEST_CASE("manifest: any flipped bit or cut is seen", "[manifest]") {
  Scratch scratch;
  const auto path = (scratch.path() / "m.h5");
  sector::write_manifest(path, sample(registered_porep(5)));
  const auto good = slurp(path);
  for (std::size_t at = 0; at < good.size(); at += 97) {
    CAPTURE(at);
    auto bad = good;
    bad[at] ^= 0x10;
    spill(path, bad);
    REQUIRE(fault_of([&] { sector::read_manifest(path); }) == Fault::corrupt);
  }
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, good.size() - 1}) {
    spill(path, good.substr(0, bytes));
    CHECK(fault_of([&] { sector::read_manifest(path); }) == Fault::corrupt);
  }
}

TEST_CASE("manifest: absent and of another sector are told apart", "[manifest]") {
  Scratch scratch;
  const sector::Folder folder(scratch.path(), {1000, 8}, registered_porep(5));
  folder.create();
  CHECK(fault_of([&] { sector::Folder::open(scratch.path(), {1000, 8}); }) == Fault::missing);
  sector::write_manifest(folder.manifest(), sample(registered_porep(5)));
  CHECK(fault_of([&] { sector::Folder::open(scratch.path(), {1000, 8}); }) == Fault::corrupt);
}

TEST_CASE("manifest: a second ticket is refused", "[manifest]") {
  const auto manifest = sample(registered_porep(5));
  sector::require_ticket(manifest, node_of(3));
  CHECK(fault_of([&] { sector::require_ticket(manifest, node_of(9)); }) == Fault::corrupt);
}

TEST_CASE("precommit json: the bytes of the reference", "[precommit][bit-exact]") {
  for (const auto& c : vectors::seal_cases(8 << 20)) {
    if (!vectors::exists(c.path("pc1.json"))) continue;
    CAPTURE(c.name);
    const auto pc1 = vectors::bytes(c.path("pc1.json")), pc2 = vectors::bytes(c.path("pc2.json"));
    const auto path = "out/" + c.name + "/cache";
    const std::string text1(pc1.begin(), pc1.end()), text2(pc2.begin(), pc2.end());
    CHECK(sector::pc1_json(c.config, path, c.comm_d) == text1);
    CHECK(sector::pc2_json(c.config, c.comm_r, c.comm_d) == text2);
    const auto read = sector::parse_pc1_json(text1, "pc1.json");
    CHECK(read.porep == c.config);
    CHECK(read.cache_path == path);
    CHECK(read.comm_d == c.comm_d);
    CHECK_FALSE(read.ticket);
    CHECK(sector::parse_pc2_json(text2, "pc2.json").comm_r == c.comm_r);
  }
}

TEST_CASE("precommit json: keys in any order, the one lotus adds, and others", "[precommit]") {
  const auto c = vectors::seal_case("2k-data-v1_1");
  auto json = nlohmann::json::parse(sector::pc1_json(c.config, "/cache", c.comm_d));
  json["_lotus_SealRandomness"] = "FGThy1y2KhP1WD7wPQM5WOd3zXqbVfj2TtkQAFY6YRo=";
  json["something"] = 1;
  const auto read = sector::parse_pc1_json(json.dump(3), "pc1.json");
  CHECK(read.comm_d == c.comm_d);
  REQUIRE(read.ticket);
  CHECK(to_hex(*read.ticket).substr(0, 8) == "1464e1cb");
}

TEST_CASE("precommit json: what does not fit is refused with the name of the input",
          "[precommit]") {
  const auto c = vectors::seal_case("2k-data-v1_1");
  const auto good = nlohmann::json::parse(sector::pc1_json(c.config, "/cache", c.comm_d));
  std::vector<nlohmann::json> bad;
  for (const auto* key : {"registered_proof", "labels", "config", "comm_d"}) {
    bad.push_back(good);
    bad.back().erase(key);
  }
  bad.push_back(good);
  bad.back()["registered_proof"] = "StackedDrg2KiBV9";
  bad.push_back(good);
  bad.back()["registered_proof"] = "StackedDrg8MiBV1_1";
  bad.push_back(good);
  bad.back()["comm_d"][3] = 256;
  bad.push_back(good);
  bad.back()["labels"]["StackedDrg2KiBV1"]["labels"].erase(1);
  bad.push_back(good);
  bad.back()["config"]["size"] = 128;
  bad.push_back(nlohmann::json::array());
  for (const auto& json : bad) {
    CAPTURE(json.dump());
    try {
      sector::parse_pc1_json(json.dump(), "in.json");
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::corrupt);
      CHECK(std::string(error.what()).find("in.json: ") == 0);
    }
  }
  CHECK(fault_of([] { sector::parse_pc1_json("{", "x"); }) == Fault::corrupt);
}
