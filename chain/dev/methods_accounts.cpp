// Actors and their balances.
#include <fmt/format.h>

#include "chain/dev/deadline.h"
#include "chain/dev/methods.h"

namespace sealyard::dev {
namespace {

/// The codes of lotus are hashes of WASM modules; these are hashes of the names.
Cid code_of(const Actor& actor) {
  const std::string name = actor.kind == Kind::miner     ? "storageminer"
                           : actor.kind == Kind::account ? "account"
                                                         : "system";
  return Cid::of_cbor({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()});
}

Cid state_cid(const Actor& actor) {
  const auto text = to_json(actor).dump();
  return Cid::of_cbor({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

const Actor& actor_at(const State& state, const Address& address) {
  const auto* actor = state.find(address);
  if (!actor) throw Refused("actor not found");
  return *actor;
}

Json get_actor(Devnet& net, const Params& p) {
  const auto state = net.chain().before(net.at(p.at(1)));
  const auto& actor = actor_at(*state, p.address(0));
  return {{"Code", types::to_json(code_of(actor))},
          {"Head", types::to_json(state_cid(actor))},
          {"Nonce", actor.nonce},
          {"Balance", types::to_json(actor.balance)},
          {"DelegatedAddress", Json()}};
}

Json miner_state_json(const Actor& actor) {
  const auto& m = *actor.miner;
  return {{"PreCommitDeposits", types::to_json(m.deposits())},
          {"LockedFunds", types::to_json(m.locked())},
          {"InitialPledge", types::to_json(m.pledged())},
          {"FeeDebt", types::to_json(m.fee_debt)},
          {"ProvingPeriodStart", m.period_offset},
          {"CurrentDeadline", 0},
          {"DeadlineCronActive", !m.sectors.empty()}};
}

Json read_state(Devnet& net, const Params& p) {
  const auto tipset = net.at(p.at(1));
  const auto state = net.chain().before(tipset);
  const auto& actor = actor_at(*state, p.address(0));
  Json inside = Json::object();
  if (actor.kind == Kind::account) inside["Address"] = text_of(actor.address);
  if (actor.miner) {
    inside = miner_state_json(actor);
    const auto w = window_at(*actor.miner, tipset.height, net.chain().policy());
    inside["ProvingPeriodStart"] = w.period_start;
    inside["CurrentDeadline"] = w.index;
  }
  return {{"Balance", types::to_json(actor.balance)},
          {"Code", types::to_json(code_of(actor))},
          {"State", inside}};
}

Json lookup_id(Devnet& net, const Params& p) {
  constexpr std::int64_t kActorNotFound = 11;
  const auto id = net.chain().before(net.at(p.at(1)))->resolve(p.address(0));
  if (!id) throw Refused("actor not found", kActorNotFound);
  return text_of(*id);
}

Json account_key(Devnet& net, const Params& p) {
  const auto address = p.address(0);
  if (address.defined() && (address.protocol() == types::Protocol::bls ||
                            address.protocol() == types::Protocol::secp256k1))
    return text_of(address);
  const auto state = net.chain().before(net.at(p.at(1)));
  const auto& actor = actor_at(*state, address);
  if (actor.kind != Kind::account)
    throw Refused(fmt::format(
        "failed to get account actor state for {}: actor code is not "
        "account: {}",
        address.text(types::Network::testnet), actor.miner ? "storageminer" : "system"));
  return text_of(actor.address);
}

Json balance(Devnet& net, const Params& p) {
  const auto state = net.chain().before(net.visible_head());
  const auto* actor = state->find(p.address(0));
  return types::to_json(actor ? actor->balance : BigInt(0));
}

Json market_balance(Devnet& net, const Params& p) {
  (void)net.at(p.at(1));
  return {{"Escrow", "0"}, {"Locked", "0"}};
}

Json list_miners(Devnet& net, const Params& p) {
  auto out = Json::array();
  for (const auto& [id, actor] : net.chain().before(net.at(p.at(0)))->actors())
    if (actor->miner) out.push_back(text_of(id));
  return out;
}

// This node holds no keys: providers sign themselves.
Json wallet_has(Devnet&, const Params& p) {
  (void)p.address(0);
  return false;
}
Json wallet_list(Devnet&, const Params&) { return Json::array(); }
Json wallet_sign(Devnet&, const Params& p) {
  throw Refused(fmt::format("signing using key '{}': key not found: this node holds no keys",
                            p.address(0).text(types::Network::testnet)));
}

constexpr Rpc kAccountMethods[] = {
    {"StateAccountKey", 2, Right::read, account_key},
    {"StateGetActor", 2, Right::read, get_actor},
    {"StateListMiners", 1, Right::read, list_miners},
    {"StateLookupID", 2, Right::read, lookup_id},
    {"StateMarketBalance", 2, Right::read, market_balance},
    {"StateReadState", 2, Right::read, read_state},
    {"WalletBalance", 1, Right::read, balance},
    {"WalletHas", 1, Right::write, wallet_has},
    {"WalletList", 0, Right::write, wallet_list},
    {"WalletSignMessage", 2, Right::sign, wallet_sign},
};

}  // namespace

std::span<const Rpc> account_methods() { return kAccountMethods; }

}  // namespace sealyard::dev
