#include "kernels/graph/graph.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string_view>
#include <vector>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/graph/chacha8.h"
#include "kernels/graph/variants.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::graph {
namespace {

static_assert(std::endian::native == std::endian::little, "entries are written as they lie");

Node tagged_digest(std::string_view tag, const Node& porep_id) {
  sha256::Hasher hasher;
  hasher.update(tag);
  hasher.update(porep_id);
  return hasher.finish();
}

}  // namespace

const BackendTable<Permute> permute_backends{
    .kernel = "graph::permute",
    .portable = portable::permute,
    .avx512 = avx512::permute,
};

Graph::Graph(const PorepConfig& config) : Graph(config.nodes(), config.porep_id, config.api) {}

// Source: rust-fil-proofs, storage-proofs-core/src/drgraph.rs, derive_drg_seed();
// storage-proofs-porep/src/stacked/vanilla/graph.rs, derive_feistel_keys().
Graph::Graph(std::uint64_t nodes, const Node& porep_id, ApiVersion api) : nodes_(nodes), api_(api) {
  if (nodes == 0 || nodes > std::numeric_limits<std::uint32_t>::max())
    throw Error(Fault::usage, "graph: {} nodes, want 1 to 2^32 - 1", nodes);
  const Node seed = tagged_digest("Filecoin_DRSample", porep_id);
  std::copy_n(seed.bytes.begin(), drg_seed_.size(), drg_seed_.begin());
  const Node keys = tagged_digest("Filecoin_Feistel", porep_id);
  for (std::size_t i = 0; i < keys_.size(); ++i)
    keys_[i] = load_le<std::uint64_t>(keys.bytes.data() + 8 * i);
}

// Bucket sampling: a bucket of distances by powers of two, then a distance in it.
// Source: rust-fil-proofs, storage-proofs-core/src/drgraph.rs, BucketGraph::parents().
void Graph::base_parents(std::uint64_t node, std::span<std::uint32_t, kBaseDegree> parents) const {
  constexpr std::uint64_t kSampled = kBaseDegree - 1;
  if (node < 2) {
    std::fill(parents.begin(), parents.end(), 0);
    return;
  }
  std::array<std::uint8_t, 32> key{};
  std::copy(drg_seed_.begin(), drg_seed_.end(), key.begin());
  store_le(key.data() + drg_seed_.size(), static_cast<std::uint32_t>(node));
  ChaCha8 random(key);

  // A "metagraph" of 5 nodes for each of ours; the reference takes ceil(log2(5 v)) in floating
  // point, which is the bit length, since 5 v is never a power of two.
  const std::uint64_t meta = node * kSampled;
  const auto buckets = static_cast<std::uint64_t>(std::bit_width(meta));
  const bool legacy = api_ == ApiVersion::v1_0_0;
  for (std::size_t i = 0; i < kSampled; ++i) {
    const std::uint64_t bucket = random.next() % buckets + 1;
    const std::uint64_t far = std::min(meta, std::uint64_t{1} << bucket);
    const std::uint64_t near = std::max<std::uint64_t>(2, far >> 1);
    const std::uint64_t distance = near + random.next() % (far - near + 1);
    const std::uint64_t parent = (meta - distance) / kSampled;
    parents[legacy ? i : i + 1] = static_cast<std::uint32_t>(parent == node ? node - 1 : parent);
  }
  parents[legacy ? kSampled : 0] = static_cast<std::uint32_t>(node - 1);
}

void Graph::expander_parents(std::uint64_t node,
                             std::span<std::uint32_t, kExpanderDegree> parents) const {
  std::array<std::uint64_t, kExpanderDegree> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = node * kExpanderDegree + i;
  permute(values, Backend::portable);
  for (std::size_t i = 0; i < values.size(); ++i) parents[i] = expander_index(values[i]);
}

void Graph::parents(std::uint64_t node, std::span<std::uint32_t, kDegree> parents) const {
  base_parents(node, parents.first<kBaseDegree>());
  expander_parents(node, parents.last<kExpanderDegree>());
}

void Graph::permute(std::span<std::uint64_t> values, Backend backend) const {
  const Feistel feistel(nodes_ * kExpanderDegree, keys_);
  feistel.permute(values, backend);
}

// The first api keeps only the low 32 bits before it divides.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/graph.rs, correspondent().
std::uint32_t Graph::expander_index(std::uint64_t value) const {
  if (api_ == ApiVersion::v1_0_0) value = static_cast<std::uint32_t>(value);
  return static_cast<std::uint32_t>(value / kExpanderDegree);
}

void Graph::generate(std::uint64_t first, std::span<std::uint32_t> out, Backend backend) const {
  constexpr std::size_t kBatchNodes = 64;
  const std::uint64_t count = out.size() / kDegree;
  if (out.size() % kDegree != 0 || first > nodes_ || count > nodes_ - first)
    throw Error(Fault::usage, "graph: {} numbers from node {} on, want 14 a node up to node {}",
                out.size(), first, nodes_ - 1);
  std::array<std::uint64_t, kBatchNodes * kExpanderDegree> values{};
  for (std::uint64_t at = 0; at < count; at += kBatchNodes) {
    const std::size_t batch = std::min<std::uint64_t>(kBatchNodes, count - at);
    const auto used = std::span(values).first(batch * kExpanderDegree);
    for (std::size_t i = 0; i < used.size(); ++i) used[i] = (first + at) * kExpanderDegree + i;
    permute(used, backend);
    for (std::size_t i = 0; i < batch; ++i) {
      const auto entry = out.subspan((at + i) * kDegree).first<kDegree>();
      base_parents(first + at + i, entry.first<kBaseDegree>());
      for (std::size_t j = 0; j < kExpanderDegree; ++j)
        entry[kBaseDegree + j] = expander_index(used[i * kExpanderDegree + j]);
    }
  }
}

// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/cache.rs, cache_path();
// storage-proofs-core/src/parameter_cache.rs, VERSION. The blank before the last brace is theirs.
std::string Graph::cache_name() const {
  sha256::Hasher hasher;
  hasher.update("poseidon_hasher");
  hasher.update(
      fmt::format("stacked_graph::StackedGraph{{expansion_degree: 8 base_graph: "
                  "drgraph::BucketGraph{{size: {}; degree: 6; hasher: poseidon_hasher}} }}",
                  nodes_));
  std::array<std::uint8_t, 36> tail{};
  for (std::size_t i = 0; i < keys_.size(); ++i) store_le(tail.data() + 8 * i, keys_[i]);
  store_le(tail.data() + 32, static_cast<std::uint32_t>(nodes_));
  hasher.update(tail);
  return "v28-sdr-parent-" + to_hex(hasher.finish()) + ".cache";
}

std::optional<Node> published_cache_digest(const PorepConfig& config) {
  static constexpr std::array<std::string_view, 10> kDigests{
      "3da49221e2ed55371b86d0bf3d6526fcf128af61bed904f966428db1b531750d",
      "a76604f2f59f2744c7151653bbb1d8596b6b57d295e6fa6c1f0c41d725b502ce",
      "3adcc092423aa76d6a7184016893406da44dd974b219a89cd3ece25e4e3018f5",
      "3c4f9841fcc75aed8c695800e58d08480629f25af3a2aefd81904181d75cc0b6",
      "2778a732ad46a7dc18e0564dfdf59fd321dcde74ab476fd6d3c4e6735d7cd89c",
      "840057702eea7652cf97e04306c30fe57174714d90de156a25eddd6075c25b97",
      "03cd13565ded97c240a5f52e54295ad127bd0461b57904cb3a4d79b097bbecab",
      "b5877d1963793efebc261fd8fde4dd6bc59e6b5c7abf52617a4ee023b8dc173a",
      "93deeac5e3052b6927467d4b2641bb782f05491de18d510147c93eeedd8672da",
      "2698b74eb2606b55b98d8b095e18b6320b47f46e00075956d48640ccd1641b03",
  };
  if (!config.registered || *config.registered >= kDigests.size()) return std::nullopt;
  return node_from_hex(kDigests[*config.registered], "parents cache digest");
}

Feistel::Feistel(std::uint64_t elements, const std::array<std::uint64_t, 4>& keys)
    : key_{elements, 1, 1, {keys[0], keys[1], keys[2]}} {
  // The smallest h with 4^h >= elements.
  while (key_.half_bits < 31 && std::uint64_t{1} << (2 * key_.half_bits) < elements)
    ++key_.half_bits;
  key_.half_mask = (std::uint64_t{1} << key_.half_bits) - 1;
}

void Feistel::permute(std::span<std::uint64_t> values, Backend backend) const {
  permute_backends.best(backend)(key_, values.data(), values.size());
}

}  // namespace sealyard::graph
