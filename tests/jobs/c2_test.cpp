// seal-c2 without a proof being made: what it refuses and how soon, and that a checkpoint is used
// when it is of this order and never else. Real proofs: c2_proof_test.cpp.
#include <fstream>

#include "jobs/c2/checkpoint.h"
#include "jobs/c2/input.h"
#include "jobs/params/manifest.h"
#include "jobs/stage/resources.h"
#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/circuit/porep.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/params.h"
#include "tests/catch.h"
#include "tests/jobs/sealed_sector.h"

using namespace sealyard;
namespace fs = std::filesystem;

namespace {

const std::string kManifest = SEALYARD_SOURCE "/share/params/parameters.json";
// PoRep 2 KiB, as in tests/vectors/params/params.jsonl.
constexpr groth16::QuerySizes kSizes{
    .ic = 40, .h = 4194303, .l = 2685673, .a = 2674948, .b_g1 = 685522, .b_g2 = 685522};

const std::string kId = groth16::porep_id(registered_porep(5));

std::string key_bytes() {
  return test::text_of(vectors::bytes("params/" + groth16::verifying_key_file(kId)));
}

// The reference's key and lists of the right lengths without a single point: good for everything
// that comes before the first sum.
void put_hollow_params(const fs::path& folder) {
  fs::create_directories(folder);
  const auto key = key_bytes();
  test::write(folder / groth16::verifying_key_file(kId), key);
  std::ofstream file(folder / groth16::params_file(kId), std::ios::binary);
  file << key;
  const std::pair<std::uint64_t, std::size_t> lists[] = {
      {kSizes.h, 96}, {kSizes.l, 96}, {kSizes.a, 96}, {kSizes.b_g1, 96}, {kSizes.b_g2, 192}};
  for (const auto& [points, bytes] : lists) {
    std::uint8_t count[4];
    store_be(count, static_cast<std::uint32_t>(points));
    file.write(reinterpret_cast<const char*>(count), sizeof count);
    file.seekp(static_cast<std::streamoff>(points * bytes), std::ios::cur);
  }
  file.close();
  fs::resize_file(folder / groth16::params_file(kId), groth16::params_bytes(kSizes));
}

struct Bench {
  test::Scratch scratch;
  fs::path params = scratch / "params", c1 = scratch / "c1.json", out = scratch / "proof.bin";

  Bench() {
    put_hollow_params(params);
    test::write(c1, test::text_of(vectors::bytes("seal/2k-cc-v1_1/c1.json")));
  }
  std::vector<std::string> argv(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"seal-c2",       "--c1",      c1.string(),  "--params",
                                   params.string(), "--out",     out.string(), "--manifest",
                                   kManifest,       "--threads", "2"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  fs::path params_file() const { return params / groth16::params_file(kId); }
  fs::path key_file() const { return params / groth16::verifying_key_file(kId); }
  sector::C1Output output() const { return c2::read_c1(c1); }
  c2::Checkpoints checkpoints(const std::string& randomness) const {
    return {scratch / ".proof.bin.",
            {c2::digest(output()),
             vectors::node("ef1063ee3a766289f78f136958b1900366db4908e8a407d6d95e40038fe02c7f"),
             randomness}};
  }
};

void refuse(const std::vector<std::string>& argv, int code, const std::vector<std::string>& words,
            const std::vector<std::string>& environment = {}) {
  const auto run = test::run(argv, environment);
  CAPTURE(argv, run.err);
  REQUIRE(run.code == code);
  const auto line = test::last_line(run.err);
  CHECK(line.starts_with("seal-c2: "));
  for (const auto& word : words) {
    CAPTURE(word);
    CHECK(line.find(word) != std::string::npos);
  }
  // Whatever is refused is refused before anything is proven.
  CHECK(run.err.find("at a time") == std::string::npos);
}

// Turns one bit.
void damage(const fs::path& file, std::size_t at) {
  auto bytes = test::read(file);
  bytes.at(at) = static_cast<char>(bytes[at] ^ 1);
  test::write(file, bytes);
}

groth16::ProofBytes reference_proof() {
  const auto bytes = vectors::bytes("seal/2k-cc-v1_1/proof-fixed-rs.bin");
  groth16::ProofBytes proof;
  std::copy(bytes.begin(), bytes.end(), proof.begin());
  return proof;
}

}  // namespace

TEST_CASE("c2: a C1 that does not hold is refused before anything long", "[c2][bad]") {
  const Bench bench;
  const auto good = test::read(bench.c1);
  const auto replace = [&](const std::string& from, const std::string& to) {
    auto text = good;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    test::write(bench.c1, text.replace(at, from.size(), to));
  };
  test::write(bench.c1, good.substr(0, good.size() / 2));
  refuse(bench.argv(), 65, {"c1.json: byte"});
  test::write(bench.c1, "");
  refuse(bench.argv(), 65, {"c1.json"});
  replace("\"seed\":[", "\"seed\":[1");
  refuse(bench.argv(), 65, {"C1 does not hold: partition 0: challenge", "want"});
  // A label of a parent's column: said of which challenge and which field.
  auto json = nlohmann::json::parse(good);
  auto& proof = json["vanilla_proofs"]["StackedDrg2KiBV1"][0][0];
  proof["comm_r_last_proof"]["data"]["Single"]["leaf"][3] =
      (proof["comm_r_last_proof"]["data"]["Single"]["leaf"][3].get<int>() + 1) % 256;
  test::write(bench.c1, json.dump());
  refuse(bench.argv(), 65, {"C1 does not hold: partition 0: challenge", "comm_r_last_proof"});
  fs::remove(bench.c1);
  refuse(bench.argv(), 66, {"c1.json"});
  CHECK_FALSE(fs::exists(bench.out));
}

TEST_CASE("c2: parameters that do not fit are refused before anything long", "[c2][bad]") {
  const Bench bench;
  const auto lists = [&](std::uint64_t bytes) { fs::resize_file(bench.params_file(), bytes); };
  lists(groth16::params_bytes(kSizes) - 1);
  refuse(bench.argv(), 65, {groth16::params_file(kId), "bytes", "fetch or generate it again"});
  lists(groth16::params_bytes(kSizes) + 1);
  refuse(bench.argv(), 65, {groth16::params_file(kId), "bytes"});
  lists(1000);
  refuse(bench.argv(), 65, {groth16::params_file(kId)});
  fs::remove(bench.params_file());
  refuse(bench.argv(), 78, {groth16::params_file(kId), "seal-params fetch", "porep 2KiB"});

  // The same name, another circuit: fewer inputs, then as many with other lists.
  const std::string window =
      "v28-proof-of-spacetime-fallback-merkletree-poseidon_hasher-8-0-0-"
      "0170db1f394b35d995252228ee359194b13199d259380541dc529fb0099096b0.vk";
  auto other = test::text_of(vectors::bytes("params/" + window));
  test::write(bench.key_file(), other);
  test::write(bench.params_file(), other + std::string(20, '\0'));
  refuse(bench.argv(), 78, {"for a circuit of 23 inputs, porep 2KiB has 40"});
  test::write(bench.key_file(), key_bytes());
  test::write(bench.params_file(), key_bytes() + std::string(20, '\0'));
  refuse(bench.argv(), 78, {"the circuit wants ic 40, h 4194303", "another circuit"});

  put_hollow_params(bench.params);
  damage(bench.key_file(), key_bytes().size() - 1);
  refuse(bench.argv(), 65, {groth16::verifying_key_file(kId)});
  fs::remove(bench.key_file());
  refuse(bench.argv(), 78, {groth16::verifying_key_file(kId)});
  refuse(bench.argv({"--params", (bench.scratch / "x").string()}), 64, {"--params"});
  CHECK_FALSE(fs::exists(bench.out));
}

TEST_CASE("c2: orders that cannot be right", "[c2][bad]") {
  const Bench bench;
  const auto root = (bench.scratch / "root").string();
  refuse({"seal-c2"}, 64, {"want --c1, or --storage and --sector"});
  refuse({"seal-c2", "--c1", bench.c1.string()}, 64, {"want --out"});
  refuse({"seal-c2", "--storage", root}, 64, {"--storage and --sector go together"});
  refuse(bench.argv({"--storage", root, "--sector", "s-t01000-1"}), 64, {"exclude each other"});
  refuse(bench.argv({"--group", "0"}), 64, {"--group: 0"});
  refuse(bench.argv({"--group", "2", "--limit-memory"}), 64, {"exclude each other"});
  refuse(
      {"seal-c2", "--storage", root, "--sector", "s-t01000-1", "--params", bench.params.string()},
      66, {"s-t01000-1", "seal-add-piece"});
}

TEST_CASE("c2: fixed randomness is for development", "[c2][bad]") {
  const Bench bench;
  const auto key = key_bytes();
  const auto digest =
      groth16::manifest_digest({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
  const auto manifest = bench.scratch / "official.json";
  test::write(manifest,
              "{\"" + groth16::verifying_key_file(kId) + "\": {\"digest\": \"" + digest + "\"}}");
  auto argv = bench.argv({"--fixed-randomness", "case"});
  *std::find(argv.begin(), argv.end(), kManifest) = manifest.string();
  refuse(argv, 64, {"--fixed-randomness", "official"});
}

TEST_CASE("c2: a sector without its C1, or with another's", "[c2][bad]") {
  const Bench bench;
  const auto root = bench.scratch / "root";
  const auto reference = vectors::seal_case("2k-data-v1_1");
  const auto folder = test::put_sealed_sector(root, reference);
  const std::vector<std::string> c2{"seal-c2",     "--storage", root.string(),        "--sector",
                                    folder.name(), "--params",  bench.params.string()};
  refuse(c2, 66, {folder.name(), "no C1", "run seal-c1 first"});
  REQUIRE(test::run({"seal-c1", "--storage", root.string(), "--sector", folder.name(), "--seed",
                     to_hex(reference.seed)})
              .code == 0);
  REQUIRE(fs::exists(folder.c1()));
  const auto good = test::read(folder.c1());
  damage(folder.c1(), good.size() - 100);
  refuse(c2, 65, {folder.name(), "is not what C1 declared; rerun seal-c1"});
  test::write(folder.c1(), good);
  auto manifest = sector::read_manifest(folder);
  manifest.comm_r = Node{{1}};
  sector::write_manifest(folder.manifest(), manifest);
  refuse(c2, 65, {folder.name(), "C1 has CommR", "rerun seal-c1"});
}

TEST_CASE("c2: memory is planned, and too little of it is said", "[c2]") {
  const Bench bench;
  const auto run = test::run(bench.argv({"--print-mem", "--json"}));
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  const auto list = run.json().at("memory");
  REQUIRE(list.size() == 2);  // lean, and a group of the one partition there is
  CHECK(list.at(0).at("lean") == true);
  CHECK(list.at(0).at("bytes") < list.at(1).at("bytes"));
  CHECK_FALSE(fs::exists(bench.out));
  const auto lean = list.at(0).at("bytes").get<std::uint64_t>() >> 20;
  const auto said = test::run(bench.argv(), {"SLURM_JOB_ID=1", "SLURM_MEM_PER_NODE=100"});
  CHECK(said.code == 78);
  CHECK(said.err.find("submit with --mem=" + std::to_string(lean + 1) + "M") != std::string::npos);
  // Room for the lean way only: it is taken, and gets as far as a point there is not: which of h
  // depends on the thread that is the first to meet one.
  const auto tight = test::run(
      bench.argv(), {"SLURM_JOB_ID=1", "SLURM_MEM_PER_NODE=" + std::to_string(lean + 10)});
  CHECK(tight.err.find("one partition at a time, lean") != std::string::npos);
  CHECK(tight.code == 65);
  CHECK(tight.err.find(": h[") != std::string::npos);
}

TEST_CASE("c2: the model's rows are those of the circuits", "[c2]") {
  for (const auto size : {"2KiB", "4KiB", "16KiB", "32KiB", "8MiB", "16MiB", "512MiB", "1GiB"}) {
    CAPTURE(size);
    const auto porep = raw_porep(parse_size(size), Node{}, ApiVersion::v1_1_0);
    const auto counts = circuit::count(circuit::blank_porep(porep));
    CHECK(stage::c2_rows(porep) == counts.constraints + counts.inputs);
  }
}

TEST_CASE("c2: the model grows with the group, lean is less", "[c2]") {
  for (const auto size : {"2KiB", "8MiB", "512MiB", "32GiB", "64GiB"}) {
    const auto porep = raw_porep(parse_size(size), Node{}, ApiVersion::v1_1_0);
    const auto one = stage::c2_memory_bytes(porep, {}, 8);
    CHECK(stage::c2_memory_bytes(porep, {.group = 1, .lean = true}, 8) < one);
    CHECK(stage::c2_memory_bytes(porep, {.group = 2}, 8) > one);
  }
  // A partition of 32 GiB in 24 GiB, the parameters' pages not counted.
  const auto large = registered_porep(8);
  CHECK(stage::c2_memory_bytes(large, {}, 32) <= std::uint64_t{26} << 30);
}

TEST_CASE("c2: a checkpoint of this order is the proof", "[c2][resume]") {
  const Bench bench;
  bench.checkpoints("2k-cc-v1_1").keep(0, reference_proof(), nullptr);
  const auto run = test::run(bench.argv({"--fixed-randomness", "2k-cc-v1_1", "--json"}));
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(test::read(bench.out) ==
        test::text_of(vectors::bytes("seal/2k-cc-v1_1/proof-fixed-rs.bin")));
  CHECK(run.err.find("INSECURE") != std::string::npos);
  CHECK(run.err.find("INSECURE") == run.err.rfind("INSECURE"));
  CHECK(run.err.find("1 of 1 partitions were proven before") != std::string::npos);
  CHECK(run.json().at("params") == "development");
  CHECK(run.json().at("files").at(0).at("bytes") == 192);
  // Nothing stays behind.
  CHECK_FALSE(fs::exists(bench.checkpoints("2k-cc-v1_1").file(0)));
}

TEST_CASE("c2: checkpoints know what they are of", "[c2][resume]") {
  const Bench bench;
  const auto kept = bench.checkpoints("name");
  CHECK_FALSE(kept.find(0));
  kept.keep(0, reference_proof(), nullptr);
  kept.keep(12, reference_proof(), nullptr);
  CHECK(kept.find(0) == reference_proof());
  CHECK_FALSE(kept.find(1));
  // Another name, another C1, another key, another partition: as good as none.
  CHECK_FALSE(bench.checkpoints("").find(0));
  auto other = bench.output();
  other.ticket = Node{{1}};
  const auto key =
      vectors::node("ef1063ee3a766289f78f136958b1900366db4908e8a407d6d95e40038fe02c7f");
  const auto stem = bench.scratch / ".proof.bin.";
  CHECK_FALSE(c2::Checkpoints(stem, {c2::digest(other), key, "name"}).find(0));
  CHECK_FALSE(c2::Checkpoints(stem, {c2::digest(bench.output()), Node{}, "name"}).find(0));
  fs::copy_file(kept.file(0), kept.file(1));
  CHECK_FALSE(kept.find(1));
  test::write(kept.file(0), test::read(kept.file(0)).substr(0, 100));
  CHECK_FALSE(kept.find(0));
  test::write(bench.scratch / ".proof.bin.other", "x");
  kept.remove();
  CHECK_FALSE(fs::exists(kept.file(0)));
  CHECK_FALSE(fs::exists(kept.file(12)));
  CHECK(fs::exists(bench.scratch / ".proof.bin.other"));
}

TEST_CASE("c2: a checkpoint that does not hold is not believed", "[c2][resume]") {
  const Bench bench;
  auto altered = reference_proof();
  altered[100] ^= 1;
  bench.checkpoints("x").keep(0, altered, nullptr);
  // It would be proven again, and the hollow parameters end that.
  const auto run = test::run(bench.argv({"--fixed-randomness", "x"}));
  CHECK(run.code == 65);
  CHECK(run.err.find("h[0] is") != std::string::npos);
  CHECK_FALSE(fs::exists(bench.out));
}
