#include "kernels/base/cid.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/error.h"

namespace sealyard {
namespace {

// Version 1, codec, multihash, length 32; each number an unsigned varint.
constexpr std::array<std::uint8_t, 7> kCommD{0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20};
constexpr std::array<std::uint8_t, 8> kCommR{0x01, 0x82, 0xe2, 0x03, 0x81, 0xe8, 0x02, 0x20};
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648, lower case

std::string cid(std::span<const std::uint8_t> prefix, const Node& digest) {
  std::vector<std::uint8_t> bytes(prefix.begin(), prefix.end());
  bytes.insert(bytes.end(), digest.bytes.begin(), digest.bytes.end());
  std::string text = "b";  // multibase: base32, no padding
  unsigned held = 0, bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = (held << 8 | byte) & 0xfffu;
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[held >> (bits - 5) & 31u];
  }
  if (bits > 0) text += kAlphabet[held << (5 - bits) & 31u];
  return text;
}

Node digest(std::string_view text, std::span<const std::uint8_t> prefix, std::string_view what) {
  const auto refuse = [&](std::string_view why) {
    return Error(Fault::usage, "{}: '{}' {}", what, text, why);
  };
  if (!text.starts_with('b')) throw refuse("does not begin with b (base32 CIDv1)");
  std::vector<std::uint8_t> bytes;
  unsigned held = 0, bits = 0;
  for (const char c : text.substr(1)) {
    const auto value = kAlphabet.find(c);
    if (value == kAlphabet.npos) throw refuse("has a character outside base32");
    held = (held << 5 | static_cast<unsigned>(value)) & 0xfffu;
    if ((bits += 5) >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> bits & 0xffu));
    }
  }
  if (bits >= 5 || (held & ((1u << bits) - 1)) != 0) throw refuse("has stray bits at its end");
  if (bytes.size() != prefix.size() + kNodeBytes) throw refuse("has the wrong length");
  if (!std::equal(prefix.begin(), prefix.end(), bytes.begin()))
    throw refuse("is an identifier of another kind");
  Node node;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(prefix.size()), kNodeBytes,
              node.bytes.begin());
  return node;
}

}  // namespace

std::string comm_d_cid(const Node& comm_d) { return cid(kCommD, comm_d); }
std::string comm_r_cid(const Node& comm_r) { return cid(kCommR, comm_r); }
Node comm_d_from_cid(std::string_view text) { return digest(text, kCommD, "CommD"); }
Node comm_r_from_cid(std::string_view text) { return digest(text, kCommR, "CommR"); }

}  // namespace sealyard
