// The development chain: its present head, what lies behind it, and how it grows. Every change is
// on the disk when a call returns. Belongs to one thread at a time.
#pragma once
#include <filesystem>
#include <map>
#include <memory>

#include "chain/dev/blocks.h"
#include "chain/dev/execute.h"
#include "chain/dev/mining.h"
#include "chain/dev/pool.h"
#include "chain/dev/proofs.h"
#include "chain/dev/store.h"

namespace sealyard::dev {

using Source = Surroundings::Source;

/// Where a message landed: its own receipt, and the child tipset that carries it.
struct Landed {
  Included included;
  Tipset child;
};

/// States are kept so long, and older ones forgotten so often; in epochs.
inline constexpr Epoch kKeptStates = 4000, kForgetEvery = 500;
/// round = epoch + 100, as lotus' mock beacon has it.
inline constexpr std::uint64_t kFirstRound = 100;

/// The clock on the wall, seconds since 1970.
std::int64_t now_s();

class Chain {
 public:
  /// Opens the chain of a folder, or makes one with this policy.
  /// @param params  folder of the verifying keys.
  Chain(const std::filesystem::path& file, const std::filesystem::path& params,
        const Policy& policy_of_new);

  const Policy& policy() const { return policy_; }
  const Tipset& head() const { return head_; }
  Tipset genesis() const { return *store_.at_or_after(0); }
  std::optional<Tipset> tipset(const Cid& cid) const { return store_.tipset(cid); }
  std::optional<Tipset> at_or_before(Epoch height) const { return store_.at_or_before(height); }
  std::optional<Tipset> at_or_after(Epoch height) const { return store_.at_or_after(height); }
  std::uint64_t network_version(Epoch epoch) const;

  /// What State* calls for a tipset see: the state before its own messages.
  /// @throws Refused taken back, or too old.
  std::shared_ptr<const State> before(const Tipset& tipset) const;
  /// The state after the messages of the head: what the next tipset begins with.
  std::shared_ptr<const State> now() const { return state_after(head_.height); }

  /// @throws Refused an epoch after `up_to`.
  Node randomness(Source source, types::DrawTag tag, Epoch epoch, const Bytes& entropy,
                  Epoch up_to) const;
  Node digest(Source source, Epoch epoch, Epoch up_to) const;
  /// What the beacon publishes for an epoch, also one to come.
  election::BeaconEntry beacon(Epoch epoch) const;

  /// Takes a miner's block: its epoch has it in place of one of our own, when the chain gets there
  /// from the block's parents, or at once where our own is the head.
  /// @throws Refused it breaks a rule, or its miner has another one of this epoch.
  void submit(const election::Block& block);

  /// One tipset more, after `nulls` epochs without any.
  void advance(Epoch nulls = 0);
  /// Takes back `depth` epochs and makes one more than that anew. Their messages return to the
  /// pool, or are lost.
  void reorganise(Epoch depth, bool keep_messages);

  Pool& pool() { return pool_; }
  Cid push(const types::SignedMessage& message);
  bool drop(const Cid& cid);
  std::optional<types::SignedMessage> message(const Cid& cid) const { return store_.message(cid); }
  std::vector<Included> included_at(Epoch height) const { return store_.included_at(height); }
  /// Where a message landed, or where `replaced` are looked for too, another with its sender, nonce
  /// and content. Only what lies above `above` and has its receipt at or before `up_to`.
  std::optional<Landed> find(const Cid& cid, Epoch above, bool replaced, Epoch up_to) const;

  /// What a message would do after the head; `m` as in execute.h.
  Result trial(const types::Message& m, std::int64_t inclusion);

  /// Adds funds out of nothing, at once. The account is made where there is none.
  void give(const Address& to, const BigInt& amount);
  void force_base_fee(const BigInt& fee, Epoch epochs);
  void set_network_version(std::uint64_t version, Epoch from);
  /// Every draw of this kind at this epoch is `value`, whatever the entropy.
  void set_randomness(Source source, types::DrawTag tag, Epoch epoch, const Node& value);
  std::optional<Node> set_randomness(Source source, types::DrawTag tag, Epoch epoch) const;

  /// The base fee of a tipset at `height` on this one.
  BigInt base_fee_after(const Tipset& tipset, Epoch height) const {
    return base_fee_at(height, tipset.next_base_fee);
  }
  std::shared_ptr<const State> state_after(Epoch height) const;
  std::uint64_t block_delay_s = 1;  ///< between the timestamps of a miner's block and its parents'

  Store& store() { return store_; }
  std::uint64_t timestamp_of_genesis() const { return genesis_time_; }

 private:
  void keep(Epoch height, std::shared_ptr<const State> state) const;
  void make_genesis();
  Header next_header(Epoch height, const std::vector<types::SignedMessage>& messages) const;
  std::optional<election::Block> take_candidate(Epoch height) const;
  void take_back_to(const Tipset& base, bool keep_messages);
  BigInt base_fee_at(Epoch height, const BigInt& ruled) const;
  Surroundings surroundings(Epoch up_to);

  mutable Store store_;
  Proofs proofs_;
  Policy policy_;
  Pool pool_;
  Tipset head_;
  std::optional<election::Block> candidate_;
  std::uint64_t genesis_time_ = 0, fork_ = 0;
  types::Json injected_;
  std::unique_ptr<wallet::Key> producer_;
  mutable std::map<Epoch, std::shared_ptr<const State>> recent_;
};

inline constexpr ActorId kProducer = 90;  ///< takes the tips; owns no power

}  // namespace sealyard::dev
