// Addresses of actors: protocols 0 to 4, as text and as bytes.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "chain/types/bytes.h"

namespace sealyard::types {

/// What the first letter of an address says: f on mainnet, t everywhere else. Both are read.
enum class Network : std::uint8_t { mainnet, testnet };

enum class Protocol : std::uint8_t { id = 0, secp256k1 = 1, actor = 2, bls = 3, delegated = 4 };

/// An address, or nothing (text "<empty>").  Source: go-address, address.go; ref-fvm,
/// shared/src/address.
class Address {
 public:
  Address() = default;  ///< undefined

  /// @throws Error{usage} not an address: prefix, length or checksum; the text says which.
  static Address parse(std::string_view text);
  /// Protocol byte and payload, as in CBOR.  @throws Error{corrupt}
  static Address from_bytes(ByteView bytes);

  /// f0...  @throws Error{usage} an id of 2^63 or more.
  static Address of_id(std::uint64_t id);
  /// f1...: `key` is the uncompressed public key, 65 bytes with the leading 04.
  static Address of_secp256k1_key(ByteView key);
  /// f2...: `creation` is what the init actor hashes.
  static Address of_actor(ByteView creation);
  /// f3...: `key` is the compressed G1 public key, 48 bytes.
  static Address of_bls_key(ByteView key);

  bool defined() const { return !bytes_.empty(); }
  Protocol protocol() const { return static_cast<Protocol>(bytes_.at(0)); }
  /// The number of an f0 address.  @throws Error{usage} another protocol.
  std::uint64_t id() const;
  ByteView payload() const { return ByteView(bytes_).subspan(1); }
  const Bytes& bytes() const { return bytes_; }
  std::string text(Network network) const;

  friend bool operator==(const Address&, const Address&) = default;
  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  explicit Address(Bytes bytes) : bytes_(std::move(bytes)) {}
  Bytes bytes_;
};

/// Singletons of every network.  Source: builtin-actors, runtime/src/builtin/singletons.rs.
inline constexpr std::uint64_t kInitActor = 1, kRewardActor = 2, kPowerActor = 4, kMarketActor = 5,
                               kVerifiedRegistryActor = 6, kDatacapActor = 7, kBurntFundsActor = 99,
                               kFirstOrdinaryActor = 100;

}  // namespace sealyard::types
