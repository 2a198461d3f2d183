// Batches of PC1: how they are planned, and that a batch that is killed at any moment ends in the
// layers that each of its sectors has alone.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "jobs/pc1/plan.h"
#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

const std::vector<label::Kernel> kKernels{
    {"x1", Backend::sha_ni, 1, 1, nullptr},    {"x2", Backend::sha_ni, 2, 2, nullptr},
    {"x4", Backend::sha_ni, 4, 4, nullptr},    {"x16", Backend::avx512, 1, 16, nullptr},
    {"x32", Backend::avx512, 17, 32, nullptr},
};
const std::vector<double> kNs{550, 760, 1500, 3200, 3900};

pc1::Given given(unsigned sectors, unsigned cores, unsigned memory_for) {
  const auto porep = registered_porep(8);  // 32 GiB, 11 layers
  return {sectors,      cores,         memory_for * 2 * porep.sector_bytes,
          std::nullopt, porep.nodes(), porep.layers()};
}

// "x1:1 | x2:2, x16:9": waves by '|', cores by ','.
std::string text(const pc1::Given& given) {
  std::string all;
  for (const auto& wave : pc1::plan(given, kKernels, kNs).waves) {
    if (!all.empty()) all += " | ";
    for (std::size_t c = 0; c < wave.size(); ++c) {
      if (c > 0) all += ", ";
      unsigned sum = 0;
      for (const auto& part : wave[c].split) {
        all += (sum > 0 ? "+" : "") + std::string(part.kernel.name) + ":" +
               std::to_string(part.sectors);
        sum += part.sectors;
      }
      REQUIRE(sum == wave[c].sectors);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("pc1 plan: as fast as cores and memory allow", "[pc1]") {
  CHECK(text(given(1, 1, 1)) == "x1:1");
  CHECK(text(given(1, 64, 64)) == "x1:1");             // a layer is one chain
  CHECK(text(given(2, 8, 8)) == "x1:1, x1:1");         // latency: a core each
  CHECK(text(given(4, 2, 8)) == "x2:2, x2:2");         // two streams a core
  CHECK(text(given(32, 2, 64)) == "x16:16, x16:16");   // lanes
  CHECK(text(given(32, 1, 32)) == "x32:32");           // throughput
  CHECK(text(given(32, 1, 20)) == "x16:16 | x16:16");  // memory for 20: two even waves
  CHECK(text(given(5, 2, 2)) == "x1:1, x1:1 | x1:1, x1:1 | x1:1");
  CHECK(text(given(2, 1, 0)) == "x1:1 | x1:1");  // never less than one at a time
  REQUIRE_THROWS_AS(pc1::plan(given(0, 1, 1), kKernels, kNs), Error);
  REQUIRE_THROWS_AS(pc1::plan(given(1, 0, 1), kKernels, kNs), Error);
}

TEST_CASE("pc1 plan: a deadline frees cores", "[pc1]") {
  auto want = given(32, 8, 64);
  CHECK(text(want).find("x4:4, x4:4") == 0);  // all eight
  const auto fastest = pc1::plan(want, kKernels, kNs);
  want.deadline_s = 24 * 3600;
  const auto cheap = pc1::plan(want, kKernels, kNs);
  CHECK(text(want) == "x32:32");  // 12.8 h on one core
  CHECK(cheap.seconds > fastest.seconds);
  CHECK(cheap.why.find("kept") != std::string::npos);
  want.deadline_s = 11 * 3600;
  CHECK(text(want) == "x16:16, x16:16");
  want.deadline_s = 60;
  const auto late = pc1::plan(want, kKernels, kNs);
  CHECK(late.seconds == fastest.seconds);
  CHECK(late.why.find("deadline 60 s missed") != std::string::npos);
}

TEST_CASE("pc1 plan: every sector is in one share, whatever is given", "[pc1]") {
  for (unsigned sectors = 1; sectors < 70; sectors += 3)
    for (const unsigned cores : {1u, 3u, 16u})
      for (const unsigned memory : {1u, 7u, 100u}) {
        CAPTURE(sectors, cores, memory);
        const auto plan = pc1::plan(given(sectors, cores, memory), kKernels, kNs);
        unsigned sum = 0;
        for (const auto& wave : plan.waves) {
          unsigned together = 0;
          for (const auto& share : wave) together += share.sectors;
          REQUIRE(wave.size() <= cores);
          REQUIRE(together <= memory);
          sum += together;
        }
        REQUIRE(sum == sectors);
      }
}

namespace {

constexpr unsigned kSectors = 5;
const std::string kTicket(64, '3');

std::string sector_name(unsigned i) { return "s-t01000-" + std::to_string(i + 1); }

struct Bench {
  test::Scratch scratch;

  void add_pieces(const std::string& root) const {
    for (unsigned i = 0; i < kSectors; ++i) {
      std::vector<std::string> argv{
          "seal-add-piece", "--storage", scratch / root, "--sector", sector_name(i),
          "--proof-type",   "6",         "--cc"};
      REQUIRE(test::run(argv).code == 0);
    }
  }

  std::vector<std::string> pc1(const std::string& root, unsigned first, unsigned count) const {
    std::vector<std::string> argv{
        "seal-pc1",  "--storage",         scratch / root,         "--ticket", kTicket,
        "--parents", scratch / "parents", "--checkpoint-seconds", "0",        "--sector"};
    for (unsigned i = first; i < first + count; ++i) argv.push_back(sector_name(i));
    return argv;
  }

  std::string layer(const std::string& root, unsigned sector, unsigned number) const {
    return test::read(scratch / root / "cache" / sector_name(sector) /
                      ("sc-02-data-layer-" + std::to_string(number) + ".dat"));
  }

  // All records of layers: changes with every checkpoint of every sector.
  std::string records(const std::string& root) const {
    std::string all;
    for (unsigned i = 0; i < kSectors; ++i)
      for (const auto* file : {"layer-1.json", "layer-2.json", "pc1.result.json"}) {
        const auto path = scratch / root / "work" / sector_name(i) / file;
        if (std::filesystem::exists(path)) all += test::read(path);
      }
    return all;
  }

  bool done(const std::string& root, unsigned sector) const {
    return std::filesystem::exists(scratch / root / "work" / sector_name(sector) /
                                   "pc1.result.json");
  }

  // Until records have changed so many times, or the last sector is done.
  void wait_for(const std::string& root, unsigned changes, unsigned last) const {
    for (auto before = records(root); changes > 0 && !done(root, last);)
      if (auto now = records(root); now != before) {
        before = std::move(now);
        --changes;
      }
  }
};

}  // namespace

TEST_CASE("pc1: a batch killed again and again has the layers of its sectors sealed alone",
          "[pc1][bit-exact]") {
  const Bench bench;
  bench.add_pieces("batch");
  bench.add_pieces("alone");
  for (unsigned i = 0; i < kSectors; ++i) REQUIRE(test::run(bench.pc1("alone", i, 1)).code == 0);
  // Sector 2 is ahead of the others by a whole layer and more when they set out together.
  {
    test::Process one(bench.pc1("batch", 2, 1));
    bench.wait_for("batch", 1, 2);
    one.signal(SIGTERM);
    const int code = one.wait();
    REQUIRE((code == 0 || code == 75));
  }
  for (unsigned blow = 0; blow < 6; ++blow) {
    test::Process all(bench.pc1("batch", 0, kSectors));
    bench.wait_for("batch", 1 + 2 * blow, kSectors - 1);  // between and within checkpoints
    all.signal(blow % 2 == 0 ? SIGKILL : SIGTERM);
    const int code = all.wait();
    CAPTURE(blow, code);
    REQUIRE((code == 0 || code == 75 || code == 128 + SIGKILL || code == 128 + SIGTERM));
  }
  const auto last = test::run(bench.pc1("batch", 0, kSectors));
  CAPTURE(last.err);
  REQUIRE(last.code == 0);
  for (unsigned i = 0; i < kSectors; ++i)
    for (unsigned number = 1; number <= registered_porep(6).layers(); ++number) {
      CAPTURE(i, number);
      REQUIRE(bench.layer("batch", i, number) == bench.layer("alone", i, number));
    }
  // And in waves of two, for want of memory.
  bench.add_pieces("waves");
  auto few = bench.pc1("waves", 0, kSectors);
  few.insert(few.begin() + 1, {"--memory-mib", std::to_string(256 + 2 * 16)});
  const auto waves = test::run(few);
  CAPTURE(waves.err);
  REQUIRE(waves.code == 0);
  REQUIRE(waves.err.find("memory for 2:") != std::string::npos);
  for (unsigned i = 0; i < kSectors; ++i)
    REQUIRE(bench.layer("waves", i, 2) == bench.layer("alone", i, 2));
}

namespace {

// A stage whose log goes to a file; signals reach it.
std::vector<std::string> logged(std::vector<std::string> argv, const std::string& log) {
  const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  argv[0] = (bin / argv[0]).string();
  argv.insert(argv.begin(), {"/bin/sh", "-c", "exec \"$0\" \"$@\" 2>" + log});
  return argv;
}

// "layer 2, 65536" of "checkpoint: layer 2, 65536 of 262144 nodes".
std::string stopped_at(const std::string& log) {
  const std::string words = "checkpoint: ";
  const auto at = log.rfind(words);
  if (at == log.npos) return "";
  const auto from = at + words.size();
  return log.substr(from, log.find(" of ", from) - from);
}

}  // namespace

TEST_CASE("pc1: SIGTERM loses no label, in any mode", "[pc1][kill]") {
  const Bench bench;
  bench.add_pieces("root");
  // The parents cache is made first, so that a stop meets labels.
  REQUIRE(
      test::run({"seal-parents", "--proof-type", "6", "--out", bench.scratch / "parents"}).code ==
      0);
  struct Mode {
    unsigned sectors;
    std::vector<std::string> words;
  };
  const auto fresh = [&] {
    for (unsigned i = 0; i < kSectors; ++i) {
      std::filesystem::remove_all(bench.scratch / "root" / "cache" / sector_name(i));
      for (const auto* file : {"pc1.result.json", "layer-1.part"})
        std::filesystem::remove(bench.scratch / "root" / "work" / sector_name(i) / file);
    }
  };
  unsigned stopped = 0;
  for (const auto& mode :
       {Mode{1, {"--backend", "portable"}}, Mode{1, {}}, Mode{3, {"--threads", "1"}},
        Mode{3, {"--threads", "2"}}, Mode{2, {"--memory-mib", "272"}}}) {
    fresh();
    const auto plain = bench.pc1("root", 0, mode.sectors);
    auto argv = plain;
    *(std::find(argv.begin(), argv.end(), "--checkpoint-seconds") + 1) = "3600";  // only the stop's
    argv.insert(argv.begin() + 1, mode.words.begin(), mode.words.end());
    argv.insert(argv.begin() + 1, "--recalculate");
    const auto log = (bench.scratch / "log").string();
    CAPTURE(mode.sectors, mode.words);
    const auto part = bench.scratch / "root" / "work" / sector_name(0) / "layer-1.part";
    test::Process process(logged(argv, log));
    while (!std::filesystem::exists(part) && !bench.done("root", mode.sectors - 1))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    process.signal(SIGTERM);
    const int code = process.wait();
    const auto reached = stopped_at(test::read(log));
    CAPTURE(code, reached);
    REQUIRE((code == 0 || code == 75 || code == 128 + SIGTERM));
    if (reached.empty()) continue;  // between two layers, or done
    ++stopped;
    // The next attempt begins where that one was: "layer 1, 65536" -> "layer 1 from node 65536".
    const auto next = test::run(plain);
    REQUIRE(next.code == 0);
    auto want = reached;
    want.replace(want.find(", "), 2, " from node ");
    CAPTURE(want, next.err);
    REQUIRE(next.err.find(want) != std::string::npos);
  }
  REQUIRE(stopped > 0);
}
