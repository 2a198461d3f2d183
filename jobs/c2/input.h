// What C2 proves: C1's output, and what everybody may know of it.
#pragma once
#include <filesystem>
#include <span>
#include <vector>

#include "jobs/sector/commit_json.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/manifest.h"
#include "kernels/circuit/counter.h"
#include "kernels/circuit/sink.h"

namespace sealyard::c2 {

/// Either form: the reference's JSON, or the HDF5 of seal-c1.
/// @throws Error{missing}, Error{io}; Error{corrupt} naming the place.
sector::C1Output read_c1(const std::filesystem::path& file);

/// What seal-c1 left in the work folder, if it is still that and of this sealing.
/// @throws Error{missing} "run seal-c1 first"; Error{corrupt} other bytes, or of another sealing.
sector::C1Output read_c1(const sector::Folder& folder, const sector::Manifest& manifest);

/// SHA-256 of the reference's JSON of it, whatever it was read from.
Node digest(const sector::C1Output& c1);

/// The public inputs of each partition, without the constant 1, from the commitments and the seed
/// alone: what a verifier would compare with.
std::vector<std::vector<circuit::Fr>> inputs(const sector::C1Output& c1);

/// The circuit of one partition with its witness. Borrows `c1`.
circuit::Synthesis circuit_of(const sector::C1Output& c1, unsigned partition);

}  // namespace sealyard::c2
