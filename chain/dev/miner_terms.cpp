// Sectors end, money leaves, addresses change.
// Source: builtin-actors v18, actors/miner/src/lib.rs, terminate_sectors(),
// extend_sector_expiration_inner(), withdraw_balance(), change_worker_address().
#include <fmt/format.h>

#include "chain/dev/call.h"
#include "chain/dev/deadline.h"
#include "chain/dev/gas.h"
#include "chain/dev/money.h"
#include "chain/types/cbor.h"

namespace sealyard::dev {
namespace {

constexpr std::size_t kMostControl = 10, kMostAddressBytes = 1024;

Partition& partition(Call& call, Miner& m, std::uint64_t deadline, std::uint64_t index) {
  call.require(deadline < m.deadlines.size(), kBad, fmt::format("invalid deadline {}", deadline));
  auto& parts = m.deadlines[deadline].partitions;
  call.require(index < parts.size(), Exit::not_found, fmt::format("no such partition {}", index));
  return parts[index];
}

/// Burns it out of what is free, after what vests later; there must be enough.
void pay(Call& call, const BigInt& amount) {
  auto& m = call.miner();
  BigInt due = amount;
  for (auto& part : m.vesting) {
    const BigInt taken = std::min(part.amount, due);
    part.amount -= taken;
    due -= taken;
  }
  std::erase_if(m.vesting, [](const Vesting& part) { return part.amount == 0; });
  call.require(available_balance(call.self()) >= due, Exit::no_funds,
               fmt::format("{} attoFIL of fees are missing", types::to_text(due)));
  call.burn(amount);
}

/// Key account of an address; a method's own parameter, so what is missing is its fault.
ActorId account_of(Call& call, const Address& address, std::string_view what) {
  const auto id = call.state.resolve(address);
  call.require(id && call.state.find(*id)->kind == Kind::account, kBad,
               fmt::format("{} address is no account", what));
  return *id;
}

}  // namespace

Bytes terminate_sectors(Call& call) {
  call.gas += kDeclareGas;
  const auto params = read_params<message::SectorDeclarations>(call);
  call.only_operator();
  call.require(!params.declarations.empty(), kBad, "no declarations");
  auto& m = call.miner();
  BigInt fee = 0;
  Numbers gone;
  for (const auto& d : params.declarations) {
    const auto named = numbers(d.sectors);
    call.gas += kDeclarationGas + kDeclaredSectorGas * static_cast<std::int64_t>(named.size());
    auto& part = partition(call, m, d.deadline, d.partition);
    call.require(is_mutable(m, d.deadline, call.epoch, call.policy), kBad,
                 fmt::format("cannot terminate sectors in immutable deadline {}", d.deadline));
    call.require(!named.empty() && (named - part.live).empty(), kBad,
                 "can only terminate live sectors");
    for (const auto number : named) {
      const auto& s = m.sectors.at(number);
      fee +=
          termination_fee(s.pledge, BigInt(m.sector_bytes), call.epoch - s.activation, call.policy);
    }
    gone = gone | named;
  }
  remove(m, gone);
  pay(call, fee);
  return types::CborWriter().array(1).boolean(true).take();
}

Bytes extend_sectors(Call& call) {
  call.gas += kDeclareGas;
  const auto params = read_params<message::ExtendSectorExpiration2>(call);
  call.only_operator();
  call.require(!params.extensions.empty(), kBad, "no extensions");
  auto& m = call.miner();
  const auto& p = call.policy;
  for (const auto& e : params.extensions) {
    call.require(e.with_claims.empty(), kBad,
                 "no sector has claims on this chain: it has no verified registry");
    const auto& part = partition(call, m, e.deadline, e.partition);
    const auto named = numbers(e.sectors);
    call.gas += kDeclarationGas + kDeclaredSectorGas * static_cast<std::int64_t>(named.size());
    call.require(!named.empty() && (named - part.live).empty(), kBad,
                 "not all sectors are live in the partition");
    for (const auto number : named) {
      auto& s = m.sectors.at(number);
      call.require(s.expiration > call.epoch, Exit::forbidden,
                   fmt::format("cannot extend expiration of expired sector {}", number));
      call.require(e.new_expiration >= s.expiration, kBad,
                   fmt::format("cannot reduce sector {} expiration to {} from {}", number,
                               e.new_expiration, s.expiration));
      call.require(e.new_expiration <= call.epoch + p.max_ahead &&
                       e.new_expiration <= s.activation + p.max_lifetime,
                   kBad, fmt::format("cannot extend expiration to {}: too far", e.new_expiration));
      s.expiration = e.new_expiration;
      s.power_base = call.epoch;
    }
  }
  return {};
}

Bytes withdraw_balance(Call& call) {
  call.gas += kSmallMethodGas;
  const auto params = read_params<message::WithdrawBalance>(call);
  call.only_owner();
  call.require(
      params.amount >= 0, kBad,
      fmt::format("negative fund requested for withdrawal: {}", types::to_text(params.amount)));
  auto& self = call.self();
  auto& m = *self.miner;
  const BigInt free = available_balance(self);  // the debt is taken off
  call.require(free >= 0, Exit::no_funds, "unlocked balance can not repay fee debt");
  const BigInt debt = std::exchange(m.fee_debt, 0);
  call.burn(debt);
  const BigInt amount = std::min(free, params.amount);
  call.send(m.owner, amount);
  return types::CborWriter().big_int(amount).take();
}

Bytes change_worker(Call& call) {
  call.gas += kSmallMethodGas;
  const auto params = read_params<message::ChangeWorkerAddress>(call);
  call.only_owner();
  call.require(params.control.size() <= kMostControl, kBad,
               fmt::format("control addresses length {} exceeds max {}", params.control.size(),
                           kMostControl));
  const auto worker = account_of(call, params.worker, "worker");
  call.require(call.state.find(worker)->address.protocol() == types::Protocol::bls, kBad,
               "worker account must be a BLS address");
  std::vector<ActorId> control;
  for (const auto& address : params.control)
    control.push_back(account_of(call, address, "control"));
  auto& m = call.miner();
  m.control = std::move(control);
  if (worker != m.worker && m.new_worker == 0) {
    m.new_worker = worker;
    m.worker_change_epoch = call.epoch + call.policy.worker_change_delay;
  } else if (worker == m.worker) {
    m.new_worker = 0;
    m.worker_change_epoch = -1;
  }
  return {};
}

Bytes confirm_worker(Call& call) {
  call.gas += kSmallMethodGas;
  call.only_owner();
  auto& m = call.miner();
  if (m.new_worker != 0 && call.epoch >= m.worker_change_epoch) {
    m.worker = std::exchange(m.new_worker, 0);
    m.worker_change_epoch = -1;
  }
  return {};
}

// Two steps: the owner names another one, who then sends the same.
Bytes change_owner(Call& call) {
  call.gas += kSmallMethodGas;
  Address address;
  try {
    types::CborReader reader(call.params, "owner address");
    address = reader.address();
    reader.finish();
  } catch (const std::exception& error) {
    throw Abort(Exit::serialization, error.what());
  }
  const auto named = account_of(call, address, "owner");
  auto& m = call.miner();
  if (call.caller == m.owner) {
    m.pending_owner = named == m.owner ? 0 : named;
    return {};
  }
  call.require(m.pending_owner != 0 && call.caller == m.pending_owner && named == call.caller,
               Exit::forbidden, fmt::format("caller f0{} is not one of supported", call.caller));
  m.owner = std::exchange(m.pending_owner, 0);
  return {};
}

Bytes change_peer(Call& call) {
  call.gas += kSmallMethodGas;
  Bytes peer;
  try {
    types::CborReader reader(call.params, "peer id");
    reader.array_of(1);
    peer = reader.bytes(kMostPeerBytes);
    reader.finish();
  } catch (const std::exception& error) {
    throw Abort(Exit::serialization, error.what());
  }
  call.only_operator();
  call.miner().peer_id = peer;
  return {};
}

Bytes change_multiaddrs(Call& call) {
  call.gas += kSmallMethodGas;
  auto params = read_params<message::ChangeMultiaddrs>(call);
  call.only_operator();
  std::size_t bytes = 0;
  for (const auto& address : params.multiaddrs) bytes += address.size();
  call.require(bytes <= kMostAddressBytes, kBad, "multiaddrs are too long");
  call.miner().multiaddrs = std::move(params.multiaddrs);
  return {};
}

Bytes repay_debt(Call& call) {
  call.gas += kSmallMethodGas;
  call.only_operator();
  auto& self = call.self();
  const BigInt debt = std::exchange(self.miner->fee_debt, 0);
  const BigInt paid = std::min(debt, std::max<BigInt>(0, available_balance(self)));
  self.miner->fee_debt = debt - paid;
  call.burn(paid);
  return {};
}

}  // namespace sealyard::dev
