// The implementations of the Feistel permutation.
#pragma once
#include "kernels/graph/graph.h"

namespace sealyard::graph {

namespace portable {
/// The first eight bytes of BLAKE2b-512(BE64(x) || BE64(k)), read as BE64.
std::uint64_t round_function(std::uint64_t x, std::uint64_t k);
void permute(const FeistelKey& key, std::uint64_t* values, std::size_t count);
}  // namespace portable

namespace avx512 {
void permute(const FeistelKey& key, std::uint64_t* values, std::size_t count);
}  // namespace avx512

}  // namespace sealyard::graph
