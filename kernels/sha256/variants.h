// The implementations behind sha256.h.
#pragma once
#include "kernels/sha256/sha256.h"
#include "kernels/sha256/sha256_cuda.h"

namespace sealyard::sha256 {

namespace portable {
void compress(State& state, const std::uint8_t* blocks, std::size_t n);
void hash_pairs(const Node* children, Node* parents, std::size_t n);
}  // namespace portable

namespace sha_ni {
void compress(State& state, const std::uint8_t* blocks, std::size_t n);
void hash_pairs(const Node* children, Node* parents, std::size_t n);
}  // namespace sha_ni

namespace avx512 {
void hash_pairs(const Node* children, Node* parents, std::size_t n);
}  // namespace avx512

}  // namespace sealyard::sha256
