// The PC1 and PC2 outputs of the reference as JSON, byte for byte, for lotus and its tools.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"

namespace sealyard::sector {

/// Source: rust-filecoin-proofs-api, src/seal.rs, SealPreCommitPhase1Output.
struct Pc1Output {
  std::string registered_proof;  ///< "StackedDrg2KiBV1_1"
  std::string cache_path;        ///< as recorded, need not be where the files are now
  Node comm_d;
  std::optional<Node> ticket;  ///< read only: "_lotus_SealRandomness", base64, which lotus adds
  PorepConfig porep;           ///< of registered_proof
};

/// Source: the same file, SealPreCommitPhase2Output.
struct Pc2Output {
  std::string registered_proof;
  Node comm_r, comm_d;
  PorepConfig porep;
};

/// Compact, fields in declaration order, as serde_json writes it. For the sizes without a
/// registered proof there is no such output.  @throws Error{usage} then.
std::string pc1_json(const PorepConfig& porep, std::string_view cache_path, const Node& comm_d);
std::string pc2_json(const PorepConfig& porep, const Node& comm_r, const Node& comm_d);

/// Fields in any order, others ignored, a missing one is a fault.
/// @param what  names the input in messages: the file, usually.
/// @throws Error{corrupt} not JSON, a field missing or of another type, layers that do not fit.
Pc1Output parse_pc1_json(std::string_view json, std::string_view what);
Pc2Output parse_pc2_json(std::string_view json, std::string_view what);

}  // namespace sealyard::sector
