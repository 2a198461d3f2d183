// The parameters C2 proves with: a mapped file, compared with the circuit before it is used.
#pragma once
#include <filesystem>
#include <string>

#include "jobs/params/check.h"
#include "jobs/params/manifest.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/porep.h"
#include "kernels/circuit/density.h"
#include "kernels/groth16/params.h"

namespace sealyard::c2 {

class Key {
 public:
  /// Maps the file of this circuit; looks at its head and its length, so it takes no time.
  /// @throws Error{missing} no such file: how to get it; Error{corrupt} cut short, or the .vk
  ///         beside it is another one; Error{configuration} parameters of another circuit.
  Key(const std::filesystem::path& folder, const PorepConfig& porep,
      const params::Manifest& manifest, unsigned threads);

  const groth16::Params& params() const { return params_; }
  params::Origin origin() const { return origin_; }
  /// SHA-256 of the verifying key: what a proof by these parameters is verified with.
  const Node& digest() const { return digest_; }
  std::uint64_t bytes() const { return mapping_.bytes().size(); }

 private:
  sector::Mapping mapping_;
  groth16::Params params_;
  params::Origin origin_;
  Node digest_;
};

}  // namespace sealyard::c2
