// What full nodes answer, as values. Amounts in attoFIL, power in bytes, epochs as in chain/types.
// Fields that a provider has no use for are left out.
// Source: lotus, api/types.go, chain/types/*.go; go-state-types, builtin/v18/miner.
//
// Each parse() throws Error{corrupt} that names the field.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chain/election/header.h"
#include "chain/message/miner.h"
#include "chain/types/json.h"
#include "kernels/base/node.h"

namespace sealyard::rpc {

using types::Address;
using types::BigInt;
using types::Bitfield;
using types::Bytes;
using types::Cid;
using types::Epoch;
using types::JsonView;
using TipsetKey = std::vector<Cid>;  ///< empty: the present head

struct Block {
  Address miner;
  std::int64_t win_count = 0;
  Bytes ticket;  ///< VRF proof
  TipsetKey parents;
  BigInt parent_weight;
  Epoch height = 0;
  Cid state_root, receipts, messages;
  std::uint64_t timestamp = 0;  ///< Unix seconds
  BigInt parent_base_fee;       ///< attoFIL a unit of gas that messages of this tipset pay
  static Block parse(const JsonView& json);
};

struct Tipset {
  TipsetKey key;
  std::vector<Block> blocks;  ///< at least one
  Epoch height = 0;
  static Tipset parse(const JsonView& json);
};

/// A step from one head to another.
struct HeadChange {
  enum class Kind { current, apply, revert } kind = Kind::current;
  Tipset tipset;
  static HeadChange parse(const JsonView& json);
};

struct NodeVersion {
  std::string version, agent;
  std::uint64_t api = 0, block_delay_s = 0;
  static NodeVersion parse(const JsonView& json);
};

struct NetworkParams {
  std::string name;
  std::uint64_t block_delay_s = 0, genesis_timestamp = 0;
  BigInt min_power;
  Epoch precommit_challenge_delay = 0;
  static NetworkParams parse(const JsonView& json);
};

struct ActiveSync {
  int stage = 0;  ///< 0 idle, 1 headers, 2 persisting, 3 messages, 4 complete, 5 error, 6 fetching
  Epoch height = 0, target_height = -1;  ///< target -1: none
  std::string message;
  static ActiveSync parse(const JsonView& json);
};

struct Receipt {
  std::int64_t exit_code = 0;
  Bytes result;
  std::int64_t gas_used = 0;
  static Receipt parse(const JsonView& json);
};

/// Where a message landed. `tipset` and `height` are those of the child tipset that carries the
/// receipt; the message itself lies in the parent.
struct MessageLookup {
  Cid message;  ///< may be a replacement of the one asked for
  Receipt receipt;
  TipsetKey tipset;
  Epoch height = 0;
  static MessageLookup parse(const JsonView& json);
};

struct PoolConfig {
  double replace_by_fee_ratio = 1.25, gas_limit_overestimation = 1.25;
  static PoolConfig parse(const JsonView& json);
};

struct Actor {
  Cid code, head;
  std::uint64_t nonce = 0;
  BigInt balance;
  static Actor parse(const JsonView& json);
};

struct CallResult {
  Receipt receipt;
  std::string error;
  static CallResult parse(const JsonView& json);
};

struct Power {
  BigInt raw_bytes, quality_adjusted;
  static Power parse(const JsonView& json);
};

struct MinerPower {
  Power miner, total;
  bool has_min_power = false;
  static MinerPower parse(const JsonView& json);
};

/// What a miner actor holds, in attoFIL.
struct MinerFunds {
  BigInt balance;             ///< all of it
  BigInt precommit_deposits;  ///< of sectors that are not proven yet
  BigInt vesting;             ///< rewards not yet released
  BigInt initial_pledge;      ///< of all sectors
  BigInt fee_debt;
  /// What a withdrawal could take; below 0 in debt.
  BigInt available() const {
    return balance - precommit_deposits - vesting - initial_pledge - fee_debt;
  }
  static MinerFunds parse(const JsonView& json);
};

struct MinerInfo {
  Address owner, worker, new_worker, beneficiary, pending_owner;
  /// How much a beneficiary other than the owner may take, in attoFIL, and until when.
  BigInt beneficiary_quota, beneficiary_used;
  Epoch beneficiary_expiration = 0;
  std::vector<Address> control;
  Epoch worker_change_epoch = -1;
  std::string peer_id;
  std::vector<Bytes> multiaddrs;
  std::int64_t window_post_proof = 0;
  std::uint64_t sector_bytes = 0, partition_sectors = 0;
  Epoch consensus_fault_elapsed = -1;
  static MinerInfo parse(const JsonView& json);
};

/// The proving period and its open deadline; the last five are the network's policy, which daemons
/// use instead of constants.
struct DeadlineInfo {
  Epoch current = 0, period_start = 0;
  std::uint64_t index = 0;
  Epoch open = 0, close = 0, challenge = 0, fault_cutoff = 0;
  std::uint64_t deadlines = 0;
  Epoch proving_period = 0, challenge_window = 0, challenge_lookback = 0, declaration_cutoff = 0;
  static DeadlineInfo parse(const JsonView& json);
};

struct Deadline {
  Bitfield post_submissions;  ///< partitions
  std::uint64_t disputable_proofs = 0;
  BigInt daily_fee;
  static Deadline parse(const JsonView& json);
};

struct Partition {
  Bitfield all, faulty, recovering, live, active;  ///< sector numbers
  static Partition parse(const JsonView& json);
};

struct SectorOnChain {
  std::uint64_t number = 0;
  std::int64_t seal_proof = 0;
  Cid comm_r;
  Epoch activation = 0, expiration = 0, power_base_epoch = 0;
  BigInt deal_weight, verified_deal_weight, initial_pledge, daily_fee;
  Cid sector_key;  ///< CommR before an update; undefined without
  static SectorOnChain parse(const JsonView& json);
};

struct PreCommitOnChain {
  message::SectorPreCommit info;
  BigInt deposit;
  Epoch epoch = 0;  ///< of inclusion: the seed counts from it
  static PreCommitOnChain parse(const JsonView& json);
};

struct SectorLocation {
  std::uint64_t deadline = 0, partition = 0;
  static SectorLocation parse(const JsonView& json);
};

struct SectorExpiration {
  Epoch on_time = 0, early = 0;  ///< early 0: it does not end early
  static SectorExpiration parse(const JsonView& json);
};

struct SectorCount {
  std::uint64_t live = 0, active = 0, faulty = 0;
  static SectorCount parse(const JsonView& json);
};

struct MarketBalance {
  BigInt escrow, locked;
  static MarketBalance parse(const JsonView& json);
};

/// What a miner needs to make a block.
struct MiningBase {
  struct Drawn {
    std::uint64_t number = 0;
    std::int64_t seal_proof = 0;
    Cid comm_r, sector_key;  ///< sector_key: as of SectorOnChain
  };
  BigInt power, total;         ///< quality-adjusted, in the state that the election looks back to
  std::vector<Drawn> sectors;  ///< that the WinningPoSt is of
  Address worker;              ///< f3
  std::uint64_t sector_bytes = 0;
  election::BeaconEntry beacon_before;
  std::vector<election::BeaconEntry> beacons;  ///< since then, for the block
  bool eligible = false;
  static MiningBase parse(const JsonView& json);
};

/// What a node makes a block of.
struct BlockTemplate {
  Address miner;
  TipsetKey parents;
  Bytes ticket, election;
  std::int64_t win_count = 0;
  std::vector<election::BeaconEntry> beacons;
  std::vector<types::SignedMessage> messages;
  Epoch epoch = 0;
  std::uint64_t timestamp = 0;
  std::vector<message::PostProof> winning_proofs;
  types::Json json(types::Network network) const;
  static BlockTemplate parse(const JsonView& json);
};

types::Json to_json(const message::SectorPreCommit& sector);

}  // namespace sealyard::rpc
