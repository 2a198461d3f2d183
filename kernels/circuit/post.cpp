#include "kernels/circuit/post.h"

#include <algorithm>

#include "kernels/base/error.h"
#include "kernels/circuit/merkle.h"
#include "kernels/circuit/poseidon.h"

namespace sealyard::circuit {
namespace {

TreeShape tree_of(std::uint64_t sector_bytes) {
  return raw_porep(sector_bytes, Node{}, ApiVersion::v1_1_0).tree();
}

tree::InclusionProof blank_path(const PostShape& shape) {
  return tree::blank_proof(tree::base_tree(shape.tree), shape.tree, 0);
}

void require_count(std::size_t sectors, const PostShape& shape) {
  if (sectors == 0 || sectors > shape.sectors)
    throw Error(Fault::usage, "circuit: {} sectors in a proof of 1 to {}", sectors, shape.sectors);
}

void require_challenges(std::size_t challenges, const PostShape& shape) {
  if (challenges != shape.challenges)
    throw Error(Fault::usage, "circuit: {} challenges of a sector, want {}", challenges,
                shape.challenges);
}

}  // namespace

// Source: rust-fil-proofs, filecoin-proofs/src/constants.rs, WINDOW_POST_SECTOR_COUNT,
// WINDOW_POST_CHALLENGE_COUNT, WINNING_POST_CHALLENGE_COUNT.
PostShape window_post_shape(std::uint64_t sector_bytes) {
  constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
  const unsigned sectors = sector_bytes == 32 * kGiB ? 2349 : sector_bytes == 64 * kGiB ? 2300 : 2;
  return {sectors, 10, tree_of(sector_bytes)};
}

PostShape winning_post_shape(std::uint64_t sector_bytes) { return {66, 1, tree_of(sector_bytes)}; }

void post_sector(Sink& sink, const PostShape& shape, const PostSector& sector) {
  require_challenges(sector.proofs.size(), shape);
  const auto want = blank_path(shape);
  const Num comm_r_last = new_num(sink, sector.comm_r_last);
  const Num comm_c = new_num(sink, sector.comm_c);
  const Num comm_r = new_num(sink, sector.comm_r);
  inputize(sink, comm_r);
  const Num hash = poseidon_hash(sink, comm_c, comm_r_last);
  equal(sink, comm_r, hash);
  for (const auto& proof : sector.proofs) {
    require_shape(proof, want, "proof in tree_r_last");
    const Num leaf = new_num(sink, proof.leaf);
    include(sink, proof, leaf, comm_r_last);
  }
}

void post(Sink& sink, const PostShape& shape, std::span<const PostSector> sectors) {
  require_count(sectors.size(), shape);
  for (std::size_t i = 0; i < shape.sectors; ++i)
    post_sector(sink, shape, sectors[std::min(i, sectors.size() - 1)]);
}

std::vector<PostSector> one_challenge_each(const PostSector& sector) {
  std::vector<PostSector> sectors;
  for (const auto& proof : sector.proofs)
    sectors.push_back({sector.comm_r, sector.comm_c, sector.comm_r_last, {proof}});
  return sectors;
}

Synthesis blank_post(const PostShape& shape) {
  PostSector sector;
  sector.proofs.assign(shape.challenges, blank_path(shape));
  return [shape, sector](Sink& sink) { post(sink, shape, {&sector, 1}); };
}

std::vector<Fr> post_inputs(const PostShape& shape, std::span<const PostStatement> sectors) {
  require_count(sectors.size(), shape);
  std::vector<Fr> inputs;
  for (std::size_t i = 0; i < shape.sectors; ++i) {
    const auto& sector = sectors[std::min(i, sectors.size() - 1)];
    require_challenges(sector.leaves.size(), shape);
    inputs.push_back(field::from_node(sector.comm_r));
    for (const auto leaf : sector.leaves) inputs.push_back(field::from_u64(leaf));
  }
  return inputs;
}

}  // namespace sealyard::circuit
