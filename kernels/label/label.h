// SDR labels, and the replica id that they start from.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/create_label/single.rs.
#pragma once
#include <cstdint>
#include <span>

#include "kernels/base/node.h"
#include "kernels/device/backend_table.h"

namespace sealyard::label {

/// Entries of one node in the parents that fill() takes: 6 base, then 8 expander.
inline constexpr std::size_t kParents = 14;

/// The 32 bytes that stand for a miner: varint(actor id), zero filled. Actor 1000 is e807 00...
/// Source: filecoin-ffi, proofs.go, toProverID().
Node prover_id(std::uint64_t miner);

/// trim(SHA-256(prover_id || BE64(sector) || ticket || comm_d || porep_id)).
/// Source: rust-fil-proofs, .../vanilla/params.rs, generate_replica_id().
Node replica_id(const Node& prover_id, std::uint64_t sector, const Node& ticket, const Node& comm_d,
                const Node& porep_id);

/// One layer being filled.
struct Layer {
  Node replica_id;
  std::uint32_t number;            ///< from 1
  std::span<const Node> previous;  ///< the whole layer number - 1; empty for layer 1
  std::span<Node> current;         ///< the whole layer; nodes before the first to fill are done
};

/// Fills nodes [first, first + parents.size() / 14) of a layer:
///   label(v) = trim(SHA-256(replica_id || BE32(layer) || BE64(v) || 20 zero bytes || parents)),
/// where parents are 37 nodes: in layer 1 the 6 base parents over and over, in other layers all 14;
/// node 0 has none. Ascending: v - 1 is always a parent of v, so a layer is one long chain.
/// A layer may be filled in ranges, stopped and resumed between any two nodes.
///
/// @param parents  14 indexes a node, graph::Graph::generate() or a part of a parents cache file.
/// @param backend  every backend writes the same bytes; a missing variant is replaced by the best.
///
/// Keeps no state, allocates nothing. About 20 SHA-256 blocks a node.
///
/// @throws Error{usage}    the range, a span's length or the layer number does not fit.
/// @throws Error{corrupt}  a parent is not before its node or not in the layer; nothing written.
void fill(const Layer& layer, std::uint64_t first, std::span<const std::uint32_t> parents,
          Backend backend);

/// The checked arguments of fill(); `previous` is null for layer 1.
struct Range {
  Node replica_id;
  std::uint32_t number;
  std::uint64_t first, last;
  const Node* previous;
  Node* current;
  const std::uint32_t* parents;  ///< entry of `first`
};
using Fill = void(const Range& range);
extern const BackendTable<Fill> fill_backends;

}  // namespace sealyard::label
