// Private keys of accounts: BLS and secp256k1, their addresses and signatures.
#pragma once
#include <string>
#include <string_view>

#include "chain/types/address.h"
#include "chain/types/bytes.h"
#include "chain/types/message.h"
#include "chain/wallet/secret.h"

namespace sealyard::wallet {

/// The schemes a provider's keys may have. Delegated (f4) keys sign Ethereum transactions, which no
/// message of a provider is; they are refused as unsupported.
enum class KeyType : std::uint8_t { secp256k1, bls };

class Key {
 public:
  /// `secret`: a secp256k1 scalar, big-endian, or a BLS scalar, little-endian, as in KeyInfo.
  /// @throws Error{usage} zero, or not below the order of the group.
  Key(KeyType type, Secret secret);
  static Key generate(KeyType type);

  KeyType type() const { return type_; }
  const types::Address& address() const { return address_; }  ///< f1... or f3...
  const Secret& secret() const { return secret_; }

  /// Signs any bytes as WalletSign does: BLS over the bytes, secp256k1 over their blake2b-256.
  types::Signature sign(types::ByteView bytes) const;
  /// Signs the bytes of the message's identifier.
  types::SignedMessage sign(const types::Message& message) const;

 private:
  KeyType type_;
  Secret secret_;
  types::Address address_;
};

/// Whether `signer`, an f1 or f3 address, made this signature. A signature of the other scheme, a
/// malformed one and one of another key are all false.
/// @throws Error{usage} an address that holds no key (f0, f2).
/// @throws Error{unsupported} f4.
bool verify(const types::Signature& signature, const types::Address& signer, types::ByteView bytes);
bool verify(const types::SignedMessage& message);

/// What `lotus wallet sign` signs of a text: it can never be a message's identifier.
/// 0x19 || "Filecoin Signed Message:\n" || length in decimal || text.  Source: FRC-0102, version
/// 0x46.
types::Bytes envelope(types::ByteView text);

/// KeyInfo, the JSON in which lotus keeps and hands out keys:
/// {"Type":"bls","PrivateKey":"<base64>"}.  Source: lotus, chain/types/keystore.go.
/// The caller wipes the text.
std::string key_info(const Key& key);
/// Reads a KeyInfo as JSON or, as `lotus wallet export` writes it, its hex, or its base64; space
/// around is skipped.
/// @throws Error{usage} neither, or a broken key; the text never quotes key material.
/// @throws Error{unsupported} a type that we do not sign with.
Key parse_key_info(std::string_view text);
/// Lower-case hex of the JSON: what `lotus wallet export` prints, without a line end.
std::string export_hex(const Key& key);

}  // namespace sealyard::wallet
