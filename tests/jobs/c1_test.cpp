// seal-c1 on the reference's sealed sectors: where the proofs come from, what it refuses, what it
// does twice. Equality with the reference's bytes after our own sealing: seal_vectors_test.cpp.
#include "jobs/sector/clear_cache.h"
#include "jobs/stage/result.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/sealed_sector.h"

using namespace sealyard;

namespace {

class Sector {
 public:
  explicit Sector(const std::string& name)
      : reference(vectors::seal_case(name)),
        folder(test::put_sealed_sector(scratch / "root", reference)),
        out(scratch / "c1.json") {}

  test::Run c1(const std::vector<std::string>& more = {}) const {
    return c1(to_hex(reference.seed), more);
  }
  test::Run c1(const std::string& seed, const std::vector<std::string>& more) const {
    std::vector<std::string> argv{"seal-c1",  "--storage",   folder.root().string(),
                                  "--sector", folder.name(), "--seed",
                                  seed,       "--out",       out.string()};
    argv.insert(argv.end(), more.begin(), more.end());
    return test::run(argv);
  }
  std::string digest() const { return to_hex(sector::digest(out).sha256); }
  std::string want() const { return reference.json.at("c1_json_sha256").get<std::string>(); }
  // Turns one bit of a file.
  void damage(const std::filesystem::path& file, std::size_t at) const {
    auto bytes = test::read(file);
    bytes.at(at) = static_cast<char>(bytes[at] ^ 1);
    test::write(file, bytes);
  }

  test::Scratch scratch;
  vectors::Case reference;
  sector::Folder folder;
  std::filesystem::path out;
};

void require_refused(const test::Run& run, int code, const std::vector<std::string>& words) {
  const auto line = test::last_line(run.err);
  CAPTURE(run.err);
  REQUIRE(run.code == code);
  for (const auto& word : words) {
    CAPTURE(word);
    REQUIRE(line.find(word) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("c1: plain, synthetic from its file, non-interactive", "[c1][bit-exact]") {
  for (const auto* name : {"2k-cc-v1_1", "2k-data-v1", "2k-data-synth", "2k-data-ni"}) {
    CAPTURE(name);
    const Sector sector(name);
    const auto run = sector.c1({"--threads", "2", "--comm-r", to_hex(sector.reference.comm_r)});
    CAPTURE(run.err);
    REQUIRE(run.code == 0);
    CHECK(std::filesystem::file_size(sector.out) == sector.reference.json.at("c1_json_bytes"));
    CHECK(sector.digest() == sector.want());
    const auto manifest = sector::read_manifest(sector.folder);
    REQUIRE(manifest.stage("c1"));
    CHECK(manifest.stage("c1")->inputs.at("seed") == to_hex(sector.reference.seed));
  }
}

TEST_CASE("c1: done once for a seed and file, again for others", "[c1]") {
  const Sector sector("2k-data-v1_1");
  REQUIRE(sector.c1().code == 0);
  const auto first = sector.digest();
  const auto again = sector.c1();
  CHECK(again.code == 0);
  CHECK(again.err.find("already done") != std::string::npos);
  // A file that is no longer what was declared is made again.
  sector.damage(sector.out, 1000);
  const auto repaired = sector.c1();
  CHECK(repaired.err.find("already done") == std::string::npos);
  CHECK(sector.digest() == first);
  REQUIRE(sector.c1(std::string(64, '1'), {}).code == 0);
  CHECK(sector.digest() != first);
  const auto result = stage::read_result(sector.folder.root(), sector.folder.id(), "c1");
  REQUIRE(result);
  CHECK(result->inputs.at("seed") == std::string(64, '1'));
  CHECK(result->artefacts.at(0).name == sector.out.string());
}

TEST_CASE("c1: without --out the file lies beside the results", "[c1]") {
  const Sector sector("2k-data-v1_1");
  const auto run =
      test::run({"seal-c1", "--storage", sector.folder.root().string(), "--sector",
                 sector.folder.name(), "--seed", to_hex(sector.reference.seed), "--json"});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  const auto name = "work/" + sector.folder.name() + "/c1.json";
  CHECK(run.json().at("files").at(0).at("name") == name);
  CHECK(to_hex(sector::digest(sector.folder.root() / name).sha256) == sector.want());
}

TEST_CASE("c1: orders that cannot be right", "[c1]") {
  const Sector sector("2k-data-v1_1");
  require_refused(sector.c1(std::string(64, '0'), {}), 64, {"--seed", "all zero"});
  require_refused(sector.c1("12", {}), 64, {"--seed"});
  require_refused(sector.c1({"--comm-r", std::string(64, '1')}), 64,
                  {"--comm-r is 11", to_hex(sector.reference.comm_r)});
  CHECK_FALSE(std::filesystem::exists(sector.out));
}

TEST_CASE("c1: trimmed sectors need the synthetic file", "[c1]") {
  const Sector plain("2k-data-v1_1");
  std::filesystem::remove(plain.folder.layer(1).path);
  require_refused(plain.c1(), 66, {"layer 1 is missing", "rerun seal-pc1"});
  const Sector synthetic("2k-data-synth");
  std::filesystem::remove(synthetic.folder.synthetic().path);
  require_refused(synthetic.c1(), 66, {"is missing", "rerun"});
  const Sector unsealed("2k-data-v1_1");
  auto manifest = sector::read_manifest(unsealed.folder);
  manifest.comm_r.reset();
  sector::write_manifest(unsealed.folder.manifest(), manifest);
  require_refused(unsealed.c1(), 66, {"run seal-pc2"});
}

TEST_CASE("c1: damage is found and named", "[c1]") {
  const auto challenge = [](const Sector& sector) {
    REQUIRE(sector.c1().code == 0);
    const auto json = nlohmann::json::parse(test::read(sector.out));
    std::filesystem::remove(sector.out);
    return json["vanilla_proofs"]["StackedDrg2KiBV1"][0][0]["encoding_proof"]["node"]
        .get<std::size_t>();
  };
  {
    const Sector sector("2k-data-v1_1");
    const auto node = challenge(sector);
    sector.damage(sector.folder.layer(2).path, node * kNodeBytes + 3);
    require_refused(sector.c1(), 65,
                    {"challenge " + std::to_string(node), "c_x", "label of layer 2 is ",
                     "layer 2: the label of node " + std::to_string(node), "rerun seal-pc1"});
  }
  {
    const Sector sector("2k-data-v1_1");
    const auto node = challenge(sector);
    sector.damage(sector.folder.tree_c()[0].path, node * kNodeBytes + 3);
    require_refused(sector.c1(), 65, {"tree-c"});
  }
  {
    const Sector sector("2k-data-v1_1");
    const auto node = challenge(sector);
    sector.damage(sector.folder.sealed().path, node * kNodeBytes + 3);
    require_refused(sector.c1(), 65, {"tree-r-last"});
  }
  {
    const Sector sector("2k-data-v1_1");
    sector.damage(sector.folder.p_aux().path, 5);
    require_refused(sector.c1(), 65, {"p_aux has CommC", "rerun seal-pc2"});
  }
  {
    const Sector sector("2k-data-synth");
    for (std::size_t record = 0; record < 64; ++record)
      sector.damage(sector.folder.synthetic().path, 96 + record * 8984 + 200);
    require_refused(sector.c1(), 65, {"partition 0: challenge", "comm_d_proofs"});
  }
}
