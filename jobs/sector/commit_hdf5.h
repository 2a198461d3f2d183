// The C1 output in HDF5: what our own C2 reads, a seventh of the JSON and read at once.
#pragma once
#include <string>
#include <string_view>

#include "jobs/sector/commit_json.h"

namespace sealyard::sector {

/// Attributes of /: format, the proof type as in the manifest, comm_r, comm_d, comm_c, comm_r_last,
/// replica_id, seed, ticket as 64 hex digits. Table /proofs: one row a challenge, partition after
/// partition, each a record of the synthetic proof file (vanilla::encode_synthetic_record).
///
/// @param output  one that holds: the roots stand in the file once, not in every proof.
/// @throws Error{usage} a proof of another shape than the proof type has.
std::string to_c1_hdf5(const C1Output& output);

/// Checks the form; whether the proofs hold is said by flaw().
/// @param what  names the input in messages: the file, usually.
/// @throws Error{corrupt} not HDF5, something is missing or of another size.
C1Output from_c1_hdf5(std::string_view image, std::string_view what);

}  // namespace sealyard::sector
