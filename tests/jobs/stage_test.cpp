#include "jobs/stage/stage.h"

#include <filesystem>
#include <fstream>

#include "jobs/stage/argv.h"
#include "jobs/stage/progress.h"
#include "jobs/stage/resources.h"
#include "jobs/stage/result.h"
#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"

using namespace sealyard;

namespace {

constexpr SectorId kSector{1000, 7};

stage::Result example() {
  stage::Result result{.stage = "pc1",
                       .sector = kSector,
                       .proof_type = "StackedDrg2KiBV1_1",
                       .inputs = {{"ticket", std::string(64, 'a')}},
                       .commitments = {{"comm_d", Node{{1}}}},
                       .artefacts = {{"cache/s-t01000-7/p_aux", 64, Node{{2}}}},
                       .attempt = {4711, 2, "n03", "host \"x\"", 812},
                       .backend = "sha-ni",
                       .threads = 4,
                       .started = "2024-05-01T10:00:00Z",
                       .ended = "2024-05-01T10:00:01Z",
                       .seconds = 1.25,
                       .peak_memory_bytes = 1 << 20,
                       .read_bytes = 2048,
                       .written_bytes = std::uint64_t{1} << 40,
                       .version = "sealyard 0.1.0"};
  return result;
}

Fault fault_of(const std::string& json) {
  try {
    stage::parse_result(json, "pc1.result.json");
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::internal;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("stage: a result reads back as it was written", "[stage]") {
  const test::Scratch scratch;
  CHECK_FALSE(stage::read_result(scratch.path(), kSector, "pc1"));
  int fences = 0;
  stage::write(scratch.path(), example(), [&] { ++fences; });
  CHECK(fences == 1);
  CHECK(stage::read_result(scratch.path(), kSector, "pc1") == example());
  CHECK(stage::result_path(scratch.path(), kSector, "pc1") ==
        scratch.path() / "work/s-t01000-7/pc1.result.json");
  stage::remove_result(scratch.path(), kSector, "pc1");
  stage::remove_result(scratch.path(), kSector, "pc1");  // nothing there: fine
  CHECK_FALSE(stage::read_result(scratch.path(), kSector, "pc1"));
}

TEST_CASE("stage: a lost fence leaves the old result and no scrap", "[stage]") {
  const test::Scratch scratch;
  stage::write(scratch.path(), example());
  auto other = example();
  other.seconds = 99;
  CHECK_THROWS_AS(
      stage::write(scratch.path(), other, [] { throw Error(Fault::busy, "lock is another's"); }),
      Error);
  CHECK(stage::read_result(scratch.path(), kSector, "pc1") == example());
  const auto work = stage::work_folder(scratch.path(), kSector);
  CHECK(std::distance(std::filesystem::directory_iterator(work), {}) == 1);
}

TEST_CASE("stage: damaged results are refused", "[stage]") {
  const auto good = stage::to_json(example());
  CHECK(stage::parse_result(good, "x") == example());
  CHECK(fault_of(good.substr(0, good.size() / 2)) == Fault::corrupt);
  CHECK(fault_of("[]") == Fault::corrupt);
  CHECK(fault_of(replaced(good, "result.1", "result.9")) == Fault::corrupt);
  CHECK(fault_of(replaced(good, "\"seconds\": 1.25", "\"seconds\": \"1\"")) == Fault::corrupt);
  CHECK(fault_of(replaced(good, "s-t01000-7", "s-x")) == Fault::corrupt);
  CHECK(fault_of(replaced(good, "\"comm_d\": \"01", "\"comm_d\": \"0")) == Fault::corrupt);
  CHECK(stage::parse_result(replaced(good, "\"stage\"", "\"later\": [1], \"stage\""), "x") ==
        example());  // unknown keys are for newer readers
}

TEST_CASE("stage: the result of another sector is corrupt", "[stage]") {
  const test::Scratch scratch;
  stage::write(scratch.path(), example());
  const SectorId other{1000, 8};
  std::filesystem::create_directories(stage::work_folder(scratch.path(), other));
  std::filesystem::copy(stage::result_path(scratch.path(), kSector, "pc1"),
                        stage::result_path(scratch.path(), other, "pc1"));
  CHECK_THROWS_AS(stage::read_result(scratch.path(), other, "pc1"), Error);
}

TEST_CASE("stage: progress reads back; damaged progress is none", "[stage]") {
  const test::Scratch scratch;
  const stage::Progress progress{.stage = "pc1",
                                 .sector = kSector,
                                 .attempt = example().attempt,
                                 .what = "layer 3 of 11",
                                 .unit = "nodes",
                                 .done = 425,
                                 .total = 1000,
                                 .rate = 1'020'000,
                                 .eta_s = 4800,
                                 .updated = stage::now_text()};
  stage::write(scratch.path(), progress);
  CHECK(stage::read_progress(scratch.path(), kSector) == progress);
  CHECK(progress.text() == "pc1 42% layer 3 of 11, 1.02 Mnodes/s, 80 min left");
  std::ofstream(stage::progress_path(scratch.path(), kSector)) << "{\"stage\":";
  CHECK_FALSE(stage::read_progress(scratch.path(), kSector));
}

TEST_CASE("stage: thread share", "[stage]") {
  const std::pair<unsigned, unsigned> table[] = {{12, 11}, {16, 14},   {24, 22}, {32, 29},
                                                 {64, 58}, {128, 117}, {1, 1}};
  for (const auto& [cpus, threads] : table) CHECK(stage::thread_share(cpus) == threads);
  CHECK(stage::thread_share(2, 50) == 1);
  CHECK(stage::thread_share(1, 50) == 1);  // none left: all
  CHECK(stage::thread_share(8, 100) == 8);
  CHECK_THROWS_AS(stage::thread_share(8, 0), Error);
  CHECK_THROWS_AS(stage::thread_share(8, 101), Error);
}

TEST_CASE("stage: resources follow size, layers and sectors", "[stage]") {
  const auto small = registered_porep(5), large = registered_porep(8);
  for (const auto stage : stage::kStages) {
    CAPTURE(stage);
    const auto a = stage::resources(stage, small, Backend::portable);
    const auto b = stage::resources(stage, large, Backend::portable);
    CHECK(a.cores == 1);
    // What C2 takes follows from its circuit, which is large for every sector.
    CHECK(a.memory_bytes < (std::uint64_t{stage == stage::kC2 ? 2048u : 256u} << 20));
    CHECK(a.time_s >= 60);
    CHECK(b.memory_bytes >= a.memory_bytes);
    CHECK(b.time_s >= a.time_s);
  }
  const auto one = stage::resources("pc1", large, Backend::sha_ni);
  const auto four = stage::resources("pc1", large, Backend::sha_ni, 4);
  CHECK(one.memory_bytes > 2 * large.sector_bytes);
  CHECK(one.memory_bytes < 3 * large.sector_bytes);
  CHECK(four.memory_bytes >= 8 * large.sector_bytes);  // a batch is labelled side by side
  CHECK(four.memory_bytes < 9 * large.sector_bytes);
  CHECK(four.disk_bytes == 4 * one.disk_bytes);
  CHECK(four.time_s < 4 * one.time_s);  // on four cores
  const auto pc2 = stage::resources("pc2", large, Backend::sha_ni, 1);
  const auto two = stage::resources("pc2", large, Backend::sha_ni, 2);
  CHECK(two.memory_bytes == pc2.memory_bytes);
  CHECK(two.time_s == 2 * pc2.time_s);
  CHECK(pc2.memory_bytes < std::uint64_t{8} << 30);
  CHECK(one.time_s < stage::resources("pc1", large, Backend::portable).time_s);
  CHECK_THROWS_AS(stage::resources("pc9", small, Backend::portable), Error);
}

TEST_CASE("stage: command lines", "[stage]") {
  const auto raw = raw_porep(4096, Node{{0x80}}, ApiVersion::v1_1_0);
  CHECK(stage::add_piece_argv("/r", kSector, registered_porep(5)) ==
        stage::Argv{"seal-add-piece", "--storage", "/r", "--sector", "s-t01000-7", "--proof-type",
                    "5", "--cc"});
  CHECK(stage::add_piece_argv("/r", kSector, raw, {{"/p", 127}, {"/q", {}}}) ==
        stage::Argv{"seal-add-piece", "--storage", "/r", "--sector", "s-t01000-7", "--porep-id",
                    "80" + std::string(62, '0'), "--sector-size", "4096", "--api-version", "1.1.0",
                    "--piece", "/p:127", "--piece", "/q"});
  CHECK(stage::pc1_argv("/r", {kSector, {1000, 8}}, {Node{}}) ==
        stage::Argv{"seal-pc1", "--storage", "/r", "--sector", "s-t01000-7", "s-t01000-8",
                    "--ticket", std::string(64, '0')});
  CHECK(stage::c1_argv("/r", kSector, Node{}, "/o") ==
        stage::Argv{"seal-c1", "--storage", "/r", "--sector", "s-t01000-7", "--seed",
                    std::string(64, '0'), "--out", "/o"});
  CHECK(stage::c1_argv("/r", kSector, Node{}).back() == std::string(64, '0'));
  CHECK(stage::post_argv(stage::kWindowPost, "/o", "/p", "/r", 3) ==
        stage::Argv{"seal-window-post", "--order", "/o", "--params", "/p", "--out", "/r",
                    "--partition", "3"});
  CHECK(stage::post_argv(stage::kWinningPost, "/o", "", "/r") ==
        stage::Argv{"seal-winning-post", "--order", "/o", "--out", "/r"});
  CHECK(stage::finalize_argv("/r", kSector, "/s", true).back() == "--keep-unsealed");
}
