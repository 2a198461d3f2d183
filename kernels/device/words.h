// A node as a GPU computes with it. Included by CUDA code, so C++17.
#pragma once
#include <cstdint>
#include <cstring>

#include "kernels/base/node.h"
#include "kernels/device/host_device.h"

namespace sealyard::device {

/// The bytes of a node as eight little-endian words, as every host and GPU that we build for has
/// them.
struct Words {
  std::uint32_t at[8];
};
static_assert(sizeof(Words) == sizeof(Node));

/// Nodes lie at multiples of 16 bytes, as in the buffers of a Stream: two loads, two stores.
SEALYARD_HOST_DEVICE inline Words load(const Node* node) {
  Words words;
  std::memcpy(words.at, __builtin_assume_aligned(static_cast<const void*>(node), 16),
              sizeof words.at);
  return words;
}

SEALYARD_HOST_DEVICE inline void store(Node* node, const Words& words) {
  std::memcpy(__builtin_assume_aligned(static_cast<void*>(node), 16), words.at, sizeof words.at);
}

}  // namespace sealyard::device
