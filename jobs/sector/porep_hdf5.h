// A proof type as attributes of an HDF5 file. Private to jobs/sector.
#pragma once
#include "jobs/sector/hdf5_handle.h"
#include "kernels/base/porep.h"

namespace sealyard::sector {

/// proof_type, registered (where it is), sector_bytes, porep_id, api_version, feature.
void put_porep(const hdf5::Handle& file, const PorepConfig& porep);
/// @throws Failure, Error{usage}
PorepConfig get_porep(const hdf5::Handle& file);

}  // namespace sealyard::sector
