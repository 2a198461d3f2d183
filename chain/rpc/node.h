// The full node's API, typed: one function a method of lotus, same order of parameters.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "chain/rpc/answers.h"
#include "chain/rpc/client.h"
#include "chain/types/randomness.h"

namespace sealyard::rpc {

/// Refers to a client, which must outlive it. Every call throws what Client::call() throws, and
/// Error{corrupt} where the answer has another form. A key that is left out means the present head:
/// whoever decides from several answers takes one key for all of them.
///
/// Answers of State* calls for a tipset show the state before that tipset's own messages.
class Node {
 public:
  /// `network` only decides how addresses are written in requests; nodes read both forms.
  Node(Client& client, types::Network network) : client_(client), network_(network) {}

  // Node and chain.
  NodeVersion version() const;
  std::string network_name() const;
  std::uint64_t network_version(const TipsetKey& at = {}) const;
  NetworkParams network_params() const;
  std::vector<ActiveSync> sync_state() const;
  std::size_t peers() const;
  std::vector<std::string> permissions(const std::string& token) const;  ///< AuthVerify
  Tipset head() const;
  Tipset tipset(const TipsetKey& key) const;
  Tipset tipset_by_height(Epoch height, const TipsetKey& at = {}) const;  ///< or the nearest before
  Tipset tipset_after_height(Epoch height, const TipsetKey& at = {}) const;
  Tipset finalized() const;
  Tipset genesis() const;
  std::vector<HeadChange> path(const TipsetKey& from, const TipsetKey& to) const;
  types::Message message(const Cid& cid) const;  ///< without its signature
  std::vector<std::pair<Cid, types::Message>> parent_messages(const Cid& block) const;
  std::vector<Receipt> parent_receipts(const Cid& block) const;
  sealyard::Node randomness_from_tickets(types::DrawTag tag, Epoch epoch, const Bytes& entropy,
                                         const TipsetKey& at = {}) const;
  sealyard::Node randomness_from_beacon(types::DrawTag tag, Epoch epoch, const Bytes& entropy,
                                        const TipsetKey& at = {}) const;

  // Accounts.
  std::optional<Actor> actor(const Address& address, const TipsetKey& at = {}) const;
  Address lookup_id(const Address& address, const TipsetKey& at = {}) const;
  Address account_key(const Address& address, const TipsetKey& at = {}) const;
  BigInt balance(const Address& address) const;  ///< 0 of an unknown address
  MarketBalance market_balance(const Address& address, const TipsetKey& at = {}) const;
  bool wallet_has(const Address& address) const;
  std::vector<Address> wallet_list() const;
  types::SignedMessage wallet_sign(const Address& signer, const types::Message& message) const;

  // Messages.
  /// Fills the gas fields. `max_fee` attoFIL of the whole message, 0: the node's own;
  /// `maximize`: a fee cap of max_fee / gas limit.
  types::Message estimate_gas(const types::Message& message, const BigInt& max_fee = 0,
                              bool maximize = false, const TipsetKey& at = {}) const;
  std::int64_t estimate_gas_limit(const types::Message& message, const TipsetKey& at = {}) const;
  BigInt estimate_gas_premium(std::uint64_t blocks, const Address& sender, std::int64_t gas_limit,
                              const TipsetKey& at = {}) const;
  BigInt estimate_fee_cap(const types::Message& message, std::int64_t max_queue_blocks,
                          const TipsetKey& at = {}) const;
  Cid push(const types::SignedMessage& message) const;
  std::vector<types::SignedMessage> pending(const TipsetKey& at = {}) const;
  std::uint64_t next_nonce(const Address& sender) const;
  PoolConfig pool_config() const;
  /// `lookback` epochs, -1 all. Nothing where it has not landed.
  std::optional<MessageLookup> search(const Cid& message, Epoch lookback = -1,
                                      bool allow_replaced = true, const TipsetKey& from = {}) const;
  /// Blocks until it has landed and lies `confidence` epochs deep.
  MessageLookup wait(const Cid& message, std::uint64_t confidence, Epoch lookback = -1,
                     bool allow_replaced = true) const;
  CallResult call(const types::Message& message, const TipsetKey& at = {}) const;  ///< dry run

  // Blocks.
  /// What the block of `epoch` on `base` takes. Nothing where the miner has nothing to prove.
  std::optional<MiningBase> mining_base(const Address& miner, Epoch epoch,
                                        const TipsetKey& base) const;
  std::vector<types::SignedMessage> select_messages(const TipsetKey& base, double quality) const;
  /// Signed where the node holds the worker's key.
  election::Block create_block(const BlockTemplate& block) const;
  void submit_block(const election::Block& block) const;
  /// Any bytes, with a key of the node.
  types::Signature wallet_sign(const Address& signer, const Bytes& bytes) const;

  // Miners and sectors.
  MinerInfo miner_info(const Address& miner, const TipsetKey& at = {}) const;
  MinerPower miner_power(const Address& miner, const TipsetKey& at = {}) const;
  MinerFunds miner_funds(const Address& miner, const TipsetKey& at = {}) const;  ///< StateReadState
  BigInt available_balance(const Address& miner, const TipsetKey& at = {}) const;
  BigInt creation_deposit(const TipsetKey& at = {}) const;
  SectorCount sector_count(const Address& miner, const TipsetKey& at = {}) const;
  /// All sectors where `numbers` is left out.
  std::vector<SectorOnChain> sectors(const Address& miner,
                                     const std::optional<Bitfield>& numbers = {},
                                     const TipsetKey& at = {}) const;
  std::vector<SectorOnChain> active_sectors(const Address& miner, const TipsetKey& at = {}) const;
  std::optional<SectorOnChain> sector(const Address& miner, std::uint64_t number,
                                      const TipsetKey& at = {}) const;
  std::optional<PreCommitOnChain> precommit(const Address& miner, std::uint64_t number,
                                            const TipsetKey& at = {}) const;
  SectorLocation sector_location(const Address& miner, std::uint64_t number,
                                 const TipsetKey& at = {}) const;
  SectorExpiration sector_expiration(const Address& miner, std::uint64_t number,
                                     const TipsetKey& at = {}) const;
  Bitfield allocated(const Address& miner, const TipsetKey& at = {}) const;
  bool is_allocated(const Address& miner, std::uint64_t number, const TipsetKey& at = {}) const;
  std::vector<Deadline> deadlines(const Address& miner, const TipsetKey& at = {}) const;
  std::vector<Partition> partitions(const Address& miner, std::uint64_t deadline,
                                    const TipsetKey& at = {}) const;
  DeadlineInfo proving_deadline(const Address& miner, const TipsetKey& at = {}) const;
  Bitfield faults(const Address& miner, const TipsetKey& at = {}) const;
  Bitfield recoveries(const Address& miner, const TipsetKey& at = {}) const;
  /// Both with the head-room of a tenth that lotus adds.
  BigInt precommit_deposit(const Address& miner, const message::SectorPreCommit& sector,
                           const TipsetKey& at = {}) const;
  BigInt initial_pledge(Epoch duration, std::uint64_t sector_bytes, std::uint64_t verified_bytes,
                        const TipsetKey& at = {}) const;

 private:
  types::Json address(const Address& a) const { return types::to_json(a, network_); }
  types::Json message_json(const types::Message& m) const { return types::to_json(m, network_); }
  Client& client_;
  types::Network network_;
};

}  // namespace sealyard::rpc
