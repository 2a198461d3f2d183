// seal-parents: makes or proves the parents cache of a proof type.
#include "jobs/launch/launch.h"
#include "jobs/parent_cache/parent_cache.h"

namespace sealyard::parents {
namespace {

// How many blocks were bad, and which first.
std::string repaired_text(const std::vector<std::uint64_t>& blocks) {
  if (blocks.empty()) return "no block was bad";
  return fmt::format("{} bad blocks made again, the first is {}", blocks.size(), blocks.front());
}

void work(launch::Job& job) {
  const auto porep = job.porep();
  const std::filesystem::path folder = job.text("--out", job.environment().parents_folder);
  const auto progress = [&](std::uint64_t done, std::uint64_t total) {
    job.throw_if_stopping();
    job.progress(done, total, "nodes", "parents cache");
  };
  const auto made = job.flag("--verify")
                        ? parent_cache::verify(folder, porep, job.share(), progress)
                        : parent_cache::make(folder, porep, job.share(), progress);
  job.log(fmt::format("{}: {}, {}", made.path.string(), made.found ? "was there" : "made",
                      repaired_text(made.repaired)));
  auto& result = job.result();
  result.proof_type = porep.name();
  result.artefacts = {{made.path.string(), made.written.bytes, made.written.sha256}};
  job.report("path", made.path.string());
  job.report("found", std::string_view(made.found ? "yes" : "no"));
  job.report("repaired_blocks", std::uint64_t{made.repaired.size()});
}

}  // namespace
}  // namespace sealyard::parents

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{
      .stage = stage::kParents,
      .summary = "Makes the parents cache of a proof type, in the form of the reference",
      .sectors = launch::Sectors::none};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.proof_type();
        options.text("--out",
                     "Folder (default: $FIL_PROOFS_PARENT_CACHE, "
                     "/var/tmp/filecoin-parents)");
        options.flag("--verify", "Read every block, make bad ones again");
      },
      parents::work);
}
