// Who may make a block: what is drawn for an epoch, and how often a miner's share of the power
// wins. All of it is consensus: one bit of difference makes a block that nobody takes. Source:
// lotus, chain/types/electionproof.go, miner/miner.go.
#pragma once
#include <cstdint>

#include "chain/types/amount.h"
#include "chain/types/randomness.h"

namespace sealyard::election {

using types::Address;
using types::BigInt;
using types::Bytes;
using types::ByteView;
using types::Epoch;

/// Blocks that an epoch has on average; nobody wins more than three times as often.
/// Source: lotus, build/buildconstants, BlocksPerEpoch.
inline constexpr std::int64_t kBlocksPerEpoch = 5, kMostWins = 3 * kBlocksPerEpoch;
/// Fractions are integers of 2^-256.
inline constexpr unsigned kFractionBits = 256;

/// e^-x for 0 <= x <= 5: the quotient of two polynomials, in exactly these steps.
BigInt exp_neg(const BigInt& x);

/// What a miner wins on average: kBlocksPerEpoch * power / total.
/// @throws Error{usage} a network without power.
BigInt lambda(const BigInt& power, const BigInt& total);

/// 1 - CDF(k) of the Poisson distribution, for k = 0, 1, 2 ...
class Poisson {
 public:
  explicit Poisson(BigInt lambda);
  const BigInt& tail() const { return tail_; }
  void next();

 private:
  BigInt lambda_, mass_, tail_;
  std::uint64_t k_ = 0;
};

/// How often a proof of election wins.
std::int64_t win_count(ByteView election_proof, const BigInt& power, const BigInt& total);

/// What a VRF of a block is a signature of. `beacon` is the data of the block's newest entry, or of
/// the last one before it where the block has none.
struct Draw {
  types::DrawTag tag = types::DrawTag::election;  ///< or ticket_production
  Address miner;                                  ///< f0
  Epoch epoch = 0;                                ///< that is drawn for
  Bytes beacon;
  Bytes parent_ticket = {};  ///< ticket_production: the smallest of the parents

  /// @throws Error{usage} another tag, or another kind of address.
  Node node() const;
};

/// The election and the ticket of the block of `epoch`: a ticket is drawn for the epoch before.
Draw election_of(const Address& miner, Epoch epoch, Bytes beacon);
Draw ticket_of(const Address& miner, Epoch epoch, Bytes beacon, Bytes parent_ticket);
/// What draws the sector of a WinningPoSt, and its leaves.
Node challenge(const Address& miner, Epoch epoch, ByteView beacon);

/// 0 to 1; the smallest ticket of a tipset is its best.
double quality(ByteView ticket);
/// Whether `a` comes before `b` in a tipset.
bool smaller(ByteView a, ByteView b);

}  // namespace sealyard::election
