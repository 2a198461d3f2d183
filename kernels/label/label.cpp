#include "kernels/label/label.h"

#include <algorithm>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/label/variants.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::label {
namespace {

// Nodes of a sector.
std::uint64_t check_shape(const BatchLayer& layer, std::uint64_t first, std::size_t entries) {
  const std::size_t sectors = layer.replica_ids.size();
  if (layer.number == 0) throw Error(Fault::usage, "label::fill: layer 0, want 1 or more");
  if (sectors == 0 || layer.current.size() % sectors != 0)
    throw Error(Fault::usage, "label::fill: {} nodes of {} sectors; want as many of each",
                layer.current.size(), sectors);
  const std::uint64_t nodes = layer.current.size() / sectors;
  const std::uint64_t wanted = layer.number == 1 ? 0 : layer.current.size();
  if (layer.previous.size() != wanted)
    throw Error(Fault::usage, "label::fill: layer {}: {} nodes of the layer before, want {}",
                layer.number, layer.previous.size(), wanted);
  const std::uint64_t count = entries / kParents;
  if (entries % kParents != 0 || first > nodes || count > nodes - first)
    throw Error(Fault::usage,
                "label::fill: layer {}: {} parents from node {} on, want 14 a node of {} nodes",
                layer.number, entries, first, nodes);
  return nodes;
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

std::vector<Kernel> kernels(Backend most) {
  std::vector<Kernel> found;
  for (const Kernel& kernel : {Kernel{"portable", Backend::portable, 1, 1, portable::fill},
                               Kernel{"sha-ni x1", Backend::sha_ni, 1, 1, sha_ni::fill},
                               Kernel{"sha-ni x2", Backend::sha_ni, 2, 2, sha_ni::fill_2},
                               Kernel{"sha-ni x4", Backend::sha_ni, 4, 4, sha_ni::fill_4},
                               Kernel{"avx512 x16", Backend::avx512, 1, 16, avx512::fill_16},
                               Kernel{"avx512 x32", Backend::avx512, 17, 32, avx512::fill_32}})
    if (kernel.backend <= most && device::host_has(kernel.backend)) found.push_back(kernel);
  return found;
}

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
  const auto chosen = fill_backends.choose(backend);
  const Part part{{name(chosen), chosen, 1, 1, fill_backends.entry(chosen)}, 1};
  fill({{&layer.replica_id, 1}, layer.number, layer.previous, layer.current}, first, parents,
       {&part, 1});
}

void fill(const BatchLayer& layer, std::uint64_t first, std::span<const std::uint32_t> parents,
          std::span<const Part> split) {
  const auto nodes = check_shape(layer, first, parents.size());
  const std::size_t sectors = layer.replica_ids.size();
  std::size_t taken = 0;
  for (const auto& [kernel, count] : split) {
    if (count < kernel.least || count > kernel.most)
      throw Error(Fault::usage, "label::fill: {} takes {} to {} sectors, not {}", kernel.name,
                  kernel.least, kernel.most, count);
    taken += count;
  }
  if (taken != sectors)
    throw Error(Fault::usage, "label::fill: kernels for {} sectors, want {}", taken, sectors);
  check_parents(nodes, first, parents);
  std::size_t sector = 0;
  for (const auto& [kernel, count] : split) {
    kernel.fill({.replica_ids = layer.replica_ids.data() + sector,
                 .sectors = count,
                 .stride = sectors,
                 .number = layer.number,
                 .first = first,
                 .last = first + parents.size() / kParents,
                 .previous = layer.number == 1 ? nullptr : layer.previous.data() + sector,
                 .current = layer.current.data() + sector,
                 .parents = parents.data()});
    sector += count;
  }
}

}  // namespace sealyard::label
