// seal-params: sets made, found again, listed and checked.
#include "kernels/groth16/params.h"

#include <fstream>
#include <map>

#include "jobs/params/check.h"
#include "jobs/params/folder.h"
#include "jobs/params/set.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/groth16/identity.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

const std::string kManifest = SEALYARD_SOURCE "/share/params/parameters.json";
// What the reference made from the named numbers: WindowPoSt 2 KiB of tests/vectors/params.
const std::string kWindow =
    "v28-proof-of-spacetime-fallback-merkletree-poseidon_hasher-8-0-0-"
    "0170db1f394b35d995252228ee359194b13199d259380541dc529fb0099096b0";
constexpr std::uint64_t kWindowParamsBytes = 11501496;
const std::string kWindowParams =
    "ccaceb911ee3124594c4ae54e4a1bed8f745d4fecc2859c8b96d5aa29cc05f3c";
const std::string kWindowKey = "f23f03cef3a56eb9c5ebb621c1588c7125b1336f13b52768f0ed6a3cf0a43ac5";

test::Run generate(const std::filesystem::path& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> argv{"seal-params", "generate",      "--circuit",     "window",
                                "--out",       folder.string(), "--sector-size", "2KiB"};
  argv.insert(argv.end(), more.begin(), more.end());
  return test::run(argv);
}

test::Run check(const std::filesystem::path& folder) {
  return test::run({"seal-params", "check", "--params", folder.string(), "--manifest", kManifest});
}

std::string digest(const std::filesystem::path& file) {
  const auto text = test::read(file);
  return vectors::sha256(
      std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

// Turns one bit of a file.
void damage(const std::filesystem::path& file, std::size_t at) {
  auto bytes = test::read(file);
  bytes.at(at) = static_cast<char>(bytes[at] ^ 1);
  test::write(file, bytes);
}

// What a prover says of the bytes of a .params file.
std::string flaw_of(const std::string& bytes) {
  try {
    const std::span view(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    groth16::Params(view, "x.params").check_points(2, curve::Inspection::on_curve);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::size_t count(const std::filesystem::path& folder) {
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    n += entry.is_regular_file();
  return n;
}

std::string folder_for(const std::map<std::string, std::string>& table) {
  return params::default_folder([&](const char* name) {
           const auto found = table.find(name);
           return found == table.end() ? nullptr : found->second.c_str();
         })
      .string();
}

}  // namespace

TEST_CASE("params: where they live", "[params]") {
  CHECK(folder_for({{"HOME", "/h"}}) == "/h/.cache/sealyard/params");
  CHECK(folder_for({{"HOME", "/h"}, {"FIL_PROOFS_PARAMETER_CACHE", "/p"}}) == "/p");
  CHECK(folder_for({{"SEALYARD_PARAMS", "/s"}, {"FIL_PROOFS_PARAMETER_CACHE", "/p"}}) == "/s");
  CHECK(folder_for({{"HOME", "/h"}, {"SEALYARD_PARAMS", ""}}) == "/h/.cache/sealyard/params");
  CHECK_THROWS_AS(folder_for({}), Error);
}

TEST_CASE("params: sets and their names", "[params]") {
  CHECK(params::describe(kWindow + ".params") == "window 2KiB");
  CHECK(params::describe(kWindow + ".vk") == "window 2KiB");
  CHECK(params::describe("v28-other.vk") == "unknown");
  CHECK(params::describe(groth16::params_file(params::set_of("porep", 34359738368).id)) ==
        "porep 32GiB");
  CHECK(params::describe(groth16::params_file(params::set_of("update", 2048).id)) == "update 2KiB");
  CHECK(params::describe(groth16::params_file(params::set_of("winning", 8388608).id)) ==
        "winning 8MiB");
  CHECK_THROWS_AS(params::set_of("proof", 2048), Error);
  CHECK_THROWS_AS(params::set_of("porep", 2049), Error);
}

TEST_CASE("params: official is what the manifest says", "[params]") {
  const params::Manifest manifest(kManifest);
  CHECK(manifest.size() > 20);
  const auto name =
      "v28-empty-sector-update-merkletree-poseidon_hasher-8-0-0-"
      "61fa69f38b9cc771ba27b670124714b4ea77fbeae05e377fb859c4a43b73a30c.vk";
  CHECK(manifest.is_official(name, "994c5b7d450ca9da348c910689f2dc7f"));
  CHECK_FALSE(manifest.is_official(name, "c3ad7bb549470b82ad52ed070aebb4f4"));
  CHECK_FALSE(manifest.is_official("x", "994c5b7d450ca9da348c910689f2dc7f"));
  const test::Scratch scratch;
  test::write(scratch / "m", "{\"a\": 1}");
  CHECK_THROWS_AS(params::Manifest((scratch / "m").string()), Error);
  CHECK_THROWS_AS(params::Manifest((scratch / "absent").string()), Error);
  // A file of that digest is official without being looked at further.
  const std::uint8_t bytes[] = {'x'};
  test::write(scratch / "v28-x.vk", "x");
  test::write(scratch / "m",
              "{\"v28-x.vk\": {\"digest\": \"" + groth16::manifest_digest(bytes) + "\"}}");
  CHECK(params::check(scratch / "v28-x.vk", params::Manifest(scratch / "m"), 1) ==
        params::Origin::official);
  CHECK_THROWS_AS(params::check(scratch / "v28-x.vk", params::Manifest(kManifest), 1), Error);
}

TEST_CASE("params: named ones are the reference's files", "[params][bit-exact]") {
  const test::Scratch scratch;
  const auto folder = scratch / "new" / "params";
  const auto file = folder / (kWindow + ".params"), key = folder / (kWindow + ".vk");
  auto run = generate(folder, {"--toxic-waste", "named", "--threads", "2"});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(run.out == file.string() + "\n" + key.string() + "\n");
  CHECK(run.err.find("INSECURE") != std::string::npos);
  REQUIRE(std::filesystem::file_size(file) == kWindowParamsBytes);
  REQUIRE(digest(file) == kWindowParams);
  REQUIRE(digest(key) == kWindowKey);
  CHECK(count(folder) == 3);  // the two and a lock, nothing temporary

  // Again: done. Drawn or named, what is there is what is wanted.
  run = generate(folder, {"--toxic-waste", "named", "--json"});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(run.json().at("found") == "yes");
  CHECK(run.json().at("files").at(0).at("sha256") == kWindowParams);
  CHECK(run.json().at("files").at(1).at("sha256") == kWindowKey);
  // Interrupted between the two files.
  std::filesystem::remove(key);
  REQUIRE(generate(folder).code == 0);
  CHECK(digest(key) == kWindowKey);

  run = test::run({"seal-params", "list"}, {"SEALYARD_PARAMS=" + folder.string()});
  CHECK(run.out.find("window 2KiB           11501496 " + kWindow + ".params\n") == 0);
  run = check(folder);
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(run.out == "development " + kWindow + ".params\ndevelopment " + kWindow + ".vk\n");

  damage(key, 400);
  CHECK(generate(folder).code == 65);
  CHECK_THROWS_AS(params::check(key, params::Manifest(kManifest), 1), Error);
  damage(key, 400);
  damage(file, kWindowParamsBytes / 2);
  run = check(folder);
  CHECK(run.code == 65);
  CHECK(run.out == "bad         " + kWindow + ".params\ndevelopment " + kWindow + ".vk\n");
  CHECK(run.err.find("1 of 2 files are bad: " + kWindow + ".params: ") != std::string::npos);
  std::filesystem::resize_file(file, 5000);
  CHECK(generate(folder).code == 65);
}

namespace {

// Makes the named set of another circuit, minutes of work, and compares it with the line of
// tests/vectors/params/params.jsonl.
void require_named(const std::string& circuit) {
  const test::Scratch scratch;
  const auto folder = scratch.path().string();
  const auto run = test::run({"seal-params", "generate", "--circuit", circuit, "--sector-size",
                              "2KiB", "--toxic-waste", "named", "--out", folder, "--json"});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  const auto id = params::set_of(circuit, 2048).id;
  std::ifstream lines(SEALYARD_VECTORS "/params/params.jsonl");
  nlohmann::json want;
  for (std::string line; std::getline(lines, line);)
    if (auto json = nlohmann::json::parse(line); json.at("id") == id) want = json;
  REQUIRE(want.is_object());
  const auto files = run.json().at("files");
  CHECK(files.at(0).at("sha256") == want.at("params_sha256"));
  CHECK(files.at(1).at("sha256") == want.at("vk_sha256"));
  CHECK(digest(scratch / want.at("params")) == want.at("params_sha256"));
  CHECK(digest(scratch / want.at("vk")) == want.at("vk_sha256"));
}

}  // namespace

TEST_CASE("params: named winning 2 KiB is the reference's", "[.][named-winning][bit-exact]") {
  require_named("winning");
}
TEST_CASE("params: named update 2 KiB is the reference's", "[.][named-update][bit-exact]") {
  require_named("update");
}
TEST_CASE("params: named PoRep 2 KiB is the reference's", "[.][named-porep][bit-exact]") {
  require_named("porep");
}

// What is wrong shows before anything is computed with it: when the file is opened, or when it is
// checked.
TEST_CASE("params: damaged files and those of another circuit", "[params]") {
  const test::Scratch scratch;
  REQUIRE(generate(scratch.path(), {"--toxic-waste", "named", "--threads", "2"}).code == 0);
  const auto file = scratch / (kWindow + ".params"), key = scratch / (kWindow + ".vk");
  const auto right = test::read(file), right_key = test::read(key);
  const auto refuse = [&](const std::string& words) {
    const auto run = check(scratch.path());
    CAPTURE(words, run.err);
    REQUIRE(run.code == 65);
    REQUIRE(run.err.find(words) != std::string::npos);
  };
  std::filesystem::remove(key);
  for (const std::size_t bytes : {0, 867, 3075, 3076, 3080, 5000000}) {
    std::filesystem::resize_file(file, bytes);
    refuse(std::to_string(bytes) + " bytes, ");
    CHECK(generate(scratch.path()).code == 65);
    test::write(file, right);
  }
  test::write(file, right + '\0');
  refuse("11501497 bytes, its lists want 11501496");
  test::write(file, right);

  // A point of the key, counts, and a point of each list. A prover looks at points on the curve
  // only, which is enough for damage.
  const std::size_t l = 3080 + 96 * 32767, a = l + 4 + 96 * 22128, b_g1 = a + 4 + 96 * 16793,
                    b_g2 = b_g1 + 4 + 96 * 16029;
  for (const auto& [at, words] :
       std::map<std::size_t, std::string>{{50, "alpha in G1 is "},
                                          {867, "list h ends at"},
                                          {868 + 96 * 22 + 95, "ic[22] is "},
                                          {3079, "list l ends at"},
                                          {3080 + 96 * 7 + 1, "h[7] is "},
                                          {l + 4 + 96 * 22127 + 95, "l[22127] is "},
                                          {a + 4, "a[0] is "},
                                          {b_g1 + 4 + 48, "b_g1[0] is "},
                                          {b_g2 + 4 + 192 * 16028 + 191, "b_g2[16028] is "}}) {
    CAPTURE(at, words);
    auto bytes = right;
    bytes.at(at) = static_cast<char>(bytes[at] ^ 1);
    CHECK(flaw_of(bytes).find(words) != std::string::npos);
    if (at > 3100) continue;
    test::write(file, bytes);
    refuse(words);
  }
  test::write(file, right);

  const auto id = params::set_of("winning", 2048).id;
  const auto other = scratch / groth16::params_file(id),
             other_key = scratch / groth16::verifying_key_file(id);
  std::filesystem::rename(file, other);
  refuse("the circuit wants ic 133, h 131071, ");
  const auto run = test::run({"seal-params", "generate", "--circuit", "winning", "--sector-size",
                              "2KiB", "--out", scratch.path().string()});
  CHECK(run.code == 78);
  CHECK(run.err.find("another circuit's file?") != std::string::npos);
  std::filesystem::remove(other);
  test::write(other_key, right_key);
  refuse("23 inputs; winning 2KiB has 133: another circuit's file?");
}

TEST_CASE("params: drawn ones differ, and named ones do not take their place", "[params]") {
  const test::Scratch scratch;
  REQUIRE(generate(scratch.path()).code == 0);
  const auto key = scratch / (kWindow + ".vk");
  const auto first = digest(key);
  CHECK(first != kWindowKey);
  auto run = generate(scratch.path(), {"--toxic-waste", "named"});
  CHECK(run.code == 78);
  CHECK(run.err.find("not made from the named numbers") != std::string::npos);
  CHECK(digest(key) == first);
  const test::Scratch other;
  REQUIRE(generate(other.path()).code == 0);
  CHECK(digest(other / (kWindow + ".vk")) != first);
}

TEST_CASE("params: requests that cannot be right", "[params]") {
  const test::Scratch scratch;
  const auto out = scratch.path().string();
  const auto words = GENERATE_COPY(values<std::vector<std::string>>({
      {},
      {"make"},
      {"generate", "--out", out},
      {"generate", "--out", out, "--circuit", "porep"},
      {"generate", "--out", out, "--circuit", "proof", "--sector-size", "2KiB"},
      {"generate", "--out", out, "--circuit", "porep", "--sector-size", "3KiB"},
      {"generate", "--out", out, "--circuit", "porep", "--sector-size", "2KiB", "--toxic-waste",
       "mine"},
      {"generate", "--params", out, "--out", out},
      {"list", "--params", out, "--circuit", "porep"},
      {"list", "--params", out, "--manifest", kManifest},
      {"check", "--params", out, "--sector-size", "2KiB"},
      {"check", "list"},
  }));
  CAPTURE(words);
  std::vector<std::string> argv{"seal-params"};
  argv.insert(argv.end(), words.begin(), words.end());
  CHECK(test::run(argv).code == 64);
  CHECK(count(scratch.path()) == 0);
}

TEST_CASE("params: folders without any", "[params]") {
  const test::Scratch scratch;
  CHECK(check(scratch.path()).code == 66);
  CHECK(check(scratch / "absent").code == 66);
  const auto run = test::run({"seal-params", "list", "--params", scratch.path().string()});
  CHECK(run.code == 0);
  CHECK(run.out.empty());
}
