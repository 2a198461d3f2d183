// Draws of randomness: the last step between a ticket or beacon entry and what a proof uses.
#pragma once
#include "chain/types/address.h"
#include "chain/types/bytes.h"
#include "chain/types/message.h"
#include "kernels/base/node.h"

namespace sealyard::types {

/// What a draw is for.  Source: go-state-types, crypto/randomness.go, DomainSeparationTag.
enum class DrawTag : std::int64_t {
  ticket_production = 1,
  election = 2,
  winning_post_sectors = 3,
  window_post_deadline = 4,
  seal_ticket = 5,
  interactive_seed = 6,
  deadline_assignment = 7,
  market_cron = 8,
  post_chain_commit = 9,
  previous_randomness = 10,
};

/// blake2b-256 of a block's VRF proof (tickets) or of a beacon entry's data.
Node randomness_digest(ByteView source);

/// blake2b-256(tag as 8 bytes BE || digest || epoch as 8 bytes BE || entropy).
/// Source: lotus, chain/rand/rand.go, DrawRandomnessFromDigest().
Node draw(DrawTag tag, const Node& digest, Epoch epoch, ByteView entropy);

/// The entropy of every draw of a miner but post_chain_commit, which has none: the CBOR of its f0
/// address.  @throws Error{usage} another address.
Bytes miner_entropy(const Address& miner);

}  // namespace sealyard::types
