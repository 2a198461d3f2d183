// Bytes of the chain: hashes, varints and base64, which every other type here is made of.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sealyard::types {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Unkeyed BLAKE2b with a digest of 32, 20 or 4 bytes.  Source: RFC 7693.
std::array<std::uint8_t, 32> blake2b_256(ByteView data);
std::array<std::uint8_t, 20> blake2b_160(ByteView data);
std::array<std::uint8_t, 4> blake2b_32(ByteView data);

/// One byte and what follows it: protocol and payload, type and signature.
Bytes with_head(std::uint8_t head, ByteView tail);

/// Appends an unsigned LEB128 number.  Source: multiformats, unsigned-varint.
void append_varint(Bytes& out, std::uint64_t value);

/// Takes an unsigned LEB128 number off the front of `bytes`.
/// @throws Error{corrupt} it does not end, exceeds 64 bits or is not in its shortest form.
std::uint64_t take_varint(ByteView& bytes, std::string_view what);

/// Standard base64 with padding, as Go's JSON writes byte slices.
std::string to_base64(ByteView bytes);
/// @throws Error{usage} not such base64; `what` names the value.
Bytes from_base64(std::string_view text, std::string_view what);

}  // namespace sealyard::types
