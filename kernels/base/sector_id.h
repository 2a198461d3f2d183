// Which sector: the miner's actor id and the sector number, and the name files carry.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace sealyard {

struct SectorId {
  std::uint64_t miner = 0;   ///< actor id: 1000 for t01000 and f01000
  std::uint64_t number = 0;  ///< 64 bits, as on chain

  /// "s-t01000-7", on every network.
  /// Source: lotus, storage/sealer/storiface/filetype.go, SectorName().
  std::string text() const;

  friend bool operator==(const SectorId&, const SectorId&) = default;
  friend auto operator<=>(const SectorId&, const SectorId&) = default;
};

/// "s-t01000-7" or "s-f01000-7".  @throws Error{usage} anything else, with the form wanted.
SectorId parse_sector_id(std::string_view text);

}  // namespace sealyard
