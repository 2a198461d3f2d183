#include "jobs/proving/prove.h"

#include "jobs/params/set.h"
#include "kernels/base/error.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/prove.h"

namespace sealyard::proving {
namespace {

std::string params_id(challenges::Post kind, std::uint64_t sector_bytes) {
  return kind == challenges::Post::winning ? groth16::winning_post_id(sector_bytes)
                                           : groth16::window_post_id(sector_bytes);
}

sector::Mapping map(const std::filesystem::path& folder, const std::string& id) {
  const auto file = folder / groth16::params_file(id);
  if (!std::filesystem::exists(file))
    throw Error(Fault::missing,
                "{} ({}) is not in {}; get it with seal-params fetch, or seal-params generate for "
                "a network of your own",
                file.filename().string(), params::describe(file.filename().string()),
                folder.string());
  return sector::Mapping::read(file);
}

}  // namespace

circuit::PostShape shape_of(challenges::Post kind, std::uint64_t sector_bytes) {
  return kind == challenges::Post::winning ? circuit::winning_post_shape(sector_bytes)
                                           : circuit::window_post_shape(sector_bytes);
}

Prover::Prover(launch::Job& job, challenges::Post kind, std::uint64_t sector_bytes,
               const Place& place)
    : job_(job),
      shape_(shape_of(kind, sector_bytes)),
      key_(params::read_key(place.params, params_id(kind, sector_bytes), place.manifest,
                            job.threads())),
      mapping_(map(place.params, params_id(kind, sector_bytes))),
      params_(mapping_.bytes(), groth16::params_file(params_id(kind, sector_bytes)),
              job.threads()) {
  if (!(params_.key() == key_.key))
    throw Error(Fault::corrupt, "{} is not how {} begins; fetch or generate both again",
                key_.file.filename().string(), params_.name());
  circuit::blank_post(shape_)(density_);
  params_.require(groth16::query_sizes(density_));
}

groth16::ProofBytes Prover::prove(std::span<const circuit::PostSector> sectors,
                                  const std::string& name, unsigned k) const {
  groth16::Assignment assignment(density_.counts());
  circuit::post(assignment, shape_, sectors);
  assignment.finish();
  const auto blinding =
      name.empty() ? groth16::Blinding::random() : groth16::Blinding::named(name, k);
  return groth16::to_bytes(groth16::prove(params_, density_, assignment, blinding, job_.threads()));
}

}  // namespace sealyard::proving
