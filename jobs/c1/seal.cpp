#include "jobs/c1/seal.h"

#include <array>
#include <span>

#include "jobs/c1/proofs.h"
#include "jobs/sector/commit_hdf5.h"
#include "jobs/sector/commit_json.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "jobs/stage/result.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/vanilla/aux_files.h"

namespace sealyard::c1 {
namespace {

namespace fs = std::filesystem;

// Everything C1 takes from the records.
struct Sealed {
  Node comm_d, comm_c, comm_r_last, comm_r, replica_id, ticket;
};

Sealed read_records(const sector::Folder& folder, const sector::Manifest& manifest,
                    const Order& order) {
  if (!manifest.comm_r || !manifest.comm_c || !manifest.comm_r_last)
    throw Error(Fault::missing, "not sealed yet, no CommR on record; run seal-pc2 first");
  if (!manifest.ticket || !manifest.replica_id || !manifest.comm_d)
    throw Error(Fault::missing, "no ticket in the manifest; rerun seal-pc1");
  if (order.comm_r && *order.comm_r != *manifest.comm_r)
    throw Error(Fault::usage, "--comm-r is {}, this sector has {}", to_hex(*order.comm_r),
                to_hex(*manifest.comm_r));
  folder.require(folder.p_aux());
  const auto text = sector::read_file(folder.p_aux().path);
  const auto aux = vanilla::decode_p_aux(
      std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  if (aux != vanilla::PAux{*manifest.comm_c, *manifest.comm_r_last})
    throw Error(Fault::corrupt, "p_aux has CommC {}, CommRLast {}, want {}, {}; rerun seal-pc2",
                to_hex(aux.comm_c), to_hex(aux.comm_r_last), to_hex(*manifest.comm_c),
                to_hex(*manifest.comm_r_last));
  return {*manifest.comm_d, *manifest.comm_c,     *manifest.comm_r_last,
          *manifest.comm_r, *manifest.replica_id, *manifest.ticket};
}

// Under the root by the name from there, elsewhere by the whole path.
stage::Artefact declared(const sector::Folder& folder, const fs::path& path,
                         const sector::Written& written) {
  const auto relative = path.lexically_relative(folder.root());
  if (relative.empty() || *relative.begin() == "..")
    return {path.string(), written.bytes, written.sha256};
  return sector::artefact(folder, path, written);
}

// The result of an earlier attempt with this seed whose files are still what it declared.
std::optional<stage::Result> done_already(const sector::Folder& folder, const fs::path& out,
                                          const Node& seed, const Node& comm_r) {
  auto result = stage::read_result(folder.root(), folder.id(), stage::kC1);
  if (!result || result->inputs["seed"] != to_hex(seed) || result->artefacts.size() != 2 ||
      result->commitments["comm_r"] != comm_r)
    return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto path = std::array{out, folder.c1()}[i];
    if (!fs::exists(path) || result->artefacts[i] != declared(folder, path, sector::digest(path)))
      return std::nullopt;
  }
  return result;
}

sector::Written write_json(const sector::Folder& folder, const fs::path& out,
                           const sector::C1Output& output, const sector::Lock& lock) {
  const bool ours = out.parent_path() == folder.work();
  sector::Output file(out, ours ? folder.temporary(out) : sector::Output::beside(out), {});
  sector::write_c1_json(output, [&](std::string_view text) {
    file.write(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  });
  return file.commit(&lock);
}

}  // namespace

void seal(launch::Job& job, const Order& order) {
  const auto folder = sector::Folder::open(job.storage(), order.sector);
  const auto out = order.out.empty() ? folder.work() / "c1.json" : order.out;
  folder.create();
  const sector::Lock lock(folder, job.lock_text());
  auto manifest = sector::read_manifest(folder);
  const auto sealed = read_records(folder, manifest, order);
  if (auto done = done_already(folder, out, order.seed, sealed.comm_r)) {
    job.log("already done, nothing to do");
    return job.keep(order.sector, std::move(*done));
  }
  stage::remove_result(folder.root(), folder.id(), stage::kC1);
  folder.clear_dead_attempts(lock);

  const vanilla::Commitments roots{sealed.comm_d, sealed.comm_c, sealed.comm_r_last};
  const sector::C1Output output{
      .porep = folder.porep(),
      .partitions = prove(job, folder, {sealed.replica_id, sealed.comm_r, order.seed, roots}),
      .comm_r = sealed.comm_r,
      .comm_d = sealed.comm_d,
      .replica_id = sealed.replica_id,
      .seed = order.seed,
      .ticket = sealed.ticket};
  const auto total =
      std::uint64_t{folder.porep().partitions()} * folder.porep().challenges_per_partition();
  if (const auto bad = sector::flaw(output, job.threads(), [&](std::uint64_t done) {
        job.throw_if_stopping();
        job.progress(done, total, "proofs", "verifying");
      }))
    throw Error(Fault::corrupt, "the proofs do not hold: {}", *bad);
  const auto json = write_json(folder, out, output, lock);
  const auto binary = sector::write_file(folder.c1(), sector::to_c1_hdf5(output), &lock);

  auto& result = job.result(order.sector);
  result.proof_type = folder.porep().name();
  result.inputs = {{"seed", to_hex(order.seed)}, {"ticket", to_hex(sealed.ticket)}};
  result.commitments = {{"comm_d", sealed.comm_d},
                        {"comm_c", sealed.comm_c},
                        {"comm_r_last", sealed.comm_r_last},
                        {"comm_r", sealed.comm_r},
                        {"replica_id", sealed.replica_id}};
  result.artefacts = {declared(folder, out, json), declared(folder, folder.c1(), binary)};
  job.measure(order.sector);
  manifest.record(result);
  sector::write_manifest(folder, manifest, lock);
  job.finish(order.sector, [&] { lock.check(); });
}

}  // namespace sealyard::c1
