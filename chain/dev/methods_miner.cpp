// Miners, deadlines, sectors.
#include <fmt/format.h>

#include "chain/dev/base58.h"
#include "chain/dev/deadline.h"
#include "chain/dev/methods.h"
#include "chain/dev/money.h"

namespace sealyard::dev {
namespace {

using Shared = std::shared_ptr<const State>;

/// What a call of (miner, ..., tipset) is about.
struct Asked {
  Tipset tipset;
  Shared state;
  const Actor& actor;
  const Miner& miner;
};

Asked asked(Devnet& net, const Params& p, std::size_t key) {
  auto tipset = net.at(p.at(key));
  auto state = net.chain().before(tipset);
  const auto& actor = miner_of(*state, p.address(0));
  return {std::move(tipset), std::move(state), actor, *actor.miner};
}

Json power_json(const BigInt& bytes) {
  return {{"RawBytePower", types::to_json(bytes)}, {"QualityAdjPower", types::to_json(bytes)}};
}

Json power(Devnet& net, const Params& p) {
  const auto state = net.chain().before(net.at(p.at(1)));
  BigInt total = 0, own = 0;
  const auto address = p.at(0).text().empty() ? Address() : p.address(0);
  const auto id = state->resolve(address);
  for (const auto& [number, actor] : state->actors()) {
    if (!actor->miner) continue;
    const BigInt bytes = actor->miner->power_bytes();
    total += bytes;
    if (id == number) own = bytes;
  }
  return {{"MinerPower", power_json(own)},
          {"TotalPower", power_json(total)},
          {"HasMinPower", own > 0 && own >= net.chain().policy().min_power_bytes}};
}

Json info(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 1);
  const auto& m = a.miner;
  Json control, addresses;  // null where there are none
  for (const auto id : m.control) control.push_back(text_of(id));
  for (const auto& bytes : m.multiaddrs) addresses.push_back(types::to_base64(bytes));
  return {{"Owner", text_of(m.owner)},
          {"Worker", text_of(m.worker)},
          {"NewWorker", m.new_worker ? text_of(m.new_worker) : Json("<empty>")},
          {"ControlAddresses", control},
          {"WorkerChangeEpoch", m.worker_change_epoch},
          {"PeerId", m.peer_id.empty() ? Json() : Json(to_base58(m.peer_id))},
          {"Multiaddrs", addresses},
          {"WindowPoStProofType", m.window_post_proof},
          {"SectorSize", m.sector_bytes},
          {"WindowPoStPartitionSectors", m.partition_sectors},
          {"ConsensusFaultElapsed", -1},
          {"PendingOwnerAddress", m.pending_owner ? text_of(m.pending_owner) : Json()},
          {"Beneficiary", text_of(m.owner)},
          {"BeneficiaryTerm", {{"Quota", "0"}, {"UsedQuota", "0"}, {"Expiration", 0}}},
          {"PendingBeneficiaryTerm", Json()}};
}

Json available(Devnet& net, const Params& p) {
  return types::to_json(available_balance(asked(net, p, 1).actor));
}

Json creation_deposit_of(Devnet& net, const Params&) {
  return types::to_json(creation_deposit(net.chain().policy()));
}

Json with_head_room(const BigInt& amount) { return types::to_json(BigInt(amount * 110 / 100)); }

Json precommit_deposit_of(Devnet& net, const Params& p) {
  return with_head_room(
      precommit_deposit(asked(net, p, 2).miner.sector_bytes, net.chain().policy()));
}

Json initial_pledge_of(Devnet& net, const Params& p) {
  const auto duration = p.at(0).i64();
  const auto bytes = p.at(1).u64(), verified = p.at(2).u64();
  if (duration <= 0) throw Refused("sector duration must greater than 0");
  if (bytes == 0) throw Refused("sector size must be non-zero");
  const BigInt quality_adjusted = BigInt(bytes - std::min(bytes, verified)) + BigInt(verified) * 10;
  return with_head_room(initial_pledge(quality_adjusted, net.chain().policy()));
}

Json sector_json(const Sector& s) {
  return {{"SectorNumber", s.number},
          {"SealProof", s.seal_proof},
          {"SealedCID", types::to_json(s.comm_r)},
          {"Activation", s.activation},
          {"Expiration", s.expiration},
          {"DealWeight", types::to_json(s.deal_weight)},
          {"VerifiedDealWeight", "0"},
          {"InitialPledge", types::to_json(s.pledge)},
          {"ExpectedDayReward", Json()},
          {"ExpectedStoragePledge", Json()},
          {"PowerBaseEpoch", s.power_base},
          {"ReplacedDayReward", Json()},
          {"SectorKeyCID", Json()},
          {"Flags", 1},
          {"DailyFee", types::to_json(s.daily_fee)}};
}

Json sectors(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 2);
  auto out = Json::array();
  if (p.at(1).is_null()) {
    for (const auto& [number, s] : a.miner.sectors) out.push_back(sector_json(s));
    return out;
  }
  for (const auto number : numbers(p.at(1).bitfield())) {
    const auto found = a.miner.sectors.find(number);
    if (found == a.miner.sectors.end())
      throw Refused(fmt::format("failed to load sectors: can't find sector {}", number));
    out.push_back(sector_json(found->second));
  }
  return out;
}

template <typename Visit>
void each_partition(const Miner& m, Visit&& visit) {
  for (const auto& d : m.deadlines)
    for (const auto& part : d.partitions) visit(part);
}

Json active_sectors(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 1);
  Numbers active;
  each_partition(a.miner, [&](const Partition& part) {
    active = active | (part.live - (part.faulty | part.unproven));
  });
  auto out = Json::array();
  for (const auto number : active) out.push_back(sector_json(a.miner.sectors.at(number)));
  return out;
}

Json sector(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 2);
  const auto found = a.miner.sectors.find(p.at(1).u64());
  return found == a.miner.sectors.end() ? Json() : sector_json(found->second);
}

Json precommit(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 2);
  const auto found = a.miner.precommits.find(p.at(1).u64());
  if (found == a.miner.precommits.end()) return {};
  const auto& c = found->second;
  return {{"Info",
           {{"SealProof", c.info.seal_proof},
            {"SectorNumber", c.info.number},
            {"SealedCID", types::to_json(c.info.comm_r)},
            {"SealRandEpoch", c.info.seal_rand_epoch},
            {"DealIDs", c.info.deal_ids.empty() ? Json() : Json(c.info.deal_ids)},
            {"Expiration", c.info.expiration},
            {"UnsealedCid", types::to_json(c.info.comm_d)}}},
          {"PreCommitDeposit", types::to_json(c.deposit)},
          {"PreCommitEpoch", c.epoch}};
}

Json location(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 2);
  const auto found = a.miner.sectors.find(p.at(1).u64());
  if (found == a.miner.sectors.end())
    throw Refused(fmt::format("sector {} not due at any deadline", p.at(1).u64()));
  return {{"Deadline", found->second.deadline}, {"Partition", found->second.partition}};
}

// A sector leaves at the end of its deadline; a faulty one early, when it is not repaired.
Json expiration(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 2);
  const auto& policy = net.chain().policy();
  const auto found = a.miner.sectors.find(p.at(1).u64());
  if (found == a.miner.sectors.end())
    throw Refused(fmt::format("failed to find sector {}", p.at(1).u64()));
  const auto& s = found->second;
  const auto end_of = [&](Epoch epoch) {
    return next_window(a.miner, s.deadline, epoch, policy).close - 1;
  };
  const auto fault_end =
      s.faulty_since + static_cast<Epoch>(policy.fault_max_periods) * policy.period();
  if (s.faulty_since >= 0 && fault_end < s.expiration)
    return {{"OnTime", 0}, {"Early", end_of(fault_end)}};
  return {{"OnTime", end_of(s.expiration)}, {"Early", 0}};
}

Json sector_count(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 1);
  std::size_t live = 0, active = 0, faulty = 0;
  each_partition(a.miner, [&](const Partition& part) {
    live += part.live.size();
    faulty += part.faulty.size();
    active += part.live.size() - (part.faulty | part.unproven).size();
  });
  return {{"Live", live}, {"Active", active}, {"Faulty", faulty}};
}

Json allocated(Devnet& net, const Params& p) {
  return types::to_json(asked(net, p, 1).miner.allocated);
}

Json is_allocated(Devnet& net, const Params& p) {
  return asked(net, p, 2).miner.allocated.contains(p.at(1).u64());
}

Json deadlines(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 1);
  auto out = Json::array();
  for (const auto& d : a.miner.deadlines) {
    BigInt fee = 0;
    for (const auto& part : d.partitions)
      for (const auto number : part.live) fee += a.miner.sectors.at(number).daily_fee;
    out.push_back({{"PostSubmissions", types::to_json(bitfield(d.posted))},
                   {"DisputableProofCount", 0},
                   {"DailyFee", types::to_json(fee)}});
  }
  return out;
}

Json partitions(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 2);
  const auto index = p.at(1).u64();
  if (index >= a.miner.deadlines.size())
    throw Refused(fmt::format("failed to load the deadline: invalid deadline {}", index));
  auto out = Json::array();
  for (const auto& part : a.miner.deadlines[index].partitions)
    out.push_back(
        {{"AllSectors", types::to_json(bitfield(part.all))},
         {"FaultySectors", types::to_json(bitfield(part.faulty))},
         {"RecoveringSectors", types::to_json(bitfield(part.recovering))},
         {"LiveSectors", types::to_json(bitfield(part.live))},
         {"ActiveSectors", types::to_json(bitfield(part.live - (part.faulty | part.unproven)))}});
  return out;
}

Json proving_deadline(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 1);
  const auto& policy = net.chain().policy();
  const auto w = window_at(a.miner, a.tipset.height, policy);
  return {{"CurrentEpoch", a.tipset.height},
          {"PeriodStart", w.period_start},
          {"Index", w.index},
          {"Open", w.open},
          {"Close", w.close},
          {"Challenge", w.challenge},
          {"FaultCutoff", w.fault_cutoff},
          {"WPoStPeriodDeadlines", policy.deadlines},
          {"WPoStProvingPeriod", policy.period()},
          {"WPoStChallengeWindow", policy.window},
          {"WPoStChallengeLookback", policy.challenge_lookback},
          {"FaultDeclarationCutoff", policy.declaration_cutoff}};
}

template <Numbers Partition::*set>
Json in_all_partitions(Devnet& net, const Params& p) {
  const auto a = asked(net, p, 1);
  Numbers all;
  each_partition(a.miner, [&](const Partition& part) { all = all | part.*set; });
  return types::to_json(bitfield(all));
}

constexpr Rpc kMinerMethods[] = {
    {"StateMinerActiveSectors", 2, kRead, active_sectors},
    {"StateMinerAllocated", 2, kRead, allocated},
    {"StateMinerAvailableBalance", 2, kRead, available},
    {"StateMinerCreationDeposit", 1, kRead, creation_deposit_of},
    {"StateMinerDeadlines", 2, kRead, deadlines},
    {"StateMinerFaults", 2, kRead, in_all_partitions<&Partition::faulty>},
    {"StateMinerInfo", 2, kRead, info},
    {"StateMinerInitialPledgeForSector", 4, kRead, initial_pledge_of},
    {"StateMinerPartitions", 3, kRead, partitions},
    {"StateMinerPower", 2, kRead, power},
    {"StateMinerPreCommitDepositForPower", 3, kRead, precommit_deposit_of},
    {"StateMinerProvingDeadline", 2, kRead, proving_deadline},
    {"StateMinerRecoveries", 2, kRead, in_all_partitions<&Partition::recovering>},
    {"StateMinerSectorAllocated", 3, kRead, is_allocated},
    {"StateMinerSectorCount", 2, kRead, sector_count},
    {"StateMinerSectors", 3, kRead, sectors},
    {"StateSectorExpiration", 3, kRead, expiration},
    {"StateSectorGetInfo", 3, kRead, sector},
    {"StateSectorPartition", 3, kRead, location},
    {"StateSectorPreCommitInfo", 3, kRead, precommit},
};

}  // namespace

std::span<const Rpc> miner_methods() { return kMinerMethods; }

}  // namespace sealyard::dev
