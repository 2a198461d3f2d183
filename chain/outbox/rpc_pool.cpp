#include "chain/outbox/rpc_pool.h"

namespace sealyard::outbox {

Head RpcPool::head() {
  const auto tipset = node_.head();
  return {tipset.height, tipset.blocks.front().parent_base_fee};
}

types::Message RpcPool::estimate(const types::Message& message, const types::BigInt& max_fee,
                                 bool maximize) {
  return node_.estimate_gas(message, max_fee, maximize);
}

void RpcPool::push(const types::SignedMessage& message) { node_.push(message); }

std::uint64_t RpcPool::next_nonce(const types::Address& sender) { return node_.next_nonce(sender); }

Found RpcPool::search(const types::Cid& message) {
  try {
    if (auto lookup = node_.search(message)) return {Found::Where::on_chain, std::move(*lookup)};
    return {};
  } catch (const rpc::RpcError& error) {
    // Source: lotus, chain/stmgr/searchwait.go. A node that never saw the message cannot look for
    // it; one that finds another body with the same nonce says so.
    if (error.says("found message with equal nonce")) return {Found::Where::taken, {}};
    if (error.says("could not find") || error.says("failed to load message")) return {};
    throw;
  }
}

double RpcPool::replace_ratio() { return node_.pool_config().replace_by_fee_ratio; }

}  // namespace sealyard::outbox
