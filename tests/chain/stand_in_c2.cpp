// seal-c2 for scenarios in which proofs do not matter but messages do: reads what seal-c1 left of a
// sector, and leaves what a development chain with --stand-ins takes for the proof.
#include "chain/dev/proofs.h"
#include "jobs/c2/input.h"
#include "jobs/launch/launch.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/output.h"
#include "kernels/base/hex.h"

using namespace sealyard;

namespace {

void work(launch::Job& job) {
  const auto id = job.sector();
  const auto folder = sector::Folder::open(job.storage(), id);
  const sector::Lock lock(folder, job.lock_text());
  auto manifest = sector::read_manifest(folder);
  const auto c1 = c2::read_c1(folder, manifest);
  const auto proof = dev::stand_in({c1.porep, id, c1.comm_d, c1.comm_r, c1.ticket, c1.seed});
  const auto written = sector::write_file(
      folder.proof(), {reinterpret_cast<const char*>(proof.data()), proof.size()}, &lock);
  auto& result = job.result(id);
  result.proof_type = c1.porep.name();
  result.inputs = {
      {"seed", to_hex(c1.seed)}, {"ticket", to_hex(c1.ticket)}, {"params", "stand-in"}};
  result.commitments = {
      {"comm_d", c1.comm_d}, {"comm_r", c1.comm_r}, {"replica_id", c1.replica_id}};
  result.artefacts = {sector::artefact(folder, folder.proof(), written)};
  job.measure(id);
  manifest.record(result);
  sector::write_manifest(folder, manifest, lock);
  job.finish(id, [&] { lock.check(); });
}

}  // namespace

int main(int argc, char** argv) {
  const launch::Program program{.stage = stage::kC2,
                                .summary = "Stands in for seal-c2: its proof proves nothing",
                                .sectors = launch::Sectors::one};
  return launch::run(
      argc, argv, program, [](launch::Options&) {}, work);
}
