// Which piece, file or zeros, lies where in a new sector.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kernels/base/porep.h"

namespace sealyard::add_piece {

/// A file to be put into the sector.
struct Source {
  std::filesystem::path file;
  std::uint64_t bytes = 0;  ///< its length now
};

/// A piece of the sector in unpadded bytes, 127 * 2^k. Without a source it is zeros.
struct Slot {
  std::uint64_t unpadded_bytes = 0;
  std::optional<Source> source;
};

/// Lays files out as lotus does: each piece starts at a multiple of its size, zero pieces fill the
/// gaps and the rest, smallest first, so that the pieces fill the sector.
/// Source: lotus, storage/pipeline/utils.go, fillersFromRem(); storage/sealer/ffiwrapper/
/// sealer_cgo.go, GetRequiredPadding().
///
/// @param words  FILE or FILE:UNPADDED_BYTES. Without the number: the next 127 * 2^k that holds the
///               file. A file shorter than its piece is followed by zeros. No word: one zero piece
///               of the sector's size (CC).
/// @throws Error{usage}    a size is not 127 * 2^k, a file is empty or longer than its piece, a
///                         piece or all of them together are too large for the sector
/// @throws Error{missing}  no such file; Error{io} it cannot be looked at.
std::vector<Slot> plan(const PorepConfig& porep, const std::vector<std::string>& words);

}  // namespace sealyard::add_piece
