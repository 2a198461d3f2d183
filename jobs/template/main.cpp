// seal-template: the files that every committed-capacity sector of a size has in common.
#include "jobs/launch/launch.h"
#include "jobs/templates/templates.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/piece/piece.h"

namespace sealyard::template_stage {
namespace {

void work(launch::Job& job) {
  const auto porep = job.porep();
  const auto check = job.flag("--verify") ? templates::Check::full : templates::Check::quick;
  auto& result = job.result();
  result.proof_type = porep.name();
  result.commitments["comm_d"] = piece::zero_commitment(porep.sector_bytes);
  for (const auto kind : {templates::Kind::unsealed, templates::Kind::tree_d}) {
    const auto path = templates::path(job.storage(), kind, porep);
    const auto made = templates::make(
        job.storage(), kind, porep, check, [&](std::uint64_t done, std::uint64_t total) {
          job.throw_if_stopping();
          job.progress(done, total, "bytes", path.filename().string());
        });
    if (made.was_bad) job.warn(fmt::format("{}: was wrong, set aside as .bad", path.string()));
    job.log(fmt::format("{}: {}, sha256 {}", path.string(), made.found ? "was there" : "made",
                        to_hex(made.written.sha256)));
    result.artefacts.push_back(
        {path.lexically_relative(job.storage()).string(), made.written.bytes, made.written.sha256});
  }
}

}  // namespace
}  // namespace sealyard::template_stage

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{
      .stage = stage::kTemplate,
      .summary = "Makes the unsealed file and tree_d that CC sectors of a size share",
      .sectors = launch::Sectors::root};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.proof_type();
        options.flag("--verify", "Read templates that are there, make wrong ones again");
      },
      template_stage::work);
}
