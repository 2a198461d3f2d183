// Headers of blocks: their bytes, JSON, identifier, and what their signature is of.
// Source: lotus, chain/types/blockheader.go, blockmsg.go; go-state-types, proof.
#pragma once
#include <optional>
#include <vector>

#include "chain/message/miner.h"
#include "chain/types/json.h"

namespace sealyard::election {

using types::Cid;

/// What a beacon published.
struct BeaconEntry {
  std::uint64_t round = 0;
  types::Bytes data;

  static BeaconEntry parse(const types::JsonView& json);
  types::Json json() const;
  friend bool operator==(const BeaconEntry&, const BeaconEntry&) = default;
};

types::Json to_json(const std::vector<BeaconEntry>& entries);        ///< null where there are none
types::Json to_json(const std::vector<message::PostProof>& proofs);  ///< likewise
std::vector<message::PostProof> parse_proofs(const types::JsonView& json);

struct Header {
  types::Address miner;
  types::Bytes ticket, election;  ///< VRF proofs: BLS signatures
  std::int64_t win_count = 0;
  std::vector<BeaconEntry> beacons;  ///< oldest first
  std::vector<message::PostProof> winning_proofs;
  std::vector<Cid> parents;
  types::BigInt parent_weight;
  types::Epoch height = 0;
  Cid state_root, receipts;  ///< after the parents
  Cid messages;
  std::optional<types::Signature> aggregate;  ///< of the BLS messages
  std::uint64_t timestamp = 0;                ///< Unix seconds
  std::optional<types::Signature> signature;  ///< of signed_bytes(), by the worker
  std::uint64_t fork_signal = 0;
  types::BigInt parent_base_fee;

  types::Bytes cbor() const;
  /// The header without its signature.
  types::Bytes signed_bytes() const;
  Cid cid() const { return Cid::of_cbor(cbor()); }
  types::Json json() const;
  /// @throws Error{corrupt}
  static Header parse(const types::JsonView& json);

  friend bool operator==(const Header&, const Header&) = default;
};

/// The newest beacon entry: `beacons`' last, `before` where there is none.
const BeaconEntry& newest(const std::vector<BeaconEntry>& beacons, const BeaconEntry& before);

/// A block as it goes to other nodes.
struct Block {
  Header header;
  std::vector<Cid> bls_messages, secp_messages;

  types::Json json() const;
  static Block parse(const types::JsonView& json);
};

}  // namespace sealyard::election
