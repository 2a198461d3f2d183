// SHA-256 (FIPS 180-4), and its use as the hash of tree_d: the digest of two nodes, trimmed.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/base/node.h"
#include "kernels/device/backend_table.h"
#include "kernels/sha256/round_constants.h"

namespace sealyard::sha256 {

inline constexpr std::size_t kBlockBytes = 64;

/// Runs the compression function over n blocks of 64 bytes.
using Compress = void(State& state, const std::uint8_t* blocks, std::size_t n);
extern const BackendTable<Compress> compress_backends;

/// The digest: the words of the last state, most significant byte first.
Node state_bytes(const State& state);

/// Hashes a message that comes in parts. Copy it to go on from a common beginning.
class Hasher {
 public:
  /// A kernel without a `backend` variant takes its best one (here and below).
  explicit Hasher(Backend backend = device::best_cpu());

  void update(std::span<const std::uint8_t> bytes);
  void update(const Node& node) { update(std::span(node.bytes)); }
  void update(std::string_view text);

  /// The digest, untrimmed. The hasher is then as new.
  Node finish();

 private:
  Compress* compress_;
  State state_ = kInitialState;
  std::array<std::uint8_t, kBlockBytes> block_{};
  std::uint64_t bytes_ = 0;
};

/// The digest of a whole message, untrimmed.
Node digest(std::span<const std::uint8_t> bytes);

/// parents[i] = trim(SHA-256(children[2i] || children[2i+1])): one row of tree_d from the row
/// below. Source: rust-fil-proofs, filecoin-hashers/src/sha256.rs, Algorithm::node().
///
/// @param children  2n nodes.
/// @param parents   n nodes; may begin where `children` begins, may not otherwise overlap.
/// n is any number, 0 included; ranges of a row may be hashed in any order, in parallel.
///
/// @throws Error{usage} lengths differ; nothing written.
void hash_pairs(std::span<const Node> children, std::span<Node> parents, Backend backend);

using HashPairs = void(const Node* children, Node* parents, std::size_t n);
extern const BackendTable<HashPairs> hash_pairs_backends;

}  // namespace sealyard::sha256
