#include "kernels/verify/post.h"

#include "kernels/base/error.h"
#include "kernels/circuit/post.h"
#include "kernels/groth16/identity.h"
#include "kernels/verify/claim.h"

namespace sealyard::verify {
namespace {

bool winning(const Post& post) { return post.kind == challenges::Post::winning; }

circuit::PostShape shape_of(const Post& post) {
  return winning(post) ? circuit::winning_post_shape(post.sector_bytes)
                       : circuit::window_post_shape(post.sector_bytes);
}

std::optional<std::string> flaw(const Post& post) {
  for (const auto& [number, comm_r] : post.sectors)
    if (auto bad = not_a_commitment(fmt::format("sector {}: CommR", number), comm_r)) return bad;
  return std::nullopt;
}

// Of all sectors, in order of number: CommR and challenged leaves.
std::vector<circuit::PostStatement> statements(const Post& post) {
  const auto randomness = challenges::post_randomness(post.randomness);
  std::vector<circuit::PostStatement> made;
  for (const auto& [number, comm_r] : post.sectors) {
    const auto [first, count] = challenges::post_positions(post.kind, made.size());
    made.push_back({comm_r, challenges::post_leaves(randomness, number, first, count,
                                                    post.sector_bytes / kNodeBytes)});
  }
  return made;
}

// The circuit of WinningPoSt has one sector for each challenge.
std::vector<circuit::PostStatement> one_leaf_each(const circuit::PostStatement& sector) {
  std::vector<circuit::PostStatement> made;
  for (const auto leaf : sector.leaves) made.push_back({sector.comm_r, {leaf}});
  return made;
}

}  // namespace

std::string params_id(const Post& post) {
  return winning(post) ? groth16::winning_post_id(post.sector_bytes)
                       : groth16::window_post_id(post.sector_bytes);
}

std::size_t partitions(const Post& post) {
  const auto count = post.sectors.size();
  if (count == 0) throw Error(Fault::usage, "a PoSt of no sectors, want some");
  if (winning(post)) {
    if (count != 1)
      throw Error(Fault::usage, "a WinningPoSt of {} sectors, want the challenged one", count);
    return 1;
  }
  const auto per_partition = shape_of(post).sectors;
  return (count + per_partition - 1) / per_partition;
}

std::vector<std::vector<groth16::Fr>> inputs(const Post& post) {
  const auto shape = shape_of(post);
  const auto count = partitions(post);
  require_none(flaw(post));
  auto sectors = statements(post);
  if (winning(post)) sectors = one_leaf_each(sectors.front());
  std::vector<std::vector<groth16::Fr>> made;
  for (std::size_t k = 0; k < count; ++k) {
    const auto rest = std::span(sectors).subspan(k * shape.sectors);
    made.push_back(
        circuit::post_inputs(shape, rest.first(std::min<std::size_t>(rest.size(), shape.sectors))));
  }
  return made;
}

std::optional<std::string> refusal(const groth16::VerifyingKey& key, const Post& post,
                                   std::span<const std::uint8_t> proof) {
  if (auto bad = flaw(post)) return bad;
  return refusal_by(key, inputs(post), proof);
}

}  // namespace sealyard::verify
