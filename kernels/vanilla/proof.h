// Vanilla proofs of PoRep: what the prover shows of one challenged node. C1 writes them as JSON,
// the synthetic file holds one record each.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/params.rs, Proof,
// ReplicaColumnProof; column_proof.rs; proof.rs, prove_layers_generate().
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"
#include "kernels/tree/source.h"

namespace sealyard::vanilla {

inline constexpr unsigned kBaseParents = 6, kExpanderParents = 8;
inline constexpr unsigned kParents = kBaseParents + kExpanderParents;
/// Labels that are hashed into one label: the parents, repeated.
inline constexpr unsigned kHashedLabels = 37;

/// 6 base parents, then 8 expander parents, as in the parents cache.
using Parents = std::array<std::uint32_t, kParents>;

/// A node's labels in all layers and the path of their hash in tree_c.
struct ColumnProof {
  std::uint32_t index = 0;
  std::vector<Node> rows;  ///< layer 1 first
  tree::InclusionProof inclusion;
  friend bool operator==(const ColumnProof&, const ColumnProof&) = default;
};

/// The 37 labels under one label.
struct LabelingProof {
  std::array<Node, kHashedLabels> parents;
  std::uint32_t layer_index = 0;
  std::uint64_t node = 0;
  friend bool operator==(const LabelingProof&, const LabelingProof&) = default;
};

/// Proof of one challenge. The labeling and encoding proofs follow from the columns: labeling().
struct Proof {
  std::uint64_t challenge = 0;
  tree::InclusionProof comm_d, comm_r_last;
  ColumnProof column;                         ///< c_x
  std::array<ColumnProof, kParents> parents;  ///< drg_parents[6], exp_parents[8]
  friend bool operator==(const Proof&, const Proof&) = default;
};

/// What a sector's proofs are made from. Readers and the sources are used from several threads.
struct Sector {
  PorepConfig config;
  Node replica_id;
  std::vector<tree::Reader> layers;  ///< layer 1 first
  const tree::Source& tree_d;
  const tree::Source& tree_c;
  const tree::Source& tree_r_last;
  std::function<Parents(std::uint64_t node)> parents;
};

/// The proof of one node; its paths have been checked by the tree sources on the way.
/// @throws Error{usage} no such node; Error{corrupt} from the sources; what a reader throws.
Proof prove(const Sector& sector, std::uint64_t challenge);

/// The labeling proof of a layer, 1 .. L: in layer 1 the six base parents' labels in turn, above it
/// those and the expander parents' labels of the layer below, cut at 37. The encoding proof of the
/// reference has the same content as labeling(proof, L).
LabelingProof labeling(const Proof& proof, unsigned layer);

/// label = trim(SHA256(replica_id || BE32(layer) || BE64(node) || 20 zero bytes || parents)).
Node label(const Node& replica_id, const LabelingProof& labeling);

/// What verification compares with.
struct Commitments {
  Node comm_d, comm_c, comm_r_last;
  friend bool operator==(const Commitments&, const Commitments&) = default;
};

/// The first thing wrong with a proof, in words, naming challenge, layer and field; nothing when
/// all is right. Stricter than the reference: every path is hashed, the numbers of parents and
/// siblings are checked, every node must be a field element.
///
/// check_hashes: roots, indexes, columns, labels and the encoding, but not the hashes inside paths
/// (for proofs fresh from prove(), whose sources have computed those). check: the paths too.
std::optional<std::string> check_hashes(const Proof& proof, const PorepConfig& config,
                                        const Node& replica_id, const Parents& parents,
                                        const Commitments& want);
std::optional<std::string> check(const Proof& proof, const PorepConfig& config,
                                 const Node& replica_id, const Parents& parents,
                                 const Commitments& want);

}  // namespace sealyard::vanilla
