// API tokens: JWT, HS256, with the permissions they give.
// Source: lotus, node/modules/core.go, APISecret(); RFC 7519.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sealyard::dev {

/// Header, payload {"Allow":[...]} and HMAC-SHA-256, each in base64url.
std::string make_token(std::string_view secret, const std::vector<std::string>& allow);
/// What it allows; nothing where it is no token of this secret.
std::vector<std::string> read_token(std::string_view secret, std::string_view token);

}  // namespace sealyard::dev
