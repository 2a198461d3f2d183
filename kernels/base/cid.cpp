#include "kernels/base/cid.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard {
namespace {

// Version 1, codec, multihash, length 32; each number an unsigned varint.
constexpr std::array<std::uint8_t, 7> kCommD{0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20};
constexpr std::array<std::uint8_t, 8> kCommR{0x01, 0x82, 0xe2, 0x03, 0x81, 0xe8, 0x02, 0x20};

std::string cid(std::span<const std::uint8_t> prefix, const Node& digest) {
  std::vector<std::uint8_t> bytes(prefix.begin(), prefix.end());
  bytes.insert(bytes.end(), digest.bytes.begin(), digest.bytes.end());
  return "b" + to_base32(bytes);  // multibase: base32, no padding
}

Node digest(std::string_view text, std::span<const std::uint8_t> prefix, std::string_view what) {
  const auto refuse = [&](std::string_view why) {
    return Error(Fault::usage, "{}: '{}' {}", what, text, why);
  };
  if (!text.starts_with('b')) throw refuse("does not begin with b (base32 CIDv1)");
  const auto bytes = from_base32(text.substr(1), fmt::format("{} '{}'", what, text));
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
