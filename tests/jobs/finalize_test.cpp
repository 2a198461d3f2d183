// seal-finalize: what stays, what goes, and that no kill loses the only copy.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "jobs/sector/manifest.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/jobs/files.h"
#include "tests/jobs/program.h"
#include "tests/jobs/sealed_sector.h"
#include "tests/vectors.h"

using namespace sealyard;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

// A storing folder on another file system, where this host has one.
class OtherDisk {
 public:
  OtherDisk() {
    auto name = std::string("/dev/shm/sealyard-test-XXXXXX");
    if (::mkdtemp(name.data())) path_ = name;
  }
  ~OtherDisk() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  bool differs_from(const fs::path& other) const {
    struct stat a {
    }, b{};
    return !path_.empty() && ::stat(path_.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 &&
           a.st_dev != b.st_dev;
  }

 private:
  fs::path path_;
};

struct Sealed {
  test::Scratch scratch;
  vectors::Case reference;
  fs::path store;
  sector::Folder folder;

  explicit Sealed(const std::string& name = "2k-data-v1_1", fs::path to = {})
      : reference(vectors::seal_case(name)),
        store(to.empty() ? scratch / "store" : to),
        folder(test::put_sealed_sector(scratch / "root", reference)) {}

  Words words(const Words& more = {}) const {
    Words list{"seal-finalize", "--storage", folder.root().string(), "--sector",
               folder.name(),   "--to",      store.string()};
    list.insert(list.end(), more.begin(), more.end());
    return list;
  }
  void require(const Words& argv, int code, const std::string& says = "") const {
    const auto run = test::run(argv);
    CAPTURE(run.out, run.err);
    REQUIRE(run.code == code);
    REQUIRE(test::last_line(run.err).find(says) != std::string::npos);
  }

  // Names the store must hold, with the reference's bytes.
  std::set<std::string> kept(bool unsealed) const {
    std::set<std::string> names{"sealed/" + folder.name(), "manifest/" + folder.name() + ".h5"};
    for (const auto& [name, entry] : reference.json.at("cache_after_pc2").items()) {
      const bool cleared = name.find("layer") != name.npos || name.find("tree-c") != name.npos ||
                           name.find("tree-d") != name.npos;
      if (!cleared) names.insert("cache/" + folder.name() + "/" + name);
    }
    if (unsealed) names.insert("unsealed/" + folder.name());
    return names;
  }
  std::set<std::string> in_store() const {
    auto names = tests::files_below(store);
    std::erase_if(names, [](const auto& name) { return name.starts_with("work/"); });
    return names;
  }
  void require_stored(bool unsealed) const {
    CHECK(in_store() == kept(unsealed));
    for (const auto& name : kept(unsealed)) {
      CAPTURE(name);
      const auto part = name.substr(0, name.find('/'));
      if (part == "manifest") continue;
      const auto from = part == "cache" ? "cache/" + fs::path(name).filename().string() : part;
      CHECK(test::read(store / name) == test::text_of(vectors::bytes(reference.path(from))));
    }
    const sector::Folder there(store, folder.id(), folder.porep());
    const auto manifest = sector::read_manifest(there);
    CHECK(manifest.comm_r == reference.comm_r);
    CHECK(manifest.stage("finalize") != nullptr);
    CHECK(manifest.stage("pc2") != nullptr);
  }
  void require_source_gone() const {
    for (const auto& name : tests::files_below(folder.root())) {
      CAPTURE(name);
      CHECK(name.starts_with("work/"));
    }
  }
};

}  // namespace

TEST_CASE("finalize: trims and moves on one file system", "[finalize]") {
  for (const auto* name : {"2k-data-v1_1", "32k-raw", "2k-data-synth"})
    for (const bool unsealed : {false, true}) {
      CAPTURE(name, unsealed);
      Sealed sealed(name);
      const auto argv = sealed.words(unsealed ? Words{"--keep-unsealed"} : Words{});
      sealed.require(argv, 0);
      sealed.require_stored(unsealed);
      sealed.require_source_gone();
      sealed.require(argv, 0);  // finished already: the same again
      sealed.require_stored(unsealed);
    }
}

TEST_CASE("finalize: copies to another file system", "[finalize]") {
  OtherDisk disk;
  Sealed sealed("32k-raw", disk.path() / "store");
  if (!disk.differs_from(sealed.scratch.path())) {
    WARN("skipped: this host has one file system only");
    return;
  }
  const auto argv = sealed.words({"--keep-unsealed"});
  sealed.require(argv, 0);
  sealed.require_stored(true);
  sealed.require_source_gone();
  sealed.require(argv, 0);
  CHECK_FALSE(fs::exists(sealed.store / "work"));
}

TEST_CASE("finalize: into its own folder, it only trims", "[finalize]") {
  Sealed sealed;
  const auto root = sealed.folder.root().string();
  sealed.require({"seal-finalize", "--storage", root, "--sector", sealed.folder.name(), "--to",
                  root, "--keep-unsealed"},
                 0);
  sealed.store = root;
  sealed.require_stored(true);
}

TEST_CASE("finalize: the synthetic proof file stays until it is cleared", "[finalize]") {
  Sealed sealed("2k-data-synth");
  sealed.require(sealed.words(), 0);
  const auto proofs =
      sealed.store / "cache" / sealed.folder.name() / "syn-porep-vanilla-proofs.dat";
  CHECK(fs::exists(proofs));
  sealed.require(sealed.words({"--clear-synthetic"}), 0);
  CHECK_FALSE(fs::exists(proofs));
  Sealed without("2k-data-synth");
  fs::remove(without.folder.synthetic().path);
  without.require(without.words(), 66, "synthetic proof file is missing");
}

TEST_CASE("finalize: harmed files stay where they are", "[finalize]") {
  Sealed sealed;
  const auto harm = [&](const fs::path& path) {
    auto bytes = test::read(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    test::write(path, bytes);
  };
  SECTION("replica") {
    harm(sealed.folder.sealed().path);
    sealed.require(sealed.words(), 65, "replica has SHA-256");
  }
  SECTION("p_aux") {
    harm(sealed.folder.p_aux().path);
    sealed.require(sealed.words(), 65, "p_aux has SHA-256");
  }
  SECTION("tree_r_last short") {
    fs::resize_file(sealed.folder.tree_r_last()[0].path, 31);
    sealed.require(sealed.words(), 65, "tree_r_last is 31 bytes, want 32");
  }
  SECTION("t_aux missing") {
    fs::remove(sealed.folder.t_aux().path);
    sealed.require(sealed.words(), 66, "t_aux is missing");
  }
  SECTION("no PC2") {
    auto manifest = sector::read_manifest(sealed.folder);
    manifest.comm_r.reset();
    sector::write_manifest(sealed.folder.manifest(), manifest);
    sealed.require(sealed.words(), 66, "run seal-pc2 first");
  }
  SECTION("manifest of another sector") {
    auto manifest = sector::read_manifest(sealed.folder);
    manifest.id.number += 1;
    sector::write_manifest(sealed.folder.manifest(), manifest);
    sealed.require(sealed.words(), 65, "is the manifest of s-t01000-3, want s-t01000-2");
  }
  CHECK(fs::exists(sealed.folder.layer(1).path));
  CHECK(fs::exists(sealed.folder.tree_d().path));
  CHECK_FALSE(fs::exists(sealed.store / "sealed" / sealed.folder.name()));
}

TEST_CASE("finalize: harm on the way to another file system is seen", "[finalize]") {
  OtherDisk disk;
  Sealed sealed("2k-data-v1_1", disk.path() / "store");
  if (!disk.differs_from(sealed.scratch.path())) return;
  auto bytes = test::read(sealed.folder.sealed().path);
  bytes[7] = static_cast<char>(bytes[7] ^ 1);
  test::write(sealed.folder.sealed().path, bytes);
  sealed.require(sealed.words(), 65, "replica has SHA-256");
  CHECK_FALSE(fs::exists(sealed.store / "sealed" / sealed.folder.name()));
  CHECK(fs::exists(sealed.folder.tree_d().path));
}

TEST_CASE("finalize: a place taken by other files is left alone", "[finalize]") {
  Sealed sealed;
  const auto target = sealed.store / "sealed" / sealed.folder.name();
  tests::spill(target, std::string(2048, 'x'));
  sealed.require(sealed.words(), 65, "is taken by other files");
  CHECK(test::read(target) == std::string(2048, 'x'));
  CHECK(fs::exists(sealed.folder.sealed().path));
}

TEST_CASE("finalize: a second target is refused, an unknown sector is missing", "[finalize]") {
  Sealed sealed;
  sealed.require(sealed.words(), 0);
  sealed.require({"seal-finalize", "--storage", sealed.folder.root().string(), "--sector",
                  sealed.folder.name(), "--to", (sealed.scratch / "other").string()},
                 64, "already moved to");
  sealed.require({"seal-finalize", "--storage", sealed.folder.root().string(), "--sector",
                  "s-t01000-99", "--to", sealed.store.string()},
                 66, "no manifest");
}

TEST_CASE("finalize: killed again and again, both ends together always hold the sector",
          "[finalize][kill]") {
  std::mt19937 rng(7);
  OtherDisk disk;
  unsigned number = 0;
  for (const bool copy : {false, true}) {
    for (unsigned round = 0; round < 6; ++round) {
      Sealed sealed("32k-raw", copy ? disk.path() / std::to_string(++number) : fs::path());
      if (copy && !disk.differs_from(sealed.scratch.path())) return;
      const auto sealed_bytes = test::text_of(vectors::bytes(sealed.reference.path("sealed")));
      const auto argv = sealed.words({"--keep-unsealed"});
      for (unsigned attempt = 0; attempt < 4; ++attempt) {
        test::Process process(argv);
        ::usleep(std::uniform_int_distribution<useconds_t>(1000, 60000)(rng));
        process.signal(attempt % 2 ? SIGTERM : SIGKILL);
        process.wait();
        const auto there = sealed.store / "sealed" / sealed.folder.name();
        const auto one = fs::exists(there) ? there : sealed.folder.sealed().path;
        REQUIRE(test::read(one) == sealed_bytes);
        const auto manifest = sealed.store / "manifest" / (sealed.folder.name() + ".h5");
        REQUIRE((fs::exists(manifest) || fs::exists(sealed.folder.manifest())));
      }
      sealed.require(argv, 0);
      sealed.require_stored(true);
      sealed.require_source_gone();
    }
  }
}
