// What proving a miner's deadlines needs to know of a chain.
#pragma once
#include <vector>

#include "chain/onchain/chain.h"

namespace sealyard::deadline {

using types::Epoch;

/// Every call but look() answers for the head that look() saw last. Each throws rpc::NoAnswer where
/// no node answers, rpc::RpcError where one says no.
class Chain {
 public:
  virtual ~Chain() = default;
  virtual onchain::View look() = 0;
  virtual double epoch_s() = 0;
  virtual rpc::DeadlineInfo period() = 0;
  virtual rpc::MinerInfo miner() = 0;
  virtual std::vector<rpc::Deadline> deadlines() = 0;
  virtual std::vector<rpc::Partition> partitions(std::uint64_t deadline) = 0;
  virtual std::vector<rpc::SectorOnChain> sectors(const types::Bitfield& numbers) = 0;
  /// What window proofs are made with.
  virtual sealyard::Node challenge(Epoch epoch) = 0;
  /// Says on which chain a proof was made.
  virtual sealyard::Node commitment(Epoch epoch) = 0;
  virtual onchain::Sender sender() = 0;
};

}  // namespace sealyard::deadline
