// The two signature schemes. Private to this folder.
#pragma once
#include <array>

#include "chain/types/bytes.h"
#include "chain/wallet/secret.h"

namespace sealyard::wallet {

/// BLS12-381, public keys in G1, signatures in G2, no augmentation.
/// Source: IETF draft-irtf-cfrg-bls-signature, minimal-pubkey-size; filecoin-ffi,
/// rust/src/bls/api.rs.
namespace bls {
bool valid(const Secret& secret);
std::array<std::uint8_t, 48> public_key(const Secret& secret);
std::array<std::uint8_t, 96> sign(const Secret& secret, types::ByteView message);
bool verify(types::ByteView signature, types::ByteView public_key, types::ByteView message);
Secret generate();
}  // namespace bls

/// secp256k1 with the recovery number in the last byte (0 to 3); `digest` has 32 bytes.
/// Source: lotus, lib/sigs/secp; go-crypto.
namespace secp256k1 {
bool valid(const Secret& secret);
std::array<std::uint8_t, 65> public_key(const Secret& secret);  ///< uncompressed, 04 first
std::array<std::uint8_t, 65> sign(const Secret& secret, const std::array<std::uint8_t, 32>& digest);
/// The key that made the signature; false where there is none or S lies in the upper half.
bool recover(types::ByteView signature, const std::array<std::uint8_t, 32>& digest,
             std::array<std::uint8_t, 65>& public_key);
}  // namespace secp256k1

}  // namespace sealyard::wallet
