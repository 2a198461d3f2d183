#include "chain/onchain/rpc_chain.h"

#include <algorithm>
#include <chrono>

#include "chain/message/network.h"
#include "chain/rpc/head_watch.h"
#include "kernels/base/error.h"

namespace sealyard::onchain {
namespace {

/// A development chain may be faster than its clock, which counts whole seconds.
constexpr std::uint64_t kLeastDelayS = 10;

std::uint64_t now_s() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<seconds>(system_clock::now().time_since_epoch()).count());
}

}  // namespace

types::Network network_of(const settings::Settings& settings) {
  return settings.network == "mainnet" ? types::Network::mainnet : types::Network::testnet;
}

RpcChain::RpcChain(rpc::Client& client, const settings::Settings& settings)
    : client_(client),
      settings_(settings),
      node_(client, network_of(settings)),
      miner_(Address::of_id(settings.miner)) {}

const rpc::NetworkParams& RpcChain::params() {
  if (!params_) params_ = node_.network_params();
  return *params_;
}

View RpcChain::look() {
  if (client_.endpoints() > 1) client_.prefer_synced();
  const auto head = node_.head();
  const bool is_public = !settings_.development();
  View view;
  view.key = head.key;
  view.height = head.height;
  view.base_fee = head.blocks.front().parent_base_fee;
  if (seen_ != head.key) {
    seen_ = head.key;
    seen_s_ = now_s();
  }
  view.trouble = rpc::sync_trouble(
      head, node_.sync_state(), is_public ? node_.peers() : 0, is_public,
      is_public ? params().block_delay_s : std::max(params().block_delay_s, kLeastDelayS), now_s(),
      seen_s_);
  if (!view.trouble.empty()) {
    view.trouble_kind = "node_out_of_sync";
    return view;
  }
  if (key_ != head.key) network_version_ = node_.network_version(head.key);
  key_ = head.key;
  try {
    message::require_known_network(network_version_, settings_.chain.allow_unknown_network);
  } catch (const Error& error) {
    view.trouble_kind = "network_version";
    view.trouble = error.what();
  }
  return view;
}

Epoch RpcChain::challenge_delay() { return params().precommit_challenge_delay; }

sealyard::Node RpcChain::ticket(Epoch epoch) {
  return node_.randomness_from_tickets(types::DrawTag::seal_ticket, epoch,
                                       types::miner_entropy(miner_), key_);
}

sealyard::Node RpcChain::seed(Epoch epoch) {
  return node_.randomness_from_beacon(types::DrawTag::interactive_seed, epoch,
                                      types::miner_entropy(miner_), key_);
}

std::optional<rpc::PreCommitOnChain> RpcChain::precommit(std::uint64_t number) {
  return node_.precommit(miner_, number, key_);
}

std::optional<rpc::SectorOnChain> RpcChain::sector(std::uint64_t number) {
  return node_.sector(miner_, number, key_);
}

bool RpcChain::allocated(std::uint64_t number) { return node_.is_allocated(miner_, number, key_); }

BigInt RpcChain::deposit(const message::SectorPreCommit& sector) {
  return node_.precommit_deposit(miner_, sector, key_);
}

BigInt RpcChain::pledge(Epoch duration, std::uint64_t sector_bytes) {
  return node_.initial_pledge(duration, sector_bytes, 0, key_);
}

BigInt RpcChain::available() { return node_.available_balance(miner_, key_); }

BigInt RpcChain::balance(const Address& account) { return node_.balance(account); }

Sender RpcChain::sender(std::string_view what) {
  const auto& named = what == "commit" ? settings_.chain.commit_from
                      : what == "post" ? settings_.chain.post_from
                                       : settings_.chain.precommit_from;
  const auto info = node_.miner_info(miner_, key_);
  const auto from = named.empty() ? info.worker : Address::parse(named);
  Sender sender{node_.account_key(from, key_), {}};
  const auto id = node_.lookup_id(from, key_);
  if (id != info.worker && id != info.owner &&
      std::find(info.control.begin(), info.control.end(), id) == info.control.end())
    sender.trouble = fmt::format(
        "{} is neither owner nor worker nor control address of {}: the actor would refuse its "
        "messages",
        from.text(network_of(settings_)), miner_.text(network_of(settings_)));
  return sender;
}

Landing RpcChain::landing(const outbox::Entry& entry) {
  // The receipt lies in the child; the message ran in its parent, at the parent's base fee.
  const auto child = node_.tipset_by_height(entry.height, key_);
  const auto ran_in = node_.tipset(child.blocks.front().parents);
  const auto& base_fee = ran_in.blocks.front().parent_base_fee;
  for (const auto& attempt : entry.attempts)
    if (attempt.cid() == entry.landed)
      return {ran_in.height,
              outbox::cost(attempt.message, entry.receipt.value().gas_used, base_fee)};
  return {ran_in.height, 0};
}

}  // namespace sealyard::onchain
