// The stacked depth-robust graph: for each node 6 base parents (DRG, bucket sampling, same layer)
// and 8 expander parents (Feistel permutation, layer before).
// Source: rust-fil-proofs, storage-proofs-core/src/drgraph.rs and crypto/feistel.rs,
// storage-proofs-porep/src/stacked/vanilla/graph.rs and cache.rs.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"
#include "kernels/device/backend_table.h"

namespace sealyard::graph {

inline constexpr std::size_t kBaseDegree = 6;
inline constexpr std::size_t kExpanderDegree = 8;
inline constexpr std::size_t kDegree = kBaseDegree + kExpanderDegree;
/// A node's entry in a parents cache file: 14 indexes, least significant byte first.
inline constexpr std::size_t kEntryBytes = kDegree * sizeof(std::uint32_t);

/// What a Feistel permutation is made of. Half words have h = `half_bits` bits, the smallest h >= 1
/// with 4^h >= `elements`.
struct FeistelKey {
  std::uint64_t elements, half_mask;
  unsigned half_bits;
  std::array<std::uint64_t, 3> round;
};

/// Replaces each of `count` values below `elements` by its image.
using Permute = void(const FeistelKey& key, std::uint64_t* values, std::size_t count);
extern const BackendTable<Permute> permute_backends;

/// A permutation of [0, elements) by a three-round Feistel network with cycle walking.
/// Source: rust-fil-proofs, storage-proofs-core/src/crypto/feistel.rs.
class Feistel {
 public:
  /// @param elements  at least 1, at most 2^62.
  /// @param keys      one a round; the fourth is not used.
  Feistel(std::uint64_t elements, const std::array<std::uint64_t, 4>& keys);

  /// Replaces each value, below `elements`, by its image.
  void permute(std::span<std::uint64_t> values, Backend backend) const;

 private:
  FeistelKey key_;
};

/// The graph of one porep id and size. Small, immutable, used from any number of threads at once.
class Graph {
 public:
  explicit Graph(const PorepConfig& config);

  /// Any number of nodes, for the reference's small test graphs.
  /// @throws Error{usage} nodes is 0 or above 2^32 - 1.
  Graph(std::uint64_t nodes, const Node& porep_id, ApiVersion api);

  std::uint64_t nodes() const { return nodes_; }
  const std::array<std::uint8_t, 28>& drg_seed() const { return drg_seed_; }
  const std::array<std::uint64_t, 4>& feistel_keys() const { return keys_; }

  /// @param node  below nodes(); not checked here, nor in the next two.
  void base_parents(std::uint64_t node, std::span<std::uint32_t, kBaseDegree> parents) const;
  void expander_parents(std::uint64_t node,
                        std::span<std::uint32_t, kExpanderDegree> parents) const;
  /// 6 base parents, then 8 expander parents. About 3 microseconds.
  void parents(std::uint64_t node, std::span<std::uint32_t, kDegree> parents) const;

  /// Entries of the nodes from `first` on, as they lie in a parents cache file.
  /// @param out  14 numbers a node; its size says how many nodes.
  /// @param backend  every backend writes the same bytes; a missing variant becomes the best one.
  /// @throws Error{usage} a node behind the last, or a part of an entry; nothing written.
  void generate(std::uint64_t first, std::span<std::uint32_t> out,
                Backend backend = device::best_cpu()) const;

  /// File name of the parents cache as every Filecoin implementation calls it:
  /// "v28-sdr-parent-<64 hex digits>.cache". The api version is not part of it.
  std::string cache_name() const;
  std::uint64_t cache_bytes() const { return nodes_ * kEntryBytes; }

 private:
  void permute(std::span<std::uint64_t> values, Backend backend) const;
  std::uint32_t expander_index(std::uint64_t value) const;

  std::uint64_t nodes_;
  ApiVersion api_;
  std::array<std::uint8_t, 28> drg_seed_{};
  std::array<std::uint64_t, 4> keys_{};  // the fourth is part of the cache's name only
};

/// SHA-256 of the whole parents cache, for proofs 0 to 9; nobody published one for the others.
/// Source: rust-fil-proofs, storage-proofs-porep/parent_cache.json.
std::optional<Node> published_cache_digest(const PorepConfig& config);

}  // namespace sealyard::graph
