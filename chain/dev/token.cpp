#include "chain/dev/token.h"

#include <sodium.h>

#include <nlohmann/json.hpp>

#include "chain/types/bytes.h"
#include "kernels/base/error.h"

namespace sealyard::dev {
namespace {

std::string base64url(std::span<const std::uint8_t> bytes) {
  auto text = types::to_base64(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

types::Bytes from_base64url(std::string text) {
  for (auto& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4) text += '=';
  return types::from_base64(text, "token");
}

std::span<const std::uint8_t> bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

types::Bytes mac(std::string_view secret, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(secret).data(), secret.size());
  crypto_auth_hmacsha256_update(&state, bytes(text).data(), text.size());
  types::Bytes out(crypto_auth_hmacsha256_BYTES);
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}

}  // namespace

std::string make_token(std::string_view secret, const std::vector<std::string>& allow) {
  const auto payload = nlohmann::json{{"Allow", allow}}.dump();
  auto text = base64url(bytes(R"({"alg":"HS256","typ":"JWT"})")) + "." + base64url(bytes(payload));
  const auto signature = mac(secret, text);
  return text + "." + base64url(signature);
}

std::vector<std::string> read_token(std::string_view secret, std::string_view token) {
  const auto end = token.rfind('.'), middle = token.find('.');
  if (end == token.npos || middle == end) return {};
  try {
    const auto signature = from_base64url(std::string(token.substr(end + 1)));
    const auto want = mac(secret, token.substr(0, end));
    if (signature.size() != want.size() ||
        sodium_memcmp(signature.data(), want.data(), want.size()) != 0)
      return {};
    const auto payload = from_base64url(std::string(token.substr(middle + 1, end - middle - 1)));
    return nlohmann::json::parse(payload).at("Allow").get<std::vector<std::string>>();
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace sealyard::dev
