#include "jobs/parent_cache/parent_cache.h"

#include <unistd.h>

#include <fstream>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/graph/graph.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"

using namespace sealyard;
namespace fs = std::filesystem;

namespace {

constexpr device::Share kShare{2, Backend::portable};

void flip_byte(const fs::path& path, std::uint64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const auto byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
  REQUIRE(file.flush());
}

std::vector<std::uint32_t> truth(const PorepConfig& porep, std::uint64_t first, std::uint64_t n) {
  std::vector<std::uint32_t> entries(n * graph::kDegree);
  graph::Graph(porep).generate(first, entries);
  return entries;
}

std::vector<std::uint32_t> copied(std::span<const std::uint32_t> entries) {
  return {entries.begin(), entries.end()};
}

}  // namespace

TEST_CASE("parent_cache: files have the published digests", "[parent_cache][bit-exact]") {
  const test::Scratch scratch;
  const auto proof = GENERATE(0u, 1u, 5u, 6u);
  const auto porep = registered_porep(proof);
  const auto made = parent_cache::make(scratch.path(), porep, kShare);
  CHECK_FALSE(made.found);
  CHECK(made.written.bytes == fs::file_size(made.path));
  CHECK(made.written.bytes == porep.nodes() * 56);
  CHECK(made.written.sha256 == graph::published_cache_digest(porep));
  CHECK(sector::digest(made.path).sha256 == made.written.sha256);
  CHECK(parent_cache::make(scratch.path(), porep, kShare).found);
}

TEST_CASE("parent_cache: the name is that of the reference", "[parent_cache]") {
  CHECK(parent_cache::cache_path("/p", registered_porep(5)) ==
        "/p/v28-sdr-parent-494d91dc80f2df5272c4b9e129bc7ade9405225993af9fe34e6542a39a47554b.cache");
}

TEST_CASE("parent_cache: only the bad block is made again", "[parent_cache]") {
  const test::Scratch scratch;
  const auto porep = registered_porep(6);  // four blocks
  const auto made = parent_cache::make(scratch.path(), porep, kShare);
  const auto block_bytes = parent_cache::kBlockNodes * graph::kEntryBytes;
  flip_byte(made.path, 3 * block_bytes + 17);

  SECTION("by verify") {
    CHECK(parent_cache::verify(scratch.path(), porep, kShare).repaired ==
          std::vector<std::uint64_t>{3});
    CHECK(parent_cache::verify(scratch.path(), porep, kShare).repaired.empty());
  }
  SECTION("while it is read") {
    auto parents = parent_cache::Parents::open_or_create(scratch.path(), porep, 2);
    for (std::uint64_t first = 0; first < porep.nodes(); first += 1 << 15)
      CHECK(copied(parents.block(first, 1 << 15)) == truth(porep, first, 1 << 15));
    CHECK(parents.repaired() == 1);
  }
  SECTION("without a record, by the graph") {
    fs::remove(parent_cache::record_path(made.path));
    CHECK(parent_cache::make(scratch.path(), porep, kShare).repaired ==
          std::vector<std::uint64_t>{3});
  }
  CHECK(sector::digest(made.path).sha256 == graph::published_cache_digest(porep));
}

TEST_CASE("parent_cache: a cache of another program is adopted when it is right",
          "[parent_cache]") {
  const test::Scratch scratch;
  const auto proof = GENERATE(5u, 10u);  // nobody published a digest for proof 10
  const auto porep = registered_porep(proof);
  const auto made = parent_cache::make(scratch.path(), porep, kShare);
  const auto record = parent_cache::record_path(made.path);
  const auto text = sector::read_file(record);
  fs::remove(record);
  const auto again = parent_cache::make(scratch.path(), porep, kShare);
  CHECK(again.found);
  CHECK(again.repaired.empty());
  CHECK(again.written.sha256 == made.written.sha256);
  CHECK(sector::read_file(record) == text);
}

TEST_CASE("parent_cache: damaged records are not believed", "[parent_cache]") {
  const test::Scratch scratch;
  const auto porep = registered_porep(5);
  const auto made = parent_cache::make(scratch.path(), porep, kShare);
  const auto record = parent_cache::record_path(made.path);
  const auto text = sector::read_file(record);
  flip_byte(record, text.size() / 2);
  auto parents = parent_cache::Parents::open_or_create(scratch.path(), porep, 1);
  CHECK(copied(parents.block(0, 64)) == truth(porep, 0, 64));
  CHECK(parents.repaired() == 0);
  CHECK(sector::read_file(record) == text);
}

TEST_CASE("parent_cache: a short cache is set aside and made again", "[parent_cache]") {
  const test::Scratch scratch;
  const auto porep = registered_porep(5);
  const auto made = parent_cache::make(scratch.path(), porep, kShare);
  fs::resize_file(made.path, 100);
  auto parents = parent_cache::Parents::open_or_create(scratch.path(), porep, 1);
  CHECK(copied(parents.block(0, 64)) == truth(porep, 0, 64));
  CHECK(fs::file_size(made.path.string() + ".bad") == 100);
  CHECK(sector::digest(made.path).sha256 == made.written.sha256);
}

TEST_CASE("parent_cache: ranges over blocks, computed and from the file", "[parent_cache]") {
  const test::Scratch scratch;
  const auto porep = registered_porep(6);
  auto file = parent_cache::Parents::open_or_create(scratch.path(), porep, 2);
  auto computed = parent_cache::Parents::computed(porep, 2);
  CHECK(file.text().find("proven") != std::string::npos);
  CHECK(computed.text().starts_with("computed"));
  const auto edge = parent_cache::kBlockNodes;
  const std::pair<std::uint64_t, std::uint64_t> ranges[] = {
      {0, 1}, {edge - 1, 2}, {edge - 5, 2 * edge}, {porep.nodes() - 1, 1}, {7, 0}, {0, edge}};
  for (const auto& [first, count] : ranges) {
    CAPTURE(first, count);
    const auto want = truth(porep, first, count);
    CHECK(copied(file.block(first, count)) == want);
    CHECK(copied(computed.block(first, count)) == want);
  }
  CHECK_THROWS_AS(file.block(porep.nodes(), 1), Error);
  CHECK_THROWS_AS(file.block(1, porep.nodes()), Error);
}

TEST_CASE("parent_cache: where no file can be made, parents are computed", "[parent_cache]") {
  const test::Scratch scratch;
  const auto porep = registered_porep(5);
  std::ofstream(scratch.path() / "file") << "not a folder";
  auto parents = parent_cache::Parents::open_or_create(scratch.path() / "file", porep, 1);
  CHECK(parents.text().starts_with("computed"));
  CHECK(copied(parents.block(0, 64)) == truth(porep, 0, 64));
}

TEST_CASE("parent_cache: a stopped maker leaves no cache", "[parent_cache]") {
  const test::Scratch scratch;
  const auto porep = registered_porep(6);
  const auto stop = [](std::uint64_t done, std::uint64_t) {
    if (done > 0) throw Error(Fault::busy, "stopped");
  };
  CHECK_THROWS_AS(parent_cache::make(scratch.path(), porep, {1, Backend::portable}, stop), Error);
  for (const auto& entry : fs::directory_iterator(scratch.path()))
    CHECK(entry.path().extension() == ".lock");
  CHECK_FALSE(parent_cache::make(scratch.path(), porep, kShare).found);
}
