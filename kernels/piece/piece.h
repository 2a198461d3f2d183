// Pieces: where a client's piece lies in a sector, its commitment CommP, and CommD over them.
// "unpadded" bytes are the client's, "padded" bytes are Fr32: 127 to 128.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/backend.h"
#include "kernels/base/node.h"

namespace sealyard::piece {

inline constexpr std::uint64_t kMinUnpaddedBytes = 127;

/// Zeros around a piece, in unpadded bytes.
struct Alignment {
  std::uint64_t left;   ///< before it: it starts at a multiple of its room
  std::uint64_t right;  ///< after it: its room is 127 * 2^k

  friend bool operator==(const Alignment&, const Alignment&) = default;
};

/// Where a piece of `piece` unpadded bytes goes after `written` bytes of pieces and zeros.
/// Source: rust-fil-proofs, filecoin-proofs/src/pieces.rs, get_piece_alignment().
/// @throws Error{usage} the piece is larger than 2^62 bytes.
Alignment alignment(std::uint64_t written, std::uint64_t piece);

/// Unpadded bytes written once pieces of these sizes lie in the sector, zeros included.
/// Source: the same file, sum_piece_bytes_with_alignment().
std::uint64_t aligned_bytes(std::span<const std::uint64_t> pieces);

/// First unpadded byte of a piece that comes after pieces of these sizes.
/// Source: the same file, get_piece_start_byte().
std::uint64_t start_byte(std::span<const std::uint64_t> before, std::uint64_t piece);

/// CommP or CommD of zeros: Z(32) = 0, Z(2s) = H(Z(s), Z(s)).
/// @throws Error{usage} `padded_bytes` is no power of two of at least 32.
Node zero_commitment(std::uint64_t padded_bytes);

struct PieceInfo {
  Node comm_p;
  std::uint64_t padded_bytes;
};

/// CommD of the pieces in their order, zeros between them where alignment asks for them.
/// Source: rust-fil-proofs, filecoin-proofs/src/pieces.rs, compute_comm_d().
///
/// No pieces: zeros over the whole sector. Otherwise the tree is as high as the pieces need: they
/// must fill the sector for the result to be the root of its tree_d; the caller lists the fillers.
///
/// @throws Error{usage} more pieces than the sector has room for, their sizes add up to more than
///         the sector, a size is no power of two of at least 128, or a commitment is all zero.
Node comm_d(std::uint64_t sector_bytes, std::span<const PieceInfo> pieces);

/// Builds a CommP from padded nodes that come in parts of any size; memory does not grow with the
/// piece (one node a row, and a batch of 192 KiB).
class CommP {
 public:
  explicit CommP(Backend backend);

  void add(std::span<const Node> padded);
  /// The same as adding `nodes` zero nodes, in time that grows with the height only.
  void add_zeros(std::uint64_t nodes);
  std::uint64_t padded_bytes() const { return nodes_ * kNodeBytes; }

  /// The commitment of what was added. The builder is then as new.
  /// @throws Error{usage} the padded size is no power of two of at least 128 bytes.
  PieceInfo finish();

 private:
  struct Subtree {
    Node root;
    unsigned height;
  };
  void push(Subtree subtree);
  void fold(std::span<const Node> leaves);

  Backend backend_;
  std::uint64_t nodes_ = 0;
  std::vector<Node> batch_;     // nodes not hashed yet
  std::vector<Node> rows_;      // of the batch being folded
  std::vector<Subtree> stack_;  // heights fall
};

}  // namespace sealyard::piece
