// KeyInfo as JSON and as hex. Key material passes through plain strings here and nowhere else; each
// is overwritten.
#include "chain/wallet/key_info.h"

#include <sodium.h>

#include <nlohmann/json.hpp>

#include "chain/wallet/key.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::wallet {
namespace {

KeyType type_of(const nlohmann::json& type) {
  // Lotus once wrote the signature type's number.
  if (type == "bls" || type == 2) return KeyType::bls;
  if (type == "secp256k1" || type == 1) return KeyType::secp256k1;
  if (type == "delegated" || type == 3 || type == "secp256k1-ledger")
    throw Error(Fault::unsupported, "KeyInfo: type {}: only bls and secp256k1 keys sign here",
                type.dump());
  throw Error(Fault::usage, "KeyInfo: no Type bls or secp256k1");
}

/// Hex is base64, too, but base64 of JSON is never hex: it begins with "ey".
types::Bytes unpacked(std::string_view text) {
  try {
    return text.starts_with("ey") ? types::from_base64(text, "key file")
                                  : from_hex(text, "key file");
  } catch (const Error&) {
    throw Error(Fault::usage,
                "key file: neither JSON nor its hex or base64; want what 'lotus wallet export' "
                "prints");
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

}  // namespace

std::string key_info(const Key& key) {
  Wiped secret{types::to_base64(key.secret().bytes())};
  return fmt::format(R"({{"Type":"{}","PrivateKey":"{}"}})",
                     key.type() == KeyType::bls ? "bls" : "secp256k1", secret.text);
}

std::string export_hex(const Key& key) {
  Wiped json{key_info(key)};
  return to_hex(
      std::span(reinterpret_cast<const std::uint8_t*>(json.text.data()), json.text.size()));
}

KeyInfo read_key_info(std::string_view text) {
  text = trimmed(text);
  Wiped json{std::string(text)};
  if (!text.starts_with('{')) {
    auto bytes = unpacked(text);
    wipe(json.text);
    json.text.assign(bytes.begin(), bytes.end());
    wipe(std::span(bytes));
  }
  auto parsed = nlohmann::json::parse(json.text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object() || !parsed.contains("Type") || !parsed.contains("PrivateKey") ||
      !parsed["PrivateKey"].is_string())
    throw Error(Fault::usage, "key file: no KeyInfo: want {{\"Type\":...,\"PrivateKey\":...}}");
  auto& base64 = parsed["PrivateKey"].get_ref<std::string&>();
  try {
    KeyInfo info(type_of(parsed["Type"]), types::from_base64(base64, "KeyInfo: PrivateKey"));
    wipe(base64);
    return info;
  } catch (...) {
    wipe(base64);
    throw;
  }
}

Key parse_key_info(std::string_view text) {
  const auto info = read_key_info(text);
  if (info.locked())
    throw Error(Fault::usage, "KeyInfo: locked with a password by a fork of lotus");
  return Key(info.type, Secret(info.secret));
}

}  // namespace sealyard::wallet
