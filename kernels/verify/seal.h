// Is a PoRep proof one of this sector? All that is asked of the prover are the proof's bytes.
// Source: rust-fil-proofs, filecoin-proofs/src/api/seal.rs, verify_seal();
// storage-proofs-porep/src/stacked/circuit/proof.rs, generate_public_inputs().
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/base/porep.h"
#include "kernels/base/sector_id.h"
#include "kernels/groth16/verify.h"

namespace sealyard::verify {

/// What the proof is said to prove: this sector holds data of comm_d, sealed into comm_r.
struct Seal {
  PorepConfig porep;  ///< any feature: interactive, synthetic, non-interactive
  SectorId sector;
  Node comm_d, comm_r, ticket;
  Node seed;  ///< non-interactive proofs do not depend on it
};

/// Names the key to verify with: groth16::verifying_key_file().
std::string params_id(const Seal& seal);

/// The public inputs of each partition, without the constant 1.
/// @throws Error{usage} a commitment that is none: refusal() says which.
std::vector<std::vector<groth16::Fr>> inputs(const Seal& seal);

/// Why the proof does not show it, in words; nothing when it does.
/// @param proof  192 bytes a partition, one after another.
/// @throws Error{configuration} a key of another circuit.
std::optional<std::string> refusal(const groth16::VerifyingKey& key, const Seal& seal,
                                   std::span<const std::uint8_t> proof);

}  // namespace sealyard::verify
