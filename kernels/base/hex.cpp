#include "kernels/base/hex.h"

#include <algorithm>

#include "kernels/base/error.h"

namespace sealyard {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";

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

std::string to_base32(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  unsigned held = 0, bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = (held << 8 | byte) & 0xfffu;
    for (bits += 8; bits >= 5; bits -= 5) text += kBase32[held >> (bits - 5) & 31u];
  }
  if (bits > 0) text += kBase32[held << (5 - bits) & 31u];
  return text;
}

std::vector<std::uint8_t> from_base32(std::string_view text, std::string_view what) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() * 5 / 8);
  unsigned held = 0, bits = 0;
  for (const char c : text) {
    const auto value = kBase32.find(c);
    if (value == kBase32.npos)
      throw Error(Fault::usage, "{}: has a character outside base32", what);
    held = (held << 5 | static_cast<unsigned>(value)) & 0xfffu;
    if ((bits += 5) >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> bits & 0xffu));
    }
  }
  if (bits >= 5 || (held & ((1u << bits) - 1)) != 0)
    throw Error(Fault::usage, "{}: has stray bits at its end", what);
  return bytes;
}

}  // namespace sealyard
