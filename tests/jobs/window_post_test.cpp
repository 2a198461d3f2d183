// WindowPoSt and WinningPoSt through the programs, with the named parameters of the build folder.
#include <map>

#include "kernels/base/hex.h"
#include "kernels/base/sector_id.h"
#include "tests/catch.h"
#include "tests/jobs/post_case.h"

using namespace sealyard;
using test::PostCase;
namespace fs = std::filesystem;

namespace {

const std::string kParams = SEALYARD_TEST_PARAMS;
constexpr std::uint64_t kBig = 1099511627783;

std::string program_of(const PostCase& from) {
  return from.name == "winning-2k" ? "seal-winning-post" : "seal-window-post";
}

test::Run prove(const PostCase& from, std::vector<std::string> more = {}) {
  more.insert(more.end(), {"--params", kParams});
  return test::run(from.argv(program_of(from), more));
}

std::string hex(const std::string& bytes) {
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::string unhex(const nlohmann::json& text) {
  const auto bytes = from_hex(text.get<std::string>(), "proof");
  return {bytes.begin(), bytes.end()};
}

// The verdict of seal-verify on a proof of the order as it stands.
int verdict(const PostCase& from, const std::string& proof) {
  test::write(from.folder / "verify.json", from.order.dump());
  test::write(from.folder / "proof.bin", proof);
  return test::run({"seal-verify", from.name == "winning-2k" ? "winning" : "window", "--order",
                    (from.folder / "verify.json").string(), "--proof",
                    (from.folder / "proof.bin").string(), "--params", kParams})
      .code;
}

}  // namespace

TEST_CASE("window-post: with the named blinding the proofs are the reference's",
          "[window-post][bit-exact]") {
  const test::Scratch scratch;
  for (const std::string name : {"window-2k-1", "window-2k-3", "window-v1-2k-2", "winning-2k"}) {
    CAPTURE(name);
    const PostCase from(name, scratch.path());
    const auto run = prove(from, {"--fixed-randomness", name, "--json"});
    CAPTURE(run.err);
    REQUIRE(run.code == 0);
    const auto want = from.wanted_proof();
    CHECK(from.result().at("proof") == hex(want));
    CHECK(run.json().at("proof") == hex(want));
    CHECK(run.json().at("post") == from.result());
    CHECK(from.result().at("partitions") == want.size() / 192);
    CHECK(from.result().at("params") == "development");
    CHECK(run.err.find("INSECURE") != std::string::npos);
    CHECK(verdict(from, want) == 0);
    CHECK(verdict(from, PostCase::text("post/" + name + "/proof.bin")) == 0);
  }
}

TEST_CASE("window-post: one partition of an order is its part of the whole",
          "[window-post][bit-exact]") {
  const test::Scratch scratch;
  const PostCase from("window-2k-3", scratch.path());
  std::string whole;
  for (const std::string k : {"0", "1"}) {
    const auto run = prove(from, {"--fixed-randomness", from.name, "--partition", k});
    CAPTURE(run.err);
    REQUIRE(run.code == 0);
    whole += unhex(from.result().at("proof"));
  }
  CHECK(whole == from.wanted_proof());
}

TEST_CASE("window-post: two ranks prove the same", "[window-post][mpi]") {
  const test::Scratch scratch;
  const PostCase from("window-2k-3", scratch.path());
  const auto run = test::mpiexec(
      2, from.argv("seal-window-post", {"--params", kParams, "--fixed-randomness", from.name}));
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(unhex(from.result().at("proof")) == from.wanted_proof());
}

TEST_CASE("window-post: the others are proven without a skipped sector", "[window-post]") {
  const test::Scratch scratch;
  PostCase from("window-2k-3", scratch.path());
  fs::remove(from.p_aux(2));
  const auto run = prove(from);
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  const auto proof = unhex(from.result().at("proof"));
  REQUIRE(proof.size() == 192);
  CHECK(from.result().at("sectors") == nlohmann::json{1, kBig});
  CHECK(verdict(from, proof) == 1);  // not of all three
  // As the chain sees it: a good sector in the place of the skipped one.
  from.sector(2) = from.sector(1);
  CHECK(verdict(from, proof) == 0);
  // Drawn blinding: another proof every time.
  REQUIRE(prove(from).code == 0);
  CHECK(unhex(from.result().at("proof")) != proof);
}

TEST_CASE("window-post: parameters that do not fit are refused before anything is read",
          "[window-post]") {
  const test::Scratch scratch;
  const PostCase from("window-2k-1", scratch.path());
  const auto folder = scratch / "params";
  fs::create_directory(folder);
  fs::path key, params;
  for (const auto& entry : fs::directory_iterator(kParams)) {
    const auto name = entry.path().filename().string();
    if (name.find("-0170db1f394b35d9") == std::string::npos) continue;
    if (name.ends_with(".vk")) fs::copy_file(entry.path(), key = folder / name);
    if (name.ends_with(".params")) fs::copy_file(entry.path(), params = folder / name);
  }
  const auto code = [&] {
    const auto run = test::run(from.argv("seal-window-post", {"--params", folder.string()}));
    CAPTURE(run.err);
    CHECK_FALSE(fs::exists(from.folder / "result.json"));
    return run.code;
  };
  fs::resize_file(params, fs::file_size(params) - 1);
  CHECK(code() == 65);
  fs::remove(params);
  CHECK(code() == 78);
  fs::remove(key);
  CHECK(code() == 78);
}

TEST_CASE("window-post: vanilla proofs of sealed 8 MiB sectors are the reference's bytes",
          "[.][window-post][bit-exact][8m]") {
  const test::Scratch scratch;
  const auto root = scratch / "root";
  std::map<std::uint64_t, nlohmann::json> sealed;
  for (const auto* name : {"8m-data-v1_1", "8m-cc-v1_1"}) {
    const auto from = vectors::seal_case(name);
    const auto id = SectorId{from.miner, from.sector}.text();
    const std::vector<std::string> sector{"--storage", root.string(), "--sector", id};
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i < from.pieces.size(); ++i) {
      const auto file = scratch / (id + "-piece-" + std::to_string(i));
      const auto data = from.pieces[i].data();
      test::write(file, {data.begin(), data.end()});
      pieces.insert(pieces.end(), {"--piece", file.string()});
    }
    const auto stage = [&](std::vector<std::string> argv, const std::vector<std::string>& more) {
      argv.insert(argv.end(), sector.begin(), sector.end());
      argv.insert(argv.end(), more.begin(), more.end());
      const auto run = test::run(argv);
      CAPTURE(run.err);
      REQUIRE(run.code == 0);
    };
    stage({"seal-add-piece", "--proof-type", std::to_string(*from.config.registered)}, pieces);
    stage({"seal-pc1", "--parents", (scratch / "parents").string()},
          {"--ticket", to_hex(from.ticket)});
    stage({"seal-pc2"}, {});
    sealed[from.sector] = {{"number", from.sector},
                           {"comm_r", to_hex(from.comm_r)},
                           {"sealed", (root / "sealed" / id).string()},
                           {"cache", (root / "cache" / id).string()}};
  }
  for (const std::string name : {"window-8m-2", "winning-8m"}) {
    CAPTURE(name);
    std::map<std::string, std::uint64_t> reads;
    for (const std::string mode : {"merged", "single"}) {
      auto from = PostCase::of_sectors(name, scratch / mode, sealed);
      std::vector<std::string> more{"--vanilla-only"};
      if (mode == "single") more.push_back("--no-merged-reads");
      const auto run = test::run(from.argv("seal-window-post", more));
      CAPTURE(run.err);
      REQUIRE(run.code == 0);
      for (const auto& sector : from.json.at("sectors"))
        CHECK(test::read(from.vanilla(sector.at("number"))) ==
              from.wanted_vanilla(sector.at("number")));
      reads[mode] = from.result().at("reads");
    }
    CHECK(reads["merged"] < reads["single"]);
  }
}
