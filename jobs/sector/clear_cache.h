// Trimming a sealed sector's cache folder to what proofs still need.
#pragma once
#include <vector>

#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"

namespace sealyard::sector {

/// What clear_cache of the reference removes: tree_d, tree_c and all layers. p_aux, t_aux,
/// tree_r_last and the synthetic proofs stay.
/// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/clear_files.rs.
std::vector<File> cleared_files(const Folder& folder);

/// Removes them; those already gone are no fault.  @throws Error{io}, Error{busy} (fence)
void clear_cache(const Folder& folder, const Lock& lock);

}  // namespace sealyard::sector
