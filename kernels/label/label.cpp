#include "kernels/label/label.h"

#include <algorithm>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/label/variants.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::label {
namespace {

void check_shape(const Layer& layer, std::uint64_t first, std::size_t entries) {
  const std::uint64_t nodes = layer.current.size();
  if (layer.number == 0) throw Error(Fault::usage, "label::fill: layer 0, want 1 or more");
  const std::uint64_t wanted = layer.number == 1 ? 0 : nodes;
  if (layer.previous.size() != wanted)
    throw Error(Fault::usage, "label::fill: layer {}: {} nodes of the layer before, want {}",
                layer.number, layer.previous.size(), wanted);
  const std::uint64_t count = entries / kParents;
  if (entries % kParents != 0 || first > nodes || count > nodes - first)
    throw Error(Fault::usage,
                "label::fill: layer {}: {} parents from node {} on, want 14 a node of {} nodes",
                layer.number, entries, first, nodes);
}

// What a damaged parents file would make us read is found before anything is read.
void check_parents(std::uint64_t nodes, std::uint64_t first,
                   std::span<const std::uint32_t> parents) {
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const std::uint64_t node = first + i / kParents;
    const std::uint64_t limit = i % kParents < kBaseParents ? node : nodes;
    if (node != 0 && parents[i] >= limit)
      throw Error(Fault::corrupt,
                  "parents: node {}: parent {} is {}, want below {}; make the parents file again",
                  node, i % kParents, parents[i], limit);
  }
}

}  // namespace

const BackendTable<Fill> fill_backends{
    .kernel = "label::fill",
    .portable = portable::fill,
    .sha_ni = sha_ni::fill,
};

Node prover_id(std::uint64_t miner) {
  Node out;
  std::size_t i = 0;
  for (; miner >= 0x80; miner >>= 7) out.bytes[i++] = static_cast<std::uint8_t>(miner | 0x80);
  out.bytes[i] = static_cast<std::uint8_t>(miner);
  return out;
}

Node replica_id(const Node& prover_id, std::uint64_t sector, const Node& ticket, const Node& comm_d,
                const Node& porep_id) {
  std::array<std::uint8_t, 8> number{};
  store_be(number.data(), sector);
  sha256::Hasher hasher;
  hasher.update(prover_id);
  hasher.update(number);
  hasher.update(ticket);
  hasher.update(comm_d);
  hasher.update(porep_id);
  return trim(hasher.finish());
}

void fill(const Layer& layer, std::uint64_t first, std::span<const std::uint32_t> parents,
          Backend backend) {
  check_shape(layer, first, parents.size());
  check_parents(layer.current.size(), first, parents);
  fill_backends.best(backend)({
      .replica_id = layer.replica_id,
      .number = layer.number,
      .first = first,
      .last = first + parents.size() / kParents,
      .previous = layer.number == 1 ? nullptr : layer.previous.data(),
      .current = layer.current.data(),
      .parents = parents.data(),
  });
}

}  // namespace sealyard::label
