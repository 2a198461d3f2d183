// Node, chain, accounts and messages; miners in node_miner.cpp.
#include "chain/rpc/node.h"

#include <algorithm>

#include "chain/rpc/params.h"

namespace sealyard::rpc {
namespace {

using types::Json;
using types::to_json;

sealyard::Node randomness(const Json& answer, const char* method) {
  const auto bytes = JsonView(answer, method).bytes();
  if (bytes.size() != kNodeBytes)
    throw Error(Fault::corrupt, "{}: {} bytes, want {}", method, bytes.size(), kNodeBytes);
  sealyard::Node node;
  std::copy(bytes.begin(), bytes.end(), node.bytes.begin());
  return node;
}

/// The whole message's price is capped; UUID and other fields are for pushes that we never use.
Json gas_spec(const BigInt& max_fee, bool maximize) {
  return {{"MaxFee", to_json(max_fee)},
          {"MsgUuid", "00000000-0000-0000-0000-000000000000"},
          {"MaximizeFeeCap", maximize}};
}

}  // namespace

NodeVersion Node::version() const {
  const auto json = client_.call("Version", params());
  return NodeVersion::parse({json, "Version"});
}

std::string Node::network_name() const {
  const auto json = client_.call("StateNetworkName", params());
  return JsonView(json, "StateNetworkName").text();
}

std::uint64_t Node::network_version(const TipsetKey& at) const {
  const auto json = client_.call("StateNetworkVersion", params(to_json(at)));
  return JsonView(json, "StateNetworkVersion").u64();
}

NetworkParams Node::network_params() const {
  const auto json = client_.call("StateGetNetworkParams", params());
  return NetworkParams::parse({json, "StateGetNetworkParams"});
}

std::vector<ActiveSync> Node::sync_state() const {
  const auto json = client_.call("SyncState", params());
  std::vector<ActiveSync> syncs;
  for (const auto& item : JsonView(json, "SyncState").at("ActiveSyncs").items())
    syncs.push_back(ActiveSync::parse(item));
  return syncs;
}

std::size_t Node::peers() const {
  const auto json = client_.call("NetPeers", params());
  return JsonView(json, "NetPeers").items().size();
}

std::vector<std::string> Node::permissions(const std::string& token) const {
  const auto json = client_.call("AuthVerify", params(token));
  std::vector<std::string> names;
  for (const auto& item : JsonView(json, "AuthVerify").items()) names.push_back(item.text());
  return names;
}

Tipset Node::head() const {
  const auto json = client_.call("ChainHead", params());
  return Tipset::parse({json, "ChainHead"});
}

Tipset Node::tipset(const TipsetKey& key) const {
  const auto json = client_.call("ChainGetTipSet", params(to_json(key)));
  return Tipset::parse({json, "ChainGetTipSet"});
}

Tipset Node::tipset_by_height(Epoch height, const TipsetKey& at) const {
  const auto json = client_.call("ChainGetTipSetByHeight", params(height, to_json(at)));
  return Tipset::parse({json, "ChainGetTipSetByHeight"});
}

Tipset Node::tipset_after_height(Epoch height, const TipsetKey& at) const {
  const auto json = client_.call("ChainGetTipSetAfterHeight", params(height, to_json(at)));
  return Tipset::parse({json, "ChainGetTipSetAfterHeight"});
}

Tipset Node::finalized() const {
  const auto json = client_.call("ChainGetFinalizedTipSet", params());
  return Tipset::parse({json, "ChainGetFinalizedTipSet"});
}

Tipset Node::genesis() const {
  const auto json = client_.call("ChainGetGenesis", params());
  return Tipset::parse({json, "ChainGetGenesis"});
}

std::vector<HeadChange> Node::path(const TipsetKey& from, const TipsetKey& to) const {
  const auto json = client_.call("ChainGetPath", params(to_json(from), to_json(to)));
  std::vector<HeadChange> changes;
  for (const auto& item : JsonView(json, "ChainGetPath").items())
    changes.push_back(HeadChange::parse(item));
  return changes;
}

types::Message Node::message(const Cid& cid) const {
  const auto json = client_.call("ChainGetMessage", params(to_json(cid)));
  return JsonView(json, "ChainGetMessage").message();
}

std::vector<std::pair<Cid, types::Message>> Node::parent_messages(const Cid& block) const {
  const auto json = client_.call("ChainGetParentMessages", params(to_json(block)));
  std::vector<std::pair<Cid, types::Message>> messages;
  for (const auto& item : JsonView(json, "ChainGetParentMessages").items())
    messages.emplace_back(item.at("Cid").cid(), item.at("Message").message());
  return messages;
}

std::vector<Receipt> Node::parent_receipts(const Cid& block) const {
  const auto json = client_.call("ChainGetParentReceipts", params(to_json(block)));
  std::vector<Receipt> receipts;
  for (const auto& item : JsonView(json, "ChainGetParentReceipts").items())
    receipts.push_back(Receipt::parse(item));
  return receipts;
}

sealyard::Node Node::randomness_from_tickets(types::DrawTag tag, Epoch epoch, const Bytes& entropy,
                                             const TipsetKey& at) const {
  const auto json = client_.call(
      "StateGetRandomnessFromTickets",
      params(static_cast<std::int64_t>(tag), epoch, types::bytes_json(entropy), to_json(at)));
  return randomness(json, "StateGetRandomnessFromTickets");
}

sealyard::Node Node::randomness_from_beacon(types::DrawTag tag, Epoch epoch, const Bytes& entropy,
                                            const TipsetKey& at) const {
  const auto json = client_.call(
      "StateGetRandomnessFromBeacon",
      params(static_cast<std::int64_t>(tag), epoch, types::bytes_json(entropy), to_json(at)));
  return randomness(json, "StateGetRandomnessFromBeacon");
}

std::optional<Actor> Node::actor(const Address& who, const TipsetKey& at) const {
  try {
    const auto json = client_.call("StateGetActor", params(address(who), to_json(at)));
    if (json.is_null()) return std::nullopt;
    return Actor::parse({json, "StateGetActor"});
  } catch (const RpcError& error) {
    if (error.code() == kErrorActorNotFound || error.says("actor not found")) return std::nullopt;
    throw;
  }
}

Address Node::lookup_id(const Address& who, const TipsetKey& at) const {
  const auto json = client_.call("StateLookupID", params(address(who), to_json(at)));
  return JsonView(json, "StateLookupID").address();
}

Address Node::account_key(const Address& who, const TipsetKey& at) const {
  const auto json = client_.call("StateAccountKey", params(address(who), to_json(at)));
  return JsonView(json, "StateAccountKey").address();
}

BigInt Node::balance(const Address& who) const {
  const auto json = client_.call("WalletBalance", params(address(who)));
  return JsonView(json, "WalletBalance").big_int();
}

MarketBalance Node::market_balance(const Address& who, const TipsetKey& at) const {
  const auto json = client_.call("StateMarketBalance", params(address(who), to_json(at)));
  return MarketBalance::parse({json, "StateMarketBalance"});
}

bool Node::wallet_has(const Address& who) const {
  const auto json = client_.call("WalletHas", params(address(who)));
  return JsonView(json, "WalletHas").boolean();
}

std::vector<Address> Node::wallet_list() const {
  const auto json = client_.call("WalletList", params());
  std::vector<Address> addresses;
  for (const auto& item : JsonView(json, "WalletList").items()) addresses.push_back(item.address());
  return addresses;
}

types::SignedMessage Node::wallet_sign(const Address& signer, const types::Message& m) const {
  const auto json = client_.call("WalletSignMessage", params(address(signer), message_json(m)));
  return JsonView(json, "WalletSignMessage").signed_message();
}

types::Message Node::estimate_gas(const types::Message& m, const BigInt& max_fee, bool maximize,
                                  const TipsetKey& at) const {
  const auto json = client_.call("GasEstimateMessageGas",
                                 params(message_json(m), gas_spec(max_fee, maximize), to_json(at)));
  return JsonView(json, "GasEstimateMessageGas").message();
}

std::int64_t Node::estimate_gas_limit(const types::Message& m, const TipsetKey& at) const {
  const auto json = client_.call("GasEstimateGasLimit", params(message_json(m), to_json(at)));
  return JsonView(json, "GasEstimateGasLimit").i64();
}

BigInt Node::estimate_gas_premium(std::uint64_t blocks, const Address& sender,
                                  std::int64_t gas_limit, const TipsetKey& at) const {
  const auto json = client_.call("GasEstimateGasPremium",
                                 params(blocks, address(sender), gas_limit, to_json(at)));
  return JsonView(json, "GasEstimateGasPremium").big_int();
}

BigInt Node::estimate_fee_cap(const types::Message& m, std::int64_t max_queue_blocks,
                              const TipsetKey& at) const {
  const auto json =
      client_.call("GasEstimateFeeCap", params(message_json(m), max_queue_blocks, to_json(at)));
  return JsonView(json, "GasEstimateFeeCap").big_int();
}

Cid Node::push(const types::SignedMessage& m) const {
  const auto json = client_.call("MpoolPush", params(to_json(m, network_)));
  return JsonView(json, "MpoolPush").cid();
}

std::vector<types::SignedMessage> Node::pending(const TipsetKey& at) const {
  const auto json = client_.call("MpoolPending", params(to_json(at)));
  std::vector<types::SignedMessage> messages;
  for (const auto& item : JsonView(json, "MpoolPending").items())
    messages.push_back(item.signed_message());
  return messages;
}

std::uint64_t Node::next_nonce(const Address& sender) const {
  const auto json = client_.call("MpoolGetNonce", params(address(sender)));
  return JsonView(json, "MpoolGetNonce").u64();
}

PoolConfig Node::pool_config() const {
  const auto json = client_.call("MpoolGetConfig", params());
  return PoolConfig::parse({json, "MpoolGetConfig"});
}

std::optional<MessageLookup> Node::search(const Cid& m, Epoch lookback, bool allow_replaced,
                                          const TipsetKey& from) const {
  const auto json =
      client_.call("StateSearchMsg", params(to_json(from), to_json(m), lookback, allow_replaced));
  if (json.is_null()) return std::nullopt;
  return MessageLookup::parse({json, "StateSearchMsg"});
}

MessageLookup Node::wait(const Cid& m, std::uint64_t confidence, Epoch lookback,
                         bool allow_replaced) const {
  const auto json =
      client_.call("StateWaitMsg", params(to_json(m), confidence, lookback, allow_replaced),
                   Client::Patience::wait);
  return MessageLookup::parse({json, "StateWaitMsg"});
}

CallResult Node::call(const types::Message& m, const TipsetKey& at) const {
  const auto json = client_.call("StateCall", params(message_json(m), to_json(at)));
  return CallResult::parse({json, "StateCall"});
}

}  // namespace sealyard::rpc
