// Deadlines as full nodes tell them.
#pragma once
#include "chain/deadline/chain.h"
#include "chain/onchain/rpc_chain.h"

namespace sealyard::deadline {

/// Refers to chain and settings, which must outlive it.
class RpcChain : public Chain {
 public:
  RpcChain(onchain::RpcChain& chain, const settings::Settings& settings);

  onchain::View look() override;
  double epoch_s() override;
  rpc::DeadlineInfo period() override;
  rpc::MinerInfo miner() override;
  std::vector<rpc::Deadline> deadlines() override;
  std::vector<rpc::Partition> partitions(std::uint64_t deadline) override;
  std::vector<rpc::SectorOnChain> sectors(const types::Bitfield& numbers) override;
  sealyard::Node challenge(Epoch epoch) override;
  sealyard::Node commitment(Epoch epoch) override;
  onchain::Sender sender() override;

 private:
  onchain::RpcChain& chain_;
  const rpc::Node& node_;
  types::Address miner_;
  rpc::TipsetKey key_;
  double epoch_s_ = 0;
};

}  // namespace sealyard::deadline
