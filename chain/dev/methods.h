// The methods of the API. Private to this folder.
#pragma once
#include <span>
#include <string_view>

#include "chain/dev/devnet.h"

namespace sealyard::dev {

using types::Json;
using types::JsonView;

enum class Right { read, write, sign, admin };
constexpr auto kRead = Right::read;  // what most methods want
std::string_view text(Right right);

/// Positional parameters of one call.
class Params {
 public:
  Params(std::string_view method, const Json& values) : method_(method), values_(&values) {}
  JsonView at(std::size_t i) const;
  Address address(std::size_t i) const { return at(i).address(); }

 private:
  std::string_view method_;
  const Json* values_;
};

struct Rpc {
  std::string_view name;
  std::size_t params;
  Right right;
  Json (*run)(Devnet& net, const Params& params);
};

std::span<const Rpc> chain_methods();
std::span<const Rpc> account_methods();
std::span<const Rpc> message_methods();
std::span<const Rpc> miner_methods();
std::span<const Rpc> mining_methods();
std::span<const Rpc> admin_methods();  ///< namespace Sealyard
/// nullptr where there is none.
const Rpc* find_rpc(std::string_view space, std::string_view name);

Json text_of(const Address& address);
Json text_of(ActorId id);
/// With the identifier that lotus adds.
Json message_json(const types::Message& message, const Cid& cid);
Json signed_json(const types::SignedMessage& message);
Json receipt_json(const Included& included);

/// The miner of an address.  @throws Refused in lotus' words.
const Actor& miner_of(const State& state, const Address& address);

}  // namespace sealyard::dev
