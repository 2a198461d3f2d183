#include "chain/outbox/outbox.h"

#include <algorithm>

#include "chain/ledger/files.h"
#include "chain/outbox/store.h"
#include "chain/rpc/client.h"
#include "kernels/base/error.h"

namespace sealyard::outbox {
namespace {

/// Room for the other fields of a message: 64 KiB with the signature is the pool's limit.
constexpr std::size_t kMaxParams = types::kMaxMessageBytes - 128;

bool same(const Wish& a, const Wish& b) {
  return a.from == b.from && a.to == b.to && a.value == b.value && a.method == b.method &&
         a.params == b.params && a.kind == b.kind;
}

}  // namespace

Outbox::Outbox(std::filesystem::path file, ledger::Database db, Settings settings, Sign sign)
    : file_(std::move(file)),
      db_(std::move(db)),
      settings_(std::move(settings)),
      sign_(std::move(sign)) {}

Outbox Outbox::open(const std::filesystem::path& file, Settings settings, Sign sign) {
  return Outbox(file, open_store(file), std::move(settings), std::move(sign));
}

Entry Outbox::enqueue(const Wish& wish) {
  if (!settings_.rules.contains(wish.kind))
    throw Error(Fault::usage, "message '{}': no fee rule for kind '{}'", wish.key, wish.kind);
  if (!wish.from.defined() || !wish.to.defined() ||
      (wish.from.protocol() != types::Protocol::bls &&
       wish.from.protocol() != types::Protocol::secp256k1))
    throw Error(Fault::usage, "message '{}': want a receiver, and an f1 or f3 sender", wish.key);
  if (wish.params.size() > kMaxParams)
    throw Error(Fault::usage, "message '{}': {} bytes of parameters, want at most {}: split it",
                wish.key, wish.params.size(), kMaxParams);
  std::optional<Entry> entry;
  ledger::transact(db_.get(), [&] {
    entry = outbox::find(db_.get(), wish.key);
    if (entry) return;
    insert(db_.get(), wish);
    entry = outbox::find(db_.get(), wish.key);
  });
  if (!same(entry->wish, wish))
    throw Error(Fault::usage, "message '{}': another message has this key already", wish.key);
  return *entry;
}

bool Outbox::drop(const std::string& key) {
  bool dropped = false;
  ledger::transact(db_.get(), [&] { dropped = remove_wish(db_.get(), key); });
  return dropped;
}

std::optional<Entry> Outbox::find(const std::string& key) const {
  return outbox::find(db_.get(), key);
}

std::vector<Entry> Outbox::entries(std::optional<State> state) const {
  return load(db_.get(), state);
}

FeeRule Outbox::rule(const Entry& entry) const {
  auto rule = settings_.rules.at(entry.wish.kind);
  if (entry.wish.max_fee) rule.max_fee = *entry.wish.max_fee;
  return rule;
}

void Outbox::tick(Pool& pool) {
  const ledger::FileLock round(file_.string() + ".lock");
  const Head head = pool.head();
  // What a node says no to concerns one message: the others go on.
  for (auto& entry : load(db_.get(), std::nullopt)) {
    if (!entry.nonce || settled_lately(entry, head)) continue;
    try {
      settle(pool, head, entry);
    } catch (const rpc::RpcError& error) {
      entry.note = error.what();
      update(db_.get(), entry);
    }
  }

  std::map<types::Address, std::vector<Entry>> senders;
  for (auto& entry : load(db_.get(), std::nullopt))
    if (entry.state == State::pending || entry.state == State::queued)
      senders[entry.wish.from].push_back(std::move(entry));
  for (auto& [address, entries] : senders) {
    const auto first = entries.front();
    try {
      send(pool, head, std::move(entries));
    } catch (const rpc::RpcError& error) {
      if (auto entry = outbox::find(db_.get(), first.wish.key)) {
        entry->note = error.what();
        update(db_.get(), *entry);
      }
    }
  }
}

std::optional<Entry> Outbox::look_up(Pool& pool, const std::string& key) {
  const ledger::FileLock round(file_.string() + ".lock");
  const auto entry = find(key);
  if (!entry || !entry->nonce) return entry;
  settle(pool, pool.head(), *entry);
  return find(key);
}

bool Outbox::settled_lately(const Entry& entry, const Head& head) const {
  return entry.state == State::confirmed && entry.checked <= head.height &&
         head.height - entry.checked < settings_.recheck &&
         head.height - entry.height < settings_.finality;
}

void Outbox::settle(Pool& pool, const Head& head, Entry entry) {
  Found found;
  // The last attempt is the likeliest; a node that never saw it may know an earlier one.
  for (auto attempt = entry.attempts.rbegin();
       attempt != entry.attempts.rend() && found.where == Found::Where::nowhere; ++attempt)
    found = pool.search(attempt->cid());
  entry.checked = head.height;
  if (found.where == Found::Where::taken) return taken(entry, head);
  if (found.where == Found::Where::nowhere) return lost(entry, head);
  entry.taken_since = -1;
  entry.landed = found.lookup.message;
  entry.receipt = found.lookup.receipt;
  entry.height = found.lookup.height;
  entry.note.clear();
  const auto depth = head.height - entry.height;
  entry.state = depth >= settings_.finality     ? State::final
                : depth >= settings_.confidence ? State::confirmed
                                                : State::landed;
  update(db_.get(), entry);
}

void Outbox::lost(Entry& entry, const Head&) {
  entry.taken_since = -1;
  if (entry.state != State::pending) {
    // A reorg took it back. The same bytes go out again: no other message may ever use its nonce.
    entry.state = State::pending;
    entry.pushed = -1;
    entry.landed = {};
    entry.receipt.reset();
    entry.height = -1;
    ++entry.reorgs;
    entry.note = "taken back by a reorg";
  }
  update(db_.get(), entry);
}

void Outbox::taken(Entry& entry, const Head& head) {
  // Somebody else used the nonce. As long as a reorg may undo that, our message could still land:
  // a second one under another nonce would then be sent twice.
  if (entry.state != State::pending) {
    entry.state = State::pending;
    entry.landed = {};
    entry.receipt.reset();
    entry.height = -1;
    ++entry.reorgs;
  }
  if (entry.taken_since < 0 || entry.taken_since > head.height) entry.taken_since = head.height;
  entry.note = fmt::format("nonce {} was used by another message of this sender", *entry.nonce);
  if (head.height - entry.taken_since < settings_.finality) return update(db_.get(), entry);
  ledger::transact(db_.get(), [&] { release(db_.get(), entry); });
}

}  // namespace sealyard::outbox
