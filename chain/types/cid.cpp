#include "chain/types/cid.h"

#include <algorithm>

#include "kernels/base/cid.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::types {
namespace {

constexpr std::size_t kMaxBytes = 100;  // a digest of 64 bytes and its numbers take 75
constexpr std::array<std::uint8_t, 6> kCborPrefix{0x01, 0x71, 0xa0, 0xe4, 0x02, 0x20};
constexpr std::string_view kCommDStart = "baga6ea4seaq";
constexpr std::string_view kCommRStart = "bagboea4b5abc";

}  // namespace

Cid Cid::from_bytes(ByteView bytes) {
  const auto refuse = [&](std::string_view why) {
    return Error(Fault::corrupt, "CID {}: {}",
                 to_hex(bytes.first(std::min(bytes.size(), kMaxBytes))), why);
  };
  if (bytes.empty() || bytes.size() > kMaxBytes) throw refuse("wrong length");
  ByteView rest = bytes;
  if (take_varint(rest, "CID version") != 1) throw refuse("not version 1");
  take_varint(rest, "CID codec");
  take_varint(rest, "CID hash");
  if (take_varint(rest, "CID digest length") != rest.size())
    throw refuse("digest of another length");
  return Cid(Bytes(bytes.begin(), bytes.end()));
}

Cid Cid::parse(std::string_view text) {
  try {
    if (text.starts_with('b') && text.size() <= 2 * kMaxBytes)
      return from_bytes(from_base32(text.substr(1), "CID"));
  } catch (const Error& error) {
    throw Error(Fault::usage, "'{}': {}", text.substr(0, 2 * kMaxBytes), error.what());
  }
  throw Error(Fault::usage, "'{}' is no CID: want base32 CIDv1, b...", text.substr(0, kMaxBytes));
}

Cid Cid::of_cbor(ByteView object) {
  Bytes bytes(kCborPrefix.begin(), kCborPrefix.end());
  const auto digest = blake2b_256(object);
  bytes.insert(bytes.end(), digest.begin(), digest.end());
  return Cid(std::move(bytes));
}

Cid Cid::of_comm_d(const Node& comm_d) { return parse(comm_d_cid(comm_d)); }
Cid Cid::of_comm_r(const Node& comm_r) { return parse(comm_r_cid(comm_r)); }
Node Cid::comm_d() const { return comm_d_from_cid(text()); }
Node Cid::comm_r() const { return comm_r_from_cid(text()); }
bool Cid::is_comm_d() const { return bytes_.size() == 39 && text().starts_with(kCommDStart); }
bool Cid::is_comm_r() const { return bytes_.size() == 40 && text().starts_with(kCommRStart); }

std::string Cid::text() const { return defined() ? "b" + to_base32(bytes_) : std::string(); }

}  // namespace sealyard::types
