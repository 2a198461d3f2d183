// Every stage killed at random moments and started again: the bytes are right in the end, nothing
// is ever half-written under its own name, and a stopped stage says so with its exit code
// (SEAL-08).
#include <fmt/format.h>

#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;
using namespace std::chrono_literals;

namespace {

const std::string kName = "s-t01000-10";

struct Bench {
  vectors::Case reference = vectors::seal_case("8m-data-v1_1");
  test::Scratch scratch;
  std::mt19937 rng{7};

  std::string root() const { return (scratch / "root").string(); }
  std::string store() const { return (scratch / "store").string(); }

  std::vector<std::string> argv(const std::string& stage) const {
    std::vector<std::string> words{"seal-" + stage, "--storage", root(), "--sector", kName};
    if (stage == "pc1") {
      for (const auto& word :
           {std::string("--ticket"), to_hex(reference.ticket), std::string("--parents"),
            (scratch / "parents").string(), std::string("--checkpoint-seconds"), std::string("0")})
        words.push_back(word);
    }
    if (stage == "add-piece") {
      words.insert(words.end(), {"--proof-type", "6"});
      for (std::size_t i = 0; i < reference.pieces.size(); ++i)
        words.insert(words.end(), {"--piece", (scratch / std::to_string(i)).string()});
    }
    if (stage == "finalize") words.insert(words.end(), {"--to", store()});
    if (stage == "unseal") words.insert(words.end(), {"--out", (scratch / "out").string()});
    return words;
  }

  // What may lie under a final name: nothing, or the reference's bytes.
  void require_whole(const std::string& top) const {
    const auto& files = reference.json.at("cache_after_pc2");
    for (const auto& [file, want] : files.items()) {
      const auto path = top + "/cache/" + kName + "/" + file;
      if (!std::filesystem::exists(path) || file == "t_aux") continue;
      CAPTURE(path);
      REQUIRE(digest(path) == want.at("sha256").get<std::string>());
    }
    for (const auto* kind : {"unsealed", "sealed"}) {
      const auto path = top + "/" + kind + "/" + kName;
      if (!std::filesystem::exists(path)) continue;
      CAPTURE(path);
      REQUIRE(digest(path) == reference.json.at(kind).at("sha256").get<std::string>());
    }
  }

  std::string digest(const std::string& path) const {
    const auto bytes = test::read(path);
    return vectors::sha256(
        std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
  }

  // What stands before the stage is laid aside, and put back when a kill came too late.
  void lay_aside() const { copy_work(scratch.path(), scratch / "before"); }
  void put_back() const { copy_work(scratch / "before", scratch.path()); }

  static void copy_work(const std::filesystem::path& from, const std::filesystem::path& to) {
    for (const auto* part : {"root", "store", "out"}) {
      std::filesystem::remove_all(to / part);
      if (std::filesystem::exists(from / part)) {
        std::filesystem::create_directories(to);
        std::filesystem::copy(from / part, to / part, std::filesystem::copy_options::recursive);
      }
    }
  }

  // Kills the stage `times` times, at moments spread over as long as it takes here; whenever it was
  // done before the blow it begins anew. Then lets it end.
  void torment(const std::string& stage, unsigned times) {
    CAPTURE(stage);
    lay_aside();
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(test::run(argv(stage)).code == 0);
    const auto whole = std::chrono::steady_clock::now() - start;
    put_back();
    unsigned stopped = 0, tries = 0;
    for (; stopped < times && tries < 5 * times; ++tries) {
      const int number = tries % 3 == 2 ? SIGTERM : SIGKILL;
      test::Process process(argv(stage));
      std::this_thread::sleep_for(whole * std::uniform_int_distribution<int>(0, 100)(rng) / 100);
      process.signal(number);
      const int code = process.wait();
      CAPTURE(tries, number, code);
      const bool as_told =
          number == SIGKILL ? code == 128 + SIGKILL : code == 75 || code == 128 + SIGTERM;
      REQUIRE((code == 0 || as_told));
      require_whole(root());
      require_whole(store());
      stopped += code != 0;
      if (code == 0) put_back();
    }
    CAPTURE(stopped, tries);
    REQUIRE(stopped > 0);
    const auto last = test::run(argv(stage));
    CAPTURE(last.err);
    REQUIRE(last.code == 0);
  }
};

}  // namespace

TEST_CASE("kill: every stage survives being killed at any moment", "[kill]") {
  Bench bench;
  for (std::size_t i = 0; i < bench.reference.pieces.size(); ++i) {
    const auto data = bench.reference.pieces[i].data();
    test::write(bench.scratch / std::to_string(i), {data.begin(), data.end()});
  }
  for (const auto* stage : {"add-piece", "pc1", "pc2", "unseal", "finalize"})
    bench.torment(stage, 12);
  bench.require_whole(bench.store());
  REQUIRE(bench.digest(bench.store() + "/sealed/" + kName) ==
          bench.reference.json.at("sealed").at("sha256").get<std::string>());
  // The unsealed bytes are the pieces, one after another.
  std::string pieces;
  for (const auto& piece : bench.reference.pieces) {
    const auto data = piece.data();
    pieces.append(data.begin(), data.end());
  }
  REQUIRE(test::read(bench.scratch / "out") == pieces);
  // Nothing of a dead attempt is left.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.root() + "/work")) {
    CAPTURE(entry.path().string());
    REQUIRE(entry.path().filename().string().rfind("attempt-", 0) != 0);
  }
}

TEST_CASE("kill: PC2 goes on inside a tree", "[kill]") {
  Bench bench;
  for (std::size_t i = 0; i < bench.reference.pieces.size(); ++i) {
    const auto data = bench.reference.pieces[i].data();
    test::write(bench.scratch / std::to_string(i), {data.begin(), data.end()});
  }
  for (const auto* stage : {"add-piece", "pc1"}) REQUIRE(test::run(bench.argv(stage)).code == 0);
  auto slow = bench.argv("pc2");
  slow.insert(slow.end(), {"--backend", "portable", "--threads", "1"});
  const auto work = std::filesystem::path(bench.root()) / "work" / kName;
  const auto kept = [&]() -> std::uint64_t {
    if (!std::filesystem::exists(work / "tree-c-part.json")) return 0;
    return nlohmann::json::parse(test::read(work / "tree-c-part.json")).at("bytes");
  };
  // Stopped as soon as the tree is begun; once more where that came too early or too late.
  std::uint64_t before = 0;
  for (unsigned i = 0; i < 3 && before == 0; ++i) {
    test::Process process(slow);
    const auto done = work / "pc2.result.json", whole = work / "tree-c.json";
    while (!std::filesystem::exists(work / "tree-c.part") && !std::filesystem::exists(whole) &&
           !std::filesystem::exists(done))
      std::this_thread::sleep_for(1ms);
    process.signal(SIGTERM);
    const int code = process.wait();
    CAPTURE(i, code, before);
    REQUIRE((code == 0 || code == 75 || code == 128 + SIGTERM));
    if (std::filesystem::exists(whole)) break;
    before = kept();
  }
  const bool inside = before > 0 && !std::filesystem::exists(work / "tree-c.json");
  CAPTURE(before);
  const auto last = test::run(bench.argv("pc2"));
  CAPTURE(last.err);
  REQUIRE(last.code == 0);
  if (inside)
    REQUIRE(last.err.find(fmt::format("tree-c: goes on behind {} of", before)) !=
            std::string::npos);
  bench.require_whole(bench.root());
  REQUIRE(!std::filesystem::exists(work / "tree-c-part.json"));
  REQUIRE(!std::filesystem::exists(work / "tree-c.part"));
}

TEST_CASE("kill: parameters are whole or not there, whenever their making ends", "[kill]") {
  const test::Scratch scratch;
  // WindowPoSt 2 KiB, from numbers that give the reference's file.
  const std::string name =
      "v28-proof-of-spacetime-fallback-merkletree-poseidon_hasher-8-0-0-"
      "0170db1f394b35d995252228ee359194b13199d259380541dc529fb0099096b0";
  const std::map<std::string, std::string> want{
      {".params", "ccaceb911ee3124594c4ae54e4a1bed8f745d4fecc2859c8b96d5aa29cc05f3c"},
      {".vk", "f23f03cef3a56eb9c5ebb621c1588c7125b1336f13b52768f0ed6a3cf0a43ac5"}};
  const auto out = scratch / "params";
  const std::vector<std::string> words{"seal-params",   "generate", "--circuit", "window",
                                       "--sector-size", "2KiB",     "--out",     out.string(),
                                       "--toxic-waste", "named"};
  const auto require_whole = [&] {
    for (const auto& [suffix, sha256] : want) {
      const auto file = out / (name + suffix);
      if (!std::filesystem::exists(file)) continue;
      const auto bytes = test::read(file);
      REQUIRE(vectors::sha256(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                        bytes.size())) == sha256);
    }
  };
  // How long it takes here, so that the kills fall into it.
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(test::run(words).code == 0);
  const auto whole = std::chrono::steady_clock::now() - start;
  require_whole();
  std::mt19937 rng{11};
  unsigned stopped = 0, left = 0;
  for (unsigned i = 0; i < 16; ++i) {
    for (const auto& [suffix, sha256] : want) std::filesystem::remove(out / (name + suffix));
    test::Process process(words);
    std::this_thread::sleep_for(whole * std::uniform_int_distribution<int>(5, 100)(rng) / 100);
    const int number = i % 4 == 3 ? SIGTERM : SIGKILL;
    process.signal(number);
    const int code = process.wait();
    CAPTURE(i, number, code);
    REQUIRE((code == 0 || code == 128 + number || (number == SIGTERM && code == 75)));
    stopped += code != 0;
    left += std::filesystem::exists(out / ("." + name + ".params.part"));
    require_whole();
  }
  INFO("stopped " << stopped << " of 16 times, left a temporary file " << left << " times");
  REQUIRE(stopped > 0);
  REQUIRE(left > 0);
  REQUIRE(test::run(words).code == 0);
  require_whole();
  for (const auto& entry : std::filesystem::directory_iterator(out))
    CHECK(entry.path().extension() != ".part");
}
