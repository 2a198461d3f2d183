#include "chain/types/bytes.h"

#include <sodium.h>

#include <algorithm>

#include "kernels/base/error.h"

namespace sealyard::types {
namespace {

// libsodium documents 16 bytes as the least but computes any length; the digest length is part of
// the hash, so the 4-byte checksum of addresses is no prefix of a longer one.
template <std::size_t N>
std::array<std::uint8_t, N> blake2b(ByteView data) {
  std::array<std::uint8_t, N> digest{};
  if (::crypto_generichash_blake2b(digest.data(), N, data.data(), data.size(), nullptr, 0) != 0)
    throw Error(Fault::internal, "libsodium refuses a BLAKE2b digest of {} bytes", N);
  return digest;
}

}  // namespace

std::array<std::uint8_t, 32> blake2b_256(ByteView data) { return blake2b<32>(data); }
std::array<std::uint8_t, 20> blake2b_160(ByteView data) { return blake2b<20>(data); }
std::array<std::uint8_t, 4> blake2b_32(ByteView data) { return blake2b<4>(data); }

Bytes with_head(std::uint8_t head, ByteView tail) {
  Bytes bytes(1 + tail.size());
  bytes[0] = head;
  std::copy(tail.begin(), tail.end(), bytes.begin() + 1);
  return bytes;
}

void append_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::uint64_t take_varint(ByteView& bytes, std::string_view what) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const std::uint8_t byte = bytes[i];
    if (i == 9 && byte > 1) break;  // bit 64 and above
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte & 0x80) continue;
    if (byte == 0 && i > 0) break;  // a shorter form exists
    bytes = bytes.subspan(i + 1);
    return value;
  }
  throw Error(Fault::corrupt, "{}: no varint in its shortest form", what);
}

std::string to_base64(ByteView bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  ::sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the terminating zero
  return text;
}

Bytes from_base64(std::string_view text, std::string_view what) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t used = 0;
  const char* end = nullptr;
  if (::sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &used,
                          &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size())
    throw Error(Fault::usage, "{}: is not base64 with padding", what);
  bytes.resize(used);
  return bytes;
}

}  // namespace sealyard::types
