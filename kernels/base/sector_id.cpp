#include "kernels/base/sector_id.h"

#include <charconv>

#include "kernels/base/error.h"

namespace sealyard {
namespace {

// The digits up to `end`, without leading zeros, or nothing.
bool number(std::string_view digits, std::uint64_t& value) {
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return false;
  const auto* last = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), last, value);
  return error == std::errc{} && at == last;
}

}  // namespace

std::string SectorId::text() const { return fmt::format("s-t0{}-{}", miner, number); }

SectorId parse_sector_id(std::string_view text) {
  SectorId id;
  const bool prefix = text.starts_with("s-t0") || text.starts_with("s-f0");
  const auto dash = text.find('-', 4);
  if (!prefix || dash == text.npos || !number(text.substr(4, dash - 4), id.miner) ||
      !number(text.substr(dash + 1), id.number))
    throw Error(Fault::usage, "sector '{}': want s-t0<miner>-<number>, as s-t01000-7", text);
  return id;
}

}  // namespace sealyard
