// Blocks: one a tipset. Their headers have lotus' form; state and receipts behind them do not, so
// their roots are hashes of what happened.
#pragma once
#include "chain/dev/policy.h"
#include "chain/election/election.h"
#include "chain/election/header.h"
#include "chain/types/json.h"
#include "chain/wallet/key.h"

namespace sealyard::dev {

using election::Header;
using types::Bytes;
using types::Cid;

/// The JSON of the tipset that consists of this block.
types::Json tipset_json(const Header& header, const Cid& cid);
/// The block of such a tipset.
Header header_of(const std::string& tipset_json);

/// The aggregate of no signatures: the point at infinity.
types::Signature no_signatures();
/// What a beacon would have published: nobody can tell it before who does not hold the secret.
Bytes beacon_entry(const wallet::Key& secret, std::uint64_t round);

/// Of any list of identifiers.
Cid root_of(const std::vector<Cid>& cids);

}  // namespace sealyard::dev
