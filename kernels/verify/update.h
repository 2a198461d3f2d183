// Is an EmptySectorUpdate (SnapDeals) proof one of this replica?
// Source: rust-fil-proofs, filecoin-proofs/src/api/update.rs, verify_empty_sector_update_proof();
// storage-proofs-update/src/compound.rs.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/groth16/verify.h"

namespace sealyard::verify {

/// What the proof is said to prove: the replica of comm_r_old, empty, was re-encoded with data of
/// comm_d_new into comm_r_new.
struct Update {
  std::uint64_t sector_bytes = 0;
  Node comm_r_old, comm_r_new, comm_d_new;
};

/// Names the key to verify with: groth16::verifying_key_file().
/// @throws Error{usage} no such sector size.
std::string params_id(const Update& update);

/// The public inputs of each partition, without the constant 1.
/// @throws Error{usage} no such sector size; a commitment that is none: refusal() says which.
std::vector<std::vector<groth16::Fr>> inputs(const Update& update);

/// Why the proof does not show it, in words; nothing when it does.
/// @param proof  192 bytes a partition, one after another.
/// @throws Error{usage} no such sector size; Error{configuration} a key of another circuit.
std::optional<std::string> refusal(const groth16::VerifyingKey& key, const Update& update,
                                   std::span<const std::uint8_t> proof);

}  // namespace sealyard::verify
