#include "kernels/circuit/porep.h"

#include "kernels/base/error.h"
#include "kernels/circuit/label.h"
#include "kernels/circuit/merkle.h"
#include "kernels/circuit/poseidon.h"

namespace sealyard::circuit {
namespace {

using Label = std::vector<Num>;  // a column: a node's labels, layer 1 first

vanilla::Proof blank_proof(const PorepConfig& config) {
  const auto data = tree::data_tree(config.nodes());
  const auto shape = config.tree();
  vanilla::Proof proof;
  proof.comm_d = tree::blank_proof(data, tree::whole(data), 0);
  proof.comm_r_last = tree::blank_proof(tree::base_tree(shape), shape, 0);
  proof.column.rows.resize(config.layers());
  proof.column.inclusion = proof.comm_r_last;
  proof.parents.fill(proof.column);
  return proof;
}

void require_proof(const vanilla::Proof& found, const PorepConfig& config) {
  const auto want = blank_proof(config);
  require_shape(found.comm_d, want.comm_d, "comm_d proof");
  require_shape(found.comm_r_last, want.comm_r_last, "comm_r_last proof");
  require_shape(found.column.inclusion, want.column.inclusion, "column proof");
  for (const auto& parent : found.parents) {
    require_shape(parent.inclusion, want.column.inclusion, "parent's column proof");
    if (parent.rows.size() != config.layers())
      throw Error(Fault::usage, "circuit: parent {} has {} labels, want {}", parent.index,
                  parent.rows.size(), config.layers());
  }
}

// A parent: its labels, their hash, and the hash's place in tree_c.
Label parent_column(Sink& sink, const vanilla::ColumnProof& column, const Num& comm_c) {
  Label labels;
  for (const auto& row : column.rows) labels.push_back(new_num(sink, row));
  const Num hash = poseidon_hash(sink, labels);
  include(sink, column.inclusion, hash, comm_c);
  return labels;
}

// The label of one layer out of the parents' labels: base parents give those of the same layer,
// expander parents those of the layer below. They are taken in turn until there are 37.
Num label_of_layer(Sink& sink, const PorepHead& head, std::span<const Label> parents,
                   unsigned layer, std::span<const Boolean> node) {
  const unsigned used = layer == 1 ? vanilla::kBaseParents : vanilla::kParents;
  std::vector<Bits> bits;
  for (unsigned i = 0; i < used; ++i) {
    const unsigned from = i < vanilla::kBaseParents ? layer : layer - 1;
    bits.push_back(reverse_bit_numbering(to_bits(sink, parents[i][from - 1])));
  }
  std::vector<std::span<const Boolean>> repeated;
  for (unsigned i = 0; i < vanilla::kHashedLabels; ++i) repeated.push_back(bits[i % used]);
  return create_label(sink, head.replica_id, repeated, layer, node);
}

}  // namespace

PorepHead porep_head(Sink& sink, const PorepConfig& config, const PorepStatement& statement,
                     const vanilla::Commitments& roots) {
  PorepHead head;
  head.layers = config.layers();
  const Num replica_id = new_num(sink, statement.replica_id);
  inputize(sink, replica_id);
  head.replica_id = reverse_bit_numbering(to_bits(sink, replica_id));
  head.comm_d = new_num(sink, statement.comm_d);
  inputize(sink, head.comm_d);
  const Num comm_r = new_num(sink, statement.comm_r);
  inputize(sink, comm_r);
  head.comm_r_last = new_num(sink, roots.comm_r_last);
  head.comm_c = new_num(sink, roots.comm_c);
  const Num hash = poseidon_hash(sink, head.comm_c, head.comm_r_last);
  equal(sink, comm_r, hash);
  return head;
}

void porep_challenge(Sink& sink, const PorepConfig& config, const PorepHead& head,
                     const vanilla::Proof& proof) {
  require_proof(proof, config);
  const Num data = new_num(sink, proof.comm_d.leaf);
  include(sink, proof.comm_d, data, head.comm_d);
  std::vector<Label> parents;
  for (const auto& column : proof.parents)
    parents.push_back(parent_column(sink, column, head.comm_c));
  const Bits node = new_bits(sink, proof.challenge, 64);
  pack_into_inputs(sink, node);
  Label labels;
  for (unsigned layer = 1; layer <= head.layers; ++layer)
    labels.push_back(label_of_layer(sink, head, parents, layer, node));
  const Num replica = add(sink, labels.back(), data);
  include(sink, proof.comm_r_last, replica, head.comm_r_last);
  const Num hash = poseidon_hash(sink, labels);
  include(sink, proof.column.inclusion, hash, head.comm_c);
}

void porep(Sink& sink, const PorepConfig& config, const PorepStatement& statement,
           std::span<const vanilla::Proof> partition) {
  if (partition.size() != config.challenges_per_partition())
    throw Error(Fault::usage, "circuit: {} proofs in a partition of {}, want {}", partition.size(),
                config.name(), config.challenges_per_partition());
  const auto roots = [](const vanilla::Proof& proof) {
    return vanilla::Commitments{proof.comm_d.root, proof.column.inclusion.root,
                                proof.comm_r_last.root};
  };
  const auto first = roots(partition.front());
  for (const auto& proof : partition)
    if (!(roots(proof) == first))
      throw Error(Fault::usage, "circuit: challenge {} has other roots than challenge {}",
                  proof.challenge, partition.front().challenge);
  const PorepHead head = porep_head(sink, config, statement, first);
  for (const auto& proof : partition) porep_challenge(sink, config, head, proof);
}

Synthesis blank_porep(const PorepConfig& config) {
  return [config, partition = std::vector<vanilla::Proof>(config.challenges_per_partition(),
                                                          blank_proof(config))](Sink& sink) {
    porep(sink, config, {}, partition);
  };
}

// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/circuit/proof.rs,
// generate_public_inputs().
std::vector<Fr> porep_inputs(const PorepStatement& statement,
                             std::span<const std::uint64_t> challenges,
                             const std::function<vanilla::Parents(std::uint64_t)>& parents) {
  std::vector<Fr> inputs;
  for (const auto* node : {&statement.replica_id, &statement.comm_d, &statement.comm_r})
    inputs.push_back(field::from_node(*node));
  for (const auto challenge : challenges) {
    const Fr index = field::from_u64(challenge);
    inputs.push_back(index);
    for (const auto parent : parents(challenge)) inputs.push_back(field::from_u64(parent));
    inputs.insert(inputs.end(), 3, index);
  }
  return inputs;
}

}  // namespace sealyard::circuit
