// The chain on disk: one SQLite file. An epoch is one transaction, so the file is always a chain.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chain/dev/state.h"
#include "chain/ledger/database.h"

namespace sealyard::dev {

/// A tipset as the chain needs it again.
struct Tipset {
  Cid cid, parent;
  Epoch height = 0;
  bool live = true;  ///< false: taken back by a reorganisation
  Bytes ticket, beacon;
  std::string json;  ///< what ChainGetTipSet answers
  BigInt weight, base_fee, next_base_fee;
  std::uint64_t beacon_round = 0, timestamp = 0;
  Cid state_root;  ///< after its messages
  Cid receipts;    ///< of its messages
};

/// A message of a tipset and what became of it.
struct Included {
  Cid cid;
  Epoch height = 0;
  std::int64_t exit_code = 0, gas_used = 0;
  Bytes value;
};

struct Grant {
  Address to;
  BigInt amount;
};

class Store {
 public:
  explicit Store(const std::filesystem::path& file);

  void transact(const std::function<void()>& action) { ledger::transact(db_.get(), action); }

  std::optional<std::string> meta(std::string_view key) const;
  void set_meta(std::string_view key, std::string_view value);

  void add(const Tipset& tipset);
  void set_outcome(const Tipset& tipset);  ///< what execution added: state_root, receipts, base fee
  std::optional<Tipset> tipset(const Cid& cid) const;
  std::optional<Tipset> head() const;
  /// The live one at `height`, or the nearest before or after it.
  std::optional<Tipset> at_or_before(Epoch height) const;
  std::optional<Tipset> at_or_after(Epoch height) const;
  /// Those above `height` are no longer live; their messages' places and states are forgotten.
  void take_back(Epoch height);

  void put_actor(const Actor& actor, Epoch height);
  State state_after(Epoch height) const;
  void forget_states_before(Epoch height);

  void know(const types::SignedMessage& message);
  /// By the identifier of the signed message, or of the unsigned one.
  std::optional<types::SignedMessage> message(const Cid& cid) const;
  std::vector<types::SignedMessage> messages_of(const Address& sender, std::uint64_t nonce) const;
  void include(const Included& included, std::size_t place);
  std::optional<Included> included(const Cid& cid) const;
  std::vector<Included> included_at(Epoch height) const;
  std::vector<Included> included_above(Epoch height) const;

  void pool_add(const Cid& cid);
  void pool_remove(const Cid& cid);
  std::vector<types::SignedMessage> pool() const;

  void add(const Grant& grant, Epoch height);
  std::vector<Grant> move_grants_above(Epoch height);  ///< they now belong to `height`

  void set_draw(int source, std::int64_t tag, Epoch epoch, const Bytes& value);
  std::optional<Bytes> draw(int source, std::int64_t tag, Epoch epoch) const;

 private:
  ledger::Database db_;
};

}  // namespace sealyard::dev
