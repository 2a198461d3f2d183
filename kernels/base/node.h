// A node: the 32-byte element of a layer, a tree or a sector. Included by CUDA code, so C++17.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace sealyard {

/// 32 bytes as they lie in files. Read as a number, little-endian; a field element when below r.
struct Node {
  std::array<std::uint8_t, 32> bytes{};

  friend bool operator==(const Node& a, const Node& b) { return a.bytes == b.bytes; }
  friend bool operator!=(const Node& a, const Node& b) { return !(a == b); }
};

inline constexpr std::size_t kNodeBytes = 32;
static_assert(sizeof(Node) == kNodeBytes && std::is_trivially_copyable_v<Node>);

/// Clears the two top bits, so that the value is below 2^254 < r.
/// Source: rust-fil-proofs, fr32/src/convert.rs, bytes_into_fr_repr_safe().
inline Node trim(Node node) {
  node.bytes[31] &= 0x3f;
  return node;
}

}  // namespace sealyard
