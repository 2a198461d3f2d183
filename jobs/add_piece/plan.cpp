#include "jobs/add_piece/plan.h"

#include <bit>
#include <charconv>

#include "kernels/base/error.h"
#include "kernels/piece/piece.h"

namespace sealyard::add_piece {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMin = piece::kMinUnpaddedBytes;

struct Word {
  fs::path file;
  std::optional<std::uint64_t> unpadded_bytes;
};

// The last colon parts the size off when only digits follow.
Word parse(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || colon + 1 == text.size() ||
      text.find_first_not_of("0123456789", colon + 1) != text.npos)
    return {text, std::nullopt};
  std::uint64_t bytes = 0;
  const auto* end = text.data() + text.size();
  if (std::from_chars(text.data() + colon + 1, end, bytes).ec != std::errc{})
    throw Error(Fault::usage, "--piece {}: the size is above 2^64", text);
  return {text.substr(0, colon), bytes};
}

std::uint64_t length(const fs::path& file) {
  std::error_code error;
  const auto status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found)
    throw Error(Fault::missing, "piece {} is missing", file.string());
  if (error) throw Error(Fault::io, "piece {}: {}", file.string(), error.message());
  if (status.type() != fs::file_type::regular)
    throw Error(Fault::usage, "piece {} is no regular file", file.string());
  const auto bytes = fs::file_size(file, error);
  if (error) throw Error(Fault::io, "piece {}: {}", file.string(), error.message());
  if (bytes == 0)
    throw Error(Fault::usage, "piece {} is empty, want at least 1 byte", file.string());
  return bytes;
}

// The smallest 127 * 2^k of at least `bytes`; `bytes` is below the largest sector.
std::uint64_t room(std::uint64_t bytes) { return kMin * std::bit_ceil((bytes + kMin - 1) / kMin); }

Slot slot(const std::string& text, std::uint64_t sector_unpadded) {
  const auto word = parse(text);
  const auto bytes = length(word.file);
  const auto too_large = [&](std::uint64_t size) {
    return Error(Fault::usage, "piece {}: {} unpadded bytes, the sector holds {}",
                 word.file.string(), size, sector_unpadded);
  };
  if (!word.unpadded_bytes) {
    if (bytes > sector_unpadded) throw too_large(bytes);
    return {room(bytes), Source{word.file, bytes}};
  }
  const auto size = *word.unpadded_bytes;
  if (size % kMin != 0 || !std::has_single_bit(size / kMin))
    throw Error(Fault::usage, "piece {}: {} unpadded bytes, want 127 times a power of two ({})",
                word.file.string(), size, size <= sector_unpadded ? room(size) : sector_unpadded);
  if (size > sector_unpadded) throw too_large(size);
  if (bytes > size)
    throw Error(Fault::usage, "piece {} is {} bytes, longer than the {} it is given",
                word.file.string(), bytes, size);
  return {size, Source{word.file, bytes}};
}

// Zero pieces over `unpadded` bytes, one for each bit that is set, smallest first: what follows is
// then at a multiple of its size.
void fill(std::uint64_t unpadded, std::vector<Slot>& slots) {
  for (auto units = unpadded / kMin; units != 0; units &= units - 1)
    slots.push_back({kMin << std::countr_zero(units), std::nullopt});
}

}  // namespace

std::vector<Slot> plan(const PorepConfig& porep, const std::vector<std::string>& words) {
  const auto sector = porep.unpadded_bytes();
  std::vector<Slot> slots;
  std::uint64_t written = 0;
  for (const auto& word : words) {
    const auto next = slot(word, sector);
    const auto left = piece::alignment(written, next.unpadded_bytes).left;
    if (left + next.unpadded_bytes > sector - written)
      throw Error(Fault::usage,
                  "piece {} of {} unpadded bytes starts at {} and ends behind the sector's {}",
                  next.source->file.string(), next.unpadded_bytes, written + left, sector);
    fill(left, slots);
    slots.push_back(next);
    written += left + next.unpadded_bytes;
  }
  fill(sector - written, slots);
  return slots;
}

}  // namespace sealyard::add_piece
