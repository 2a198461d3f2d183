// The power actor makes miners.
// Source: builtin-actors v18, actors/power/src/lib.rs, create_miner(); FIP-0077.
#include <fmt/format.h>

#include "chain/dev/call.h"
#include "chain/dev/deadline.h"
#include "chain/dev/gas.h"
#include "chain/dev/money.h"
#include "chain/message/power.h"
#include "kernels/base/bytes.h"
#include "kernels/base/porep.h"

namespace sealyard::dev {
namespace {

constexpr Epoch kDepositVestingDays = 180;

/// Window proofs 10 to 14 (V1_1) are of the sizes of seal proofs 5 to 9.
std::uint64_t sector_bytes_of(const Call& call, std::int64_t window_post_proof) {
  call.require(window_post_proof >= 10 && window_post_proof <= 14, Exit::illegal_argument,
               fmt::format("proof type {} not allowed for new miner actors", window_post_proof));
  return registered_porep(static_cast<unsigned>(window_post_proof - 5)).sector_bytes;
}

/// Sectors of a window partition.  Source: go-state-types, abi/sector.go,
/// WindowPoStPartitionSectors().
std::uint64_t partition_sectors(std::uint64_t sector_bytes) {
  if (sector_bytes == std::uint64_t{32} << 30) return 2349;
  if (sector_bytes == std::uint64_t{64} << 30) return 2300;
  return 2;
}

Address robust_address(const Call& call, ActorId id) {
  Bytes seed = Address::of_id(call.caller).bytes();
  seed.resize(seed.size() + 16);
  store_be<std::uint64_t>(seed.data() + seed.size() - 16, call.state.find(call.caller)->nonce);
  store_be<std::uint64_t>(seed.data() + seed.size() - 8, id);
  return Address::of_actor(seed);
}

}  // namespace

Bytes create_miner(Call& call) {
  call.gas += kCreateMinerGas;
  const auto params = read_params<message::CreateMiner>(call);
  const auto deposit = creation_deposit(call.policy);
  call.require(call.value >= deposit, Exit::no_funds,
               fmt::format("not enough balance for deposit: value {}, want {}",
                           types::to_text(call.value), types::to_text(deposit)));
  const auto owner = call.state.resolve(params.owner), worker = call.state.resolve(params.worker);
  call.require(owner.has_value() && worker.has_value(), Exit::illegal_argument,
               "unable to resolve owner or worker address");
  const auto* worker_actor = call.state.find(*worker);
  call.require(worker_actor->kind == Kind::account &&
                   worker_actor->address.protocol() == types::Protocol::bls,
               Exit::illegal_argument, "worker account must be a BLS address");
  call.require(params.peer_id.size() <= kMostPeerBytes, Exit::illegal_argument,
               "peer id is too long");

  Actor actor;
  actor.id = std::max<ActorId>(call.state.next_id(), 1000);
  actor.kind = Kind::miner;
  actor.address = robust_address(call, actor.id);
  Miner m;
  m.owner = *owner;
  m.worker = *worker;
  m.peer_id = params.peer_id;
  m.multiaddrs = params.multiaddrs;
  m.window_post_proof = params.window_post_proof;
  m.sector_bytes = sector_bytes_of(call, params.window_post_proof);
  m.partition_sectors = partition_sectors(m.sector_bytes);
  m.created = call.epoch;
  m.period_offset = period_offset(Address::of_id(actor.id), call.epoch, call.policy);
  m.deadlines.resize(static_cast<std::size_t>(call.policy.deadlines));
  BigInt left = deposit;
  for (Epoch day = 1; day <= kDepositVestingDays; ++day) {
    const BigInt part = left / (kDepositVestingDays - day + 1);
    m.vesting.push_back({call.epoch + day * call.policy.day, part});
    left -= part;
  }
  actor.miner = std::move(m);
  const auto id = actor.id;
  const message::CreatedMiner made{Address::of_id(id), actor.address};
  call.state.add(std::move(actor));
  call.send(id, call.value);
  return made.cbor();
}

}  // namespace sealyard::dev
