// Starts bin/launch-probe as a job would be started and watches exit code, output and files.
#include "jobs/launch/launch.h"

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "jobs/launch/options.h"
#include "jobs/stage/progress.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"

using namespace sealyard;
using Json = nlohmann::ordered_json;

namespace {

std::vector<std::string> probe(const test::Scratch& root,
                               const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"launch-probe", "--storage", root.path().string(), "--sector",
                                 "s-t01000-7"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  if (end == text.npos) return {};
  const auto begin = text.rfind('\n', end);
  return text.substr(begin == text.npos ? 0 : begin + 1,
                     end - (begin == text.npos ? 0 : begin + 1) + 1);
}

// Waits until the probe is at work, told by its progress record.
void await_progress(const test::Scratch& root) {
  for (int i = 0; i < 1000; ++i) {
    if (stage::read_progress(root.path(), {1000, 7})) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL("the probe made no progress in 10 s");
}

launch::Environment environment(const std::map<std::string, std::string>& table,
                                launch::Machine machine = {"h1", 5, 8, 8}) {
  return launch::read_environment(
      [&](const char* name) {
        const auto found = table.find(name);
        return found == table.end() ? nullptr : found->second.c_str();
      },
      machine);
}

}  // namespace

TEST_CASE("launch: every fault is its exit code and one line", "[launch]") {
  const test::Scratch root;
  const auto code = GENERATE(64, 65, 66, 69, 70, 74, 75, 78);
  const auto outcome = test::run(probe(root, {"--fail", std::to_string(code)}));
  CHECK(outcome.code == code);
  CHECK(outcome.out.empty());
  CHECK(last_line(outcome.err) ==
        "seal-pc2: s-t01000-7: layer 11 is 2016 bytes, want 2048 rerun seal-pc1");
  CHECK_FALSE(stage::read_result(root.path(), {1000, 7}, "pc2"));
}

TEST_CASE("launch: --json gives faults as an object too", "[launch]") {
  const test::Scratch root;
  const auto outcome = test::run(probe(root, {"--fail", "66", "--json"}));
  CHECK(outcome.code == 66);
  const auto error = Json::parse(outcome.out)["error"];
  CHECK(error["fault"] == "missing");
  CHECK(error["exit"] == 66);
  CHECK(error["text"] == "s-t01000-7: layer 11 is 2016 bytes, want 2048 rerun seal-pc1");
}

TEST_CASE("launch: what is no Error is internal", "[launch]") {
  const test::Scratch root;
  CHECK(test::run(probe(root, {"--fail", "bad_alloc"})).code == 70);
  CHECK(test::run(probe(root, {"--fail", "exception"})).code == 70);
  CHECK(test::run(probe(root), {"PROBE_WRONG_KERNEL=1"}).code == 70);
}

TEST_CASE("launch: bad command lines are usage errors of one line", "[launch]") {
  const test::Scratch root;
  const auto words = GENERATE(values<std::vector<std::string>>({
      {"--no-such-option"},
      {"positional"},
      {"--steps", "x"},
      {"--steps", "-1"},
      {"--steps", "1", "--steps", "2"},
      {"--steps", "1", "--wait"},
      {"--threads", "0"},
      {"--backend", "abacus"},
      {"--sector", "s-t01000-7"},
      {"--sector", "7"},
      {"--fail"},
      {"--ticket"},
  }));
  CAPTURE(words);
  const auto outcome = test::run(probe(root, words));
  CHECK(outcome.code == 64);
  CHECK(outcome.err.starts_with("seal-pc2: "));
  CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
  CHECK(test::run({"launch-probe", "--sector", "s-t01000-7"}).code == 64);
}

TEST_CASE("launch: the first word of a program that does several things", "[launch]") {
  const launch::Program program{
      .stage = "probe", .summary = "Does two things.", .sectors = launch::Sectors::none};
  const auto parse = [&](std::vector<const char*> words) -> std::string {
    launch::Options::Declared declared(program, "1");
    launch::Options options(declared);
    options.verbs({"make", "show"}, "What to do");
    options.text("--out", "Folder");
    options.text("--from", "Folder");
    options.only_with("make", {"--out"});
    words.insert(words.begin(), "seal-probe");
    try {
      declared.parse(static_cast<int>(words.size()), const_cast<char**>(words.data()));
      return declared.at("VERB").front();
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::usage);
      return error.what();
    }
  };
  CHECK(parse({"make"}) == "make");
  CHECK(parse({"make", "--out", "x", "--from", "y"}) == "make");
  CHECK(parse({"show", "--from", "y"}) == "show");
  CHECK(parse({"show", "--out", "x"}) == "--out goes with make, not with show");
  CHECK(parse({"burn"}) == "\"burn\", want make, show");
  CHECK(parse({}).find("VERB is required") == 0);
  CHECK(parse({"make", "show"}).find("; see --help") != std::string::npos);
}

TEST_CASE("launch: --help and --version", "[launch]") {
  const auto help = test::run({"launch-probe", "--help"});
  CHECK(help.code == 0);
  for (const char* option : {"--storage", "--sector", "--recorded-cache-path", "--json",
                             "--backend", "--threads", "--version", "--steps"})
    CHECK(help.out.find(option) != std::string::npos);
  const auto version = test::run({"launch-probe", "--version"});
  CHECK(version.code == 0);
  CHECK(version.out.starts_with("sealyard 0."));
}

TEST_CASE("launch: a finished job reports and leaves a result", "[launch]") {
  const test::Scratch root;
  const auto outcome = test::run(
      probe(root, {"s-f01000-8", "--ticket", "a", "b", "--ticket", "c", "--steps", "3", "--json"}),
      {"SLURM_JOB_ID=4711", "SLURM_RESTART_COUNT=2", "SLURMD_NODENAME=n03"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto report = Json::parse(outcome.out);
  CHECK(report["program"] == "seal-pc2");
  CHECK(report["answer"] == 42);
  REQUIRE(report["results"].size() == 2);
  CHECK(report["results"][1]["sector"] == "s-t01000-8");
  CHECK(report["ranks"].size() == 1);
  const auto result = stage::read_result(root.path(), {1000, 7}, "pc2");
  REQUIRE(result);
  CHECK(Json::parse(to_json(*result)) == report["results"][0]);
  CHECK(result->inputs.size() == 3);
  CHECK(result->attempt.job_id == 4711);
  CHECK(result->attempt.restart == 2);
  CHECK(result->attempt.node == "n03");
  CHECK(result->peak_memory_bytes > 1'000'000);
  CHECK_FALSE(stage::read_progress(root.path(), {1000, 7}));
}

TEST_CASE("launch: signals stop the job with 75 and no result", "[launch]") {
  const test::Scratch root;
  const int signal = GENERATE(SIGTERM, SIGUSR1, SIGUSR2, SIGINT);
  test::Process process(probe(root, {"--wait"}));
  await_progress(root);
  process.signal(signal);
  CHECK(process.wait() == 75);
  CHECK_FALSE(stage::read_result(root.path(), {1000, 7}, "pc2"));
}

TEST_CASE("launch: a mapped file that is cut short is an I/O fault", "[launch]") {
  const test::Scratch root;
  test::Process process(probe(root, {"--wait"}));
  await_progress(root);
  process.signal(SIGBUS);
  CHECK(process.wait() == 74);
  CHECK_FALSE(stage::read_result(root.path(), {1000, 7}, "pc2"));
}

TEST_CASE("launch: progress carries who and how far", "[launch]") {
  const test::Scratch root;
  test::Process process(probe(root, {"--wait"}));
  await_progress(root);
  const auto progress = stage::read_progress(root.path(), {1000, 7});
  process.signal(SIGKILL);
  CHECK(process.wait() == 128 + SIGKILL);
  REQUIRE(progress);
  CHECK(progress->stage == "pc2");
  CHECK(progress->total == 100'000);
  CHECK(progress->attempt.pid > 1);
}

TEST_CASE("launch: a log gets a line at every interval, and the work goes on", "[launch]") {
  const test::Scratch root;
  const auto outcome = test::run(probe(root, {"--steps", "250"}), {"SEALYARD_PROGRESS_S=1"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.err.find("% step by step, ") != std::string::npos);
}

TEST_CASE("launch: ranks share the sectors and one reports", "[launch][ranks]") {
  const test::Scratch root;
  const auto outcome =
      test::mpiexec(4, probe(root, {"s-t01000-8", "s-t01000-9", "--json", "--steps", "2"}));
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto report = Json::parse(outcome.out);
  CHECK(report["results"].size() == 3);
  CHECK(report["ranks"].size() == 4);
  for (const std::uint64_t number : {7, 8, 9})
    CHECK(stage::read_result(root.path(), {1000, number}, "pc2"));
}

TEST_CASE("launch: a rank that fails ends the job with its reason", "[launch][ranks]") {
  const test::Scratch root;
  const unsigned rank = GENERATE(0u, 1u, 3u);
  const auto began = std::chrono::steady_clock::now();
  const auto outcome =
      test::mpiexec(4, probe(root, {"--fail", "65", "--on-rank", std::to_string(rank), "--json"}));
  CHECK(outcome.code == 65);
  CHECK(outcome.err.find("seal-pc2: s-t01000-7: layer 11 is 2016 bytes") != std::string::npos);
  CHECK(Json::parse(outcome.out)["error"]["exit"] == 65);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(30));
}

TEST_CASE("launch: the same fault on every rank is said once", "[launch][ranks]") {
  const test::Scratch root;
  const auto outcome = test::mpiexec(3, probe(root, {"--no-such-option", "--json"}));
  CHECK(outcome.code == 64);
  CHECK(Json::parse(outcome.out)["error"]["exit"] == 64);
}

TEST_CASE("launch: tasks without PMIx are refused", "[launch][ranks]") {
  const test::Scratch root;
  const auto outcome = test::run(probe(root), {"SLURM_STEP_NUM_TASKS=4", "SLURM_PROCID=0"});
  CHECK(outcome.code == 78);
  CHECK(outcome.err.find("--mpi=pmix") != std::string::npos);
}

TEST_CASE("launch: what the environment says", "[launch]") {
  const auto by_hand = environment({});
  CHECK_FALSE(by_hand.in_slurm);
  CHECK(by_hand.attempt == stage::Attempt{0, 0, "h1", "h1", 5});
  CHECK(by_hand.cpus == 8);
  CHECK_FALSE(by_hand.memory_bytes);
  CHECK(by_hand.log_level == "info");
  CHECK(by_hand.parents_folder == "/var/tmp/filecoin-parents");

  const auto slurm = environment({{"SLURM_JOB_ID", "7"},
                                  {"SLURM_RESTART_COUNT", "3"},
                                  {"SLURMD_NODENAME", "n1"},
                                  {"SLURM_CPUS_PER_TASK", "4"},
                                  {"SLURM_MEM_PER_NODE", "100"},
                                  {"RUST_LOG", "debug,storage_proofs=trace"},
                                  {"FIL_PROOFS_PARENT_CACHE", "/p"}});
  CHECK(slurm.in_slurm);
  CHECK(slurm.attempt == stage::Attempt{7, 3, "n1", "h1", 5});
  CHECK(slurm.cpus == 4);
  CHECK(slurm.memory_bytes == std::uint64_t{100} << 20);
  CHECK(slurm.log_level == "debug");
  CHECK(slurm.parents_folder == "/p");

  CHECK(environment({{"SLURM_CPUS_ON_NODE", "2"}}).cpus == 2);
  CHECK(environment({{"YC_PARALLEL_NUM", "50"}}).cpus == 4);
  CHECK(environment({{"YC_PARALLEL_NUM", "92"}}).cpus == 7);
  CHECK(
      environment({{"YC_PARALLEL_NUM", "50"}, {"SLURM_JOB_ID", "1"}, {"SLURM_CPUS_PER_TASK", "8"}})
          .cpus == 8);  // given what it asked for
  CHECK_THROWS_AS(environment({{"YC_PARALLEL_NUM", "0"}}), Error);
  CHECK_THROWS_AS(environment({{"YC_PARALLEL_NUM", "101"}}), Error);
  CHECK(environment({{"SLURM_CPUS_PER_TASK", "64"}}).cpus == 8);  // never more than the mask
  CHECK(environment({{"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}}).cpus == 2);
  CHECK(environment({{"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}}, {"h1", 5, 3, 8}).cpus == 3);  // bound
  CHECK(environment({{"PMIX_RANK", "0"}, {"SLURM_STEP_TASKS_PER_NODE", "16(x2)"}}).cpus == 1);
  CHECK(environment({{"SLURM_MEM_PER_CPU", "10"}, {"SLURM_CPUS_ON_NODE", "3"}}).memory_bytes ==
        std::uint64_t{30} << 20);
  CHECK_FALSE(environment({{"SLURM_MEM_PER_NODE", "0"}}).memory_bytes);
  CHECK(environment({{"SEALYARD_PROGRESS_S", "5"}}).progress_s == 5);
  CHECK_THROWS_AS(environment({{"SEALYARD_PROGRESS_S", "0"}}), Error);
  CHECK_THROWS_AS(environment({{"SLURM_JOB_ID", "x"}}), Error);
}
