// Groth16 proofs of partitions.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/params/parameters.h"
#include "kernels/challenges/post.h"
#include "kernels/circuit/density.h"
#include "kernels/circuit/post.h"
#include "kernels/groth16/proof.h"

namespace sealyard::proving {

struct Place {
  std::filesystem::path params, manifest;
};

class Prover {
 public:
  /// Maps the parameters; reads their head, their length and the .vk file, so that it fails before
  /// any sector is read.
  /// @throws Error{missing} no such files: how to get them; Error{corrupt} cut short, or the .vk is
  ///         another one; Error{configuration} parameters of another circuit.
  Prover(launch::Job& job, challenges::Post kind, std::uint64_t sector_bytes, const Place& place);

  const params::Key& key() const { return parameters_.key(); }
  bool development() const { return parameters_.development(); }

  /// One partition.
  /// @param sectors  as the circuit takes them: of WinningPoSt one for each challenge.
  /// @param name, k  fixed randomness of that case and partition; an empty name: from the CSPRNG.
  groth16::ProofBytes prove(std::span<const circuit::PostSector> sectors, const std::string& name,
                            unsigned k) const;

 private:
  launch::Job& job_;
  circuit::PostShape shape_;
  circuit::Density density_;
  params::Parameters parameters_;
  device::Share share_;
};

/// How many sectors, with how many challenges, one proof has.
circuit::PostShape shape_of(challenges::Post kind, std::uint64_t sector_bytes);

}  // namespace sealyard::proving
