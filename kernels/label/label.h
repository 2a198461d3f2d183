// SDR labels, and the replica id that they start from.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/create_label/single.rs.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

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

/// The same layer of several sectors of one porep, being filled in lock step: they share their
/// parents. Node v of sector k of n is nodes[v * n + k]: a parent of all sectors is one run of
/// bytes.
struct BatchLayer {
  std::span<const Node> replica_ids;  ///< one a sector
  std::uint32_t number;               ///< from 1
  std::span<const Node> previous;     ///< all n sectors' layer number - 1; empty for layer 1
  std::span<Node> current;
};

/// The checked arguments of fill(); `previous` is null for layer 1. A kernel fills sectors
/// [0, sectors) of rows that are `stride` nodes long.
struct Range {
  const Node* replica_ids;
  unsigned sectors;
  std::size_t stride;
  std::uint32_t number;
  std::uint64_t first, last;
  const Node* previous;
  Node* current;
  const std::uint32_t* parents;  ///< entry of `first`
};
using Fill = void(const Range& range);
extern const BackendTable<Fill> fill_backends;  ///< any number of sectors, one after another

/// A way to fill several sectors at a time on one core: lanes of one vector, or streams whose
/// instructions fill each other's latency. All write the same bytes; which is fastest for how many
/// sectors depends on the core: measure().
struct Kernel {
  std::string_view name;
  Backend backend;
  unsigned least, most;  ///< sectors it takes; time does not depend on how many
  Fill* fill;
};
/// Those that this host can run and `most` allows; portable first. portable and sha-ni x1 take 1.
std::vector<Kernel> kernels(Backend most = device::best_cpu());

/// As fill() above, for all sectors: `split` tells how many each kernel takes, sector 0 first.
/// @throws Error{usage} also when `split` does not add up to the sectors or does not fit a kernel.
struct Part {
  Kernel kernel;
  unsigned sectors;
};
void fill(const BatchLayer& layer, std::uint64_t first, std::span<const std::uint32_t> parents,
          std::span<const Part> split);

/// Nanoseconds in which a kernel labels one node of the most sectors that it takes, parents in the
/// cache; takes some ten milliseconds.
double measure(const Kernel& kernel);

/// The split of `sectors` that takes least time. `ns` are the measured times of `kernels`.
/// @throws Error{usage} no kernel takes a single sector, or other sizes.
std::vector<Part> fastest_split(unsigned sectors, std::span<const Kernel> kernels,
                                std::span<const double> ns);

}  // namespace sealyard::label
