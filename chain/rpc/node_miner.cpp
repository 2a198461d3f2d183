#include "chain/rpc/node.h"
#include "chain/rpc/params.h"

namespace sealyard::rpc {
namespace {

using types::Json;
using types::to_json;

template <typename T>
std::vector<T> list(const Json& json, const char* method) {
  std::vector<T> out;
  for (const auto& item : JsonView(json, method).items()) out.push_back(T::parse(item));
  return out;
}

}  // namespace

MinerInfo Node::miner_info(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerInfo", params(address(miner), to_json(at)));
  return MinerInfo::parse({json, "StateMinerInfo"});
}

MinerPower Node::miner_power(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerPower", params(address(miner), to_json(at)));
  return MinerPower::parse({json, "StateMinerPower"});
}

BigInt Node::available_balance(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerAvailableBalance", params(address(miner), to_json(at)));
  return JsonView(json, "StateMinerAvailableBalance").big_int();
}

MinerFunds Node::miner_funds(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateReadState", params(address(miner), to_json(at)));
  return MinerFunds::parse({json, "StateReadState"});
}

BigInt Node::creation_deposit(const TipsetKey& at) const {
  const auto json = client_.call("StateMinerCreationDeposit", params(to_json(at)));
  return JsonView(json, "StateMinerCreationDeposit").big_int();
}

SectorCount Node::sector_count(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerSectorCount", params(address(miner), to_json(at)));
  return SectorCount::parse({json, "StateMinerSectorCount"});
}

std::vector<SectorOnChain> Node::sectors(const Address& miner,
                                         const std::optional<Bitfield>& numbers,
                                         const TipsetKey& at) const {
  const auto json =
      client_.call("StateMinerSectors",
                   params(address(miner), numbers ? to_json(*numbers) : Json(), to_json(at)));
  return list<SectorOnChain>(json, "StateMinerSectors");
}

std::vector<SectorOnChain> Node::active_sectors(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerActiveSectors", params(address(miner), to_json(at)));
  return list<SectorOnChain>(json, "StateMinerActiveSectors");
}

std::optional<SectorOnChain> Node::sector(const Address& miner, std::uint64_t number,
                                          const TipsetKey& at) const {
  const auto json = client_.call("StateSectorGetInfo", params(address(miner), number, to_json(at)));
  if (json.is_null()) return std::nullopt;
  return SectorOnChain::parse({json, "StateSectorGetInfo"});
}

std::optional<PreCommitOnChain> Node::precommit(const Address& miner, std::uint64_t number,
                                                const TipsetKey& at) const {
  const auto json =
      client_.call("StateSectorPreCommitInfo", params(address(miner), number, to_json(at)));
  if (json.is_null()) return std::nullopt;
  return PreCommitOnChain::parse({json, "StateSectorPreCommitInfo"});
}

SectorLocation Node::sector_location(const Address& miner, std::uint64_t number,
                                     const TipsetKey& at) const {
  const auto json =
      client_.call("StateSectorPartition", params(address(miner), number, to_json(at)));
  return SectorLocation::parse({json, "StateSectorPartition"});
}

SectorExpiration Node::sector_expiration(const Address& miner, std::uint64_t number,
                                         const TipsetKey& at) const {
  const auto json =
      client_.call("StateSectorExpiration", params(address(miner), number, to_json(at)));
  return SectorExpiration::parse({json, "StateSectorExpiration"});
}

Bitfield Node::allocated(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerAllocated", params(address(miner), to_json(at)));
  return JsonView(json, "StateMinerAllocated").bitfield();
}

bool Node::is_allocated(const Address& miner, std::uint64_t number, const TipsetKey& at) const {
  const auto json =
      client_.call("StateMinerSectorAllocated", params(address(miner), number, to_json(at)));
  return JsonView(json, "StateMinerSectorAllocated").boolean();
}

std::vector<Deadline> Node::deadlines(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerDeadlines", params(address(miner), to_json(at)));
  return list<Deadline>(json, "StateMinerDeadlines");
}

std::vector<Partition> Node::partitions(const Address& miner, std::uint64_t deadline,
                                        const TipsetKey& at) const {
  const auto json =
      client_.call("StateMinerPartitions", params(address(miner), deadline, to_json(at)));
  return list<Partition>(json, "StateMinerPartitions");
}

DeadlineInfo Node::proving_deadline(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerProvingDeadline", params(address(miner), to_json(at)));
  return DeadlineInfo::parse({json, "StateMinerProvingDeadline"});
}

Bitfield Node::faults(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerFaults", params(address(miner), to_json(at)));
  return JsonView(json, "StateMinerFaults").bitfield();
}

Bitfield Node::recoveries(const Address& miner, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerRecoveries", params(address(miner), to_json(at)));
  return JsonView(json, "StateMinerRecoveries").bitfield();
}

BigInt Node::precommit_deposit(const Address& miner, const message::SectorPreCommit& sector,
                               const TipsetKey& at) const {
  const auto json = client_.call("StateMinerPreCommitDepositForPower",
                                 params(address(miner), rpc::to_json(sector), to_json(at)));
  return JsonView(json, "StateMinerPreCommitDepositForPower").big_int();
}

BigInt Node::initial_pledge(Epoch duration, std::uint64_t sector_bytes,
                            std::uint64_t verified_bytes, const TipsetKey& at) const {
  const auto json = client_.call("StateMinerInitialPledgeForSector",
                                 params(duration, sector_bytes, verified_bytes, to_json(at)));
  return JsonView(json, "StateMinerInitialPledgeForSector").big_int();
}

std::optional<MiningBase> Node::mining_base(const Address& miner, Epoch epoch,
                                            const TipsetKey& base) const {
  const auto json = client_.call("MinerGetBaseInfo", params(address(miner), epoch, to_json(base)));
  if (json.is_null()) return std::nullopt;
  return MiningBase::parse({json, "MinerGetBaseInfo"});
}

std::vector<types::SignedMessage> Node::select_messages(const TipsetKey& base,
                                                        double quality) const {
  const auto json = client_.call("MpoolSelect", params(to_json(base), quality));
  std::vector<types::SignedMessage> messages;
  for (const auto& item : JsonView(json, "MpoolSelect").items())
    messages.push_back(item.signed_message());
  return messages;
}

election::Block Node::create_block(const BlockTemplate& block) const {
  const auto json = client_.call("MinerCreateBlock", params(block.json(network_)));
  return election::Block::parse({json, "MinerCreateBlock"});
}

void Node::submit_block(const election::Block& block) const {
  client_.call("SyncSubmitBlock", params(block.json()));
}

types::Signature Node::wallet_sign(const Address& signer, const Bytes& bytes) const {
  const auto json = client_.call("WalletSign", params(address(signer), types::bytes_json(bytes)));
  return JsonView(json, "WalletSign").signature();
}

}  // namespace sealyard::rpc
