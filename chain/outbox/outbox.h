// The outbox: every message that the daemon sends, from the wish to a receipt that no reorg takes
// back. One SQLite file; whoever holds it is the only one that gives out its senders' nonces.
//
// A message is wished for under a key that the caller chooses: the same key again is the same
// message, so a caller that died in between simply asks again. Nonce and signed bytes are on disk
// before a node sees them; after any crash the same bytes are pushed again.
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chain/ledger/database.h"
#include "chain/outbox/fees.h"
#include "chain/outbox/pool.h"
#include "chain/types/message.h"

namespace sealyard::outbox {

/// A message's life: queued -> pending -> landed -> confirmed -> final. A reorg leads from landed
/// and confirmed back to pending; refused is the end of a message that no chain would run.
enum class State { queued, pending, landed, confirmed, final, refused };
std::string_view name(State state);

struct Wish {
  std::string key;   ///< "precommit s-t01000-7 1": unique for all time
  std::string kind;  ///< names the fee rule
  types::Address from, to;
  types::BigInt value;
  std::uint64_t method = 0;
  types::Bytes params;
  types::Epoch cutoff = -1;  ///< no waiting for lower fees from here on; -1: as long as it takes
  std::optional<types::BigInt> max_fee{};  ///< where the rule's is not meant: a batch pays by size
};

struct Entry {
  std::int64_t id = 0;
  Wish wish;
  State state = State::queued;
  std::optional<std::uint64_t> nonce;
  std::vector<types::SignedMessage> attempts;  ///< oldest first; later ones outbid earlier ones
  types::Epoch pushed = -1;                    ///< epoch of the last push; -1: push at once
  types::Epoch signed_at = -1;                 ///< epoch of the last attempt
  types::Epoch checked = -1;                   ///< epoch of the last look-up
  types::Epoch taken_since = -1;               ///< its nonce holds another message since
  types::BigInt premium_asked;                 ///< by a pool that refused
  unsigned reorgs = 0;
  types::Cid landed;                    ///< which attempt; undefined before
  std::optional<rpc::Receipt> receipt;  ///< since landed
  types::Epoch height = -1;             ///< of the tipset with the receipt
  std::string note;                     ///< last trouble in words; empty: none
};

struct Settings {
  /// By kind. Messages of other kinds are another program's: looked up and pushed, never signed.
  std::map<std::string, FeeRule> rules;
  types::Epoch confidence = 5;     ///< deep enough to tell the caller
  types::Epoch finality = 900;     ///< deep enough to forget
  types::Epoch repush = 10;        ///< pushed again when pending so long
  types::Epoch recheck = 10;       ///< confirmed ones are looked up so often until final
  std::size_t most_pending = 200;  ///< of a sender: pools take 1000
  /// So long a pool may be behind its node's head. Gas is estimated where the pool is, so what
  /// fails there is refused only when it still fails after this time.
  std::chrono::milliseconds pool_lag{0};
};

/// Signs with a key of ours.  @throws Error where it has none for the sender: the message waits.
using Sign = std::function<types::SignedMessage(const types::Message&)>;

/// Belongs to one thread. Senders are key addresses (f1, f3), one text for one account.
class Outbox {
 public:
  /// @throws Error{configuration, io} as ledger::open_database().
  static Outbox open(const std::filesystem::path& file, Settings settings, Sign sign);

  /// Takes a wish to disk; a key that is there already changes nothing.
  /// @throws Error{usage} no rule for the kind, more than 64 KiB, sender without key address; or
  /// the key stands for another message.
  Entry enqueue(const Wish& wish);

  /// One round: looks up what is out, pushes and outbids where it is time, signs what may go. Call
  /// it at every new head. Nothing is lost by not calling it, by calling it twice, or by dying in
  /// it. Of several processes one at a time has a round; the others wait for it.
  /// @throws rpc::NoAnswer, Error{io}: the rest of the round waits for the next.
  void tick(Pool& pool);

  /// Forgets a wish that has no nonce yet; of any other does nothing and says false.
  bool drop(const std::string& key);

  /// As find(), but asks the node now where the message is, however lately that was asked.
  /// @throws rpc::NoAnswer, rpc::RpcError
  std::optional<Entry> look_up(Pool& pool, const std::string& key);

  std::optional<Entry> find(const std::string& key) const;
  /// In the order of wishes; all but final and refused ones where no state is given.
  std::vector<Entry> entries(std::optional<State> state = {}) const;

 private:
  Outbox(std::filesystem::path file, ledger::Database db, Settings settings, Sign sign);

  bool ours(const Entry& entry) const { return settings_.rules.contains(entry.wish.kind); }
  FeeRule rule(const Entry& entry) const;
  bool settled_lately(const Entry& entry, const Head& head) const;
  void settle(Pool& pool, const Head& head, Entry entry);
  void lost(Entry& entry, const Head& head);
  void taken(Entry& entry, const Head& head);
  void send(Pool& pool, const Head& head, std::vector<Entry> of_sender);
  bool push(Pool& pool, const Head& head, Entry& entry);
  bool replace(Pool& pool, const Head& head, Entry& entry);
  bool prepare(Pool& pool, const Head& head, Entry& entry);
  types::SignedMessage signed_by_us(const types::Message& message) const;

  std::filesystem::path file_;
  ledger::Database db_;
  Settings settings_;
  Sign sign_;
  std::map<std::string, std::chrono::steady_clock::time_point> failing_;  ///< since when, by key
};

}  // namespace sealyard::outbox
