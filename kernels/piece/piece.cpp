#include "kernels/piece/piece.h"

#include "kernels/base/error.h"

namespace sealyard::piece {
namespace {

constexpr std::uint64_t kMaxPieceBytes = std::uint64_t{1} << 62;

// The smallest 127 * 2^k that holds the piece.
std::uint64_t room(std::uint64_t piece) {
  std::uint64_t bytes = kMinUnpaddedBytes;
  while (bytes < piece) bytes *= 2;
  return bytes;
}

}  // namespace

Alignment alignment(std::uint64_t written, std::uint64_t piece) {
  if (piece > kMaxPieceBytes)
    throw Error(Fault::usage, "piece: {} bytes, want at most {}", piece, kMaxPieceBytes);
  const std::uint64_t wanted = room(piece), over = written % wanted;
  return {over == 0 ? 0 : wanted - over, wanted - piece};
}

std::uint64_t aligned_bytes(std::span<const std::uint64_t> pieces) {
  std::uint64_t written = 0;
  for (const auto piece : pieces) {
    const auto [left, right] = alignment(written, piece);
    written += left + piece + right;
  }
  return written;
}

std::uint64_t start_byte(std::span<const std::uint64_t> before, std::uint64_t piece) {
  const std::uint64_t written = aligned_bytes(before);
  return written + alignment(written, piece).left;
}

}  // namespace sealyard::piece
