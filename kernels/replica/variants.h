// The implementations of replica encoding. Included by CUDA code, so C++17. Contract: replica.h.
#pragma once
#include <cstddef>

#include "kernels/base/node.h"

namespace sealyard::replica {

namespace portable {
void encode(const Node* data, const Node* label, Node* replica, std::size_t n);
void decode(const Node* replica, const Node* label, Node* data, std::size_t n);
}  // namespace portable

namespace avx512 {
void encode(const Node* data, const Node* label, Node* replica, std::size_t n);
void decode(const Node* replica, const Node* label, Node* data, std::size_t n);
}  // namespace avx512

namespace cuda {
void encode(const Node* data, const Node* label, Node* replica, std::size_t n);
void decode(const Node* replica, const Node* label, Node* data, std::size_t n);
}  // namespace cuda

}  // namespace sealyard::replica
