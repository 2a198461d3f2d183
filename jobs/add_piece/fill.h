// Pieces into a sector: read, pad, commit, write.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "jobs/add_piece/plan.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "kernels/base/backend.h"

namespace sealyard::add_piece {

/// Called with the padded bytes done so far; may throw to stop.
using Progress = std::function<void(std::uint64_t padded_done)>;

/// Reads every slot in order, makes its CommP, and writes its padded nodes to `out`.
/// @param out  the unsealed file; nullptr: only the commitments are wanted.
/// @throws Error{usage} a file has changed its length; Error{io}; Error{missing}.
std::vector<sector::Piece> fill(const std::vector<Slot>& slots, sector::Output* out,
                                Backend backend, const Progress& progress);

/// CommD over pieces that fill the sector.
Node comm_d(const PorepConfig& porep, const std::vector<sector::Piece>& pieces);

}  // namespace sealyard::add_piece
