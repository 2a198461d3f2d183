#include "chain/deadline/rpc_chain.h"

namespace sealyard::deadline {

RpcChain::RpcChain(onchain::RpcChain& chain, const settings::Settings& settings)
    : chain_(chain), node_(chain.node()), miner_(types::Address::of_id(settings.miner)) {}

onchain::View RpcChain::look() {
  auto view = chain_.look();
  key_ = view.key;
  return view;
}

double RpcChain::epoch_s() {
  if (epoch_s_ == 0)
    epoch_s_ =
        static_cast<double>(std::max<std::uint64_t>(node_.network_params().block_delay_s, 1));
  return epoch_s_;
}

rpc::DeadlineInfo RpcChain::period() { return node_.proving_deadline(miner_, key_); }

rpc::MinerInfo RpcChain::miner() { return node_.miner_info(miner_, key_); }

std::vector<rpc::Deadline> RpcChain::deadlines() { return node_.deadlines(miner_, key_); }

std::vector<rpc::Partition> RpcChain::partitions(std::uint64_t deadline) {
  return node_.partitions(miner_, deadline, key_);
}

std::vector<rpc::SectorOnChain> RpcChain::sectors(const types::Bitfield& numbers) {
  return node_.sectors(miner_, numbers, key_);
}

sealyard::Node RpcChain::challenge(Epoch epoch) {
  return node_.randomness_from_beacon(types::DrawTag::window_post_deadline, epoch,
                                      types::miner_entropy(miner_), key_);
}

sealyard::Node RpcChain::commitment(Epoch epoch) {
  return node_.randomness_from_tickets(types::DrawTag::post_chain_commit, epoch, {}, key_);
}

onchain::Sender RpcChain::sender() { return chain_.sender("post"); }

}  // namespace sealyard::deadline
