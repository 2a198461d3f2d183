// Labels of up to 16 or 32 sectors at a time, a lane each. A schedule is made once for each pair of
// parents and used two or three times.
#include <algorithm>

#include "kernels/label/variants.h"
#include "kernels/sha256/lanes_avx512.h"

namespace sealyard::label::avx512 {
namespace {

using namespace sha256::avx512;

constexpr std::uint64_t kAhead = 8;  // nodes whose parents are asked for in time
constexpr std::size_t kScheduleVectors = 64;

template <unsigned kGroups>
struct Block {
  Schedule of[kGroups];
  SEALYARD_AVX512_INLINE Schedules all() const { return {of[0].at, kScheduleVectors}; }
};

void prefetch(const Range& range, std::uint64_t node) {
  if (node >= range.last) return;
  const std::uint32_t* parents = range.parents + (node - range.first) * kParents;
  const std::size_t used = range.previous ? kParents : kBaseParents;
  for (std::size_t i = 0; i < used; ++i) {
    const Node* from = i < kBaseParents ? range.current : range.previous;
    from += parents[i] * range.stride;
    for (unsigned sector = 0; sector < range.sectors; sector += 2)
      __builtin_prefetch(from + sector, 0, 2);
  }
}

template <unsigned kGroups>
class Filler {
 public:
  [[SEALYARD_AVX512]] explicit Filler(const Range& range) : range_(range) {
    for (unsigned g = 0; g < kGroups; ++g)
      load_nodes(range.replica_ids + kLanes * g, sectors(g), ids_[g].at);
  }

  [[SEALYARD_AVX512]] void fill() {
    const std::size_t pairs = (range_.previous ? kParents : kBaseParents) / 2;
    for (auto node = range_.first; node < range_.last; ++node) {
      prefetch(range_, node + kAhead);
      Lanes s[kGroups];
      for (auto& lanes : s) lanes = spread(sha256::kInitialState);
      expand_header(node);
      rounds(s, once_.all());
      if (node == 0)
        rounds(s, SameBlock{kPaddingOf64Bytes.data()});
      else
        hash_parents(s, node, pairs);
      for (unsigned g = 0; g < kGroups; ++g)
        store_trimmed(s[g], sectors(g), range_.current + node * range_.stride + kLanes * g);
    }
  }

 private:
  std::size_t sectors(unsigned group) const {
    return std::min(range_.sectors - kLanes * group, kLanes);
  }

  const Node* parent(std::uint64_t node, std::size_t which) const {
    const Node* from = which < kBaseParents ? range_.current : range_.previous;
    return from + range_.parents[(node - range_.first) * kParents + which] * range_.stride;
  }

  [[SEALYARD_AVX512]] void expand_header(std::uint64_t node) {
    for (unsigned g = 0; g < kGroups; ++g) {
      Words words;
      for (unsigned i = 0; i < 8; ++i) words.at[i] = ids_[g].at[i];
      words.at[8] = all(range_.number);
      words.at[9] = all(static_cast<std::uint32_t>(node >> 32));
      words.at[10] = all(static_cast<std::uint32_t>(node));
      for (unsigned i = 11; i < 16; ++i) words.at[i] = _mm512_setzero_si512();
      expand(words, once_.of[g]);
    }
  }

  [[SEALYARD_AVX512]] void expand_pair(std::uint64_t node, std::size_t pair) {
    const Node *left = parent(node, 2 * pair), *right = parent(node, 2 * pair + 1);
    for (unsigned g = 0; g < kGroups; ++g) {
      Words words;
      load_nodes(left + kLanes * g, sectors(g), words.at);
      load_nodes(right + kLanes * g, sectors(g), words.at + 8);
      expand(words, pairs_[pair].of[g]);
    }
  }

  // The 37th parent, one bit, zeros, the length.
  [[SEALYARD_AVX512]] void expand_last(std::uint64_t node, std::size_t which) {
    const Node* last = parent(node, which);
    for (unsigned g = 0; g < kGroups; ++g) {
      Words words;
      load_nodes(last + kLanes * g, sectors(g), words.at);
      words.at[8] = all(0x80000000);
      for (unsigned i = 9; i < 15; ++i) words.at[i] = _mm512_setzero_si512();
      words.at[15] = all(kHashedBits);
      expand(words, once_.of[g]);
    }
  }

  [[SEALYARD_AVX512]] void hash_parents(Lanes (&s)[kGroups], std::uint64_t node,
                                        std::size_t pairs) {
    for (std::size_t p = 0; p < pairs; ++p) {
      expand_pair(node, p);
      rounds(s, pairs_[p].all());
    }
    for (std::size_t p = pairs; p < kHashedParents / 2; ++p) rounds(s, pairs_[p % pairs].all());
    expand_last(node, (kHashedParents - 1) % (2 * pairs));
    rounds(s, once_.all());
  }

  const Range& range_;
  Lanes ids_[kGroups];  // replica ids: eight words as well
  Block<kGroups> once_, pairs_[kParents / 2];
};

}  // namespace

void fill_16(const Range& range) { Filler<1>(range).fill(); }
void fill_32(const Range& range) { Filler<2>(range).fill(); }

}  // namespace sealyard::label::avx512
