#include "chain/dev/methods.h"

#include <fmt/format.h>

#include "kernels/base/error.h"

namespace sealyard::dev {
namespace {

constexpr auto kTestnet = types::Network::testnet;

}  // namespace

std::string_view text(Right right) {
  constexpr std::string_view kNames[] = {"read", "write", "sign", "admin"};
  return kNames[static_cast<int>(right)];
}

JsonView Params::at(std::size_t i) const {
  return {(*values_)[i], fmt::format("{}[{}]", method_, i)};
}

const Rpc* find_rpc(std::string_view space, std::string_view name) {
  const auto in = [&](std::span<const Rpc> list) -> const Rpc* {
    for (const auto& rpc : list)
      if (rpc.name == name) return &rpc;
    return nullptr;
  };
  if (space == "Sealyard") return in(admin_methods());
  if (space != "Filecoin") return nullptr;
  for (const auto list :
       {chain_methods(), account_methods(), message_methods(), miner_methods(), mining_methods()})
    if (const auto* rpc = in(list)) return rpc;
  return nullptr;
}

Json text_of(const Address& address) {
  return address.defined() ? Json(address.text(kTestnet)) : Json("<empty>");
}

Json text_of(ActorId id) { return Address::of_id(id).text(kTestnet); }

Json message_json(const types::Message& m, const Cid& cid) {
  auto json = types::to_json(m, kTestnet);
  json["CID"] = types::to_json(cid);
  return json;
}

Json signed_json(const types::SignedMessage& m) {
  return {{"Message", message_json(m.message, m.message.cid())},
          {"Signature", types::to_json(m.signature)},
          {"CID", types::to_json(m.cid())}};
}

Json receipt_json(const Included& i) {
  return {{"ExitCode", i.exit_code},
          {"Return", types::bytes_json(i.value)},
          {"GasUsed", i.gas_used},
          {"EventsRoot", Json()}};
}

const Actor& miner_of(const State& state, const Address& address) {
  const auto* actor = state.find(address);
  if (!actor) throw Refused("failed to load miner actor: actor not found");
  if (!actor->miner)
    throw Refused(fmt::format("failed to load miner actor state: actor code is not miner: {}",
                              actor->kind == Kind::account      ? "account"
                              : actor->id == types::kPowerActor ? "storagepower"
                                                                : "system"));
  return *actor;
}

}  // namespace sealyard::dev
