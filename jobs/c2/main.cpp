// seal-c2: the Groth16 proofs of a sector out of C1's output. Ranks share out the partitions.
#include <cstdlib>

#include "jobs/c2/seal.h"
#include "jobs/launch/launch.h"
#include "jobs/params/folder.h"
#include "jobs/params/manifest.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/groth16/gpu.h"
#include "kernels/poseidon/poseidon.h"

namespace sealyard::c2 {
namespace {

namespace fs = std::filesystem;

// P_2 of two zeros: what C1's trees are checked with.
void self_test(Backend backend) {
  const auto* want = "d413460e7f14e58b413d1defe188d36fb761afe5c6a733db6c6f1931130bfe48";
  if (const auto found = to_hex(poseidon::hash(std::array<Node, 2>{})); found != want)
    throw Error(Fault::internal, "poseidon: {}, want {}", found, want);
  groth16::self_test(backend);
}

fs::path path(const launch::Job& job, std::string_view option) {
  return fs::absolute(job.text(option)).lexically_normal();
}

void work(launch::Job& job) {
  Order order;
  if (!job.sectors().empty())
    order.sector = job.sector();
  else if (!job.has("--c1"))
    throw Error(Fault::usage, "want --c1, or --storage and --sector");
  else if (!job.has("--out") && !job.flag("--print-mem"))
    throw Error(Fault::usage, "want --out with --c1");
  else
    order.c1 = path(job, "--c1");
  if (job.has("--out")) order.out = path(job, "--out");
  order.params =
      job.has("--params")
          ? path(job, "--params")
          : params::default_folder([](const char* variable) { return std::getenv(variable); });
  order.manifest = job.has("--manifest") ? path(job, "--manifest") : params::installed_manifest();
  order.fixed_randomness = job.text("--fixed-randomness");
  order.memory.lean = job.flag("--limit-memory");
  if (job.has("--group")) {
    const auto group = job.number("--group");
    if (group < 1 || group > 1000) throw Error(Fault::usage, "--group: {}, want 1 to 1000", group);
    order.memory.group = static_cast<unsigned>(group);
  }
  job.flag("--print-mem") ? say_memory(job, order) : seal(job, order);
}

}  // namespace
}  // namespace sealyard::c2

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kC2,
                                .summary = "Makes the Groth16 proof of a sector out of C1's output",
                                .sectors = launch::Sectors::maybe,
                                .ranks = true,
                                .gpu = true,
                                .self_test = c2::self_test};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.text("--c1", "C1 output, JSON or HDF5, instead of a sector's");
        options.text("--out", "File for the proof (default with --sector: proof.bin in work/)");
        options.text("--params",
                     "Folder of the parameters (default: $SEALYARD_PARAMS, "
                     "$FIL_PROOFS_PARAMETER_CACHE, ~/.cache/sealyard/params)");
        options.text("--manifest",
                     "parameters.json of the official parameters (default: the one installed)");
        options.text("--fixed-randomness",
                     "Name of a case: blinding known to everybody, the same proof every time; "
                     "development parameters only");
        options.number("--group",
                       "Partitions whose witnesses are in memory together (default: as many as "
                       "--mem of the job has room for, else 1)");
        options.flag("--limit-memory", "One partition at a time, in less memory and more time");
        options.flag("--print-mem", "Say how much memory each way takes, and do nothing else");
        options.exclusive({"--c1", "--storage"});
        options.exclusive({"--group", "--limit-memory"});
      },
      c2::work);
}
