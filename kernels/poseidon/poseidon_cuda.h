// The CUDA variant. Included by CUDA code, so C++17. Contract: poseidon.h.
#pragma once
#include <cstddef>

#include "kernels/base/node.h"

namespace sealyard::poseidon {

namespace cuda {
/// Arity 2, 4, 8 and 11; the portable variant for the others.
void hash_many(unsigned arity, const Node* const* in, std::size_t stride, Node* out, std::size_t n);
}  // namespace cuda

namespace portable {
void hash_many(unsigned arity, const Node* const* in, std::size_t stride, Node* out, std::size_t n);
}

}  // namespace sealyard::poseidon
