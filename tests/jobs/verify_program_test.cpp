// seal-verify: the reference's proofs through the program, each exit code and its line.
#include <fstream>

#include "kernels/base/hex.h"
#include "kernels/groth16/identity.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"
#include "tests/kernels/claims.h"

using namespace sealyard;
using Words = std::vector<std::string>;

namespace {

const std::string kParams = SEALYARD_VECTORS "/params";
const std::string kOtherInputs =
    "not valid: partition 0: the proof is not one of these public inputs\n";

Words seal_words(const verify::Seal& claim) {
  return {"seal",
          "--proof-type",
          std::to_string(*claim.porep.registered),
          "--miner",
          std::to_string(claim.sector.miner),
          "--number",
          std::to_string(claim.sector.number),
          "--comm-d",
          to_hex(claim.comm_d),
          "--comm-r",
          to_hex(claim.comm_r),
          "--ticket",
          to_hex(claim.ticket),
          "--seed",
          to_hex(claim.seed)};
}

Words update_words(const verify::Update& claim) {
  return {"update",
          "--sector-size",
          std::to_string(claim.sector_bytes),
          "--comm-r-old",
          to_hex(claim.comm_r_old),
          "--comm-r-new",
          to_hex(claim.comm_r_new),
          "--comm-d-new",
          to_hex(claim.comm_d_new)};
}

nlohmann::json order_of(const verify::Post& claim) {
  auto sectors = nlohmann::json::array();
  for (const auto& [number, comm_r] : claim.sectors)
    sectors.push_back({{"number", number}, {"comm_r", to_hex(comm_r)}});
  return {{"kind", challenges::text(claim.kind)},
          {"sector_size", claim.sector_bytes},
          {"miner", claim.miner},
          {"randomness", to_hex(claim.randomness)},
          {"sectors", sectors}};
}

// A case, its words on the command line and its files.
struct Bench {
  test::Scratch scratch;
  Words words;
  nlohmann::json order;  // of a PoSt
  std::string proof;

  explicit Bench(const std::string& path) {
    if (path.starts_with("seal/")) words = seal_words(tests::seal_claim(path.substr(5)));
    if (path.starts_with("update/")) words = update_words(tests::update_claim(path));
    if (path.starts_with("post/")) {
      const auto claim = tests::post_claim(path);
      words = {claim.kind == challenges::Post::winning ? "winning" : "window", "--order",
               (scratch / "order.json").string()};
      put_order(order_of(claim));
    }
    put_proof(tests::proofs_of(path).front());
  }

  void put_order(const nlohmann::json& json) {
    order = json;
    test::write(scratch / "order.json", json.dump());
  }
  void put_proof(const std::vector<std::uint8_t>& bytes) {
    proof.assign(bytes.begin(), bytes.end());
    test::write(scratch / "proof", proof);
  }
  test::Run run(const Words& more = {}, const std::string& params = kParams) const {
    Words argv{"seal-verify"};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--proof", (scratch / "proof").string(), "--params", params});
    argv.insert(argv.end(), more.begin(), more.end());
    return test::run(argv);
  }
  std::string& word(const std::string& option) {
    return *(std::find(words.begin(), words.end(), option) + 1);
  }
};

void require(const test::Run& run, int code, const std::string& out, const std::string& err = "") {
  CAPTURE(run.out, run.err);
  REQUIRE(run.code == code);
  REQUIRE(run.out == out);
  REQUIRE(run.err.find(err) != std::string::npos);
}

// The last line on stderr is the error, the only one.
void require_error(const test::Run& run, int code, const std::string& words) {
  CAPTURE(run.err, words);
  REQUIRE(run.code == code);
  REQUIRE(run.out.empty());
  const auto line = run.err.rfind("seal-verify: ");
  REQUIRE(line != std::string::npos);
  REQUIRE(run.err.find(words, line) != std::string::npos);
  REQUIRE(run.err.find('\n', line) == run.err.size() - 1);
}

std::string turned(std::string hex, std::size_t digit) {
  hex[digit] = hex[digit] == '0' ? '1' : '0';
  return hex;
}

}  // namespace

TEST_CASE("verify: the reference's proofs are valid", "[verify][bit-exact]") {
  for (const auto& path : tests::kProvenCases) {
    CAPTURE(path);
    Bench bench(path);
    for (const auto& proof : tests::proofs_of(path)) {
      bench.put_proof(proof);
      require(bench.run(), 0, "valid\n", "INSECURE: v28-");
    }
    const auto json = bench.run({"--json"}).json();
    CHECK(json.at("valid") == true);
    CHECK(json.at("origin") == "development");
    CHECK_FALSE(json.contains("reason"));
  }
}

TEST_CASE("verify: altered proofs are not", "[verify]") {
  for (const auto& path : tests::kProvenCases) {
    CAPTURE(path);
    Bench bench(path);
    const auto good = tests::proofs_of(path).front();
    for (std::size_t at = 0; at < good.size(); at += 47) {
      CAPTURE(at);
      auto proof = good;
      proof[at] ^= 4;
      bench.put_proof(proof);
      const auto run = bench.run({"--json"});
      REQUIRE(run.code == 1);
      REQUIRE(run.json().at("valid") == false);
      REQUIRE(run.json().at("reason").get<std::string>().starts_with("partition "));
    }
    const auto partitions = good.size() / 192;
    for (const auto size : {std::size_t{0}, std::size_t{1}, good.size() - 1, good.size() + 192}) {
      auto proof = good;
      proof.resize(size);
      bench.put_proof(proof);
      require(bench.run(), 1,
              fmt::format("not valid: proof is {} bytes, want {} for {} partitions\n", size,
                          good.size(), partitions));
    }
  }
  Bench bench("seal/2k-cc-v1_1");
  bench.put_proof(tests::proofs_of("seal/2k-data-v1_1").front());
  require(bench.run(), 1, kOtherInputs);
}

TEST_CASE("verify: altered inputs of a seal are not valid", "[verify]") {
  Bench bench("seal/2k-data-v1_1");
  for (const auto* option : {"--comm-d", "--comm-r", "--ticket", "--seed"}) {
    const auto right = bench.word(option);
    bench.word(option) = turned(right, 9);
    CAPTURE(option);
    require(bench.run(), 1, kOtherInputs);
    bench.word(option) = right;
  }
  for (const auto* option : {"--miner", "--number", "--proof-type"}) {
    const auto right = bench.word(option);
    bench.word(option) = std::string(option) == "--proof-type" ? "0" : right + "1";
    CAPTURE(option);
    require(bench.run(), 1, kOtherInputs);
    bench.word(option) = right;
  }
  bench.word("--proof-type") = "StackedDrg2KiBV1_1";
  require(bench.run(), 0, "valid\n");
  bench.word("--comm-r") = std::string(64, '0');
  require(bench.run(), 1, "not valid: CommR is all zero, no commitment\n");
  bench.word("--comm-r") = std::string(64, 'f');
  require(bench.run(), 1, "not valid: CommR " + std::string(64, 'f') + " is no field element\n");
  // 14 partitions of a non-interactive proof; the seed is no part of it and need not be given.
  bench.word("--comm-r") = bench.word("--comm-d");
  bench.word("--proof-type") = "15";
  bench.words.resize(bench.words.size() - 2);
  const auto partitions = registered_porep(15).partitions();
  require(bench.run(), 1,
          fmt::format("not valid: proof is 192 bytes, want {} for {} partitions\n",
                      192 * partitions, partitions));
}

TEST_CASE("verify: orders of a PoSt, right and altered", "[verify]") {
  Bench bench("post/window-2k-3");
  const auto right = bench.order;
  const auto expect = [&](auto change, int code, const std::string& out) {
    auto order = right;
    change(order);
    bench.put_order(order);
    CAPTURE(order.dump());
    require(bench.run(), code, out);
  };
  expect([](auto& order) { std::reverse(order["sectors"].begin(), order["sectors"].end()); }, 0,
         "valid\n");
  expect([](auto& order) { order["sectors"].push_back(order["sectors"][1]); }, 0, "valid\n");
  expect(
      [](auto& order) {
        order["sectors"][0]["sealed"] = "/a";
        order["more"] = 1;
      },
      0, "valid\n");
  expect(
      [](auto& order) {
        auto node = vectors::node(order["randomness"].template get<std::string>());
        node.bytes[31] |= 0xc0;
        order["randomness"] = to_hex(node);
      },
      0, "valid\n");
  expect([](auto& order) { order["randomness"] = turned(order["randomness"], 9); }, 1,
         kOtherInputs);
  expect([](auto& order) { order["kind"] = "window-v1"; }, 1, kOtherInputs);
  expect([](auto& order) { order["sectors"][2]["number"] = 77; }, 1,
         "not valid: partition 1: the proof is not one of these public inputs\n");
  expect([](auto& order) { order["sectors"].erase(1); }, 1,
         "not valid: proof is 384 bytes, want 192 for 1 partitions\n");
  expect([](auto& order) { order["sectors"][0]["comm_r"] = std::string(64, 'f'); }, 1,
         "not valid: sector 1: CommR " + std::string(64, 'f') + " is no field element\n");
}

TEST_CASE("verify: altered inputs of an update are not valid", "[verify]") {
  Bench bench("update/update-2k");
  for (const auto* option : {"--comm-r-old", "--comm-r-new", "--comm-d-new"}) {
    const auto right = bench.word(option);
    bench.word(option) = turned(right, 9);
    require(bench.run(), 1, kOtherInputs);
    bench.word(option) = right;
  }
  bench.word("--sector-size") = "2KiB";
  require(bench.run(), 0, "valid\n");
}

TEST_CASE("verify: keys of others, broken, missing, official", "[verify]") {
  Bench bench("seal/2k-data-v1_1");
  const test::Scratch folder;
  const auto name = groth16::verifying_key_file(groth16::porep_id(registered_porep(5)));
  const auto bytes = vectors::bytes("params/" + name);
  const auto put = [&](const std::vector<std::uint8_t>& key) {
    test::write(folder / name, {key.begin(), key.end()});
  };
  const auto run = [&](const Words& more = {}) { return bench.run(more, folder.path().string()); };
  require_error(run(), 78, name + " (porep 2KiB) is not in " + folder.path().string());
  auto key = bytes;
  std::swap_ranges(key.begin() + 868, key.begin() + 964, key.begin() + 964);  // ic[0], ic[1]
  put(key);
  require(run(), 1, kOtherInputs, "INSECURE");
  key[900] ^= 1;
  put(key);
  require_error(run(), 65, name + ": ic[0] is not on the curve");
  put(vectors::bytes("params/" + groth16::verifying_key_file(groth16::window_post_id(2048))));
  require_error(run(), 78, "a key of another circuit");
  put(bytes);
  test::write(folder / "official.json",
              "{\"" + name + "\": {\"digest\": \"" + groth16::manifest_digest(bytes) + "\"}}");
  const auto official = run({"--manifest", (folder / "official.json").string()});
  require(official, 0, "valid\n");
  CHECK(official.err.find("INSECURE") == std::string::npos);
  CHECK(run({"--manifest", (folder / "official.json").string(), "--json"}).json().at("origin") ==
        "official");
  require(run({"--manifest", (folder / "absent.json").string()}), 0, "valid\n", "INSECURE");
  test::write(folder / "official.json", "[]");
  require_error(run({"--manifest", (folder / "official.json").string()}), 65, "no manifest");
}

TEST_CASE("verify: calls that cannot be right", "[verify]") {
  const Bench seal("seal/2k-data-v1_1");
  require_error(test::run({"seal-verify"}), 64, "VERB is required");
  require_error(test::run({"seal-verify", "sector"}), 64, "want seal, window, winning, update");
  require_error(seal.run({"--order", "x"}), 64, "--order goes with window, not with seal");
  require_error(seal.run({"--porep-id", std::string(64, '1')}), 64, "exclude each other");
  for (std::size_t i = 1; i < seal.words.size(); i += 2) {
    const auto option = seal.words[i];
    Bench bench("seal/2k-data-v1_1");
    bench.word(option) = "xyz";
    require_error(bench.run(), 64, option == "--proof-type" ? "xyz" : option);
    bench.words.erase(bench.words.begin() + i, bench.words.begin() + i + 2);
    require_error(bench.run(), 64, option);
  }
  Bench update("update/update-2k");
  require_error(update.run({"--seed", "1"}), 64, "--seed goes with seal, not with update");
  update.word("--sector-size") = "3KiB";
  require_error(update.run(), 64, "3072 bytes");
  std::filesystem::remove(seal.scratch / "proof");
  require_error(seal.run(), 66, (seal.scratch / "proof").string());
}

TEST_CASE("verify: orders that cannot be right", "[verify]") {
  Bench bench("post/window-2k-1");
  const auto right = bench.order;
  const auto refused = [&](auto change, const std::string& words) {
    auto order = right;
    change(order);
    bench.put_order(order);
    require_error(bench.run(), 64, words);
  };
  for (const auto* key : {"kind", "sector_size", "miner", "randomness", "sectors"})
    refused([&](auto& order) { order.erase(key); }, fmt::format("order.json: {} is missing", key));
  refused([](auto& order) { order["kind"] = "winning"; }, "an order of kind winning");
  refused([](auto& order) { order["kind"] = "windows"; }, "kind: \"windows\", want window,");
  refused([](auto& order) { order["sector_size"] = 2049; }, "2049");
  refused([](auto& order) { order["sector_size"] = "2KiB"; },
          "sector_size: \"2KiB\", want a whole");
  refused([](auto& order) { order["miner"] = -1; }, "miner: -1, want a whole number");
  refused([](auto& order) { order["miner"] = nlohmann::json::parse("[[1]]"); },
          "miner: array, want a whole number");
  refused([](auto& order) { order["randomness"] = "12"; }, "randomness: 2 hex digits, want 64");
  refused([](auto& order) { order["sectors"] = nlohmann::json::array(); }, "at least one sector");
  refused([](auto& order) { order["sectors"] = 1; }, "at least one sector");
  refused([](auto& order) { order["sectors"][0]["number"] = 1.5; }, "sectors[0].number: 1.5");
  refused([](auto& order) { order["sectors"][0].erase("comm_r"); }, "sectors[0].comm_r is missing");
  refused([](auto& order) { order["sectors"][0]["comm_r"] = 7; }, "comm_r: want a string");
  refused([](auto& order) { order["sectors"][0] = "7"; }, "sectors[0]: want an object");
  refused([](auto& order) { order["sectors"][0]["sealed"] = 7; }, "sealed: want a string");
  refused(
      [](auto& order) {
        order["sectors"].push_back(order["sectors"][0]);
        order["sectors"][1]["comm_r"] = std::string(64, '1');
      },
      "sector 2 stands there twice");
  refused([](auto& order) { order = 7; }, "not a JSON object");
  test::write(bench.scratch / "order.json", "{");
  require_error(bench.run(), 64, "not a JSON object");
  std::filesystem::remove(bench.scratch / "order.json");
  require_error(bench.run(), 66, "order.json");

  Bench winning("post/winning-2k");
  winning.put_order(winning.order);
  winning.order["sectors"].push_back({{"number", 1}, {"comm_r", std::string(64, '1')}});
  winning.put_order(winning.order);
  require_error(winning.run(), 64, "2 of them, want the one that is challenged");
}
