// Blocks: one a tipset. Their headers have lotus' form; state and receipts behind them do not, so
// their roots are hashes of what happened.
// Source: lotus, chain/types/blockheader.go.
#pragma once
#include "chain/dev/policy.h"
#include "chain/types/amount.h"
#include "chain/types/cid.h"
#include "chain/types/json.h"
#include "chain/types/randomness.h"
#include "chain/wallet/key.h"

namespace sealyard::dev {

using types::Bytes;
using types::Cid;

struct Header {
  types::Address miner;
  Bytes ticket, election;
  std::int64_t win_count = 1;
  std::uint64_t beacon_round = 0;
  Bytes beacon;
  std::vector<Cid> parents;
  types::BigInt parent_weight;
  Epoch height = 0;
  Cid state_root, receipts, messages;
  Bytes signature;  ///< BLS; empty in the first block
  std::uint64_t timestamp = 0;
  types::BigInt parent_base_fee;

  Bytes cbor() const;
  Cid cid() const { return Cid::of_cbor(cbor()); }
  types::Json json() const;
};

/// The JSON of the tipset that consists of this block.
types::Json tipset_json(const Header& header, const Cid& cid);

/// What a beacon would have published: nobody can tell it before who does not hold the secret.
Bytes beacon_entry(const wallet::Key& secret, std::uint64_t round);
/// BLS signature over the draw that the ticket or election of a block is about.
Bytes vrf(const wallet::Key& key, types::DrawTag tag, const Bytes& beacon, Epoch epoch,
          const Bytes& entropy);

/// Of any list of identifiers.
Cid root_of(const std::vector<Cid>& cids);

}  // namespace sealyard::dev
