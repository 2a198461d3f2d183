// The chain as full nodes tell it.
#pragma once
#include "chain/onchain/chain.h"
#include "chain/rpc/node.h"
#include "chain/settings/settings.h"

namespace sealyard::onchain {

/// Refers to client and settings, which must outlive it.
class RpcChain : public Chain {
 public:
  RpcChain(rpc::Client& client, const settings::Settings& settings);

  View look() override;
  Epoch challenge_delay() override;
  sealyard::Node ticket(Epoch epoch) override;
  sealyard::Node seed(Epoch epoch) override;
  std::optional<rpc::PreCommitOnChain> precommit(std::uint64_t number) override;
  std::optional<rpc::SectorOnChain> sector(std::uint64_t number) override;
  bool allocated(std::uint64_t number) override;
  BigInt deposit(const message::SectorPreCommit& sector) override;
  BigInt pledge(Epoch duration, std::uint64_t sector_bytes) override;
  BigInt available() override;
  BigInt balance(const Address& account) override;
  Sender sender(std::string_view what) override;
  Landing landing(const outbox::Entry& entry) override;

  const rpc::Node& node() const { return node_; }

 private:
  const rpc::NetworkParams& params();

  rpc::Client& client_;
  const settings::Settings& settings_;
  rpc::Node node_;
  Address miner_;
  std::optional<rpc::NetworkParams> params_;
  std::uint64_t network_version_ = 0;
  rpc::TipsetKey key_;        ///< of the last head that was fit to decide by
  rpc::TipsetKey seen_;       ///< of the last head
  std::uint64_t seen_s_ = 0;  ///< Unix time of its first sight
};

/// How addresses are written for this network.
types::Network network_of(const settings::Settings& settings);

}  // namespace sealyard::onchain
