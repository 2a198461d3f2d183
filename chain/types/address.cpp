#include "chain/types/address.h"

#include <algorithm>
#include <charconv>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::types {
namespace {

constexpr std::size_t kMaxText = 138;
constexpr std::size_t kHashBytes = 20, kBlsBytes = 48, kMaxSubAddress = 54, kChecksumBytes = 4;
constexpr std::string_view kUndefined = "<empty>";

Bytes with_protocol(Protocol protocol, ByteView payload) {
  return with_head(static_cast<std::uint8_t>(protocol), payload);
}

/// A decimal number in its shortest form, below 2^63.
std::uint64_t decimal(std::string_view text, std::string_view what) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > INT64_MAX ||
      (text.size() > 1 && text[0] == '0'))
    throw Error(Fault::usage, "'{}' is no {}", text, what);
  return value;
}

/// `text` = base32(payload || checksum over head || payload); gives the payload.
Bytes checked(std::string_view text, const Bytes& head) {
  Bytes bytes = from_base32(text, "address");
  if (bytes.size() < kChecksumBytes) throw Error(Fault::usage, "too short");
  const auto split = bytes.end() - kChecksumBytes;
  Bytes covered = head;
  covered.insert(covered.end(), bytes.begin(), split);
  const auto want = blake2b_32(covered);
  if (!std::equal(split, bytes.end(), want.begin()))
    throw Error(Fault::usage, "its checksum does not match: a letter is wrong");
  bytes.erase(split, bytes.end());
  return bytes;
}

Bytes parsed(std::string_view text) {
  if (text.size() < 3 || text.size() > kMaxText) throw Error(Fault::usage, "wrong length");
  if (text[0] != 'f' && text[0] != 't') throw Error(Fault::usage, "want a leading f or t");
  if (text[1] < '0' || text[1] > '4')
    throw Error(Fault::usage, "protocol '{}', want 0 to 4", text[1]);
  const auto protocol = static_cast<std::uint8_t>(text[1] - '0');
  const auto body = text.substr(2);
  Bytes bytes{protocol};
  if (protocol == 0) {
    append_varint(bytes, decimal(body, "actor number"));
    return bytes;
  }
  std::string_view tail = body;
  if (protocol == 4) {
    const auto split = body.find('f');
    if (split == body.npos) throw Error(Fault::usage, "no namespace");
    append_varint(bytes, decimal(body.substr(0, split), "namespace"));
    tail = body.substr(split + 1);
  }
  const auto payload = checked(tail, bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

}  // namespace

Address Address::from_bytes(ByteView bytes) {
  const auto refuse = [&](std::string_view why) {
    return Error(Fault::corrupt, "address of {} bytes: {}", bytes.size(), why);
  };
  if (bytes.empty()) throw refuse("nothing there");
  ByteView payload = bytes.subspan(1);
  switch (bytes[0]) {
    case 0:
      if (take_varint(payload, "actor number") > INT64_MAX)
        throw refuse("actor number of 2^63 or more");
      if (!payload.empty()) throw refuse("bytes behind the actor number");
      break;
    case 1:
    case 2:
      if (payload.size() != kHashBytes) throw refuse("want 20 bytes behind the protocol");
      break;
    case 3:
      if (payload.size() != kBlsBytes) throw refuse("want 48 bytes behind the protocol");
      break;
    case 4:
      if (take_varint(payload, "namespace") > INT64_MAX) throw refuse("namespace of 2^63 or more");
      if (payload.size() > kMaxSubAddress) throw refuse("want at most 54 bytes of sub-address");
      break;
    default:
      throw refuse(fmt::format("protocol {}, want 0 to 4", bytes[0]));
  }
  return Address(Bytes(bytes.begin(), bytes.end()));
}

Address Address::parse(std::string_view text) {
  try {
    return from_bytes(parsed(text));
  } catch (const Error& error) {
    throw Error(Fault::usage, "address '{}': {}", text.substr(0, kMaxText), error.what());
  }
}

Address Address::of_id(std::uint64_t id) {
  if (id > INT64_MAX) throw Error(Fault::usage, "actor number {}: want below 2^63", id);
  Bytes bytes{0};
  append_varint(bytes, id);
  return Address(std::move(bytes));
}

Address Address::of_secp256k1_key(ByteView key) {
  return Address(with_protocol(Protocol::secp256k1, blake2b_160(key)));
}

Address Address::of_actor(ByteView creation) {
  return Address(with_protocol(Protocol::actor, blake2b_160(creation)));
}

Address Address::of_bls_key(ByteView key) { return from_bytes(with_protocol(Protocol::bls, key)); }

std::uint64_t Address::id() const {
  if (!defined() || protocol() != Protocol::id)
    throw Error(Fault::usage, "address {} names no actor by number", text(Network::mainnet));
  ByteView rest = payload();
  return take_varint(rest, "actor number");
}

std::string Address::text(Network network) const {
  if (!defined()) return std::string(kUndefined);
  const auto head = fmt::format("{}{}", network == Network::mainnet ? 'f' : 't', bytes_[0]);
  if (protocol() == Protocol::id) return head + std::to_string(id());
  ByteView rest = payload();
  std::string name_space;
  if (protocol() == Protocol::delegated)
    name_space = std::to_string(take_varint(rest, "namespace")) + "f";
  Bytes body(rest.begin(), rest.end());
  const auto checksum = blake2b_32(bytes_);
  body.insert(body.end(), checksum.begin(), checksum.end());
  return head + name_space + to_base32(body);
}

}  // namespace sealyard::types
