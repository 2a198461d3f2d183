// seal-params fetch: from a folder and from web servers of every temper.
#include <sys/mount.h>

#include <csignal>
#include <random>
#include <thread>

#include "jobs/params/set.h"
#include "kernels/groth16/identity.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"

using namespace sealyard;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kBytes = 1'000'000;

std::string random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 rng(seed);
  std::string bytes(count, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(rng());
  return bytes;
}

std::string digest(const std::string& bytes) {
  return groth16::manifest_digest(
      std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

// A source with the two files of WindowPoSt 2 KiB, and the manifest that calls them official.
struct Bench {
  test::Scratch scratch;
  std::string params_name = groth16::params_file(params::set_of("window", 2048).id);
  std::string key_name = groth16::verifying_key_file(params::set_of("window", 2048).id);
  std::string params = random_bytes(kBytes, 1), key = random_bytes(3000, 2);
  nlohmann::json manifest;

  Bench() {
    fs::create_directories(source());
    publish(key_name, key);
    publish(params_name, params);
  }
  fs::path source() const { return scratch / "source of files"; }
  fs::path out() const { return scratch / "out"; }
  fs::path part() const { return out() / ("." + params_name + ".fetch.part"); }

  void publish(const std::string& name, const std::string& bytes) {
    test::write(source() / name, bytes);
    manifest[name] = {{"cid", ""}, {"digest", digest(bytes)}, {"sector_size", 2048}};
    test::write(scratch / "manifest", manifest.dump());
  }
  void keep(const std::string& bytes) const {  // as an earlier run left them
    fs::create_directories(out());
    test::write(part(), bytes);
  }
  std::vector<std::string> words(const std::string& from,
                                 std::vector<std::string> more = {}) const {
    std::vector<std::string> all{
        "seal-params", "fetch",        "--from",     from,
        "--out",       out().string(), "--manifest", (scratch / "manifest").string()};
    if (more.empty()) more = {"--circuit", "window", "--sector-size", "2KiB", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  test::Run fetch(const std::string& from, std::vector<std::string> more = {}) const {
    return test::run(words(from, std::move(more)));
  }
  void require_whole() const {
    REQUIRE(test::read(out() / params_name) == params);
    REQUIRE(test::read(out() / key_name) == key);
    REQUIRE(!fs::exists(part()));
  }
  // What lies in the folder besides the locks.
  std::size_t count() const {
    std::size_t n = 0;
    if (fs::exists(out()))
      for (const auto& entry : fs::directory_iterator(out()))
        n += entry.path().extension() != ".lock";
    return n;
  }
};

class Server {
 public:
  Server(const Bench& bench, const std::string& mode)
      : log_(bench.scratch / (mode + ".log")),
        process_({"/usr/bin/env", "python3", SEALYARD_SOURCE "/tests/jobs/file_server.py",
                  bench.source().string(), mode, log_.string(),
                  (bench.scratch / (mode + ".port")).string()}) {
    const auto port = bench.scratch / (mode + ".port");
    for (int i = 0; i < 1000 && !fs::exists(port); ++i) std::this_thread::sleep_for(20ms);
    url_ = "http://127.0.0.1:" + test::read(port) + "/some/folder/";
  }
  const std::string& url() const { return url_; }
  // First bytes asked of a file, one for each request.
  std::vector<std::uint64_t> asked(const std::string& name) const {
    if (!fs::exists(log_)) return {};
    std::istringstream lines(test::read(log_));
    std::vector<std::uint64_t> found;
    std::string file;
    for (std::uint64_t first = 0; lines >> file >> first;)
      if (file == name) found.push_back(first);
    return found;
  }

 private:
  fs::path log_;
  test::Process process_;
  std::string url_;
};

void require_refused(const test::Run& run, int code, const std::string& words) {
  CAPTURE(run.err);
  REQUIRE(run.code == code);
  const auto line = run.err.substr(run.err.rfind('\n', run.err.size() - 2) + 1);
  REQUIRE(line.find("seal-params: ") == 0);
  REQUIRE(line.find(words) != std::string::npos);
}

using Asked = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("fetch: from a folder, once", "[fetch]") {
  Bench bench;
  auto run = bench.fetch(bench.source().string());
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  bench.require_whole();
  CHECK(bench.count() == 2);
  const auto files = run.json().at("params");
  CHECK(files.at(0).at("name") == bench.key_name);
  CHECK(files.at(1).at("set") == "window 2KiB");
  CHECK(files.at(1).at("bytes") == kBytes);
  CHECK(files.at(1).at("found") == false);
  CHECK(run.json().at("files").size() == 2);
  fs::remove_all(bench.source());
  fs::create_directory(bench.source());
  run = bench.fetch(bench.source().string());
  REQUIRE(run.code == 0);
  CHECK(run.json().at("params").at(1).at("found") == true);
}

TEST_CASE("fetch: all circuits of a sector size, or only what verifiers need", "[fetch]") {
  Bench bench;
  for (const auto* circuit : {"porep", "winning", "update"}) {
    const auto id = params::set_of(circuit, 2048).id;
    bench.publish(groth16::params_file(id), std::string("params of ") + circuit);
    bench.publish(groth16::verifying_key_file(id), std::string("key of ") + circuit);
  }
  auto run = bench.fetch(bench.source().string(), {"--sector-size", "2KiB", "--only-keys"});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') == 4);
  CHECK(bench.count() == 4);
  REQUIRE(bench.fetch(bench.source().string(), {"--sector-size", "2KiB"}).code == 0);
  CHECK(bench.count() == 8);
}

TEST_CASE("fetch: from servers that cut, wait, or know no ranges", "[fetch]") {
  Bench bench;
  const auto mode = GENERATE(values<std::string>({"ranges", "plain", "cut", "busy"}));
  CAPTURE(mode);
  const Server server(bench, mode);
  const auto run = bench.fetch(server.url());
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  bench.require_whole();
  const auto asked = server.asked(bench.params_name);
  if (mode == "cut")
    CHECK(asked == Asked{0, 262144, 524288, 786432});
  else
    CHECK(asked == Asked{0});
}

TEST_CASE("fetch: goes on where a killed run stopped", "[fetch]") {
  Bench bench;
  {
    const Server slow(bench, "slow");
    test::Process killed(bench.words(slow.url()));
    // Bytes lie in the program for a while before they lie in the file; all of them take 3 s.
    for (int i = 0; i < 3000 && slow.asked(bench.params_name).empty(); ++i)
      std::this_thread::sleep_for(10ms);
    std::this_thread::sleep_for(500ms);
    const int number = GENERATE(SIGTERM, SIGKILL);
    killed.signal(number);
    const int code = killed.wait();
    CHECK(code == (number == SIGTERM ? 75 : 128 + SIGKILL));
    REQUIRE(!fs::exists(bench.out() / bench.params_name));
    REQUIRE(fs::exists(bench.part()));
    if (number == SIGTERM) CHECK(fs::file_size(bench.part()) > 0);
  }
  const auto kept = fs::file_size(bench.part());
  const Server server(bench, "ranges");
  const auto run = bench.fetch(server.url());
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  bench.require_whole();
  CHECK(run.json().at("params").at(1).at("resumed_at") == kept);
  CHECK(server.asked(bench.params_name) == Asked{kept});
}

TEST_CASE("fetch: what was kept is gone on with only if it can be", "[fetch]") {
  Bench bench;
  const auto half = bench.params.substr(0, kBytes / 2);
  SECTION("right") {
    bench.keep(half);
    const auto run = bench.fetch(bench.source().string());
    REQUIRE(run.code == 0);
    CHECK(run.json().at("params").at(1).at("resumed_at") == kBytes / 2);
  }
  SECTION("all of it") {
    bench.keep(bench.params);
    const Server server(bench, "ranges");
    REQUIRE(bench.fetch(server.url()).code == 0);
    CHECK(server.asked(bench.params_name) == Asked{kBytes});
  }
  SECTION("other bytes") {
    bench.keep(random_bytes(kBytes / 2, 3));
    const auto run = bench.fetch(bench.source().string());
    REQUIRE(run.code == 0);
    CHECK(run.err.find("are not of the official file; from the beginning") != std::string::npos);
    CHECK(run.json().at("params").at(1).at("resumed_at") == 0);
  }
  SECTION("more bytes than there are, folder") {
    bench.keep(bench.params + "more");
    REQUIRE(bench.fetch(bench.source().string()).code == 0);
  }
  SECTION("more bytes than there are, server") {
    bench.keep(bench.params + "more");
    const Server server(bench, "ranges");
    REQUIRE(bench.fetch(server.url()).code == 0);
  }
  SECTION("the server knows no ranges") {
    bench.keep(half);
    const Server server(bench, "plain");
    const auto run = bench.fetch(server.url());
    REQUIRE(run.code == 0);
    CHECK(server.asked(bench.params_name) == Asked{kBytes / 2, 0});
  }
  bench.require_whole();
}

TEST_CASE("fetch: two at once bring a file once", "[fetch]") {
  Bench bench;
  const Server server(bench, "slow");
  test::Process one(bench.words(server.url())), other(bench.words(server.url()));
  CHECK(one.wait() == 0);
  CHECK(other.wait() == 0);
  bench.require_whole();
  CHECK(server.asked(bench.params_name) == Asked{0});
}

TEST_CASE("fetch: sources that do not have it", "[fetch]") {
  Bench bench;
  SECTION("no such file") {
    fs::remove(bench.source() / bench.params_name);
    const Server server(bench, "ranges");
    require_refused(bench.fetch(server.url()), 66, "no such file at the source (HTTP 404)");
    require_refused(bench.fetch(bench.source().string()), 66, "no such file at the source");
    CHECK(bench.count() == 1);  // the key
  }
  SECTION("other bytes") {
    auto bytes = bench.params;
    bytes[kBytes - 1] ^= 1;
    test::write(bench.source() / bench.params_name, bytes);
    require_refused(bench.fetch(bench.source().string()), 65,
                    ".params: its 1000000 bytes have digest " + digest(bytes) + ", want " +
                        digest(bench.params) + "; removed");
    CHECK(bench.count() == 1);
  }
  SECTION("fewer bytes than announced") {
    const Server server(bench, "stuck");
    require_refused(bench.fetch(server.url()), 74,
                    "262144 bytes of 1000000 are kept, run again to go on");
    CHECK(fs::file_size(bench.part()) == 262144);
    CHECK(!fs::exists(bench.out() / bench.params_name));
  }
  SECTION("cut, and no ranges") {
    const Server server(bench, "plain-cut");
    require_refused(bench.fetch(server.url()), 74, "ends early and cannot be gone on with");
  }
  SECTION("forbidden") {
    const Server server(bench, "closed");
    require_refused(bench.fetch(server.url()), 74, ".vk: HTTP 403");
    CHECK(bench.count() == 0);
  }
  SECTION("nobody listens") {
    require_refused(bench.fetch("http://127.0.0.1:1/"), 74, "0 bytes of unknown are kept");
    CHECK(bench.count() == 0);
  }
}

TEST_CASE("fetch: requests that cannot be right", "[fetch]") {
  Bench bench;
  const auto from = bench.source().string();
  require_refused(bench.fetch((bench.scratch / "absent").string()), 66, "no such folder");
  require_refused(bench.fetch("ftp://host/"), 64, "want a folder, http://... or https://...");
  require_refused(bench.fetch(from, {"--sector-size", "3KiB"}), 64, "sector size: 3072 bytes");
  require_refused(bench.fetch(from, {"--circuit", "window"}), 64, "--sector-size is wanted");
  require_refused(bench.fetch(from, {"--sector-size", "4KiB", "--circuit", "porep"}), 64,
                  "(porep 4KiB) is not in the manifest");
  CHECK(bench.count() == 0);
}

TEST_CASE("fetch: places that cannot take it", "[fetch]") {
  Bench bench;
  const auto from = bench.source().string();
  SECTION("another file of that name") {
    fs::create_directories(bench.out());
    test::write(bench.out() / bench.params_name, "made here");
    require_refused(bench.fetch(from), 78, "remove it or choose another folder");
    CHECK(test::read(bench.out() / bench.params_name) == "made here");
  }
  SECTION("no folder can be made") {
    test::write(bench.out(), "a file");
    require_refused(bench.fetch(from), 74, "cannot make " + bench.out().string());
  }
  SECTION("full or read-only") {
    fs::create_directory(bench.out());
    if (::mount("tmpfs", bench.out().c_str(), "tmpfs", 0, "size=300k") != 0) {
      WARN("skipped: this user may not mount a tmpfs");
      return;
    }
    const auto full = bench.fetch(from);
    const auto left = bench.count();
    ::mount("tmpfs", bench.out().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr);
    const auto read_only = bench.fetch(from);
    ::umount(bench.out().c_str());
    require_refused(full, 74, bench.params_name + ": needs 1000000 bytes, ");
    CHECK(left == 1);  // the key
    require_refused(read_only, 74, "Read-only file system");
  }
}
