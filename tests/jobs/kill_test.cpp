// Every stage killed at random moments and started again: the bytes are right in the end, nothing
// is ever half-written under its own name, and a stopped stage says so with its exit code
// (SEAL-08).
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

  // Kills the stage `times` times, each a little later or earlier, then lets it end.
  void torment(const std::string& stage, unsigned times) {
    CAPTURE(stage);
    const auto start = std::chrono::steady_clock::now();
    auto longest = 400ms;
    unsigned stopped = 0;
    for (unsigned i = 0; i < times; ++i) {
      const int number = i % 3 == 2 ? SIGTERM : SIGKILL;
      test::Process process(argv(stage));
      std::this_thread::sleep_for(
          std::uniform_int_distribution<long>(0, std::chrono::microseconds(longest).count())(rng) *
          1us);
      process.signal(number);
      const int code = process.wait();
      CAPTURE(i, number, code);
      const bool ended_first = code == 0;
      const bool as_told =
          number == SIGKILL ? code == 128 + SIGKILL : code == 75 || code == 128 + SIGTERM;
      REQUIRE((ended_first || as_told));
      stopped += code != 0;
      require_whole(root());
      require_whole(store());
    }
    INFO("stopped " << stopped << " of " << times << " times");
    REQUIRE(stopped > 0);
    const auto last = test::run(argv(stage));
    CAPTURE(last.err);
    REQUIRE(last.code == 0);
    REQUIRE(std::chrono::steady_clock::now() - start < 5min);
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
