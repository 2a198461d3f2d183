// The parameters C2 proves with: a mapped file, looked at before anything long begins.
#pragma once
#include <filesystem>

#include "jobs/params/key.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/porep.h"
#include "kernels/groth16/params.h"

namespace sealyard::c2 {

class Parameters {
 public:
  /// Maps the file of this circuit; reads its head, its length and the .vk file beside it.
  /// @param manifest  the official digests.
  /// @throws Error{missing} no such files: how to get them; Error{corrupt} cut short, or the .vk is
  ///         another one; Error{configuration} parameters of another circuit.
  Parameters(const std::filesystem::path& folder, const PorepConfig& porep,
             const std::filesystem::path& manifest, unsigned threads);

  const groth16::Params& params() const { return params_; }
  const params::Key& key() const { return key_; }
  bool development() const { return key_.origin == params::Origin::development; }
  /// SHA-256 of the verifying key: what a proof by these parameters is verified with.
  const Node& digest() const { return digest_; }
  /// Lets go of what was read so far.
  void forget() const { mapping_.forget(); }

 private:
  params::Key key_;
  sector::Mapping mapping_;
  groth16::Params params_;
  Node digest_;
};

}  // namespace sealyard::c2
