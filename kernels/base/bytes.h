// Fixed-width integers to and from bytes, of either order.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sealyard {

/// Reads sizeof(T) bytes at `from`, least significant first.
template <typename T>
T load_le(const std::uint8_t* from) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>(value | static_cast<T>(T{from[i]} << (8 * i)));
  return value;
}

/// Reads sizeof(T) bytes at `from`, most significant first.
template <typename T>
T load_be(const std::uint8_t* from) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>(value | static_cast<T>(T{from[i]} << (8 * (sizeof(T) - 1 - i))));
  return value;
}

template <typename T>
void store_le(std::uint8_t* to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

template <typename T>
void store_be(std::uint8_t* to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    to[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
}

}  // namespace sealyard
