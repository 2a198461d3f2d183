// Fr32 padding: client bytes as field elements. Every 254 bits of the client's bit stream (bits of
// a byte least significant first) are followed by two zero bits; 127 bytes become 4 nodes.
// Source: rust-fil-proofs, fr32/src/reader.rs, fr32/src/padding.rs.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/device/backend_table.h"

namespace sealyard::fr32 {

inline constexpr std::size_t kUnpaddedBlockBytes = 127;
inline constexpr std::size_t kPaddedBlockBytes = 128;
inline constexpr std::size_t kBlockNodes = kPaddedBlockBytes / kNodeBytes;

/// Bytes that hold `unpadded` client bytes once padded, without the zero fill of the last element.
/// A multiple of 127 gives the same multiple of 128.
std::uint64_t to_padded(std::uint64_t unpadded);

/// Whole client bytes in `padded` padded bytes; a multiple of 128 gives that multiple of 127.
std::uint64_t to_unpadded(std::uint64_t padded);

/// Elements that pad() writes for `unpadded` client bytes: ceil(8 * unpadded / 254).
std::uint64_t padded_nodes(std::uint64_t unpadded);

/// Pads from the start of a 127-byte block; the last element is filled with zero bits.
/// A stream may be padded in pieces, in parallel, when every cut is at a multiple of 127.
///
/// @param unpadded  any number of bytes, 0 included.
/// @param padded    padded_nodes(unpadded.size()) nodes, all written; no overlap.
/// @throws Error{usage} the sizes differ; nothing written.
void pad(std::span<const std::uint8_t> unpadded, std::span<Node> padded,
         Backend backend = device::best_cpu());

/// n whole blocks.
using PadBlocks = void(const std::uint8_t* unpadded, Node* padded, std::size_t n);
extern const BackendTable<PadBlocks> pad_backends;

/// Takes client bytes [offset, offset + unpadded.size()) out of a padded stream.
///
/// @param padded    the padded stream from its start, or from any multiple of 128 bytes (then
///                  `offset` counts from there); any length.
/// @param unpadded  any number of bytes, all written; no overlap.
/// @throws Error{usage} the range ends behind the last whole client byte; nothing written.
void unpad(std::span<const std::uint8_t> padded, std::uint64_t offset,
           std::span<std::uint8_t> unpadded);

/// The whole 128-byte blocks that hold a range of client bytes: what to read before unpad().
struct Cover {
  std::uint64_t padded_offset;  ///< multiple of 128
  std::uint64_t padded_bytes;   ///< multiple of 128
  std::uint64_t offset;         ///< of the range within the cover, in client bytes; below 127
};
Cover cover(std::uint64_t offset, std::uint64_t bytes);

/// Pads a stream that comes in parts of any size, in constant memory.
class Padder {
 public:
  /// Appends the elements of the blocks that are now whole to `out`.
  void update(std::span<const std::uint8_t> unpadded, std::vector<Node>& out);

  /// Appends the elements of the last, partial block, zero filled. The padder is then as new.
  void finish(std::vector<Node>& out);

 private:
  std::array<std::uint8_t, kUnpaddedBlockBytes> rest_{};
  std::size_t rest_bytes_ = 0;
};

}  // namespace sealyard::fr32
