// Miners, deadlines, sectors.
#include "chain/rpc/answers.h"

namespace sealyard::rpc {

Power Power::parse(const JsonView& json) {
  return {json.at("RawBytePower").big_int(), json.at("QualityAdjPower").big_int()};
}

MinerPower MinerPower::parse(const JsonView& json) {
  return {Power::parse(json.at("MinerPower")), Power::parse(json.at("TotalPower")),
          json.at("HasMinPower").boolean()};
}

MinerFunds MinerFunds::parse(const JsonView& json) {
  const auto state = json.at("State");
  return {json.at("Balance").big_int(), state.at("PreCommitDeposits").big_int(),
          state.at("LockedFunds").big_int(), state.at("InitialPledge").big_int(),
          state.at("FeeDebt").big_int()};
}

MinerInfo MinerInfo::parse(const JsonView& json) {
  MinerInfo m;
  m.owner = json.at("Owner").address();
  m.worker = json.at("Worker").address();
  m.new_worker = json.at("NewWorker").address();
  if (json.has("Beneficiary")) m.beneficiary = json.at("Beneficiary").address();
  if (json.has("BeneficiaryTerm")) {
    const auto term = json.at("BeneficiaryTerm");
    m.beneficiary_quota = term.at("Quota").big_int();
    m.beneficiary_used = term.at("UsedQuota").big_int();
    m.beneficiary_expiration = term.at("Expiration").i64();
  }
  if (json.has("PendingOwnerAddress")) m.pending_owner = json.at("PendingOwnerAddress").address();
  for (const auto& address : json.at("ControlAddresses").items())
    m.control.push_back(address.address());
  m.worker_change_epoch = json.at("WorkerChangeEpoch").i64();
  if (json.has("PeerId")) m.peer_id = json.at("PeerId").text();
  for (const auto& address : json.at("Multiaddrs").items()) m.multiaddrs.push_back(address.bytes());
  m.window_post_proof = json.at("WindowPoStProofType").i64();
  m.sector_bytes = json.at("SectorSize").u64();
  m.partition_sectors = json.at("WindowPoStPartitionSectors").u64();
  m.consensus_fault_elapsed = json.at("ConsensusFaultElapsed").i64();
  return m;
}

DeadlineInfo DeadlineInfo::parse(const JsonView& json) {
  DeadlineInfo d;
  d.current = json.at("CurrentEpoch").i64();
  d.period_start = json.at("PeriodStart").i64();
  d.index = json.at("Index").u64();
  d.open = json.at("Open").i64();
  d.close = json.at("Close").i64();
  d.challenge = json.at("Challenge").i64();
  d.fault_cutoff = json.at("FaultCutoff").i64();
  d.deadlines = json.at("WPoStPeriodDeadlines").u64();
  d.proving_period = json.at("WPoStProvingPeriod").i64();
  d.challenge_window = json.at("WPoStChallengeWindow").i64();
  d.challenge_lookback = json.at("WPoStChallengeLookback").i64();
  d.declaration_cutoff = json.at("FaultDeclarationCutoff").i64();
  return d;
}

Deadline Deadline::parse(const JsonView& json) {
  Deadline d{json.at("PostSubmissions").bitfield(), json.at("DisputableProofCount").u64(), {}};
  if (json.has("DailyFee")) d.daily_fee = json.at("DailyFee").big_int();
  return d;
}

Partition Partition::parse(const JsonView& json) {
  return {json.at("AllSectors").bitfield(), json.at("FaultySectors").bitfield(),
          json.at("RecoveringSectors").bitfield(), json.at("LiveSectors").bitfield(),
          json.at("ActiveSectors").bitfield()};
}

SectorOnChain SectorOnChain::parse(const JsonView& json) {
  SectorOnChain s;
  s.number = json.at("SectorNumber").u64();
  s.seal_proof = json.at("SealProof").i64();
  s.comm_r = json.at("SealedCID").cid();
  s.activation = json.at("Activation").i64();
  s.expiration = json.at("Expiration").i64();
  s.power_base_epoch = json.at("PowerBaseEpoch").i64();
  s.deal_weight = json.at("DealWeight").big_int();
  s.verified_deal_weight = json.at("VerifiedDealWeight").big_int();
  s.initial_pledge = json.at("InitialPledge").big_int();
  if (json.has("DailyFee")) s.daily_fee = json.at("DailyFee").big_int();
  if (json.has("SectorKeyCID")) s.sector_key = json.at("SectorKeyCID").cid();
  return s;
}

PreCommitOnChain PreCommitOnChain::parse(const JsonView& json) {
  PreCommitOnChain p;
  const auto info = json.at("Info");
  p.info.seal_proof = info.at("SealProof").i64();
  p.info.number = info.at("SectorNumber").u64();
  p.info.comm_r = info.at("SealedCID").cid();
  p.info.seal_rand_epoch = info.at("SealRandEpoch").i64();
  for (const auto& id : info.at("DealIDs").items()) p.info.deal_ids.push_back(id.u64());
  p.info.expiration = info.at("Expiration").i64();
  p.info.comm_d = info.at("UnsealedCid").cid();
  p.deposit = json.at("PreCommitDeposit").big_int();
  p.epoch = json.at("PreCommitEpoch").i64();
  return p;
}

SectorLocation SectorLocation::parse(const JsonView& json) {
  return {json.at("Deadline").u64(), json.at("Partition").u64()};
}

SectorExpiration SectorExpiration::parse(const JsonView& json) {
  return {json.at("OnTime").i64(), json.at("Early").i64()};
}

SectorCount SectorCount::parse(const JsonView& json) {
  return {json.at("Live").u64(), json.at("Active").u64(), json.at("Faulty").u64()};
}

MarketBalance MarketBalance::parse(const JsonView& json) {
  return {json.at("Escrow").big_int(), json.at("Locked").big_int()};
}

MiningBase MiningBase::parse(const JsonView& json) {
  MiningBase b;
  b.power = json.at("MinerPower").big_int();
  b.total = json.at("NetworkPower").big_int();
  for (const auto& item : json.at("Sectors").items())
    b.sectors.push_back({item.at("SectorNumber").u64(), item.at("SealProof").i64(),
                         item.at("SealedCID").cid(), item.at("SectorKey").cid()});
  b.worker = json.at("WorkerKey").address();
  b.sector_bytes = json.at("SectorSize").u64();
  b.beacon_before = election::BeaconEntry::parse(json.at("PrevBeaconEntry"));
  for (const auto& item : json.at("BeaconEntries").items())
    b.beacons.push_back(election::BeaconEntry::parse(item));
  b.eligible = json.at("EligibleForMining").boolean();
  return b;
}

types::Json BlockTemplate::json(types::Network network) const {
  auto list = types::Json::array();
  for (const auto& m : messages) list.push_back(types::to_json(m, network));
  return {{"Miner", types::to_json(miner, network)},
          {"Parents", types::to_json(parents)},
          {"Ticket", {{"VRFProof", types::bytes_json(ticket)}}},
          {"Eproof", {{"WinCount", win_count}, {"VRFProof", types::bytes_json(election)}}},
          {"BeaconValues", election::to_json(beacons)},
          {"Messages", std::move(list)},
          {"Epoch", epoch},
          {"Timestamp", timestamp},
          {"WinningPoStProof", election::to_json(winning_proofs)}};
}

BlockTemplate BlockTemplate::parse(const JsonView& json) {
  BlockTemplate b;
  b.miner = json.at("Miner").address();
  b.parents = json.at("Parents").cids();
  b.ticket = json.at("Ticket").at("VRFProof").bytes();
  b.election = json.at("Eproof").at("VRFProof").bytes();
  b.win_count = json.at("Eproof").at("WinCount").i64();
  for (const auto& item : json.at("BeaconValues").items())
    b.beacons.push_back(election::BeaconEntry::parse(item));
  for (const auto& item : json.at("Messages").items()) b.messages.push_back(item.signed_message());
  b.epoch = json.at("Epoch").i64();
  b.timestamp = json.at("Timestamp").u64();
  b.winning_proofs = election::parse_proofs(json.at("WinningPoStProof"));
  return b;
}

}  // namespace sealyard::rpc
