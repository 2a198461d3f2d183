// One label after another, as the formula in label.h says: the oracle of the other variants.
#include "kernels/base/bytes.h"
#include "kernels/label/variants.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::label::portable {
namespace {

Node header_tail(std::uint32_t layer, std::uint64_t node) {
  Node tail;
  store_be(tail.bytes.data(), layer);
  store_be(tail.bytes.data() + 4, node);
  return tail;
}

Node label(const Range& range, unsigned sector, std::uint64_t node) {
  sha256::Hasher hasher(Backend::portable);
  hasher.update(range.replica_ids[sector]);
  hasher.update(header_tail(range.number, node));
  if (node != 0) {
    const std::uint32_t* parents = range.parents + (node - range.first) * kParents;
    const std::size_t used = range.previous ? kParents : kBaseParents;
    for (std::size_t i = 0; i < kHashedParents; ++i) {
      const std::size_t which = i % used;
      const Node* from = which < kBaseParents ? range.current : range.previous;
      hasher.update(from[parents[which] * range.stride + sector]);
    }
  }
  return trim(hasher.finish());
}

}  // namespace

void fill(const Range& range) {
  for (std::uint64_t node = range.first; node < range.last; ++node)
    for (unsigned sector = 0; sector < range.sectors; ++sector)
      range.current[node * range.stride + sector] = label(range, sector, node);
}

}  // namespace sealyard::label::portable
