// The CUDA variant. Included by CUDA code, so C++17. Contract: sha256.h.
#pragma once
#include <cstddef>

#include "kernels/base/node.h"

namespace sealyard::sha256::cuda {

void hash_pairs(const Node* children, Node* parents, std::size_t n);

}  // namespace sealyard::sha256::cuda
