// Bad input: each gets one line on stderr that names the sector, what was found and what to do, the
// documented exit code, and leaves what is there as it is.
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;
namespace fs = std::filesystem;

namespace {

const std::string kName = "s-t01000-2";
const std::string kTicket(64, '5');

std::vector<std::string> argv(const std::string& stage, const fs::path& root,
                              const std::vector<std::string>& more) {
  std::vector<std::string> words{"seal-" + stage, "--storage", root.string(), "--sector", kName};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string last_line(const std::string& text) {
  auto end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const auto start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     end - (start == std::string::npos ? 0 : start + 1) + 1);
}

// The stage must fail with this code and a last line that holds each of these words.
void refuse(const std::vector<std::string>& words, int code,
            const std::vector<std::string>& expected) {
  const auto run = test::run(words);
  CAPTURE(words, run.err, run.out);
  REQUIRE(run.code == code);
  const auto line = last_line(run.err);
  REQUIRE(line.rfind(words[0] + ": ", 0) == 0);
  for (const auto& word : expected) {
    CAPTURE(word, line);
    REQUIRE(line.find(word) != std::string::npos);
  }
}

// A 2 KiB sector sealed up to `stage`, made once for each test and copied.
class Bench {
 public:
  fs::path root() const { return scratch_ / "root"; }
  fs::path store() const { return scratch_ / "store"; }
  fs::path file(const std::string& name) const { return root() / name; }
  fs::path cache(const std::string& name) const { return root() / "cache" / kName / name; }
  fs::path scratch(const std::string& name) const { return scratch_ / name; }

  void seal_up_to(const std::string& last) {
    for (const auto& stage : {std::string("add-piece"), std::string("pc1"), std::string("pc2")}) {
      const auto run = test::run(words(stage));
      CAPTURE(run.err);
      REQUIRE(run.code == 0);
      if (stage == last) return;
    }
  }

  std::vector<std::string> words(const std::string& stage) const {
    if (stage == "add-piece") return argv(stage, root(), {"--proof-type", "5", "--cc"});
    if (stage == "pc1")
      return argv(stage, root(),
                  {"--ticket", kTicket, "--parents", (scratch_ / "parents").string()});
    if (stage == "finalize") return argv(stage, root(), {"--to", store().string()});
    if (stage == "unseal") return argv(stage, root(), {"--out", (scratch_ / "out").string()});
    return argv(stage, root(), {});
  }

 private:
  test::Scratch scratch_;
};

enum class Harm { missing, empty, shorter, longer, flipped };

void harm(const fs::path& file, Harm kind) {
  if (kind == Harm::missing) {
    fs::remove(file);
    return;
  }
  auto bytes = test::read(file);
  if (kind == Harm::empty) bytes.clear();
  if (kind == Harm::shorter) bytes.pop_back();
  if (kind == Harm::longer) bytes.push_back('\0');
  if (kind == Harm::flipped)
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  test::write(file, bytes);
}

}  // namespace

TEST_CASE("bad input: harmed files are missing (66) or corrupt (65)", "[bad]") {
  struct Row {
    std::string after, file, stage, word;
  };
  const auto row = GENERATE(from_range(std::vector<Row>{
      {"pc1", "cache/s-t01000-2/sc-02-data-layer-1.dat", "pc2", "layer 1"},
      {"pc1", "cache/s-t01000-2/sc-02-data-layer-2.dat", "pc2", "layer 2"},
      {"pc1", "cache/s-t01000-2/sc-02-data-tree-d.dat", "pc2", "tree_d"},
      {"pc1", "unsealed/s-t01000-2", "pc2", "unsealed file"},
      {"pc2", "sealed/s-t01000-2", "finalize", "replica"},
      {"pc2", "cache/s-t01000-2/p_aux", "finalize", "p_aux"},
      {"pc2", "cache/s-t01000-2/t_aux", "finalize", "t_aux"},
      {"pc2", "cache/s-t01000-2/sc-02-data-tree-r-last.dat", "finalize", "tree_r_last"},
  }));
  const auto kind =
      GENERATE(Harm::missing, Harm::empty, Harm::shorter, Harm::longer, Harm::flipped);
  Bench bench;
  bench.seal_up_to(row.after);
  harm(bench.file(row.file), kind);
  CAPTURE(row.file, static_cast<int>(kind));
  refuse(bench.words(row.stage), kind == Harm::missing ? 66 : 65, {kName, row.word});
  REQUIRE_FALSE(fs::exists(bench.store() / "sealed" / kName));
}

TEST_CASE("bad input: PC1 sees data that is gone or changed", "[bad]") {
  for (const auto kind : {Harm::missing, Harm::shorter, Harm::longer, Harm::flipped}) {
    Bench bench;
    bench.seal_up_to("add-piece");
    harm(bench.file("unsealed/" + kName), kind);
    CAPTURE(static_cast<int>(kind));
    refuse(bench.words("pc1"), kind == Harm::missing ? 66 : 65, {kName, "seal-add-piece"});
  }
}

TEST_CASE("bad input: a harmed replica does not unseal", "[bad]") {
  Bench bench;
  bench.seal_up_to("pc2");
  harm(bench.file("sealed/" + kName), Harm::flipped);
  refuse(bench.words("unseal"), 65, {kName});
  REQUIRE_FALSE(fs::exists(bench.scratch("out")));
}

TEST_CASE("bad input: stages out of order", "[bad]") {
  Bench bench;
  refuse(bench.words("pc1"), 66, {kName, "seal-add-piece"});
  bench.seal_up_to("add-piece");
  refuse(bench.words("pc2"), 66, {kName, "seal-pc1"});
  refuse(bench.words("finalize"), 66, {kName, "seal-pc"});
}

TEST_CASE("bad input: the request itself", "[bad]") {
  Bench bench;
  bench.seal_up_to("add-piece");
  const auto root = bench.root();
  refuse(argv("pc1", root, {"--ticket", "00ff"}), 64, {"--ticket", "4 hex digits, want 64"});
  refuse(argv("pc1", root, {"--ticket", std::string(66, '0')}), 64, {"66 hex digits, want 64"});
  refuse(argv("pc1", root, {"--ticket", std::string(64, 'x')}), 64, {"hex digit"});
  refuse(argv("pc1", root, {}), 64, {"--ticket"});
  refuse(argv("pc1", root, {"--ticket", kTicket, kTicket}), 64, {"2 tickets"});
  refuse(argv("pc2", root, {"--no-such-option"}), 64, {"--no-such-option"});
  refuse({"seal-pc2", "--storage", root.string(), "--sector", "sector-7"}, 64, {"sector-7"});
  refuse(argv("add-piece", root, {"--proof-type", "20", "--cc"}), 64, {"proof type"});
  refuse(argv("add-piece", root, {"--proof-type", "StackedDrg3KiBV1", "--cc"}), 64,
         {"StackedDrg3KiBV1"});
  refuse(argv("pc2", root, {"--backend", "abacus"}), 64, {"abacus"});
}

TEST_CASE("bad input: pieces too large, misaligned, empty or short", "[bad]") {
  Bench bench;
  const auto piece = [&](const std::string& name, std::size_t bytes) {
    test::write(bench.scratch(name), std::string(bytes, 'a'));
    return bench.scratch(name).string();
  };
  const auto add = [&](std::vector<std::string> pieces) {
    std::vector<std::string> more{"--proof-type", "5"};
    for (const auto& one : pieces) more.insert(more.end(), {"--piece", one});
    return argv("add-piece", bench.root(), more);
  };
  refuse(add({piece("large", 2033)}), 64, {"large"});
  refuse(add({piece("a", 1016), piece("b", 1016), piece("c", 1)}), 64, {"2032"});
  refuse(add({piece("odd", 300) + ":300"}), 64, {"300"});
  refuse(add({piece("short", 100) + ":99"}), 64, {"99"});
  refuse(add({piece("empty", 0)}), 64, {"empty"});
  refuse(add({bench.scratch("none").string()}), 66, {"none"});
  REQUIRE_FALSE(fs::exists(bench.root() / "unsealed" / kName));
}

TEST_CASE("bad input: a stage that is done does nothing and says the same again", "[bad]") {
  Bench bench;
  bench.seal_up_to("pc2");
  const auto before = fs::last_write_time(bench.file("sealed/" + kName));
  for (const auto* stage : {"add-piece", "pc1", "pc2"}) {
    auto words = bench.words(stage);
    words.push_back("--json");
    const auto run = test::run(words);
    CAPTURE(stage, run.err);
    REQUIRE(run.code == 0);
    REQUIRE(run.json().at("comm_d").get<std::string>().size() == 64);
    REQUIRE(run.json().at("files").size() >= 1);
  }
  REQUIRE(fs::last_write_time(bench.file("sealed/" + kName)) == before);
}

TEST_CASE("bad input: another ticket does not throw a sealed sector away", "[bad]") {
  Bench bench;
  bench.seal_up_to("pc2");
  const auto before = test::read(bench.file("sealed/" + kName));
  refuse(argv("pc1", bench.root(), {"--ticket", std::string(64, '6')}), 64, {"--recalculate"});
  REQUIRE(test::read(bench.file("sealed/" + kName)) == before);
}

TEST_CASE("bad input: a manifest of another sector, or none at all", "[bad]") {
  Bench bench;
  bench.seal_up_to("add-piece");
  const auto manifest = bench.file("manifest/" + kName + ".h5");
  const auto other = argv("add-piece", bench.root(), {"--proof-type", "5", "--cc"});
  auto words = other;
  *std::find(words.begin(), words.end(), kName) = "s-t01000-3";
  REQUIRE(test::run(words).code == 0);
  fs::copy_file(bench.file("manifest/s-t01000-3.h5"), manifest,
                fs::copy_options::overwrite_existing);
  refuse(bench.words("pc1"), 65, {kName, "manifest"});
  test::write(manifest, "not HDF5");
  refuse(bench.words("pc1"), 65, {kName, "manifest"});
  test::write(manifest, "");
  refuse(bench.words("pc1"), 65, {kName, "manifest"});
}

TEST_CASE("bad input: a folder that cannot be written", "[bad]") {
  if (geteuid() == 0) {
    // root writes anywhere: a file where a folder must be has the same effect for it.
    Bench bench;
    test::write(bench.root(), "a file");
    refuse(argv("add-piece", bench.root(), {"--proof-type", "5", "--cc"}), 74, {"root"});
    return;
  }
  Bench bench;
  bench.seal_up_to("add-piece");
  fs::permissions(bench.root() / "cache", fs::perms::owner_read | fs::perms::owner_exec);
  refuse(bench.words("pc1"), 74, {kName});
  fs::permissions(bench.root() / "cache", fs::perms::owner_all);
}

TEST_CASE("bad input: no space left", "[bad][mount]") {
  test::Scratch scratch;
  const auto disk = scratch / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=20m") != 0) {
    WARN("skipped: this user may not mount a tmpfs");
    return;
  }
  const auto root = disk / "root";
  const auto add = argv("add-piece", root, {"--proof-type", "6", "--cc"});
  const auto first = test::run(add);
  CAPTURE(first.err);
  CHECK(first.code == 0);
  // 8 MiB of data are in; tree_d and two layers of 8 MiB are not going to fit in 20 MiB.
  const auto pc1 =
      argv("pc1", root, {"--ticket", kTicket, "--parents", (scratch / "parents").string()});
  const auto run = test::run(pc1);
  CAPTURE(run.err);
  CHECK(run.code == 74);
  CHECK(last_line(run.err).find("bytes") != std::string::npos);
  CHECK(last_line(run.err).find("free") != std::string::npos);
  REQUIRE(umount(disk.c_str()) == 0);
}
