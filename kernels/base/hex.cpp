#include "kernels/base/hex.h"

#include <algorithm>

#include "kernels/base/error.h"

namespace sealyard {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::vector<std::uint8_t> from_hex(std::string_view text, std::string_view what) {
  if (text.size() % 2 != 0)
    throw Error(Fault::usage, "{}: {} hex digits, want an even number", what, text.size());
  std::vector<std::uint8_t> bytes(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = digit(text[i]);
    if (value < 0)
      throw Error(Fault::usage, "{}: character {} is '{}', want a hex digit", what, i + 1, text[i]);
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] << 4 | value);
  }
  return bytes;
}

Node node_from_hex(std::string_view text, std::string_view what) {
  if (text.size() != 2 * kNodeBytes)
    throw Error(Fault::usage, "{}: {} hex digits, want {}", what, text.size(), 2 * kNodeBytes);
  const auto bytes = from_hex(text, what);
  Node node;
  std::copy(bytes.begin(), bytes.end(), node.bytes.begin());
  return node;
}

}  // namespace sealyard
