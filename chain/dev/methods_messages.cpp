// Gas, the pool, and messages on chain.
#include <fmt/format.h>

#include <algorithm>

#include "chain/dev/methods.h"

namespace sealyard::dev {
namespace {

constexpr std::int64_t kErrorReverted = 3;
constexpr std::uint64_t kMostConfidence = 900;
constexpr int kQueueBlocks = 20;
constexpr std::int64_t kPremium = 100'000;  // lotus' floor; nobody bids more here
const BigInt kDefaultMaxFee = kFil * 7 / 100;

/// Gas of being stored and signed, before there is a signature.
std::int64_t inclusion_of(const State& state, const types::Message& m) {
  types::SignedMessage mock{m, {types::SignatureType::bls, Bytes(96)}};
  const auto* sender = state.find(m.from);
  if (sender && sender->address.defined() &&
      sender->address.protocol() == types::Protocol::secp256k1)
    mock.signature = {types::SignatureType::secp256k1, Bytes(65)};
  return inclusion_gas(mock);
}

Result trial(Devnet& net, const types::Message& m) {
  return net.chain().trial(m, inclusion_of(*net.chain().now(), m));
}

/// What the message takes.  @throws Refused where it would fail, as lotus says it.
std::int64_t gas_needed(Devnet& net, const types::Message& m) {
  const auto result = trial(net, m);
  if (result.exit == Exit::sender_invalid)
    throw Refused(
        fmt::format("CallWithGas failed: sender {} not found on chain: sender validation "
                    "failed",
                    m.from.text(types::Network::testnet)));
  if (result.exit != Exit::ok)
    throw Refused(
        fmt::format("message execution failed (exit=[{}({})], vm error=[message failed with "
                    "backtrace:\n00: f0{} (method {}) -- {} ({})\n (RetCode={})])",
                    exit_name(result.exit), static_cast<std::int64_t>(result.exit),
                    result.failed_at, m.method, result.error,
                    static_cast<std::int64_t>(result.exit), static_cast<std::int64_t>(result.exit)),
        kErrorReverted, "0x");
  return result.gas_used;
}

BigInt premium_for(std::uint64_t blocks) {
  return blocks <= 1 ? kPremium * 2 : blocks == 2 ? kPremium * 3 / 2 : kPremium;
}

/// base fee * 1.125^blocks + premium
BigInt fee_cap_for(const BigInt& base_fee, std::int64_t blocks, const BigInt& premium) {
  BigInt fee = base_fee * 1'000'000;
  for (std::int64_t i = 0; i < blocks; ++i) fee = fee * 9 / 8;
  return fee / 1'000'000 + premium;
}

Json estimate_limit(Devnet& net, const Params& p) {
  (void)net.at(p.at(1));
  return gas_needed(net, p.at(0).message());
}

Json estimate_premium(Devnet& net, const Params& p) {
  (void)net.at(p.at(3));
  return types::to_json(premium_for(p.at(0).u64()));
}

Json estimate_cap(Devnet& net, const Params& p) {
  const auto m = p.at(0).message();
  return types::to_json(fee_cap_for(net.at(p.at(2)).base_fee, p.at(1).i64(), m.gas_premium));
}

/// Fee cap and premium within what the whole message may cost.
void cap(types::Message& m, const BigInt& max_fee, bool maximize) {
  const BigInt most = max_fee / m.gas_limit;
  if (maximize || m.gas_fee_cap > most) m.gas_fee_cap = most;
  m.gas_premium = std::min(m.gas_premium, m.gas_fee_cap);
}

Json estimate_gas(Devnet& net, const Params& p) {
  auto m = p.at(0).message();
  BigInt max_fee = 0;
  bool maximize = false;
  if (!p.at(1).is_null()) {
    if (p.at(1).has("MaxFee")) max_fee = p.at(1).at("MaxFee").big_int();
    if (p.at(1).has("MaximizeFeeCap")) maximize = p.at(1).at("MaximizeFeeCap").boolean();
  }
  const auto tipset = net.at(p.at(2));
  if (m.gas_limit == 0) {
    try {
      m.gas_limit = std::min(types::kBlockGasLimit, gas_needed(net, m) * 5 / 4);
    } catch (const Refused& refused) {
      if (refused.code() == kErrorReverted) throw;
      throw Refused(std::string("gas estimation failed: ") + refused.what());
    }
  }
  if (m.gas_premium == 0) m.gas_premium = premium_for(10);
  if (m.gas_fee_cap == 0) m.gas_fee_cap = fee_cap_for(tipset.base_fee, kQueueBlocks, m.gas_premium);
  cap(m, max_fee > 0 ? max_fee : kDefaultMaxFee, maximize);
  return message_json(m, m.cid());
}

Json pool_config(Devnet&, const Params&) {
  return {{"PriorityAddrs", Json()},      {"SizeLimitHigh", 30000},
          {"SizeLimitLow", 20000},        {"ReplaceByFeeRatio", 1.25},
          {"PruneCooldown", 60000000000}, {"GasLimitOverestimation", 1.25}};
}

Json next_nonce(Devnet& net, const Params& p) {
  return net.chain().pool().next_nonce(p.address(0), *net.chain().now());
}

Json pending(Devnet& net, const Params& p) {
  (void)net.at(p.at(0));
  auto out = Json::array();
  for (const auto& m : net.chain().pool().pending()) out.push_back(signed_json(m));
  return out;
}

Json push(Devnet& net, const Params& p) {
  const auto& raw = p.at(0).raw();
  if (raw.is_object() && (!raw.contains("Signature") || raw.at("Signature").is_null() ||
                          raw.at("Signature").value("Type", 0) == 0))
    throw Refused("signature verification failed: unrecognized signature type: 0");
  types::SignedMessage m;
  m.message = p.at(0).at("Message").message();
  const auto signature = p.at(0).at("Signature");
  m.signature.type = static_cast<types::SignatureType>(signature.at("Type").u64());
  m.signature.data = signature.at("Data").bytes();
  const auto cid = net.chain().push(m);
  net.changed();
  return types::to_json(cid);
}

Json lookup_json(const Landed& landed) {
  return {{"Message", types::to_json(landed.included.cid)},
          {"Receipt", receipt_json(landed.included)},
          {"ReturnDec", Json()},
          {"TipSet", types::to_json(std::vector{landed.child.cid})},
          {"Height", landed.child.height}};
}

Epoch oldest(Epoch from, std::int64_t lookback) { return lookback < 0 ? -1 : from - lookback - 1; }

Json search(Devnet& net, const Params& p) {
  const auto from = net.at(p.at(0)).height;
  const auto landed =
      net.chain().find(p.at(1).cid(), oldest(from, p.at(2).i64()), p.at(3).boolean(), from);
  return landed ? lookup_json(*landed) : Json();
}

Json wait(Devnet& net, const Params& p) {
  const auto cid = p.at(0).cid();
  const auto confidence = p.at(1).u64();
  if (confidence > kMostConfidence)
    throw Refused(fmt::format("confidence {} is more than {}", confidence, kMostConfidence));
  for (;;) {
    const auto from = net.visible_head().height;
    const auto landed = net.chain().find(cid, oldest(from, p.at(2).i64()), p.at(3).boolean(), from);
    if (landed && landed->child.height + static_cast<Epoch>(confidence) <= from)
      return lookup_json(*landed);
    if (!net.wait_for_change()) throw Refused("the node is ending");
  }
}

Json get_message(Devnet& net, const Params& p) {
  const auto cid = p.at(0).cid();
  const auto m = net.chain().message(cid);
  if (!m) throw Refused(fmt::format("ipld: could not find {}", cid.text()));
  return message_json(m->message, m->message.cid());
}

Json call(Devnet& net, const Params& p) {
  const auto m = p.at(0).message();
  (void)net.at(p.at(1));
  const auto result = net.chain().trial(m, 0);
  if (result.exit == Exit::sender_invalid) throw Refused("sender validation failed");
  Json cost;
  for (const char* name : {"GasUsed", "BaseFeeBurn", "OverEstimationBurn", "MinerPenalty",
                           "MinerTip", "Refund", "TotalCost"})
    cost[name] = "0";
  cost["Message"] = Json();
  Included as_included;
  as_included.exit_code = static_cast<std::int64_t>(result.exit);
  as_included.value = result.value;
  as_included.gas_used = result.gas_used;
  return {{"MsgCid", types::to_json(m.cid())},
          {"Msg", message_json(m, m.cid())},
          {"MsgRct", receipt_json(as_included)},
          {"GasCost", cost},
          {"ExecutionTrace", Json::object()},
          {"Error", result.error},
          {"Duration", 0}};
}

constexpr Rpc kMessageMethods[] = {
    {"ChainGetMessage", 1, Right::read, get_message},
    {"GasEstimateFeeCap", 3, Right::read, estimate_cap},
    {"GasEstimateGasLimit", 2, Right::read, estimate_limit},
    {"GasEstimateGasPremium", 4, Right::read, estimate_premium},
    {"GasEstimateMessageGas", 3, Right::read, estimate_gas},
    {"MpoolGetConfig", 0, Right::read, pool_config},
    {"MpoolGetNonce", 1, Right::read, next_nonce},
    {"MpoolPending", 1, Right::read, pending},
    {"MpoolPush", 1, Right::write, push},
    {"StateCall", 2, Right::read, call},
    {"StateSearchMsg", 4, Right::read, search},
    {"StateWaitMsg", 4, Right::read, wait},
};

}  // namespace

std::span<const Rpc> message_methods() { return kMessageMethods; }

}  // namespace sealyard::dev
