#include "kernels/circuit/update.h"

#include <bit>

#include "kernels/base/error.h"
#include "kernels/circuit/merkle.h"
#include "kernels/circuit/poseidon.h"
#include "kernels/circuit/sha256.h"

namespace sealyard::circuit {
namespace {

// The first input: the number of the partition, above it one bit for each of high_bits.
std::uint64_t packed_selectors(const UpdateShape& shape, unsigned partition) {
  return partition | std::uint64_t{1} << (shape.partition_bits + shape.chosen);
}

tree::Path head_of(const tree::Path& path, unsigned levels) {
  tree::Path head;
  head.arity = path.arity;
  head.positions.assign(path.positions.begin(), path.positions.begin() + levels);
  head.siblings.assign(path.siblings.begin(), path.siblings.begin() + levels * (path.arity - 1));
  return head;
}

UpdateChallenge blank_challenge(const UpdateShape& shape) {
  UpdateChallenge challenge;
  const auto data = tree::data_tree(std::uint64_t{1} << shape.node_bits);
  challenge.d_new = tree::blank_proof(data, tree::whole(data), 0);
  challenge.r_old = challenge.r_new = tree::blank_proof(tree::base_tree(shape.tree), shape.tree, 0);
  return challenge;
}

void require_shape_of(const UpdatePartition& partition, const UpdateShape& shape) {
  if (partition.number >= shape.partitions() ||
      partition.apex_leaves.size() != shape.apex_leaves() ||
      partition.challenges.size() != shape.challenges)
    throw Error(
        Fault::usage,
        "circuit: update: partition {} with {} apex leaves and {} challenges, want one below "
        "{} with {} and {}",
        partition.number, partition.apex_leaves.size(), partition.challenges.size(),
        shape.partitions(), shape.apex_leaves(), shape.challenges);
  const auto want = blank_challenge(shape);
  for (const auto& challenge : partition.challenges) {
    require_shape(challenge.r_old, want.r_old, "proof in the old tree_r_last");
    require_shape(challenge.d_new, want.d_new, "proof in tree_d");
    require_shape(challenge.r_new, want.r_new, "proof in the new tree_r_last");
  }
}

// The variables that all challenges of a partition refer to.
struct Shared {
  const UpdateShape& shape;
  Bits partition_bits, selectors;
  Num phi, root_r_old, root_r_new;
  Nums apex;
};

Num new_input(Sink& sink, const Fr& value) {
  const Num made = new_num(sink, value);
  inputize(sink, made);
  return made;
}

// The apex leaves belong to tree_d: their root, and its path by the partition's number.
void apex_in_tree_d(Sink& sink, const Shared& shared, std::span<const Num> siblings,
                    const Num& comm_d_new) {
  Nums row = shared.apex;
  while (row.size() > 1) {
    Nums above;
    for (std::size_t i = 0; i < row.size(); i += 2)
      above.push_back(sha256_pair(sink, row[i], row[i + 1]));
    row = std::move(above);
  }
  tree::InclusionProof path;
  path.hash = tree::Hash::sha256;
  path.base.arity = 2;
  path.base.positions.resize(siblings.size());
  const Num root = climb_known(sink, path, row.front(), shared.partition_bits, siblings);
  equal(sink, root, comm_d_new);
}

// The top bits of a node number, as many as the one selector that is set says.
Num high_bits(Sink& sink, const Shared& shared, std::span<const Boolean> node) {
  Sum<6> sum;
  Fr value;
  for (std::size_t i = 0; i < shared.selectors.size(); ++i) {
    const Num top = pack(sink, node.last(shared.shape.high_bits[i]));
    const auto& selector = shared.selectors[i];
    const Num part = mul(sink, top, {selector.variable, selector.value ? kOne : Fr{}});
    sum.plus(part);
    value = field::add(value, part.value);
  }
  const Num high = new_num(sink, value);
  sink.enforce(sum, one_lc(), lc(high));
  return high;
}

void included(Sink& sink, const tree::InclusionProof& proof, const Num& leaf,
              std::span<const Boolean> node, const Num& root) {
  const Nums siblings = new_siblings(sink, proof);
  const Num computed = climb_known(sink, proof, leaf, node, siblings);
  equal(sink, computed, root);
}

void challenge(Sink& sink, const Shared& shared, const UpdateChallenge& shown,
               std::span<const Boolean> node) {
  const auto& shape = shared.shape;
  const Num high = high_bits(sink, shared, node);
  const Num rho = poseidon_hash(sink, shared.phi, high, PoseidonDomain::randomness);
  const Num leaf_r_old = new_num(sink, shown.r_old.leaf);
  const Num leaf_d_new = new_num(sink, shown.d_new.leaf);
  const Num leaf_r_new = add(sink, leaf_r_old, mul(sink, leaf_d_new, rho));
  included(sink, shown.r_old, leaf_r_old, node, shared.root_r_old);
  included(sink, shown.r_new, leaf_r_new, node, shared.root_r_new);
  const Num apex = select(sink, shared.apex, node.subspan(shape.data_levels(), shape.apex_bits));
  tree::InclusionProof below_apex;
  below_apex.hash = tree::Hash::sha256;
  below_apex.base = head_of(shown.d_new.base, shape.data_levels());
  included(sink, below_apex, leaf_d_new, node.first(shape.data_levels()), apex);
}

}  // namespace

UpdateShape update_shape(std::uint64_t sector_bytes) {
  const auto config = raw_porep(sector_bytes, Node{}, ApiVersion::v1_1_0);
  const auto bits = static_cast<unsigned>(std::countr_zero(config.nodes()));
  UpdateShape shape{};
  shape.node_bits = bits;
  shape.partition_bits = bits <= 8 ? 0 : bits <= 10 ? 1 : bits <= 19 ? 2 : 4;
  shape.apex_bits = bits <= 8 ? 3 : 7;
  shape.challenges = bits <= 19 ? 10 : 86;
  shape.high_bits = bits <= 10 ? std::array<unsigned, 6>{1, 1, 1, 1, 1, 1}
                               : std::array<unsigned, 6>{7, 8, 9, 10, 11, 12};
  shape.chosen = bits <= 10 ? 0 : 3;
  shape.tree = config.tree();
  return shape;
}

std::vector<Bits> challenge_bits(Sink& sink, const Num& comm_r_new, const Num& partition,
                                 unsigned challenges, unsigned bits) {
  const unsigned per_digest = kCapacityBits / bits;
  const unsigned digests = (challenges + per_digest - 1) / per_digest;
  const Fr factor = field::from_u64(digests);
  std::vector<Bits> made;
  for (unsigned j = 0; j < digests; ++j) {
    const Fr offset = field::from_u64(j);
    const Num index = new_num(sink, field::add(field::mul(factor, partition.value), offset));
    sink.enforce(Sum<2>().plus(partition, factor).plus(Num{Variable(), kOne}, offset), one_lc(),
                 lc(index));
    const Num digest = poseidon_hash(sink, comm_r_new, index, PoseidonDomain::randomness);
    const Bits all = to_bits_packed(sink, digest);
    for (unsigned q = 0; q < per_digest && made.size() < challenges; ++q)
      made.emplace_back(all.begin() + q * bits, all.begin() + (q + 1) * bits);
  }
  return made;
}

void update(Sink& sink, const UpdateShape& shape, const UpdateStatement& statement,
            const UpdatePartition& partition) {
  require_shape_of(partition, shape);
  Shared shared{shape, {}, {}, {}, {}, {}, {}};
  const std::uint64_t packed = packed_selectors(shape, partition.number);
  const Num selectors = new_input(sink, field::from_u64(packed));
  const Bits bits = new_bits(sink, packed, shape.partition_bits + 6);
  equal_packed(sink, bits, selectors);
  shared.partition_bits.assign(bits.begin(), bits.begin() + shape.partition_bits);
  shared.selectors.assign(bits.begin() + shape.partition_bits, bits.end());
  const Num number = pack(sink, shared.partition_bits);
  const Num comm_r_old = new_input(sink, field::from_node(statement.comm_r_old));
  const Num comm_d_new = new_input(sink, field::from_node(statement.comm_d_new));
  const Num comm_r_new = new_input(sink, field::from_node(statement.comm_r_new));
  shared.phi = poseidon_hash(sink, comm_d_new, comm_r_old, PoseidonDomain::randomness);

  const auto& shown = partition.challenges;
  const Num comm_c = new_num(sink, partition.comm_c);
  shared.root_r_old = new_num(sink, shown.front().r_old.root);
  shared.root_r_new = new_num(sink, shown.front().r_new.root);
  for (const auto& node : partition.apex_leaves) shared.apex.push_back(new_num(sink, node));
  Nums partition_path;  // above the apex: the same for all challenges
  const auto& data_path = shown.front().d_new.base.siblings;
  for (auto node = data_path.end() - shape.partition_bits; node != data_path.end(); ++node)
    partition_path.push_back(new_num(sink, *node));

  equal(sink, poseidon_hash(sink, comm_c, shared.root_r_old), comm_r_old);
  equal(sink, poseidon_hash(sink, comm_c, shared.root_r_new), comm_r_new);
  apex_in_tree_d(sink, shared, partition_path, comm_d_new);
  const auto challenges =
      challenge_bits(sink, comm_r_new, number, shape.challenges, shape.challenge_bits());
  for (unsigned i = 0; i < shape.challenges; ++i) {
    Bits node = challenges[i];
    node.insert(node.end(), shared.partition_bits.begin(), shared.partition_bits.end());
    challenge(sink, shared, shown[i], node);
  }
}

Synthesis blank_update(const UpdateShape& shape) {
  UpdatePartition partition;
  partition.apex_leaves.resize(shape.apex_leaves());
  partition.challenges.assign(shape.challenges, blank_challenge(shape));
  return [shape, partition](Sink& sink) { update(sink, shape, {}, partition); };
}

std::vector<Fr> update_inputs(const UpdateShape& shape, const UpdateStatement& statement,
                              unsigned partition) {
  return {field::from_u64(packed_selectors(shape, partition)),
          field::from_node(statement.comm_r_old), field::from_node(statement.comm_d_new),
          field::from_node(statement.comm_r_new)};
}

}  // namespace sealyard::circuit
