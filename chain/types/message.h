// Messages, their signatures and identifiers.
#pragma once
#include <cstdint>

#include "chain/types/address.h"
#include "chain/types/amount.h"
#include "chain/types/bytes.h"
#include "chain/types/cid.h"

namespace sealyard::types {

using Epoch = std::int64_t;

/// The largest message, signature included, that a pool takes.
/// Source: lotus, chain/messagepool/messagepool.go, MaxMessageSize.
inline constexpr std::size_t kMaxMessageBytes = 64 << 10;
/// Source: lotus, build/buildconstants/params_shared_vals.go, BlockGasLimit.
inline constexpr std::int64_t kBlockGasLimit = 10'000'000'000;

/// An unsigned message. Amounts in attoFIL; gas_fee_cap and gas_premium are attoFIL a unit of gas.
/// Source: lotus, chain/types/message.go.
struct Message {
  Address to, from;
  std::uint64_t nonce = 0;
  BigInt value;
  std::int64_t gas_limit = 0;
  BigInt gas_fee_cap, gas_premium;
  std::uint64_t method = 0;
  Bytes params;

  /// The 10-tuple, version 0 first.
  Bytes cbor() const;
  /// @throws Error{corrupt}
  static Message from_cbor(ByteView bytes);
  Cid cid() const { return Cid::of_cbor(cbor()); }

  friend bool operator==(const Message&, const Message&) = default;
};

enum class SignatureType : std::uint8_t { secp256k1 = 1, bls = 2, delegated = 3 };

struct Signature {
  SignatureType type = SignatureType::bls;
  Bytes data;  ///< 65 bytes R || S || V, or 96 bytes of a compressed G2 point

  Bytes bytes() const;  ///< type byte and data
  /// @throws Error{corrupt} another type, or data of another length.
  static Signature from_bytes(ByteView bytes);

  friend bool operator==(const Signature&, const Signature&) = default;
};

struct SignedMessage {
  Message message;
  Signature signature;

  Bytes cbor() const;
  static SignedMessage from_cbor(ByteView bytes);
  /// What pools, receipts and searches speak of: of a BLS message the identifier of the unsigned
  /// message, else that of the pair.  Source: lotus, chain/types/signedmessage.go, Cid().
  Cid cid() const;

  friend bool operator==(const SignedMessage&, const SignedMessage&) = default;
};

/// Why no block could take this message, or "": what a node checks before it knows any state.
/// Source: lotus, chain/types/message.go, ValidForBlockInclusion().
std::string flaw(const Message& message);

}  // namespace sealyard::types
