// BLAKE2s-256 without key, as a stream: what digests of constraint systems are made with.
// Source: RFC 7693.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "kernels/base/node.h"

namespace sealyard::circuit {

class Blake2s {
 public:
  Blake2s();
  void update(std::span<const std::uint8_t> bytes);
  /// The digest of everything so far. The hasher is used up.
  Node finish();

 private:
  static constexpr std::size_t kBlockBytes = 64;
  void compress(const std::uint8_t* block, bool last);

  std::array<std::uint32_t, 8> state_;
  std::uint64_t bytes_ = 0;  // compressed
  std::array<std::uint8_t, kBlockBytes> held_{};
  std::size_t held_bytes_ = 0;
};

}  // namespace sealyard::circuit
