// What the chain knows at one epoch: actors by number. A copy shares every actor that neither side
// changes, so keeping the states of many epochs costs what changed.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chain/dev/policy.h"
#include "chain/message/miner.h"
#include "chain/types/address.h"
#include "chain/types/amount.h"
#include "chain/types/cid.h"

namespace sealyard::dev {

using types::Address;
using types::BigInt;
using types::Bytes;
using types::Cid;
using ActorId = std::uint64_t;
using Numbers = std::set<std::uint64_t>;

/// "t01000": addresses of either network are one.
inline std::string name_of(const Address& address) { return address.text(types::Network::testnet); }

struct Sector {
  std::uint64_t number = 0;
  std::int64_t seal_proof = 0;
  Cid comm_r;
  Epoch activation = 0, expiration = 0, power_base = 0;
  BigInt deal_weight, pledge, daily_fee;
  std::uint64_t deadline = 0, partition = 0;
  Epoch faulty_since = -1;  ///< end of the deadline in which it was not proven; -1: not faulty
};

struct PreCommit {
  message::SectorPreCommit info;
  BigInt deposit;
  Epoch epoch = 0;
};

/// Sets of sector numbers. Active = live - faulty - unproven.
struct Partition {
  Numbers all, live, faulty, recovering, unproven;
};

struct Deadline {
  std::vector<Partition> partitions;
  Numbers posted;  ///< partitions proven in the window that is open
};

/// Balance that is set free little by little.
struct Vesting {
  Epoch epoch = 0;
  BigInt amount;
};

struct Miner {
  ActorId owner = 0, worker = 0, new_worker = 0, pending_owner = 0;  ///< 0: none
  Epoch worker_change_epoch = -1;
  std::vector<ActorId> control;
  Bytes peer_id;
  std::vector<Bytes> multiaddrs;
  std::int64_t window_post_proof = 10;
  std::uint64_t sector_bytes = 2048, partition_sectors = 2;
  Epoch period_offset = 0;  ///< proving periods start at epochs that are this modulo the period
  Epoch created = 0;

  std::map<std::uint64_t, PreCommit> precommits;
  std::map<std::uint64_t, Sector> sectors;
  types::Bitfield allocated;
  std::vector<Deadline> deadlines;

  std::vector<Vesting> vesting;
  BigInt fee_debt;

  BigInt locked() const;
  BigInt deposits() const;
  BigInt pledged() const;
  /// Bytes of power that count: sectors that were proven and are not faulty.
  std::uint64_t power_bytes() const;
};

enum class Kind { account, system, miner };

struct Actor {
  ActorId id = 0;
  Kind kind = Kind::account;
  Address address;  ///< f1 or f3 of an account, f2 of a miner; undefined: only the number
  std::uint64_t nonce = 0;
  BigInt balance;
  std::optional<Miner> miner;
};

class State {
 public:
  using Shared = std::shared_ptr<const Actor>;

  /// nullptr where there is none.
  const Actor* find(ActorId id) const;
  const Actor* find(const Address& address) const;
  std::optional<ActorId> resolve(const Address& address) const;
  /// The actor to change: from here on this state has its own copy.
  Actor& edit(ActorId id);
  Miner& edit_miner(ActorId id) { return *edit(id).miner; }
  Actor& add(Actor actor);
  /// The account of an f1 or f3 address, made where there is none.
  ActorId account(const Address& address);

  const std::map<ActorId, Shared>& actors() const { return actors_; }
  ActorId next_id() const;
  /// Those edited since the last call.
  std::set<ActorId> take_changed() { return std::exchange(changed_, {}); }
  void put(Shared actor);  ///< as read from the disk

 private:
  std::map<ActorId, Shared> actors_;
  std::map<Address, ActorId> ids_;
  std::set<ActorId> changed_;
};

/// balance - vesting - deposits - pledges - debt; may be negative.
BigInt available_balance(const Actor& miner);

types::Json to_json(const Actor& actor);
Actor parse_actor(const types::Json& json);

types::Bitfield bitfield(const Numbers& numbers);
/// @throws Error{usage} more than 25,000: what one message may address.
Numbers numbers(const types::Bitfield& set);
Numbers operator|(const Numbers& a, const Numbers& b);
Numbers operator&(const Numbers& a, const Numbers& b);
Numbers operator-(const Numbers& a, const Numbers& b);

}  // namespace sealyard::dev
