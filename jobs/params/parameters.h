// The parameters a stage proves with: a mapped file, looked at before anything long begins.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

#include "jobs/params/key.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/node.h"
#include "kernels/groth16/params.h"

namespace sealyard::params {

class Parameters {
 public:
  /// Maps the .params file of a set; reads its head, its length and the .vk file beside it.
  /// @param id        as groth16::porep_id() and its like make it.
  /// @param inputs    public inputs of the circuit, with the constant 1.
  /// @param manifest  the official digests; where there is no such file nothing is official.
  /// @throws Error{missing} no such files: how to get them; Error{corrupt} cut short, or the .vk is
  ///         another one; Error{configuration} parameters of another circuit.
  Parameters(const std::filesystem::path& folder, const std::string& id, std::size_t inputs,
             const std::filesystem::path& manifest, unsigned threads);

  const groth16::Params& params() const { return params_; }
  const Key& key() const { return key_; }
  bool development() const { return key_.origin == Origin::development; }
  /// SHA-256 of the verifying key: what a proof by these parameters is verified with.
  const Node& digest() const { return digest_; }
  /// Lets go of what was read so far.
  void forget() const { mapping_.forget(); }

 private:
  Key key_;
  sector::Mapping mapping_;
  groth16::Params params_;
  Node digest_;
};

}  // namespace sealyard::params
