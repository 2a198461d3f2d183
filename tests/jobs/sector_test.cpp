// The rules for files of a sector: names, sizes, locks, whole or absent, records.
#include <sys/wait.h>
#include <unistd.h>

#include "jobs/sector/folder.h"
#include "jobs/sector/layer_memory.h"
#include "jobs/sector/layer_record.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/mapping.h"
#include "jobs/sector/output.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/files.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;
using test::Scratch;
using tests::files_below;
using tests::slurp;
using tests::spill;

namespace {

const SectorId kId{1000, 7};

Fault fault_of(const std::function<void()>& call, std::string& text) {
  try {
    call();
  } catch (const Error& error) {
    text = error.what();
    CHECK(text.find('\n') == std::string::npos);
    return error.fault();
  }
  FAIL("no Error");
  return Fault::internal;
}
Fault fault_of(const std::function<void()>& call) {
  std::string text;
  return fault_of(call, text);
}

std::vector<std::uint8_t> pattern(std::size_t bytes) {
  std::vector<std::uint8_t> data(bytes);
  for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return data;
}

// A folder on the disk with a lock on it.
struct Locked {
  Scratch scratch;
  sector::Folder folder{scratch.path(), kId, registered_porep(5)};
  std::optional<sector::Lock> lock;
  Locked() {
    folder.create();
    lock.emplace(folder, "test");
  }
};

}  // namespace

TEST_CASE("sector: ids are written as lotus writes them and read back", "[sector]") {
  CHECK(kId.text() == "s-t01000-7");
  CHECK(parse_sector_id("s-t01000-7") == kId);
  CHECK(parse_sector_id("s-f01000-7") == kId);
  const SectorId big{18446744073709551615u, 18446744073709551615u};
  CHECK(parse_sector_id(big.text()) == big);
  for (const auto* bad : {"", "s-t01000", "s-t01000-", "t01000-7", "s-t1000-7", "s-t01000-07",
                          "s-t01000-7x", "s-t01000-18446744073709551616", "s-t01000--7"})
    CHECK_THROWS_AS(parse_sector_id(bad), Error);
}

TEST_CASE("sector: file names and lengths are those of the reference", "[sector][bit-exact]") {
  for (const auto& c : vectors::seal_cases(32 << 10)) {
    CAPTURE(c.name);
    const sector::Folder folder("/root", {c.miner, c.sector}, c.config);
    std::map<std::string, std::optional<std::uint64_t>> ours;
    const auto add = [&](const sector::File& file) {
      CHECK(file.path.parent_path() == folder.cache());
      ours[file.path.filename().string()] = file.bytes;
    };
    for (const auto& list : {folder.layers(), folder.tree_c(), folder.tree_r_last()})
      for (const auto& file : list) add(file);
    for (const auto& file : {folder.tree_d(), folder.p_aux(), folder.t_aux()}) add(file);
    const auto& theirs = c.json.at("cache_after_pc2");
    for (const auto& [name, entry] : theirs.items()) {
      CAPTURE(name);
      if (name == "syn-porep-vanilla-proofs.dat") {
        CHECK(folder.synthetic().bytes == entry.at("bytes").get<std::uint64_t>());
        continue;
      }
      REQUIRE(ours.count(name) == 1);
      CHECK(ours[name].value_or(entry.at("bytes")) == entry.at("bytes").get<std::uint64_t>());
    }
    if (c.config.feature != PorepFeature::synthetic) CHECK(ours.size() == theirs.size());
  }
}

TEST_CASE("sector: lengths of the large sizes", "[sector]") {
  const sector::Folder folder("/root", kId, registered_porep(8));
  CHECK(folder.layers().size() == 11);
  CHECK(folder.tree_d().bytes == 68719476704u);
  CHECK(folder.tree_c().size() == 8);
  CHECK(folder.tree_c()[7].bytes == 4908534048u);
  CHECK(folder.tree_c()[7].path.filename() == "sc-02-data-tree-c-7.dat");
  CHECK(folder.tree_r_last()[0].bytes == 9586976u);
  CHECK(folder.synthetic().bytes == 11205083232u);
}

TEST_CASE("sector: a file that does not fit is a fault that names it", "[sector]") {
  Locked at;
  const auto file = at.folder.layer(2);
  std::string text;
  CHECK_FALSE(at.folder.has(file));
  CHECK(fault_of([&] { at.folder.require(file); }, text) == Fault::missing);
  CHECK(text == "layer 2 is missing: " + file.path.string() + "; rerun seal-pc1");
  for (const auto bytes : {2047u, 2049u}) {
    spill(file.path, std::string(bytes, 'x'));
    CHECK(fault_of([&] { at.folder.require(file); }, text) == Fault::corrupt);
    CHECK(text.find(fmt::format("layer 2 is {} bytes, want 2048", bytes)) != text.npos);
  }
  spill(file.path, "");
  CHECK(fault_of([&] { at.folder.require(file); }) == Fault::corrupt);
  spill(file.path, std::string(2048, 'x'));
  at.folder.require(file);
  CHECK(sector::Mapping::read(at.folder, file).nodes().size() == 64);
  std::filesystem::remove(file.path);
  std::filesystem::create_directory(file.path);
  CHECK(fault_of([&] { at.folder.require(file); }) == Fault::corrupt);
}

TEST_CASE("sector: the free space is checked before anything is written", "[sector]") {
  Scratch scratch;
  sector::require_space(scratch.path(), 1);
  std::string text;
  CHECK(fault_of([&] { sector::require_space(scratch.path(), std::uint64_t{1} << 62); }, text) ==
        Fault::io);
  CHECK(text.find("needs 4611686018427387904 bytes, ") == 0);
  CHECK(text.find(scratch.path().string()) != text.npos);
}

TEST_CASE("sector: one process holds the lock, and its name is told to the other", "[sector]") {
  Locked at;
  std::string text;
  CHECK(fault_of([&] { sector::Lock(at.folder, "second"); }, text) == Fault::busy);
  CHECK(text.find("in use by test; lock ") == 0);
  at.lock->check();
  at.lock.reset();
  CHECK(slurp(at.folder.lock()).empty());
  sector::Lock(at.folder, "third").check();
}

TEST_CASE("sector: the lock of a killed process is free again", "[sector]") {
  Scratch scratch;
  const sector::Folder folder(scratch.path(), kId, registered_porep(5));
  folder.create();
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const auto child = ::fork();
  if (child == 0) {
    const sector::Lock lock(folder, "killed one");
    [[maybe_unused]] const auto told = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(fault_of([&] { sector::Lock(folder, "second"); }) == Fault::busy);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  sector::Lock(folder, "second").check();
}

TEST_CASE("sector: a replaced or rewritten lock stops the commit", "[sector]") {
  Locked at;
  const auto target = at.folder.sealed();
  SECTION("replaced") {
    std::filesystem::remove(at.folder.lock());
    spill(at.folder.lock(), "test\n");
  }
  SECTION("rewritten") { spill(at.folder.lock(), "other\n"); }
  SECTION("removed") { std::filesystem::remove(at.folder.lock()); }
  sector::MappedOutput output(at.folder, target);
  CHECK(fault_of([&] { output.commit(&*at.lock); }) == Fault::busy);
  CHECK_FALSE(std::filesystem::exists(target.path));
}

TEST_CASE("sector: an output appears whole, with its digest", "[sector]") {
  Locked at;
  const auto data = pattern(3 << 20);
  const auto target = at.folder.sealed().path;
  const auto temporary = at.folder.temporary(target);
  {
    sector::Output output(target, temporary, {});
    output.write(std::span(data).first(1000));
    output.write(std::span(data).subspan(1000));
    output.write_zeros(5000);
    CHECK_FALSE(std::filesystem::exists(target));
    const auto written = output.commit(&*at.lock);
    auto whole = data;
    whole.resize(whole.size() + 5000);
    CHECK(written.bytes == whole.size());
    CHECK(to_hex(written.sha256) == vectors::sha256(std::span<const std::uint8_t>(whole)));
    CHECK(slurp(target) == std::string(whole.begin(), whole.end()));
    CHECK(sector::digest(target).sha256 == written.sha256);
  }
  CHECK_FALSE(std::filesystem::exists(temporary.parent_path()));
}

TEST_CASE("sector: an output that is not finished leaves nothing", "[sector]") {
  Locked at;
  const auto before = files_below(at.scratch.path());
  const auto target = at.folder.layer(1);
  {
    sector::Output output(target.path, at.folder.temporary(target.path), {.expected_bytes = 2048});
    output.write(pattern(2048));
    sector::MappedOutput mapped(at.folder, target);
    CHECK(files_below(at.scratch.path()) != before);
  }
  CHECK(files_below(at.scratch.path()) == before);
  sector::Output output(target.path, at.folder.temporary(target.path), {.expected_bytes = 2048});
  output.write(pattern(2047));
  CHECK(fault_of([&] { output.commit(&*at.lock); }) == Fault::internal);
}

TEST_CASE("sector: room that is not there is an error before the first byte", "[sector]") {
  Locked at;
  const auto target = at.folder.layer(1).path;
  const auto huge = std::uint64_t{1} << 60;
  std::string text;
  CHECK(fault_of([&] { sector::MappedOutput(target, at.folder.temporary(target), huge); }, text) ==
        Fault::io);
  CHECK(text.find("1152921504606846976 bytes") != text.npos);
  CHECK(files_below(at.scratch.path()) == std::set<std::string>{"work/s-t01000-7/lock"});
}

TEST_CASE("sector: a kept output goes on after its last checkpoint", "[sector]") {
  Locked at;
  const auto data = pattern(1 << 20);
  const auto target = at.folder.layer(1).path, part = at.folder.layer_in_progress(1);
  sector::Written kept;
  {
    sector::Output output(target, part, {.expected_bytes = data.size(), .keep = true});
    output.write(std::span(data).first(70000));
    kept = output.sync();
    output.write(std::span(data).subspan(70000, 5000));  // behind the checkpoint: lost
  }
  CHECK(kept.bytes == 70000);
  REQUIRE(std::filesystem::exists(part));
  SECTION("whole") {
    auto output =
        sector::Output::resume(target, part, kept, {.expected_bytes = data.size(), .keep = true});
    CHECK(output.bytes() == 70000);
    output.write(std::span(data).subspan(70000));
    const auto written = output.commit(&*at.lock);
    CHECK(to_hex(written.sha256) == vectors::sha256(std::span<const std::uint8_t>(data)));
    CHECK(slurp(target) == std::string(data.begin(), data.end()));
  }
  SECTION("one byte changed") {
    auto bytes = slurp(part);
    bytes[500] ^= 1;
    spill(part, bytes);
    CHECK(fault_of([&] { sector::Output::resume(target, part, kept, {}); }) == Fault::corrupt);
    CHECK(std::filesystem::exists(part));
  }
  SECTION("cut short") {
    std::filesystem::resize_file(part, 69999);
    CHECK(fault_of([&] { sector::Output::resume(target, part, kept, {}); }) == Fault::corrupt);
  }
}

TEST_CASE("sector: what a dead attempt left is cleared, checkpoints stay", "[sector]") {
  Locked at;
  const auto root = at.scratch.path();
  spill(at.folder.work() / "attempt-n03-17" / "sc-02-data-tree-d.dat", "x");
  spill(at.folder.cache() / "sc-02-data-layer-1..tmp", "x");
  spill(root / "sealed" / ".s-t01000-7.part", "x");
  spill(root / "sealed" / "s-t01000-8", "x");
  spill(at.folder.layer_in_progress(1), std::string(320, 'x'));
  spill(at.folder.layer_in_progress(2), std::string(320, 'x'));
  sector::LayerRecord record;
  record.layer = 2;
  record.nodes = 10;
  record.written = {320, Node{}};
  sector::write(at.folder, record, *at.lock);
  at.folder.clear_dead_attempts(*at.lock);
  CHECK(files_below(root) ==
        std::set<std::string>{"sealed/s-t01000-8", "work/s-t01000-7/layer-2.json",
                              "work/s-t01000-7/layer-2.part", "work/s-t01000-7/lock"});
}

TEST_CASE("sector: folders that cannot be made are an input-output fault", "[sector]") {
  Scratch scratch;
  spill((scratch.path() / "file"), "x");
  const sector::Folder folder((scratch.path() / "file"), kId, registered_porep(5));
  CHECK(fault_of([&] { folder.create(); }) == Fault::io);
}

TEST_CASE("sector: layers lie in huge pages all of them or none", "[sector]") {
  const Scratch scratch;
  const auto reserve = [&](const std::string& size, const std::string& free) {
    std::filesystem::create_directories(scratch / size);
    spill(scratch / size / "free_hugepages", free + "\n");
  };
  const std::vector<std::uint64_t> nodes{1 << 16, 1 << 16, 100};  // 2 MiB, 2 MiB and a little
  const auto take = [&](sector::Pages pages) {
    return sector::take_layers(nodes, pages, scratch.path());
  };
  const auto check = [&](sector::Layers layers) {
    REQUIRE(layers.memory.size() == nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      REQUIRE(layers.memory[i].nodes().size() == nodes[i]);
      layers.memory[i].nodes().back() = Node{{1}};
      REQUIRE(layers.memory[i].nodes().front() == Node{});
    }
  };
  check(take(sector::Pages::automatic));
  CHECK(take(sector::Pages::automatic).text == "ordinary pages (none reserved)");
  reserve("hugepages-2048kB", "2");  // one too few
  CHECK(take(sector::Pages::automatic).text == "ordinary pages (2 of 2048 KiB free, 3 wanted)");
  std::string text;
  CHECK(fault_of([&] { take(sector::Pages::huge); }, text) == Fault::configuration);
  CHECK(text.find("2 of 2048 KiB free, 3 wanted") != text.npos);
  CHECK(take(sector::Pages::ordinary).text == "ordinary pages (asked for)");
  // Said to be free: whether the system then gives them or not, they are all of one kind.
  reserve("hugepages-2048kB", "1000");
  reserve("hugepages-1048576kB", "2");
  auto layers = take(sector::Pages::automatic);
  CAPTURE(layers.text);
  CHECK(layers.huge == layers.text.starts_with("huge pages: "));
  CHECK(layers.text.find("2 of 1048576 KiB free, 3 wanted, 1000 of 2048 KiB free, 3 wanted") !=
        std::string::npos);
  check(std::move(layers));
}
