#include "kernels/challenges/challenges.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::challenges {
namespace {

constexpr std::string_view kNonInteractiveTag = "filecoin.io|PoRep|1|NonInteractive|1";
static_assert(kNonInteractiveTag.size() == 36);
constexpr std::string_view kGenerationTag = "filecoin.io|PoRep|1|Synthetic|1|Generation";
constexpr std::string_view kSelectionTag = "filecoin.io|PoRep|1|Synthetic|1|Selection";
constexpr std::string_view kNonce{"synth-porep\0", crypto_stream_chacha20_ietf_NONCEBYTES};

// A 256-bit number, little-endian, to a node that is not the first. `nodes` fits 32 bits, so each
// step of the long division fits 64.
std::uint64_t to_node(const std::uint8_t* number, std::uint64_t nodes) {
  std::uint64_t rest = 0;
  for (std::size_t word = kNodeBytes; word != 0; word -= 4)
    rest = (rest << 32 | load_le<std::uint32_t>(number + word - 4)) % (nodes - 1);
  return rest + 1;
}

void check_nodes(std::uint64_t nodes) {
  if (nodes < 2 || nodes > std::uint64_t{1} << 32)
    throw Error(Fault::usage, "challenges: {} nodes, want 2 to 2^32", nodes);
}

// A digest for each position, after a common beginning.
std::vector<std::uint64_t> hashed(const sha256::Hasher& begun, std::uint64_t nodes,
                                  Positions positions) {
  check_nodes(nodes);
  std::vector<std::uint64_t> out;
  out.reserve(positions.count);
  for (std::uint32_t i = 0; i < positions.count; ++i) {
    std::array<std::uint8_t, 4> position{};
    store_le(position.data(), positions.first + i);
    auto hasher = begun;
    hasher.update(position);
    out.push_back(to_node(hasher.finish().bytes.data(), nodes));
  }
  return out;
}

// ChaCha20 under BLAKE2b-256(first || second), keyed with the tag.
std::vector<std::uint8_t> stream(std::string_view tag, const Node& first, const Node& second,
                                 std::size_t bytes) {
  const auto as_bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  std::array<std::uint8_t, 2 * kNodeBytes> message{};
  std::copy(first.bytes.begin(), first.bytes.end(), message.begin());
  std::copy(second.bytes.begin(), second.bytes.end(), message.begin() + kNodeBytes);
  std::array<std::uint8_t, crypto_stream_chacha20_ietf_KEYBYTES> key{};
  std::vector<std::uint8_t> out(bytes);
  if (crypto_generichash(key.data(), key.size(), message.data(), message.size(), as_bytes(tag),
                         tag.size()) != 0 ||
      crypto_stream_chacha20_ietf(out.data(), out.size(), as_bytes(kNonce), key.data()) != 0)
    throw Error(Fault::internal, "challenges: libsodium refuses a stream of {} bytes", bytes);
  return out;
}

}  // namespace

Positions partition(const PorepConfig& config, unsigned number) {
  if (number >= config.partitions())
    throw Error(Fault::usage, "challenges: partition {}, want 0 to {}", number,
                config.partitions() - 1);
  const auto count = config.challenges_per_partition();
  return {number * count, count};
}

Positions all(const PorepConfig& config) {
  return {0, config.partitions() * config.challenges_per_partition()};
}

std::vector<std::uint64_t> interactive(const Node& replica_id, const Node& seed,
                                       std::uint64_t nodes, Positions positions) {
  sha256::Hasher hasher;
  hasher.update(replica_id);
  hasher.update(seed);
  return hashed(hasher, nodes, positions);
}

std::vector<std::uint64_t> non_interactive(const Node& replica_id, const Node& comm_r,
                                           std::uint64_t nodes, Positions positions) {
  sha256::Hasher hasher;
  hasher.update(kNonInteractiveTag);
  hasher.update(replica_id);
  hasher.update(comm_r);
  return hashed(hasher, nodes, positions);
}

std::vector<std::uint64_t> synthetic(const Node& replica_id, const Node& comm_r,
                                     std::uint64_t nodes, std::uint64_t count) {
  check_nodes(nodes);
  const auto bytes = stream(kGenerationTag, replica_id, comm_r, count * kNodeBytes);
  std::vector<std::uint64_t> out(count);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = to_node(bytes.data() + i * kNodeBytes, nodes);
  return out;
}

std::vector<std::uint64_t> synthetic_indexes(const Node& replica_id, const Node& seed,
                                             std::uint64_t count, Positions positions) {
  if (count == 0)
    throw Error(Fault::usage, "challenges: 0 synthetic challenges to select from, want some");
  const std::size_t skipped = std::size_t{4} * positions.first;
  const auto bytes =
      stream(kSelectionTag, replica_id, seed, skipped + std::size_t{4} * positions.count);
  std::vector<std::uint64_t> out(positions.count);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = load_le<std::uint32_t>(bytes.data() + skipped + 4 * i) % count;
  return out;
}

std::vector<std::uint64_t> derive(const PorepConfig& config, const Node& replica_id,
                                  const Node& comm_r, const Node& seed, Positions positions) {
  switch (config.feature) {
    case PorepFeature::none:
      break;
    case PorepFeature::non_interactive:
      return non_interactive(replica_id, comm_r, config.nodes(), positions);
    case PorepFeature::synthetic: {
      const auto count = config.synthetic_challenges();
      const auto from = synthetic(replica_id, comm_r, config.nodes(), count);
      auto selected = synthetic_indexes(replica_id, seed, count, positions);
      for (auto& index : selected) index = from[index];
      return selected;
    }
  }
  return interactive(replica_id, seed, config.nodes(), positions);
}

}  // namespace sealyard::challenges
