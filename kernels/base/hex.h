// Bytes as text and back: lower-case hex, and the base32 of content identifiers and addresses.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/node.h"

namespace sealyard {

/// Two lower-case digits a byte, in storage order.
std::string to_hex(std::span<const std::uint8_t> bytes);
inline std::string to_hex(const Node& node) { return to_hex(std::span(node.bytes)); }

/// The reverse; upper case is accepted, a leading 0x is not.
/// @throws Error{usage} odd length or a character that is no hex digit; `what` names the value.
std::vector<std::uint8_t> from_hex(std::string_view text, std::string_view what);

/// 64 digits.  @throws Error{usage} any other length: "ticket: 62 hex digits, want 64"
Node node_from_hex(std::string_view text, std::string_view what);

/// RFC 4648 base32 in lower case, without padding.
std::string to_base32(std::span<const std::uint8_t> bytes);

/// The reverse; upper case and padding are refused.
/// @throws Error{usage} another character, or bits at the end that belong to no byte.
std::vector<std::uint8_t> from_base32(std::string_view text, std::string_view what);

}  // namespace sealyard
