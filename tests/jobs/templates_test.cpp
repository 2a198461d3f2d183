#include "jobs/templates/templates.h"

#include <sys/stat.h>

#include <fstream>

#include "jobs/sector/folder.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"

using namespace sealyard;
using templates::Check;
using templates::Kind;
namespace fs = std::filesystem;

namespace {

// By force: templates are read-only, and root writes anyway.
void flip_byte(const fs::path& path, std::uint64_t at) {
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const auto byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
  REQUIRE(file.flush());
}

std::uint64_t inode(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_ino;
}

}  // namespace

TEST_CASE("templates: the files are those of the reference's CC sector", "[templates][bit-exact]") {
  const test::Scratch root;
  const auto porep = registered_porep(5);
  const auto unsealed = templates::make(root.path(), Kind::unsealed, porep);
  const auto tree_d = templates::make(root.path(), Kind::tree_d, porep);
  CHECK_FALSE(unsealed.found);
  const fs::path reference = SEALYARD_VECTORS "/seal/2k-cc-v1_1";
  CHECK(unsealed.written.sha256 == sector::digest(reference / "unsealed").sha256);
  CHECK(tree_d.written.sha256 == sector::digest(reference / "cache/sc-02-data-tree-d.dat").sha256);
  CHECK(sector::digest(templates::path(root.path(), Kind::tree_d, porep)).sha256 ==
        tree_d.written.sha256);
  CHECK(templates::make(root.path(), Kind::tree_d, porep, Check::full).found);
}

TEST_CASE("templates: a wrong one is set aside and made again", "[templates]") {
  const test::Scratch root;
  const auto porep = registered_porep(6);
  const auto kind = GENERATE(Kind::unsealed, Kind::tree_d);
  const auto made = templates::make(root.path(), kind, porep);
  const auto path = templates::path(root.path(), kind, porep);

  SECTION("a flipped byte") { flip_byte(path, 4321); }
  SECTION("a byte short") {
    fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
    fs::resize_file(path, made.written.bytes - 1);
  }
  CHECK_FALSE(templates::find(root.path(), kind, porep));
  CHECK(fs::exists(path.string() + ".bad"));
  const auto again = templates::make(root.path(), kind, porep);
  CHECK_FALSE(again.found);
  CHECK(sector::digest(path).sha256 == made.written.sha256);
}

TEST_CASE("templates: a flipped byte whose time was set back is found by the full check",
          "[templates]") {
  const test::Scratch root;
  const auto porep = registered_porep(5);
  templates::make(root.path(), Kind::unsealed, porep);
  const auto path = templates::path(root.path(), Kind::unsealed, porep);
  const auto time = fs::last_write_time(path);
  flip_byte(path, 3);
  fs::last_write_time(path, time);
  CHECK(templates::find(root.path(), Kind::unsealed, porep));
  const auto made = templates::make(root.path(), Kind::unsealed, porep, Check::full);
  CHECK(made.was_bad);
  CHECK_FALSE(made.found);
}

TEST_CASE("templates: touched but right is read and recorded again", "[templates]") {
  const test::Scratch root;
  const auto porep = registered_porep(5);
  templates::make(root.path(), Kind::tree_d, porep);
  const auto path = templates::path(root.path(), Kind::tree_d, porep);
  const auto record = sector::read_file(path.string() + ".sha256");
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::hours(1));
  CHECK(templates::find(root.path(), Kind::tree_d, porep));
  CHECK(sector::read_file(path.string() + ".sha256") != record);
}

TEST_CASE("templates: a sector gets the file without copying, the template outlives it",
          "[templates]") {
  const test::Scratch root;
  const auto porep = registered_porep(5);
  const auto made = templates::make(root.path(), Kind::tree_d, porep);
  const auto from = templates::path(root.path(), Kind::tree_d, porep);
  const auto target = root.path() / "cache.dat", temporary = root.path() / "x.part";
  const auto how =
      templates::place(root.path(), Kind::tree_d, porep, made.written, target, temporary, nullptr);
  CHECK((how == templates::How::reflink || inode(target) == inode(from)));
  CHECK(sector::digest(target).sha256 == made.written.sha256);
  // Again over the same name, where both are already one file.
  templates::place(root.path(), Kind::tree_d, porep, made.written, target, temporary, nullptr);
  CHECK_FALSE(fs::exists(temporary));
  fs::remove(target);
  CHECK(templates::find(root.path(), Kind::tree_d, porep, Check::full));
}

TEST_CASE("templates: a stopped maker leaves no template", "[templates]") {
  const test::Scratch root;
  const auto porep = registered_porep(6);
  const auto stop = [](std::uint64_t, std::uint64_t) { throw Error(Fault::busy, "stopped"); };
  CHECK_THROWS_AS(templates::make(root.path(), Kind::tree_d, porep, Check::quick, stop), Error);
  CHECK_FALSE(fs::exists(templates::path(root.path(), Kind::tree_d, porep)));
}
