#include "kernels/groth16/identity.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "kernels/base/hex.h"
#include "kernels/circuit/post.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::groth16 {
namespace {

constexpr unsigned kVersion = 28;
constexpr std::size_t kHashBytes = 64, kDigestBytes = 16;

std::string tree_name(const TreeShape& tree) {
  return fmt::format("merkletree-poseidon_hasher-8-{}-{}", tree.sub_arity, tree.top_arity);
}

std::string with_hash(const std::string& prefix, const std::string& identifier) {
  sha256::Hasher hasher;
  hasher.update(identifier);
  return prefix + "-" + to_hex(hasher.finish());
}

std::string post_id(std::uint64_t sector_bytes, const circuit::PostShape& shape) {
  return with_hash(
      "proof-of-spacetime-fallback-" + tree_name(shape.tree),
      fmt::format(
          "FallbackPoSt::PublicParams{{sector_size: {}, challenge_count: {}, sector_count: {}}}",
          sector_bytes, shape.challenges, shape.sectors));
}

}  // namespace

std::string porep_id(const PorepConfig& config) {
  const auto tree = tree_name(config.tree());
  return with_hash(
      "stacked-proof-of-replication-" + tree + "-sha256_hasher",
      fmt::format("layered_drgporep::PublicParams{{ graph: stacked_graph::StackedGraph{{"
                  "expansion_degree: 8 base_graph: drgraph::BucketGraph{{size: {}; degree: 6; "
                  "hasher: poseidon_hasher}} }}, challenges: LayerChallenges {{ layers: {}, "
                  "max_count: {} }}, tree: {} }}",
                  config.nodes(), config.layers(), config.challenges_per_partition(), tree));
}

std::string window_post_id(std::uint64_t sector_bytes) {
  return post_id(sector_bytes, circuit::window_post_shape(sector_bytes));
}

std::string winning_post_id(std::uint64_t sector_bytes) {
  return post_id(sector_bytes, circuit::winning_post_shape(sector_bytes));
}

std::string update_id(std::uint64_t sector_bytes) {
  const auto config = raw_porep(sector_bytes, Node{}, ApiVersion::v1_1_0);
  return with_hash(
      "empty-sector-update-" + tree_name(config.tree()),
      fmt::format("empty_sector_update::PublicParams{{ sector_nodes: {} }}", config.nodes()));
}

std::string params_file(const std::string& id) {
  return fmt::format("v{}-{}.params", kVersion, id);
}

std::string verifying_key_file(const std::string& id) {
  return fmt::format("v{}-{}.vk", kVersion, id);
}

std::string manifest_digest(std::span<const std::uint8_t> file) {
  ManifestHasher hasher;
  hasher.update(file);
  return hasher.finish();
}

struct ManifestHasher::State {
  ::crypto_generichash_state blake2b;
};

ManifestHasher::ManifestHasher() : state_(std::make_unique<State>()) {
  ::crypto_generichash_init(&state_->blake2b, nullptr, 0, kHashBytes);
}

ManifestHasher::~ManifestHasher() = default;

void ManifestHasher::update(std::span<const std::uint8_t> bytes) {
  ::crypto_generichash_update(&state_->blake2b, bytes.data(), bytes.size());
}

std::string ManifestHasher::finish() {
  std::array<std::uint8_t, kHashBytes> hash;
  ::crypto_generichash_final(&state_->blake2b, hash.data(), hash.size());
  return to_hex(std::span(hash).first(kDigestBytes));
}

}  // namespace sealyard::groth16
