// Labels with the SHA extensions of x86: parents are read where they lie, no preimage is put
// together, and those of the nodes ahead are asked for from memory in time.
#include "kernels/base/bytes.h"
#include "kernels/label/variants.h"
#include "kernels/sha256/rounds_sha_ni.h"

namespace sealyard::label::sha_ni {
namespace {

using namespace sha256::sha_ni;

constexpr std::uint64_t kAhead = 16;  // nodes; their parents take longer to come than one label

// What follows the 37th parent in the last block: one bit, zeros, the length in bits.
constexpr Node last_half(std::uint64_t bits) {
  Node half;
  half.bytes[0] = 0x80;
  for (std::size_t i = 0; i < 8; ++i)
    half.bytes[31 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
  return half;
}
constexpr Node kLastHalf = last_half(kHashedBits);
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
  const std::size_t used = range.previous ? kParents : kBaseParents;
  for (std::size_t i = 0; i < used; ++i) {
    const Node* from = i < kBaseParents ? range.current : range.previous;
    from += parents[i] * range.stride;
    for (unsigned sector = 0; sector < range.sectors; sector += 2)  // two to a cache line
      __builtin_prefetch(from + sector);
  }
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

// What labels start from, sector by sector, and where their parents are.
struct Sources {
  const Node* parent[kParents];

  Sources(const Range& range, std::uint64_t node) {
    const std::uint32_t* index = range.parents + (node - range.first) * kParents;
    for (std::size_t i = 0; i < kBaseParents; ++i)
      parent[i] = range.current + index[i] * range.stride;
    if (range.previous)
      for (std::size_t i = kBaseParents; i < kParents; ++i)
        parent[i] = range.previous + index[i] * range.stride;
  }
};

// Sums of message words and round constants, four rounds a register.
struct Schedule {
  __m128i wk[16];
};

template <unsigned kStreams>
struct Streams {
  Lanes s[kStreams];

  // One block: each stream's rounds fill the latency of the others'.
  [[SEALYARD_SHA_NI, gnu::always_inline]] inline void block(const Schedule (&schedule)[kStreams]) {
    Lanes now[kStreams];
    for (unsigned i = 0; i < kStreams; ++i) now[i] = s[i];
#pragma GCC unroll 16
    for (int g = 0; g < 16; ++g)
#pragma GCC unroll 4
      for (unsigned i = 0; i < kStreams; ++i) four_rounds(now[i], schedule[i].wk[g]);
    for (unsigned i = 0; i < kStreams; ++i) {
      s[i].abef = _mm_add_epi32(s[i].abef, now[i].abef);
      s[i].cdgh = _mm_add_epi32(s[i].cdgh, now[i].cdgh);
    }
  }
};

[[SEALYARD_SHA_NI, gnu::always_inline]] inline void expand(Words m, Schedule& schedule) {
#pragma GCC unroll 16
  for (int g = 0; g < 16; ++g)
    schedule.wk[g] = _mm_add_epi32(g < 4 ? m.w[g] : extend(m, g), round_constants(g));
}

// Several sectors; the schedules of parents are made once and used two or three times.
template <unsigned kStreams>
[[SEALYARD_SHA_NI]] void fill_streams(const Range& range) {
  using Schedules = Schedule[kStreams];
  const Lanes start = load_state(sha256::kInitialState);
  Node tail;
  store_be(tail.bytes.data(), range.number);
  auto node = range.first;
  if (node == 0 && node < range.last) {
    for (unsigned i = 0; i < kStreams; ++i) {
      Lanes s = start;
      block(s, load_words(range.replica_ids + i, &tail));
      block(s, load_words(&kFirstHalfOfPadding, &kLastHalfOfHeader));
      store_trimmed(s, range.current[i]);
    }
    ++node;
  }
  const std::size_t pairs = (range.previous ? kParents : kBaseParents) / 2;
  for (; node < range.last; ++node) {
    prefetch(range, node + kAhead);
    store_be(tail.bytes.data() + 4, node);
    const Sources from(range, node);
    Schedules once, schedule[kParents / 2];
    Streams<kStreams> streams;
    for (unsigned i = 0; i < kStreams; ++i) {
      streams.s[i] = start;
      expand(load_words(range.replica_ids + i, &tail), once[i]);
    }
    streams.block(once);
    for (std::size_t p = 0; p < pairs; ++p) {
      for (unsigned i = 0; i < kStreams; ++i)
        expand(load_words(from.parent[2 * p] + i, from.parent[2 * p + 1] + i), schedule[p][i]);
      streams.block(schedule[p]);
    }
    for (std::size_t p = pairs; p < kHashedParents / 2; ++p) streams.block(schedule[p % pairs]);
    const Node* last = from.parent[(kHashedParents - 1) % (2 * pairs)];
    for (unsigned i = 0; i < kStreams; ++i) expand(load_words(last + i, &kLastHalf), once[i]);
    streams.block(once);
    for (unsigned i = 0; i < kStreams; ++i)
      store_trimmed(streams.s[i], range.current[node * range.stride + i]);
  }
}

[[SEALYARD_SHA_NI]] void fill_one(const Range& range) {
  const Lanes start = load_state(sha256::kInitialState);
  Node tail;
  store_be(tail.bytes.data(), range.number);
  for (std::uint64_t node = range.first; node < range.last; ++node) {
    prefetch(range, node + kAhead);
    store_be(tail.bytes.data() + 4, node);
    Lanes s = start;
    block(s, load_words(range.replica_ids, &tail));
    if (node == 0)
      block(s, load_words(&kFirstHalfOfPadding, &kLastHalfOfHeader));
    else if (const Sources from(range, node); range.previous)
      hash_layer(s, from.parent);
    else
      hash_first_layer(s, from.parent);
    store_trimmed(s, range.current[node * range.stride]);
  }
}

}  // namespace

void fill(const Range& range) {
  auto one = range;
  for (one.sectors = 1; one.replica_ids != range.replica_ids + range.sectors; ++one.replica_ids) {
    fill_one(one);
    ++one.current;
    if (one.previous) ++one.previous;
  }
}

void fill_2(const Range& range) { fill_streams<2>(range); }
void fill_4(const Range& range) { fill_streams<4>(range); }

}  // namespace sealyard::label::sha_ni
