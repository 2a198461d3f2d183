// What stands in a KeyInfo before it is known to be a key: that of a fork may be locked.
#pragma once
#include <string_view>

#include "chain/wallet/key.h"

namespace sealyard::wallet {

/// Moves, never copies; overwrites the secret when it goes.
struct KeyInfo {
  KeyType type;
  types::Bytes secret;  ///< 32 bytes, or locked

  KeyInfo(KeyType a_type, types::Bytes a_secret) : type(a_type), secret(std::move(a_secret)) {}
  KeyInfo(KeyInfo&&) = default;
  ~KeyInfo() { wipe(std::span(secret)); }

  /// Whether the secret is 0xffffffff || IV (16) || AES-128-CFB under MD5(password), the password
  /// filled up with '*' to 16 bytes: as the wallet-security fork of lotus keeps keys.
  /// Source: cdcdx/lotus, branch wallet-security, chain/wallet/wallet_aes.go, MakeByte().
  bool locked() const;
};

/// As parse_key_info(), of a locked key too.
/// @throws Error{usage}, Error{unsupported}
KeyInfo read_key_info(std::string_view text);

/// Nothing in this form tells a wrong password from the right one, only the key's address does.
/// @throws Error{usage} not locked, or what comes out is not the key of `address`.
/// @throws Error{configuration} a host whose OpenSSL has no MD5.
Key unlock(const KeyInfo& info, std::string_view password, const types::Address& address);

}  // namespace sealyard::wallet
