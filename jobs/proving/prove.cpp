#include "jobs/proving/prove.h"

#include <fmt/format.h>

#include "kernels/groth16/gpu.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/prove.h"

namespace sealyard::proving {
namespace {

std::string params_id(challenges::Post kind, std::uint64_t sector_bytes) {
  return kind == challenges::Post::winning ? groth16::winning_post_id(sector_bytes)
                                           : groth16::window_post_id(sector_bytes);
}

circuit::Density density_of(const circuit::PostShape& shape) {
  circuit::Density density;
  circuit::blank_post(shape)(density);
  return density;
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
      density_(density_of(shape_)),
      parameters_(place.params, params_id(kind, sector_bytes), density_.counts().inputs,
                  place.manifest, job.threads()),
      share_(groth16::share_for(density_, job.share())) {
  if (share_.backend != job.backend())
    job.warn(fmt::format("the GPU has less than {} MiB free; proving on the CPU",
                         groth16::gpu_bytes(density_) >> 20));
  parameters_.params().require(groth16::query_sizes(density_));
}

groth16::ProofBytes Prover::prove(std::span<const circuit::PostSector> sectors,
                                  const std::string& name, unsigned k) const {
  groth16::Assignment assignment(density_.counts());
  circuit::post(assignment, shape_, sectors);
  assignment.finish();
  const auto blinding =
      name.empty() ? groth16::Blinding::random() : groth16::Blinding::named(name, k);
  return groth16::to_bytes(
      groth16::prove(parameters_.params(), density_, assignment, blinding, share_));
}

}  // namespace sealyard::proving
