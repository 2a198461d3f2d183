// Copies of many nodes by several threads: the pages of a mapped file come in side by side.
// Included by CUDA code, so C++17.
#pragma once
#include <cstddef>

#include "kernels/base/node.h"

namespace sealyard::slice {

void copy(unsigned threads, const Node* from, Node* to, std::size_t nodes);

}  // namespace sealyard::slice
