#include "kernels/vanilla/proof.h"

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::vanilla {
namespace {

ColumnProof prove_column(const Sector& sector, std::uint32_t node) {
  ColumnProof column;
  column.index = node;
  column.rows.resize(sector.layers.size());
  for (std::size_t layer = 0; layer < sector.layers.size(); ++layer)
    sector.layers[layer](node, {&column.rows[layer], 1});
  column.inclusion = sector.tree_c.prove(node);
  return column;
}

}  // namespace

Proof prove(const Sector& sector, std::uint64_t challenge) {
  if (challenge == 0 || challenge >= sector.config.nodes())
    throw Error(Fault::usage, "vanilla::prove: challenge {}, want 1 to {}", challenge,
                sector.config.nodes() - 1);
  if (sector.layers.size() != sector.config.layers())
    throw Error(Fault::usage, "vanilla::prove: {} layers, want {}", sector.layers.size(),
                sector.config.layers());
  Proof proof;
  proof.challenge = challenge;
  proof.comm_d = sector.tree_d.prove(challenge);
  proof.comm_r_last = sector.tree_r_last.prove(challenge);
  proof.column = prove_column(sector, static_cast<std::uint32_t>(challenge));
  const Parents parents = sector.parents(challenge);
  for (unsigned i = 0; i < kParents; ++i) proof.parents[i] = prove_column(sector, parents[i]);
  return proof;
}

LabelingProof labeling(const Proof& proof, unsigned layer) {
  if (layer == 0 || layer > proof.column.rows.size())
    throw Error(Fault::usage, "vanilla::labeling: layer {}, want 1 to {}", layer,
                proof.column.rows.size());
  LabelingProof out;
  out.layer_index = layer;
  out.node = proof.challenge;
  const unsigned used = layer == 1 ? kBaseParents : kParents;
  for (unsigned i = 0; i < kHashedLabels; ++i) {
    const unsigned parent = i % used;
    const unsigned from = parent < kBaseParents ? layer : layer - 1;
    out.parents[i] = proof.parents[parent].rows.at(from - 1);
  }
  return out;
}

Node label(const Node& replica_id, const LabelingProof& labeling) {
  std::array<std::uint8_t, 32> place{};
  store_be<std::uint32_t>(place.data(), labeling.layer_index);
  store_be<std::uint64_t>(place.data() + 4, labeling.node);
  sha256::Hasher hasher;
  hasher.update(replica_id);
  hasher.update(place);
  for (const auto& parent : labeling.parents) hasher.update(parent);
  return trim(hasher.finish());
}

}  // namespace sealyard::vanilla
