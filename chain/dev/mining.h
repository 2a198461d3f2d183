// Blocks of miners: what they need to know, and whether they are right.
// Source: lotus, chain/stmgr/actors.go, MinerGetBaseInfo(); chain/consensus/filcns/filecoin.go,
// ValidateBlock(), whose words are used.
#pragma once
#include <memory>
#include <optional>

#include "chain/dev/proofs.h"
#include "chain/dev/store.h"
#include "chain/election/header.h"

namespace sealyard::dev {

class Chain;

/// How much of what a miner has, at the epoch that an election looks back to.
struct MiningBase {
  ActorId miner = 0;
  BigInt power, total;
  Sector drawn;    ///< by the challenge: what the WinningPoSt is of
  Address worker;  ///< f3
  std::uint64_t sector_bytes = 0;
  std::int64_t winning_post_proof = 0;
  Node challenge;
  election::BeaconEntry beacon_before, beacon;
  bool eligible = false;
};

/// Of the block of `epoch` on `base`. Nothing where the miner was not there yet or has no active
/// sector.
/// @throws Refused
std::optional<MiningBase> mining_base(const Chain& chain, const Tipset& base, Epoch epoch,
                                      const Address& miner);

/// Fills in what follows from the parents: weight, state, receipts, base fee. Nobody has signed it.
void complete(const Chain& chain, election::Header& header);

/// BLS messages first, as blocks have them.  @throws Refused one is not known.
std::vector<types::SignedMessage> messages_of(const Chain& chain, const election::Block& block);

/// @throws Refused naming the rule that it breaks.
void check_block(const Chain& chain, Proofs& proofs, const election::Block& block);

}  // namespace sealyard::dev
