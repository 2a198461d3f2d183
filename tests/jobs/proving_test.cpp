// Reading for PoSt: vanilla proofs through the programs, sectors that are skipped and why, orders
// that are refused. Nothing here needs parameters.
#include <sys/stat.h>

#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "jobs/proving/readers.h"
#include "jobs/stage/post_result.h"
#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/jobs/post_case.h"

using namespace sealyard;
using namespace std::chrono_literals;
using proving::Answer;
using proving::Question;
using test::PostCase;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kBig = 1099511627783;
const std::vector<std::string> kOnly{"--vanilla-only"};

test::Run read_only(const PostCase& from, std::vector<std::string> more = {}) {
  more.push_back("--vanilla-only");
  return test::run(from.argv("seal-window-post", more));
}

std::vector<Question> questions(std::size_t n) {
  std::vector<Question> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i].number = i;
  return out;
}

// Every file below a folder with its bytes.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out[entry.path().string()] = test::read(entry.path());
  return out;
}

void flip(const fs::path& file, std::size_t at) {
  auto bytes = test::read(file);
  bytes.at(at) = static_cast<char>(bytes[at] ^ 1);
  test::write(file, bytes);
}

void cut(const fs::path& file) { fs::resize_file(file, fs::file_size(file) - 1); }

void put_fifo(const fs::path& file) {
  fs::remove(file);
  REQUIRE(mkfifo(file.c_str(), 0644) == 0);
}

}  // namespace

TEST_CASE("proving: a read that hangs costs its own sector", "[proving]") {
  // Readers that are left behind may wake up behind the end of the test.
  const auto release = std::make_shared<std::promise<void>>();
  const auto released = release->get_future().share();
  const auto read = [released](const Question& question, const proving::Alive& alive) {
    alive();
    if (question.number == 2 || question.number == 3) released.wait();
    alive();
    Answer answer;
    answer.proof.number = question.number;
    answer.reads = 1;
    return answer;
  };
  const auto start = std::chrono::steady_clock::now();
  const auto answers = proving::read_all(
      questions(8), read, {.readers = 1, .one_read = 200ms, .all_reads = 60s}, [](std::size_t) {});
  CHECK(std::chrono::steady_clock::now() - start < 20s);
  REQUIRE(answers.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    CAPTURE(i);
    if (i == 2 || i == 3) {
      CHECK(answers[i].reason == "timeout: a read gave no answer in 0.2 s");
    } else {
      CHECK(answers[i].good());
      CHECK(answers[i].proof.number == i);
    }
  }
  release->set_value();
}

TEST_CASE("proving: the time for all reads is kept", "[proving]") {
  const auto read = [](const Question&, const proving::Alive& alive) {
    for (int i = 0; i < 200; ++i) {
      alive();
      std::this_thread::sleep_for(10ms);
    }
    return Answer{};
  };
  const auto start = std::chrono::steady_clock::now();
  const auto answers =
      proving::read_all(questions(100), read, {.readers = 2, .one_read = 60s, .all_reads = 300ms},
                        [](std::size_t) {});
  CHECK(std::chrono::steady_clock::now() - start < 20s);
  for (const auto& answer : answers)
    CHECK(answer.reason == "timeout: not read in the 0.3 s for all sectors");
}

TEST_CASE("proving: so many readers and no more, and a way out", "[proving]") {
  struct Count {
    std::atomic<int> now{0}, most{0};
  };
  const auto count = std::make_shared<Count>();
  const auto read = [count](const Question& question, const proving::Alive&) {
    const int now = ++count->now;
    for (int most = count->most; now > most && !count->most.compare_exchange_weak(most, now);) {
    }
    std::this_thread::sleep_for(5ms);
    --count->now;
    if (question.number == 7) throw std::runtime_error("odd");
    return Answer{};
  };
  const auto answers = proving::read_all(questions(40), read, {.readers = 3}, [](std::size_t) {});
  CHECK(count->most <= 3);
  CHECK(answers[7].reason == "io: odd");
  CHECK(answers[8].good());
  CHECK(proving::read_all({}, read, {}, [](std::size_t) {}).empty());
  CHECK_THROWS_AS(proving::read_all(questions(40), read, {.readers = 3},
                                    [](std::size_t) { throw Error(Fault::busy, "stopped"); }),
                  Error);
}

TEST_CASE("window-post: vanilla proofs are the reference's bytes", "[window-post][bit-exact]") {
  const test::Scratch scratch;
  for (const std::string name : {"window-2k-1", "window-2k-3", "window-v1-2k-2", "winning-2k"}) {
    CAPTURE(name);
    PostCase from(name, scratch.path());
    const auto before = contents(from.folder);
    // A draw of the chain is not trimmed.
    auto randomness = from.json.at("randomness").get<std::string>();
    randomness[62] = "89abcdef"[(randomness[62] - '0') & 3];
    from.order["randomness"] =
        GENERATE_COPY(false, true) ? nlohmann::json(randomness) : from.json.at("randomness");
    // What stands there twice counts once.
    from.order["sectors"].push_back(from.order["sectors"][0]);
    const std::string program = name == "winning-2k" ? "seal-winning-post" : "seal-window-post";
    const auto run = test::run(from.argv(program, kOnly));
    CAPTURE(run.err);
    REQUIRE(run.code == 0);
    for (const auto& sector : from.json.at("sectors")) {
      const std::uint64_t number = sector.at("number");
      CHECK(test::read(from.vanilla(number)) == from.wanted_vanilla(number));
    }
    const auto result = from.result();
    CHECK(result.at("proof") == "");
    CHECK(result.at("randomness") == from.json.at("randomness"));
    CHECK(result.at("skipped").empty());
    CHECK(result.at("sectors").size() == from.json.at("sectors").size());
    // Nothing of a sector is new or changed.
    auto after = contents(from.folder);
    for (const auto& [file, bytes] : before) CHECK(after.at(file) == bytes);
    fs::remove_all(from.folder / "vanilla");
    CHECK(contents(from.folder).size() == before.size() + 2);
  }
}

TEST_CASE("window-post: what is wrong with a sector is its own fault", "[window-post]") {
  struct Defect {
    std::string reason;
    void (*make)(PostCase&);
  };
  const auto defect = GENERATE(values<Defect>({
      {"missing: ", [](PostCase& c) { fs::remove(c.sealed(2)); }},
      {"short: replica is 2047 bytes, want 2048", [](PostCase& c) { cut(c.sealed(2)); }},
      {"short: replica is 0 bytes", [](PostCase& c) { fs::resize_file(c.sealed(2), 0); }},
      {"corrupt: replica is 2049 bytes", [](PostCase& c) { fs::resize_file(c.sealed(2), 2049); }},
      {"corrupt: tree-r-last", [](PostCase& c) { flip(c.sealed(2), 99); }},
      {"corrupt: replica: node 3 is",
       [](PostCase& c) {
         auto bytes = test::read(c.sealed(2));
         bytes[127] = '\xff';
         test::write(c.sealed(2), bytes);
       }},
      {"corrupt: ", [](PostCase& c) { put_fifo(c.sealed(2)); }},
      {"corrupt: ", [](PostCase& c) { put_fifo(c.tree(2)); }},
      {"corrupt: ", [](PostCase& c) { put_fifo(c.p_aux(2)); }},
      {"corrupt: ",
       [](PostCase& c) {
         fs::remove(c.sealed(2));
         fs::create_directory(c.sealed(2));
       }},
      {"missing: ", [](PostCase& c) { fs::remove(c.tree(2)); }},
      {"short: tree_r_last", [](PostCase& c) { cut(c.tree(2)); }},
      {"corrupt: tree-r-last", [](PostCase& c) { flip(c.tree(2), 9); }},
      {"missing: ", [](PostCase& c) { fs::remove(c.p_aux(2)); }},
      {"missing: ", [](PostCase& c) { fs::remove_all(c.cache(2)); }},
      {"short: p_aux is 63 bytes", [](PostCase& c) { cut(c.p_aux(2)); }},
      {"commr-mismatch: ", [](PostCase& c) { flip(c.p_aux(2), 0); }},
      {"commr-mismatch: ", [](PostCase& c) { flip(c.p_aux(2), 32); }},
      {"corrupt: p_aux", [](PostCase& c) { test::write(c.p_aux(2), std::string(64, '\xff')); }},
      {"commr-mismatch: ", [](PostCase& c) { c.sector(2)["comm_r"] = c.sector(1)["comm_r"]; }},
      {"corrupt: ",
       [](PostCase& c) {
         fs::copy_file(c.sealed(1), c.sealed(2), fs::copy_options::overwrite_existing);
       }},
  }));
  const test::Scratch scratch;
  PostCase from("window-2k-3", scratch.path());
  defect.make(from);
  const auto before = contents(from.folder);
  const auto run = read_only(from);
  CAPTURE(defect.reason, run.err);
  REQUIRE(run.code == 0);
  const auto result = from.result();
  REQUIRE(result.at("skipped").size() == 1);
  CHECK(result.at("skipped")[0].at("number") == 2);
  const std::string reason = result.at("skipped")[0].at("reason");
  CAPTURE(reason);
  CHECK(reason.starts_with(defect.reason));
  CHECK(run.out.find("skipped 2 " + reason) != std::string::npos);
  CHECK(result.at("sectors") == nlohmann::json{1, kBig});
  for (const auto number : {std::uint64_t{1}, kBig})
    CHECK(test::read(from.vanilla(number)) == from.wanted_vanilla(number));
  CHECK_FALSE(fs::exists(from.vanilla(2)));
  auto after = contents(from.folder);
  for (const auto& [file, bytes] : before) CHECK(after.at(file) == bytes);
}

TEST_CASE("window-post: when nothing is left the result says why", "[window-post]") {
  const test::Scratch scratch;
  PostCase from("window-2k-3", scratch.path());
  fs::remove(from.sealed(1));
  cut(from.sealed(2));
  flip(from.p_aux(kBig), 0);
  const auto run = read_only(from, {"--json"});
  CAPTURE(run.err);
  CHECK(run.code == 65);
  CHECK(run.err.find("none of 3 sectors can be proven") != std::string::npos);
  const auto result = from.result();
  CHECK(result.at("proof") == "");
  CHECK(result.at("sectors").empty());
  REQUIRE(result.at("skipped").size() == 3);
  for (const auto* word : {"missing: ", "short: ", "commr-mismatch: "})
    CHECK(result.dump().find(word) != std::string::npos);
}

TEST_CASE("window-post: with the older rule those behind a skipped sector are read again",
          "[window-post]") {
  const test::Scratch scratch;
  PostCase from("window-v1-2k-2", scratch.path());
  fs::remove(from.sealed(1));
  auto run = read_only(from);
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  const auto second = test::read(from.vanilla(2));
  CHECK(second != from.wanted_vanilla(2));
  CHECK(from.result().at("skipped").size() == 1);
  // The same as if it stood alone in the order.
  from.order["sectors"] = nlohmann::json::array({from.sector(2)});
  REQUIRE(read_only(from).code == 0);
  CHECK(test::read(from.vanilla(2)) == second);
}

TEST_CASE("window-post: partitions are cut from what is left", "[window-post]") {
  const test::Scratch scratch;
  PostCase from("window-2k-3", scratch.path());
  const auto sectors = [&](const std::string& partition) {
    const auto run = read_only(from, {"--partition", partition});
    CAPTURE(run.err);
    REQUIRE(run.code == 0);
    REQUIRE(from.result().at("partition") == std::stoi(partition));
    return from.result().at("sectors");
  };
  CHECK(sectors("0") == nlohmann::json{1, 2});
  CHECK(sectors("1") == nlohmann::json::array({kBig}));
  fs::remove(from.sealed(1));
  CHECK(sectors("0") == nlohmann::json{2, kBig});
  CHECK(sectors("1") == nlohmann::json::array());
  CHECK(read_only(from, {"--partition", "2"}).code == 64);
}

TEST_CASE("window-post: ranks share the reading", "[window-post][mpi]") {
  const test::Scratch scratch;
  PostCase from("window-2k-3", scratch.path());
  fs::remove(from.sealed(2));
  const auto read = [&](unsigned ranks) {
    fs::remove_all(from.folder / "vanilla");
    const auto argv = from.argv("seal-window-post", kOnly);
    const auto run = ranks == 1 ? test::run(argv) : test::mpiexec(ranks, argv);
    CAPTURE(ranks, run.err);
    REQUIRE(run.code == 0);
    auto result = from.result();
    for (const auto* key : {"attempt", "started", "ended", "seconds", "reads", "read_bytes"})
      result.erase(key);
    return std::pair{contents(from.folder / "vanilla"), result};
  };
  const auto alone = read(1);
  CHECK(alone.first.size() == 2);
  CHECK(read(2) == alone);
  CHECK(read(4) == alone);  // more ranks than sectors
}

TEST_CASE("window-post: a sector is read where its files are", "[window-post][mpi]") {
  const test::Scratch scratch;
  PostCase from("window-2k-3", scratch.path());
  // Each of two hosts lacks what it is asked for first; the third sector is on none.
  const std::pair<std::uint64_t, std::string> places[] = {{1, "b"}, {2, "a"}, {kBig, "c"}};
  for (const auto& [number, host] : places) {
    const auto folder = scratch / host;
    fs::create_directory(folder);
    fs::rename(from.sealed(number), folder / ("sealed-" + std::to_string(number)));
    fs::rename(from.cache(number), folder / ("cache-" + std::to_string(number)));
    from.sector(number)["sealed"] = "sealed-" + std::to_string(number);
    from.sector(number)["cache"] = "cache-" + std::to_string(number);
  }
  const auto argv = from.argv(SEALYARD_BIN "/seal-window-post", kOnly);
  std::vector<std::string> words{"mpiexec", "--oversubscribe"};
  for (const std::string host : {"a", "b"}) {
    if (host == "b") words.push_back(":");
    words.insert(words.end(), {"-n", "1", "--wdir", (scratch / host).string()});
    words.insert(words.end(), argv.begin(), argv.end());
  }
  const auto run = test::run(words, {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
                                     "ASAN_OPTIONS=detect_leaks=0"});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(from.result().at("sectors") == nlohmann::json{1, 2});
  REQUIRE(from.result().at("skipped").size() == 1);
  CHECK(from.result().at("skipped")[0].at("number") == kBig);
  for (const std::uint64_t number : {1, 2})
    CHECK(test::read(from.vanilla(number)) == from.wanted_vanilla(number));
}

TEST_CASE("window-post: orders that are refused", "[window-post]") {
  const test::Scratch scratch;
  PostCase from("window-2k-3", scratch.path());
  const auto refuse = [&](int code, const std::string& word,
                          const std::vector<std::string>& more = kOnly,
                          const std::string& program = "seal-window-post") {
    const auto run = test::run(from.argv(program, more));
    CAPTURE(run.err, word);
    CHECK(run.code == code);
    CHECK(run.err.find(word) != std::string::npos);
    CHECK_FALSE(fs::exists(from.folder / "result.json"));
  };
  const auto with = [&](const char* key, const nlohmann::json& value, const std::string& word) {
    const auto good = from.order;
    from.order[key] = value;
    refuse(64, word);
    from.order = good;
  };
  const auto sector_with = [&](const char* key, const nlohmann::json& value,
                               const std::string& word) {
    const auto good = from.order;
    from.order["sectors"][1][key] = value;
    refuse(64, word);
    from.order = good;
  };
  with("kind", "windows", "kind");
  with("kind", "winning", "3 of them");
  with("sector_size", 2049, "2049");
  with("miner", -1, "miner");
  with("randomness", "00", "randomness");
  with("sectors", nlohmann::json::array(), "sectors");
  sector_with("comm_r", std::string(64, '0'), "zero");
  sector_with("comm_r", std::string(64, 'f'), "no field element");
  sector_with("sealed", "", "sealed");
  sector_with("cache", 7, "cache");
  sector_with("number", 1, "twice");
  refuse(64, "--partition", {"--vanilla-only", "--partition", "2"});
  refuse(64, "--readers", {"--vanilla-only", "--readers", "0"});
  refuse(64, "--read-timeout", {"--vanilla-only", "--read-timeout", "soon"});
  refuse(64, "want winning", kOnly, "seal-winning-post");
  refuse(78, "seal-params", {"--params", scratch.path().string()});
  const auto variable = test::run(from.argv("seal-window-post", kOnly), {"RAYON_NUM_THREADS=x"});
  CHECK(variable.code == 78);
  CHECK(variable.err.find("RAYON_NUM_THREADS=x") != std::string::npos);
  REQUIRE(test::run(from.argv("seal-window-post", kOnly), {"RAYON_NUM_THREADS=1"}).code == 0);
  fs::remove(from.folder / "order.json");
  auto argv = from.argv("seal-window-post", kOnly);
  fs::remove(from.folder / "order.json");
  CHECK(test::run(argv).code == 66);
  test::write(from.folder / "order.json", "[]");
  CHECK(test::run(argv).code == 64);
  CHECK(test::run({"seal-window-post", "--vanilla-only"}).code == 64);
}

TEST_CASE("stage: the result of a PoSt order", "[stage]") {
  const stage::PostResult result{
      .kind = "window",
      .sector_bytes = 2048,
      .miner = 1000,
      .randomness = Node{{1, 2}},
      .partitions = 2,
      .partition = 1,
      .proof = {1, 2, 255},
      .sectors = {1, kBig},
      .skipped = {{3, "missing: \"x\""}},
      .params = "official",
      .reads = 12,
      .read_bytes = 34,
      .attempt = {.job_id = 1, .restart = 2, .node = "n", .host = "h", .pid = 3},
      .started = "2024-05-01T10:00:00Z",
      .ended = "2024-05-01T10:00:01Z",
      .seconds = 1.25,
      .version = "v"};
  const auto text = stage::to_json(result);
  CHECK(stage::parse_post_result(text, "x") == result);
  for (const auto* bad : {"", "[]", "{}", "{\"schema\": \"sealyard.post.2\"}"})
    CHECK_THROWS_AS(stage::parse_post_result(bad, "x"), Error);
  auto json = nlohmann::json::parse(text);
  for (const auto& [key, value] : json.items()) {
    if (key == "partition") continue;
    CAPTURE(key);
    auto without = json;
    without.erase(key);
    CHECK_THROWS_AS(stage::parse_post_result(without.dump(), "x"), Error);
  }
  json.erase("partition");
  CHECK_FALSE(stage::parse_post_result(json.dump(), "x").partition);
}
