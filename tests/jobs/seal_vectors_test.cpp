// The stage programs against the reference's bytes: every case of tests/vectors/seal goes from its
// pieces to CommR and the proofs of C1. One rank, several ranks, and the sizes without a registered
// proof.
#include <map>

#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/gpu.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

std::string digest_of(std::string_view bytes) {
  return vectors::sha256(
      std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

class Sealed {
 public:
  Sealed(const vectors::Case& reference, unsigned ranks)
      : reference_(reference),
        ranks_(ranks),
        name_(SectorName(reference)),
        recorded_("out/" + reference.name + "/cache") {}

  void add_piece() {
    std::vector<std::string> argv{"seal-add-piece"};
    if (reference_.config.registered) {
      append(argv, {"--proof-type", std::to_string(*reference_.config.registered)});
    } else {
      append(argv, {"--porep-id", to_hex(reference_.config.porep_id), "--sector-size",
                    std::to_string(reference_.config.sector_bytes), "--api-version",
                    std::string(text(reference_.config.api))});
    }
    const bool empty = reference_.pieces.size() == 1 && reference_.pieces[0].label.empty();
    if (empty) argv.push_back("--cc");
    for (std::size_t i = 0; !empty && i < reference_.pieces.size(); ++i) {
      const auto file = scratch_ / ("piece-" + std::to_string(i));
      const auto data = reference_.pieces[i].data();
      test::write(file, {data.begin(), data.end()});
      append(argv, {"--piece", file.string()});
    }
    run(argv, 1);
  }

  void pc1() {
    std::vector<std::string> argv{"seal-pc1", "--ticket", to_hex(reference_.ticket), "--parents",
                                  (scratch_ / "parents").string()};
    if (reference_.config.registered) append(argv, {"--pc1-json", (scratch_ / "pc1").string()});
    run(argv, ranks_);
  }

  void pc2(const std::vector<std::string>& how) {
    std::vector<std::string> argv{"seal-pc2"};
    append(argv, how);
    if (reference_.config.registered) append(argv, {"--pc2-json", (scratch_ / "pc2").string()});
    run(argv, ranks_);
  }

  /// The JSON of the reference's seed.
  std::string c1() {
    run({"seal-c1", "--seed", to_hex(reference_.seed), "--out", (scratch_ / "c1").string()}, 1);
    return scratch("c1");
  }

  void run(std::vector<std::string> argv, unsigned ranks) {
    append(argv,
           {"--storage", root(), "--sector", name_, "--recorded-cache-path", recorded_, "--json"});
    const auto run = ranks == 1 ? test::run(argv) : test::mpiexec(ranks, argv);
    CAPTURE(argv, run.err);
    REQUIRE(run.code == 0);
    last_ = run.json();
  }

  std::string root() const { return (scratch_ / "root").string(); }
  std::string cache(const std::string& file) const {
    return root() + "/cache/" + name_ + "/" + file;
  }
  std::string file(const std::string& kind) const { return root() + "/" + kind + "/" + name_; }
  std::string digest(const std::string& path) const { return digest_of(test::read(path)); }
  std::string scratch(const std::string& name) const { return test::read(scratch_ / name); }
  std::string commitment(const std::string& which) const { return last_.at(which); }

 private:
  static std::string SectorName(const vectors::Case& c) {
    return "s-t0" + std::to_string(c.miner) + "-" + std::to_string(c.sector);
  }
  static void append(std::vector<std::string>& to, const std::vector<std::string>& words) {
    to.insert(to.end(), words.begin(), words.end());
  }

  vectors::Case reference_;
  unsigned ranks_;
  std::string name_, recorded_;
  test::Scratch scratch_;
  nlohmann::json last_;
};

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

// Every file that the reference left after PC2, no other, with its digest.
void require_reference_cache(const vectors::Case& reference, const Sealed& sealed) {
  const auto& files = reference.json.at("cache_after_pc2");
  for (const auto& [file, want] : files.items()) {
    CAPTURE(file);
    REQUIRE(sealed.digest(sealed.cache(file)) == want.at("sha256").get<std::string>());
  }
  REQUIRE(files_in(sealed.cache("")) == files.size());
}

// Without a registered proof the reference gives the proofs alone.
void require_reference_c1(const vectors::Case& reference, const std::string& json) {
  if (reference.config.registered) {
    REQUIRE(json.size() == reference.json.at("c1_json_bytes").get<std::size_t>());
    REQUIRE(digest_of(json) == reference.json.at("c1_json_sha256").get<std::string>());
    return;
  }
  const auto key = "\"" + reference.config.size_key() + "\":";
  const auto begin = json.find(key) + key.size(), end = json.find("},\"comm_r\":");
  REQUIRE(digest_of(std::string_view(json).substr(begin, end - begin)) ==
          reference.json.at("vanilla_json_sha256").get<std::string>());
}

/// @param how  options of seal-pc2.
void seal_and_compare(const vectors::Case& reference, unsigned ranks,
                      const std::vector<std::string>& how = {}) {
  CAPTURE(reference.name, ranks, how);
  Sealed sealed(reference, ranks);
  sealed.add_piece();
  REQUIRE(sealed.digest(sealed.file("unsealed")) ==
          reference.json.at("unsealed").at("sha256").get<std::string>());
  REQUIRE(sealed.commitment("comm_d") == to_hex(reference.comm_d));
  sealed.pc1();
  REQUIRE(sealed.commitment("replica_id") == to_hex(reference.replica_id));
  sealed.pc2(how);
  REQUIRE(sealed.commitment("comm_r") == to_hex(reference.comm_r));
  REQUIRE(sealed.digest(sealed.file("sealed")) ==
          reference.json.at("sealed").at("sha256").get<std::string>());
  require_reference_cache(reference, sealed);
  require_reference_c1(reference, sealed.c1());
  if (!reference.config.registered) return;
  const auto want = [&](const char* name) {
    const auto bytes = vectors::bytes(reference.path(name));
    return std::string(bytes.begin(), bytes.end());
  };
  REQUIRE(sealed.scratch("pc1") == want("pc1.json"));
  REQUIRE(sealed.scratch("pc2") == want("pc2.json"));
}

}  // namespace

TEST_CASE("seal: every small case gives the reference's bytes", "[seal][bit-exact]") {
  for (const auto& reference : vectors::seal_cases(32 << 10)) seal_and_compare(reference, 1);
}

TEST_CASE("seal: two and four ranks give the same bytes as one", "[seal][ranks]") {
  for (const auto* name : {"2k-data-v1_1", "2k-data-synth", "4k-raw", "16k-raw", "32k-raw"})
    for (const unsigned ranks : {2u, 4u}) seal_and_compare(vectors::seal_case(name), ranks);
}

TEST_CASE("seal: 8 MiB with data, empty, and of the older graph", "[seal][8m]") {
  for (const auto& reference : vectors::seal_cases(8 * kMiB))
    if (reference.config.sector_bytes == 8 * kMiB)
      seal_and_compare(reference, reference.name == "8m-data-v1" ? 2 : 1);
}

TEST_CASE("seal: one pass over the layers gives the same bytes", "[seal][one-pass]") {
  for (const auto* name : {"2k-data-v1_1", "4k-raw", "32k-raw"})
    seal_and_compare(vectors::seal_case(name), 1, {"--one-pass"});
}

TEST_CASE("seal: one pass over 8 MiB", "[seal][8m]") {
  seal_and_compare(vectors::seal_case("8m-data-v1_1"), 1, {"--one-pass"});
}

TEST_CASE("seal: a GPU gives the same bytes", "[.][gpu]") {
  skip_without_gpu();
  for (const auto* name : {"2k-data-v1_1", "32k-raw", "8m-data-v1_1"})
    seal_and_compare(vectors::seal_case(name), 1, {"--backend", "cuda"});
}

// Half a gigabyte: minutes of labels and hashes, so only with the slow tests.
TEST_CASE("seal: 512 MiB", "[.][512m]") {
  seal_and_compare(vectors::seal_case("512m-data-v1_1"), 1);
}
