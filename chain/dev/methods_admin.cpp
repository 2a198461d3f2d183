// Namespace Sealyard: what only a development chain does. Funds, the clock, and faults to order.
//
//   Fund(address, attoFIL)          out of nothing, no limit
//   Faucet(address)                 a fixed amount, once in ten minutes for an address; any client
//   Status()                        clock, head, pool, why no epoch comes; any client
//   Clock(mode, epoch_ms)           steady, gated, jump
//   Advance(n)                      n tipsets now
//   Jump(n)                         n epochs of which only the last has a tipset
//   JumpToEvent(most)               to before the next window, seed or end of a window
//   Freeze(bool)                    the clock stands still
//   Lease(name, ms) Release(name)   no epoch comes in gated mode while a lease is held
//   Reorg(depth, keep)              takes epochs back; their messages return to the pool or are
//   lost DropMessage(cid)                out of the pool SetBaseFee(attoFIL, n)          for n
//   epochs SetNetworkVersion(v, epoch)     from that epoch on SetRandomness(source, tag, epoch,
//   base64)   "tickets" or "beacon": what is drawn then OutOfSync(n)                    the node
//   shows a head that is n epochs old; 0: the real one Trouble({kind, method, count, ms}) answers
//   that go wrong, see devnet.h
#include <fmt/format.h>

#include <chrono>

#include "chain/dev/deadline.h"
#include "chain/dev/methods.h"
#include "kernels/base/error.h"

namespace sealyard::dev {
namespace {

constexpr std::int64_t kMostEpochs = 5'000'000;
constexpr std::int64_t kMostDepth = 900;

std::int64_t count(const JsonView& json, std::int64_t most) {
  const auto n = json.i64();
  if (n < 0 || n > most) throw Refused(fmt::format("{}: want 0 to {}", n, most));
  return n;
}

Address key_address(const State& state, const Address& address) {
  if (!address.defined()) throw Refused("no address");
  if (const auto* actor = state.find(address)) {
    if (actor->kind != Kind::account) throw Refused("the address is no account");
    return actor->address;
  }
  if (address.protocol() != types::Protocol::bls &&
      address.protocol() != types::Protocol::secp256k1)
    throw Refused("an account that is new needs an f1 or f3 address");
  return address;
}

Json fund(Devnet& net, const Params& p) {
  const auto amount = p.at(1).big_int();
  if (amount <= 0) throw Refused("the amount must be positive");
  net.chain().give(key_address(*net.chain().now(), p.address(0)), amount);
  net.changed();
  return {};
}

// The time of the last success lies with the chain: a restart does not shorten the wait.
Json faucet(Devnet& net, const Params& p) {
  constexpr std::int64_t kTooSoon = 429;
  const auto to = key_address(*net.chain().now(), p.address(0));
  auto& store = net.chain().store();
  auto last = Json::parse(store.meta("faucet").value_or("{}"));
  const auto name = to.text(types::Network::testnet);
  const auto wait = static_cast<std::int64_t>(net.options().faucet_wait_s);
  if (last.contains(name)) {
    const auto left = last.at(name).get<std::int64_t>() + wait - now_s();
    if (left > 0)
      throw Refused(
          fmt::format("{} had funds less than {} s ago; try again in {} s", name, wait, left),
          kTooSoon);
  }
  net.chain().give(to, net.options().faucet_amount);
  last[name] = now_s();
  store.transact([&] { store.set_meta("faucet", last.dump()); });
  net.changed();
  return {{"Address", name}, {"Amount", types::to_json(net.options().faucet_amount)}};
}

Json status(Devnet& net, const Params&) {
  return {{"Clock", text(net.options().clock)},
          {"EpochMs", net.options().epoch_ms},
          {"Height", net.chain().head().height},
          {"Pending", net.chain().pool().size()},
          {"Gate", net.frozen ? "frozen" : net.gate()},
          {"BaseFee", types::to_json(net.chain().head().next_base_fee)}};
}

Json clock(Devnet& net, const Params& p) {
  net.set_clock(parse_clock_mode(p.at(0).text()), p.at(1).u64());
  return {};
}

Json height(Devnet& net) { return net.chain().head().height; }

Json advance(Devnet& net, const Params& p) {
  for (auto n = count(p.at(0), kMostEpochs); n > 0; --n) net.grow();
  return height(net);
}

Json jump(Devnet& net, const Params& p) {
  if (const auto n = count(p.at(0), kMostEpochs); n > 0) net.grow(n - 1);
  return height(net);
}

Json jump_to_event(Devnet& net, const Params& p) {
  const auto now = net.chain().head().height;
  const auto most = now + count(p.at(0), kMostEpochs);
  const auto to = std::min(most, next_event(*net.chain().now(), now, net.chain().policy()));
  if (to > now) net.grow(to - now - 1);
  return height(net);
}

Json freeze(Devnet& net, const Params& p) {
  net.frozen = p.at(0).boolean();
  net.changed();
  return {};
}

Json lease(Devnet& net, const Params& p) {
  net.leases[p.at(0).text()] = steady_ms() + p.at(1).i64();
  return {};
}

Json release(Devnet& net, const Params& p) {
  net.leases.erase(p.at(0).text());
  net.changed();
  return {};
}

Json reorg(Devnet& net, const Params& p) {
  net.chain().reorganise(count(p.at(0), kMostDepth), p.at(1).boolean());
  net.changed();
  return height(net);
}

Json drop_message(Devnet& net, const Params& p) { return net.chain().drop(p.at(0).cid()); }

Json set_base_fee(Devnet& net, const Params& p) {
  net.chain().force_base_fee(p.at(0).big_int(), count(p.at(1), kMostEpochs));
  return {};
}

Json set_network_version(Devnet& net, const Params& p) {
  net.chain().set_network_version(p.at(0).u64(), p.at(1).i64());
  return {};
}

Json set_randomness(Devnet& net, const Params& p) {
  const auto source = p.at(0).text();
  const auto bytes = p.at(3).bytes();
  if (source != "tickets" && source != "beacon") throw Refused("source: want tickets or beacon");
  if (bytes.size() != kNodeBytes) throw Refused(fmt::format("{} bytes, want 32", bytes.size()));
  Node value;
  std::copy(bytes.begin(), bytes.end(), value.bytes.begin());
  net.chain().set_randomness(source == "tickets" ? Source::tickets : Source::beacon,
                             static_cast<types::DrawTag>(p.at(1).i64()), p.at(2).i64(), value);
  return {};
}

Json out_of_sync(Devnet& net, const Params& p) {
  net.behind = count(p.at(0), kMostEpochs);
  net.changed();
  return {};
}

Json trouble(Devnet& net, const Params& p) {
  const auto order = p.at(0);
  Trouble t;
  t.kind = order.at("kind").text();
  if (t.kind == "none") {
    net.troubles.clear();
    return {};
  }
  if (order.has("method")) t.method = order.at("method").text();
  t.count = order.at("count").i64();
  if (order.has("ms")) t.ms = order.at("ms").i64();
  bool known = false;
  for (const char* kind : {"http500", "unauthorized", "truncate", "cut", "slow"})
    known = known || t.kind == kind;
  if (!known)
    throw Refused(
        fmt::format("trouble {}: want http500, unauthorized, truncate, cut or slow", t.kind));
  std::erase_if(net.troubles, [](const Trouble& old) { return old.count <= 0; });
  net.troubles.push_back(t);
  return {};
}

constexpr Rpc kAdminMethods[] = {
    {"Advance", 1, Right::admin, advance},
    {"Clock", 2, Right::admin, clock},
    {"DropMessage", 1, Right::admin, drop_message},
    {"Faucet", 1, Right::read, faucet},
    {"Freeze", 1, Right::admin, freeze},
    {"Fund", 2, Right::admin, fund},
    {"Jump", 1, Right::admin, jump},
    {"JumpToEvent", 1, Right::admin, jump_to_event},
    {"Lease", 2, Right::admin, lease},
    {"OutOfSync", 1, Right::admin, out_of_sync},
    {"Release", 1, Right::admin, release},
    {"Reorg", 2, Right::admin, reorg},
    {"SetBaseFee", 2, Right::admin, set_base_fee},
    {"SetNetworkVersion", 2, Right::admin, set_network_version},
    {"SetRandomness", 4, Right::admin, set_randomness},
    {"Status", 0, Right::read, status},
    {"Trouble", 1, Right::admin, trouble},
};

}  // namespace

std::span<const Rpc> admin_methods() { return kAdminMethods; }

}  // namespace sealyard::dev
