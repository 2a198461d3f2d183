// Labels with the SHA extensions of x86: parents are read where they lie, no preimage is put
// together, and those of the nodes ahead are asked for from memory in time.
#include "kernels/base/bytes.h"
#include "kernels/label/variants.h"
#include "kernels/sha256/rounds_sha_ni.h"

namespace sealyard::label::sha_ni {
namespace {

using namespace sha256::sha_ni;

constexpr std::uint64_t kAhead = 16;  // nodes; their parents take longer to come than one label

constexpr std::uint64_t kBits = 8 * (64 + kHashedParents * kNodeBytes);  // 9984 = 0x2700

// What follows the 37th parent in the last block: one bit, zeros, the length in bits.
constexpr Node last_half(std::uint64_t bits) {
  Node half;
  half.bytes[0] = 0x80;
  for (std::size_t i = 0; i < 8; ++i)
    half.bytes[31 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
  return half;
}
constexpr Node kLastHalf = last_half(kBits);
// A message of the header alone: the second block is padding only.
constexpr Node kLastHalfOfHeader = [] {
  Node half = last_half(64 * 8);
  half.bytes[0] = 0;
  return half;
}();
constexpr Node kFirstHalfOfPadding{{0x80}};

void prefetch(const Range& range, std::uint64_t node) {
  if (node >= range.last) return;
  const std::uint32_t* parents = range.parents + (node - range.first) * kParents;
  for (std::size_t i = 0; i < kBaseParents; ++i) __builtin_prefetch(range.current + parents[i]);
  if (!range.previous) return;
  for (std::size_t i = kBaseParents; i < kParents; ++i)
    __builtin_prefetch(range.previous + parents[i]);
}

// Layer 1: six parents, six times, and the first of them: 18 blocks and a half.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline void hash_first_layer(Lanes& s,
                                                                     const Node* const* parent) {
  Words words[kBaseParents / 2];
  for (std::size_t i = 0; i < kBaseParents / 2; ++i)
    words[i] = load_words(parent[2 * i], parent[2 * i + 1]);
  for (int turn = 0; turn < 6; ++turn)
    for (const auto& w : words) block(s, w);
  block(s, load_words(parent[0], &kLastHalf));
}

// Other layers: fourteen parents, twice, and the first nine of them.
[[SEALYARD_SHA_NI, gnu::always_inline]] inline void hash_layer(Lanes& s,
                                                               const Node* const* parent) {
  Words words[kParents / 2];
  for (std::size_t i = 0; i < kParents / 2; ++i)
    words[i] = load_words(parent[2 * i], parent[2 * i + 1]);
  for (int turn = 0; turn < 2; ++turn)
    for (const auto& w : words) block(s, w);
  for (std::size_t i = 0; i < 4; ++i) block(s, words[i]);
  block(s, load_words(parent[8], &kLastHalf));
}

}  // namespace

[[SEALYARD_SHA_NI]] void fill(const Range& range) {
  const Lanes start = load_state(sha256::kInitialState);
  Node tail;
  store_be(tail.bytes.data(), range.number);
  for (std::uint64_t node = range.first; node < range.last; ++node) {
    prefetch(range, node + kAhead);
    store_be(tail.bytes.data() + 4, node);
    Lanes s = start;
    block(s, load_words(&range.replica_id, &tail));
    const std::uint32_t* index = range.parents + (node - range.first) * kParents;
    const Node* parent[kParents];
    if (node == 0) {
      block(s, load_words(&kFirstHalfOfPadding, &kLastHalfOfHeader));
    } else {
      for (std::size_t i = 0; i < kBaseParents; ++i) parent[i] = range.current + index[i];
      if (range.previous) {
        for (std::size_t i = kBaseParents; i < kParents; ++i) parent[i] = range.previous + index[i];
        hash_layer(s, parent);
      } else {
        hash_first_layer(s, parent);
      }
    }
    store_trimmed(s, range.current[node]);
  }
}

}  // namespace sealyard::label::sha_ni
