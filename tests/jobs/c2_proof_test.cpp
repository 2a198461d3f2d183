// seal-c2 with real parameters: the reference's proofs byte for byte, drawn ones that hold, ranks,
// little memory, and a proof of several partitions that goes on where it was killed.
// SEALYARD_TEST_PARAMS is a folder with the named parameters of PoRep 2 KiB, which the fixture
// porep-2k-params makes once in a build folder.
#include <array>
#include <csignal>
#include <thread>

#include "jobs/c2/input.h"
#include "jobs/sector/commit_hdf5.h"
#include "jobs/stage/resources.h"
#include "jobs/stage/result.h"
#include "kernels/base/hex.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/verify.h"
#include "tests/catch.h"
#include "tests/jobs/sealed_sector.h"

using namespace sealyard;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

const std::string kParams = SEALYARD_TEST_PARAMS;

std::string reference_proof(const std::string& name) {
  return test::text_of(vectors::bytes("seal/" + name + "/proof-fixed-rs.bin"));
}

// A sector of the reference after PC2, and our C1 of it.
struct Sector {
  vectors::Case reference;
  test::Scratch scratch;
  sector::Folder folder;

  explicit Sector(const std::string& name)
      : reference(vectors::seal_case(name)),
        folder(test::put_sealed_sector(scratch / "root", reference)) {
    const auto run = test::run({"seal-c1", "--storage", root(), "--sector", folder.name(), "--seed",
                                to_hex(reference.seed)});
    CAPTURE(run.err);
    REQUIRE(run.code == 0);
  }
  std::string root() const { return (scratch / "root").string(); }
  std::vector<std::string> argv(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"seal-c2",  "--storage", root(),      "--sector", folder.name(),
                                   "--params", kParams,     "--threads", "2",        "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string proof() const { return test::read(folder.proof()); }
  fs::path checkpoint(unsigned partition) const {
    return folder.work() / ("c2-partition-" + std::to_string(partition));
  }
  // By the inputs that follow from CommD, CommR and seed alone.
  bool holds(std::size_t partition, const std::string& bytes) const {
    const auto inputs = c2::inputs(c2::read_c1(folder.c1()));
    const auto key = groth16::read_verifying_key(
        vectors::bytes("params/" +
                       groth16::verifying_key_file(groth16::porep_id(reference.config))),
        "vk");
    return !groth16::refusal(key, std::span(inputs).subspan(partition, 1),
                             {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  }
};

test::Run run(const std::vector<std::string>& argv,
              const std::vector<std::string>& environment = {}) {
  auto done = test::run(argv, environment);
  CAPTURE(argv, done.err);
  REQUIRE(done.code == 0);
  return done;
}

}  // namespace

TEST_CASE("c2: the portable variants give the same proof", "[c2][bit-exact][portable]") {
  const Sector sector("2k-data-v1_1");
  run(sector.argv({"--fixed-randomness", "2k-data-v1_1", "--backend", "portable"}));
  CHECK(sector.proof() == reference_proof("2k-data-v1_1"));
}

TEST_CASE("c2: the reference's proof, and memory as the model says", "[c2][bit-exact][plain]") {
  const Sector sector("2k-data-v1_1");
  const auto peak = run(sector.argv({"--fixed-randomness", "2k-data-v1_1"}))
                        .json()
                        .at("peak_memory_bytes")
                        .get<std::uint64_t>();
  CHECK(sector.proof() == reference_proof("2k-data-v1_1"));
  CHECK(sector.holds(0, sector.proof()));
  CHECK_FALSE(fs::exists(sector.checkpoint(0)));
  const auto model = stage::c2_memory_bytes(sector.reference.config, {}, 2);
  CAPTURE(peak, model);
  CHECK(peak <= model);
  CHECK(model <= 2 * peak);
  const auto result = stage::read_result(sector.folder.root(), sector.folder.id(), stage::kC2);
  REQUIRE(result);
  CHECK(result->artefacts.at(0).name == "work/" + sector.folder.name() + "/proof.bin");
  CHECK(result->inputs.at("seed") == to_hex(sector.reference.seed));
  REQUIRE(sector::read_manifest(sector.folder).stage(stage::kC2));
  // Done once.
  CHECK(run(sector.argv({"--fixed-randomness", "2k-data-v1_1"})).err.find("already done") !=
        std::string::npos);
}

TEST_CASE("c2: in little memory the reference's proof", "[c2][bit-exact][lean]") {
  const Sector sector("2k-data-synth");
  const auto peak = run(sector.argv({"--fixed-randomness", "2k-data-synth", "--limit-memory"}))
                        .json()
                        .at("peak_memory_bytes")
                        .get<std::uint64_t>();
  CHECK(sector.proof() == reference_proof("2k-data-synth"));
  const auto model = stage::c2_memory_bytes(sector.reference.config, {.group = 1, .lean = true}, 2);
  CAPTURE(peak, model);
  CHECK(peak <= model);
  CHECK(model <= 2 * peak);
  CHECK(2 * model <= stage::c2_memory_bytes(sector.reference.config, {}, 2));
}

TEST_CASE("c2: two ranks, the reference's JSON, the reference's proof", "[c2][bit-exact][ranks]") {
  const test::Scratch scratch;
  const auto out = scratch / "proof.bin";
  const auto run = test::mpiexec(
      2, {"seal-c2", "--c1", SEALYARD_VECTORS "/seal/2k-cc-v1_1/c1.json", "--params", kParams,
          "--out", out.string(), "--fixed-randomness", "2k-cc-v1_1", "--threads", "1"});
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK(test::read(out) == reference_proof("2k-cc-v1_1"));
}

TEST_CASE("c2: drawn randomness gives another proof that holds", "[c2][drawn]") {
  const Sector sector("2k-data-v1_1");
  const auto said = run(sector.argv());
  CHECK(said.err.find("INSECURE") != std::string::npos);
  CHECK(sector.proof() != reference_proof("2k-data-v1_1"));
  CHECK(sector.holds(0, sector.proof()));
  auto altered = sector.proof();
  altered[60] = static_cast<char>(altered[60] ^ 1);
  CHECK_FALSE(sector.holds(0, altered));
}

// 13 partitions of two challenges. Two are proven as a group, then the job is killed; the next
// attempt keeps them and goes on, until it is asked to stop.
TEST_CASE("c2: several partitions, killed, gone on with, stopped", "[c2][partitions]") {
  const Sector sector("2k-data-ni");
  const auto wait_for = [&](std::initializer_list<unsigned> partitions) {
    for (unsigned i = 0; i < 12000; ++i, std::this_thread::sleep_for(100ms)) {
      bool all = true;
      for (const auto k : partitions) all = all && fs::exists(sector.checkpoint(k));
      if (all) return true;
    }
    return false;
  };
  const auto argv = sector.argv({"--fixed-randomness", "2k-data-ni", "--group", "2"});
  {
    test::Process process(argv);
    REQUIRE(wait_for({0, 1}));
    process.signal(SIGKILL);
    CHECK(process.wait() == 128 + SIGKILL);
  }
  CHECK_FALSE(fs::exists(sector.checkpoint(2)));
  CHECK_FALSE(fs::exists(sector.folder.proof()));
  const auto kept = std::array{test::read(sector.checkpoint(0)), test::read(sector.checkpoint(1))};
  for (unsigned k = 0; k < 2; ++k) CHECK(sector.holds(k, kept[k].substr(kNodeBytes)));
  CHECK_FALSE(sector.holds(1, kept[0].substr(kNodeBytes)));

  {
    test::Process process(argv);
    REQUIRE(wait_for({2}));
    process.signal(SIGTERM);
    CHECK(process.wait() == 75);
  }
  CHECK_FALSE(fs::exists(sector.folder.proof()));
  CHECK(test::read(sector.checkpoint(0)) == kept[0]);
  CHECK(test::read(sector.checkpoint(1)) == kept[1]);
  CHECK(sector.holds(2, test::read(sector.checkpoint(2)).substr(kNodeBytes)));
}

// Its parameters are made for this test, which then takes minutes.
TEST_CASE("c2: 8 MiB, in the memory the model says", "[c2][8m]") {
  const auto reference = vectors::seal_case("8m-data-v1_1");
  const test::Scratch scratch;
  const auto params = (scratch / "params").string(), out = (scratch / "proof.bin").string();
  run({"seal-params", "generate", "--circuit", "porep", "--sector-size", "8MiB", "--toxic-waste",
       "named", "--out", params});
  for (const bool lean : {false, true}) {
    std::vector<std::string> argv{
        "seal-c2",  "--c1",      SEALYARD_VECTORS "/seal/8m-data-v1_1/c1.json",
        "--params", params,      "--out",
        out,        "--threads", "2",
        "--json"};
    if (lean) argv.push_back("--limit-memory");
    const auto peak = run(argv).json().at("peak_memory_bytes").get<std::uint64_t>();
    const auto model = stage::c2_memory_bytes(reference.config, {.group = 1, .lean = lean}, 2);
    CAPTURE(lean, peak, model);
    CHECK(peak <= model);
    // How soon mapped points that are let go leave the memory is the kernel's to say.
    CHECK(model <= (lean ? 3 : 2) * peak);
    const auto verified = test::run({"seal-verify",  "seal",
                                     "--proof-type", "StackedDrg8MiBV1_1",
                                     "--miner",      std::to_string(reference.miner),
                                     "--number",     std::to_string(reference.sector),
                                     "--comm-d",     to_hex(reference.comm_d),
                                     "--comm-r",     to_hex(reference.comm_r),
                                     "--ticket",     to_hex(reference.ticket),
                                     "--seed",       to_hex(reference.seed),
                                     "--proof",      out,
                                     "--params",     params});
    CAPTURE(verified.err);
    CHECK(verified.code == 0);
    fs::remove(out);
  }
}
