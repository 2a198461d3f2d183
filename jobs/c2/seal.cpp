#include "jobs/c2/seal.h"

#include <memory>

#include "jobs/c2/checkpoint.h"
#include "jobs/c2/input.h"
#include "jobs/c2/prove.h"
#include "jobs/params/parameters.h"
#include "jobs/ranks/ranks.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "jobs/stage/result.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/circuit/porep.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/verify.h"

namespace sealyard::c2 {
namespace {

namespace fs = std::filesystem;

// What C2 works on: a sector's folder with its manifest and lock, or a file.
struct Place {
  std::optional<sector::Folder> folder;
  std::optional<sector::Manifest> manifest;
  std::unique_ptr<sector::Lock> lock;  // of the first rank
  fs::path out, stem;                  // of the checkpoints
};

Place open(launch::Job& job, const Order& order) {
  Place place;
  if (!order.sector) {
    place.out = order.out;
    place.stem = order.out.parent_path() / ("." + order.out.filename().string() + ".");
    return place;
  }
  place.folder = sector::Folder::open(job.storage(), *order.sector);
  place.out = order.out.empty() ? place.folder->proof() : order.out;
  place.stem = place.folder->work() / "c2-";
  if (job.ranks().first()) {
    place.folder->create();
    place.lock = std::make_unique<sector::Lock>(*place.folder, job.lock_text());
  }
  job.ranks().barrier();
  place.manifest = sector::read_manifest(*place.folder);
  return place;
}

stage::Artefact declared(const Place& place, const sector::Written& written) {
  if (place.folder) {
    const auto relative = place.out.lexically_relative(place.folder->root());
    if (!relative.empty() && *relative.begin() != "..")
      return sector::artefact(*place.folder, place.out, written);
  }
  return {place.out.string(), written.bytes, written.sha256};
}

std::map<std::string, std::string> inputs_of(const Order& order, const sector::C1Output& c1,
                                             const params::Parameters& parameters) {
  std::map<std::string, std::string> inputs{
      {"seed", to_hex(c1.seed)},
      {"ticket", to_hex(c1.ticket)},
      {"params", std::string(params::text(parameters.key().origin))},
      {"verifying_key", to_hex(parameters.digest())}};
  if (!order.fixed_randomness.empty()) inputs["fixed_randomness"] = order.fixed_randomness;
  return inputs;
}

// The result of an earlier attempt on the same C1 and parameters, its proof still there.
std::optional<stage::Result> done_already(const Place& place, const Order& order,
                                          const sector::C1Output& c1,
                                          const params::Parameters& parameters) {
  if (!place.lock) return std::nullopt;
  auto result = stage::read_result(place.folder->root(), place.folder->id(), stage::kC2);
  if (!result || result->inputs != inputs_of(order, c1, parameters) ||
      result->commitments["comm_r"] != c1.comm_r || result->artefacts.size() != 1 ||
      !fs::exists(place.out) ||
      result->artefacts.front() != declared(place, sector::digest(place.out)))
    return std::nullopt;
  return result;
}

// Proofs that are not what they say are found here in seconds, not behind hours of proving.
void require_holds(launch::Job& job, const sector::C1Output& c1) {
  const auto total = std::uint64_t{c1.porep.partitions()} * c1.porep.challenges_per_partition();
  if (const auto bad = sector::flaw(c1, job.threads(), [&](std::uint64_t done) {
        job.throw_if_stopping();
        job.progress(done, total, "proofs", "verifying C1");
      }))
    throw Error(Fault::corrupt, "C1 does not hold: {}; rerun seal-c1", *bad);
}

void announce(launch::Job& job, const Order& order, const params::Parameters& parameters) {
  if (!parameters.development() && !order.fixed_randomness.empty())
    throw Error(Fault::usage, "--fixed-randomness: known to everybody, and {} is official",
                parameters.params().name());
  if (job.ranks().first() && parameters.development())
    job.warn(params::insecure_line(parameters.key()));
}

void declare(launch::Job& job, const Order& order, const Place& place, const sector::C1Output& c1,
             const params::Parameters& parameters, const sector::Written& written) {
  auto& result = order.sector ? job.result(*order.sector) : job.result();
  result.proof_type = c1.porep.name();
  result.inputs = inputs_of(order, c1, parameters);
  result.commitments = {
      {"comm_d", c1.comm_d}, {"comm_r", c1.comm_r}, {"replica_id", c1.replica_id}};
  result.artefacts = {declared(place, written)};
  if (!order.sector) return;
  job.measure(*order.sector);
  auto manifest = *place.manifest;
  manifest.record(result);
  sector::write_manifest(*place.folder, manifest, *place.lock);
  job.finish(*order.sector, [&] { place.lock->check(); });
}

}  // namespace

void say_memory(launch::Job& job, const Order& order) {
  if (!job.ranks().first()) return;
  print_memory(job, order.sector ? sector::Folder::open(job.storage(), *order.sector).porep()
                                 : read_c1(order.c1).porep);
}

void seal(launch::Job& job, const Order& order) {
  auto& ranks = job.ranks();
  const auto place = open(job, order);
  const auto c1 = place.folder ? read_c1(*place.folder, *place.manifest) : read_c1(order.c1);
  // 3 and 18 a challenge, and the constant 1: see circuit::porep_inputs().
  const params::Parameters parameters(order.params, groth16::porep_id(c1.porep),
                                      4 + 18 * c1.porep.challenges_per_partition(), order.manifest,
                                      job.threads());
  announce(job, order, parameters);
  auto done = done_already(place, order, c1, parameters);
  if (ranks.any(done.has_value())) {
    if (!ranks.first()) return;
    job.log("already done, nothing to do");
    return job.keep(*order.sector, std::move(*done));
  }
  if (place.lock) {
    stage::remove_result(place.folder->root(), place.folder->id(), stage::kC2);
    place.folder->clear_dead_attempts(*place.lock);
  }
  if (ranks.first()) require_holds(job, c1);
  ranks.barrier();  // nobody proves before C1 is known to hold
  circuit::Density density;
  circuit::blank_porep(c1.porep)(density);
  parameters.params().require(groth16::query_sizes(density));

  const Checkpoints checkpoints(place.stem,
                                {digest(c1), parameters.digest(), order.fixed_randomness});
  const auto proof = prove({job, c1, parameters, density, checkpoints, place.lock.get(),
                            order.fixed_randomness, order.memory});
  if (!ranks.first()) return;
  if (const auto why = groth16::refusal(parameters.key().key, inputs(c1), proof))
    throw Error(Fault::internal, "the proof does not hold: {}", *why);
  const auto written = sector::write_file(
      place.out, {reinterpret_cast<const char*>(proof.data()), proof.size()}, place.lock.get());
  declare(job, order, place, c1, parameters, written);
  checkpoints.remove();
}

}  // namespace sealyard::c2
