// The manifest as HDF5 and back, in memory. Private to jobs/sector.
#pragma once
#include <string>
#include <string_view>

#include "jobs/sector/manifest.h"

namespace sealyard::sector {

/// Groups and attributes:
///   /                 format, sector, miner, number, proof_type, sector_bytes, porep_id,
///                     api_version, feature; ticket, replica_id, comm_* as 64 hex digits once known
///   /pieces           {unpadded_bytes, data_bytes, comm_p, file}, one row a piece
///   /stages/00-...    what stage::Result holds; groups inputs and commitments;
///                     artefacts {name, bytes, sha256}, one row a file
std::string to_hdf5(const Manifest& manifest);
/// @throws Error{corrupt} not HDF5, or something is missing; `what` names it.
Manifest from_hdf5(std::string_view image, std::string_view what);

}  // namespace sealyard::sector
