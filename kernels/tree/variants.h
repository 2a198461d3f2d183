// The CUDA variants of trees. Included by CUDA code, so C++17. Contract: tree.h.
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/base/node.h"

namespace sealyard::tree::cuda {

void grow_data(const std::uint8_t* unpadded, Node* const* rows, unsigned height,
               std::size_t leaves);

}  // namespace sealyard::tree::cuda
