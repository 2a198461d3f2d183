#include "chain/outbox/store.h"

#include <array>

#include "chain/ledger/statement.h"
#include "kernels/base/error.h"

namespace sealyard::outbox {
namespace {

using ledger::Statement;

constexpr int kApplication = 0x53594c4f;  // "SYLO"
constexpr int kSchema = 2;
// Two messages of ours never share a nonce, nor does a signed message belong to two wishes: the
// database itself refuses.
constexpr std::string_view kCreate[] = {
    "CREATE TABLE message("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " key TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL,"
    " sender TEXT NOT NULL,"
    " receiver TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " method TEXT NOT NULL,"
    " params TEXT NOT NULL,"
    " cutoff INTEGER NOT NULL,"
    " max_fee TEXT NOT NULL DEFAULT '',"
    " state TEXT NOT NULL DEFAULT 'queued',"
    " nonce INTEGER,"
    " pushed INTEGER NOT NULL DEFAULT -1,"
    " signed_at INTEGER NOT NULL DEFAULT -1,"
    " checked INTEGER NOT NULL DEFAULT -1,"
    " taken_since INTEGER NOT NULL DEFAULT -1,"
    " premium_asked TEXT NOT NULL DEFAULT '0',"
    " reorgs INTEGER NOT NULL DEFAULT 0,"
    " landed TEXT NOT NULL DEFAULT '',"
    " exit_code INTEGER NOT NULL DEFAULT 0,"
    " result TEXT NOT NULL DEFAULT '',"
    " gas_used INTEGER NOT NULL DEFAULT 0,"
    " height INTEGER NOT NULL DEFAULT -1,"
    " note TEXT NOT NULL DEFAULT '')",
    "CREATE UNIQUE INDEX one_nonce ON message(sender, nonce) WHERE nonce IS NOT NULL",
    "CREATE INDEX by_state ON message(state)",
    "CREATE TABLE attempt("
    " cid TEXT PRIMARY KEY,"
    " message INTEGER NOT NULL REFERENCES message(id),"
    " bytes TEXT NOT NULL)",
    "CREATE INDEX attempts_of ON attempt(message)",
    "CREATE TABLE sender(address TEXT PRIMARY KEY, next_nonce INTEGER NOT NULL)",
};

constexpr ledger::Upgrade kUpgrades[] = {
    {2, "ALTER TABLE message ADD COLUMN max_fee TEXT NOT NULL DEFAULT ''"},
};

constexpr std::string_view kColumns =
    "SELECT id, key, kind, sender, receiver, value, method, params, cutoff, state,"
    " coalesce(nonce, -1), pushed, signed_at, checked, taken_since, premium_asked, reorgs, landed,"
    " exit_code, result, gas_used, height, note, max_fee FROM message ";

constexpr std::array<std::string_view, 6> kStates{"queued",    "pending", "landed",
                                                  "confirmed", "final",   "refused"};

std::string text(const types::Address& address) { return address.text(types::Network::mainnet); }

State state_of(const std::string& text) {
  for (std::size_t i = 0; i < kStates.size(); ++i)
    if (kStates[i] == text) return static_cast<State>(i);
  throw Error(Fault::corrupt, "outbox: state '{}': restore a backup", text);
}

void load_attempts(sqlite3* db, Entry& entry) {
  Statement rows(db, "SELECT bytes FROM attempt WHERE message = ? ORDER BY rowid");
  rows.bind(1, entry.id);
  while (rows.step())
    entry.attempts.push_back(
        types::SignedMessage::from_cbor(types::from_base64(rows.text(0), "outbox: attempt")));
}

Entry read(sqlite3* db, const Statement& row) {
  Entry e;
  e.id = row.integer(0);
  e.wish.key = row.text(1);
  e.wish.kind = row.text(2);
  e.wish.from = types::Address::parse(row.text(3));
  e.wish.to = types::Address::parse(row.text(4));
  e.wish.value = types::big_int_from_text(row.text(5), "outbox: value");
  e.wish.method = std::stoull(row.text(6));
  e.wish.params = types::from_base64(row.text(7), "outbox: parameters");
  e.wish.cutoff = row.integer(8);
  e.state = state_of(row.text(9));
  if (const auto nonce = row.integer(10); nonce >= 0) e.nonce = static_cast<std::uint64_t>(nonce);
  e.pushed = row.integer(11);
  e.signed_at = row.integer(12);
  e.checked = row.integer(13);
  e.taken_since = row.integer(14);
  e.premium_asked = types::big_int_from_text(row.text(15), "outbox: premium");
  e.reorgs = static_cast<unsigned>(row.integer(16));
  if (const auto landed = row.text(17); !landed.empty()) {
    e.landed = types::Cid::parse(landed);
    e.receipt = rpc::Receipt{row.integer(18), types::from_base64(row.text(19), "outbox: result"),
                             row.integer(20)};
  }
  e.height = row.integer(21);
  e.note = row.text(22);
  if (const auto most = row.text(23); !most.empty())
    e.wish.max_fee = types::big_int_from_text(most, "outbox: fee");
  load_attempts(db, e);
  return e;
}

}  // namespace

std::string_view name(State state) { return kStates.at(static_cast<std::size_t>(state)); }

ledger::Database open_store(const std::filesystem::path& file) {
  return ledger::open_database(file, {"outbox", kApplication, kSchema, kCreate, kUpgrades});
}

void insert(sqlite3* db, const Wish& wish) {
  Statement row(db,
                "INSERT INTO message(key, kind, sender, receiver, value, method, params, cutoff,"
                " max_fee) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, wish.key).bind(2, wish.kind).bind(3, text(wish.from)).bind(4, text(wish.to));
  row.bind(5, types::to_text(wish.value)).bind(6, std::to_string(wish.method));
  row.bind(7, types::to_base64(wish.params)).bind(8, wish.cutoff);
  row.bind(9, wish.max_fee ? types::to_text(*wish.max_fee) : std::string()).step();
}

bool remove_wish(sqlite3* db, const std::string& key) {
  Statement row(db, "DELETE FROM message WHERE key = ? AND nonce IS NULL");
  row.bind(1, key).step();
  return sqlite3_changes(db) > 0;
}

void update(sqlite3* db, const Entry& e) {
  Statement row(db,
                "UPDATE message SET state = ?, pushed = ?, signed_at = ?, checked = ?,"
                " taken_since = ?, premium_asked = ?, reorgs = ?, landed = ?, exit_code = ?,"
                " result = ?, gas_used = ?, height = ?, note = ? WHERE id = ?");
  const rpc::Receipt receipt = e.receipt.value_or(rpc::Receipt{});
  row.bind(1, name(e.state)).bind(2, e.pushed).bind(3, e.signed_at).bind(4, e.checked);
  row.bind(5, e.taken_since).bind(6, types::to_text(e.premium_asked));
  row.bind(7, std::int64_t{e.reorgs}).bind(8, e.landed.text()).bind(9, receipt.exit_code);
  row.bind(10, types::to_base64(receipt.result)).bind(11, receipt.gas_used).bind(12, e.height);
  row.bind(13, e.note).bind(14, e.id).step();
}

std::uint64_t stored_nonce(sqlite3* db, const types::Address& sender) {
  Statement row(db, "SELECT next_nonce FROM sender WHERE address = ?");
  row.bind(1, text(sender));
  return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

void take_nonce(sqlite3* db, Entry& entry, std::uint64_t from_node) {
  const auto nonce = std::max(stored_nonce(db, entry.wish.from), from_node);
  if (nonce >= INT64_MAX) throw Error(Fault::corrupt, "nonce {}: beyond what is possible", nonce);
  Statement next(db,
                 "INSERT INTO sender(address, next_nonce) VALUES(?, ?)"
                 " ON CONFLICT(address) DO UPDATE SET next_nonce = excluded.next_nonce");
  next.bind(1, text(entry.wish.from)).bind(2, static_cast<std::int64_t>(nonce + 1)).step();
  Statement row(db, "UPDATE message SET nonce = ? WHERE id = ?");
  row.bind(1, static_cast<std::int64_t>(nonce)).bind(2, entry.id).step();
  entry.nonce = nonce;
}

void release(sqlite3* db, Entry& entry) {
  Statement(db, "UPDATE message SET nonce = NULL WHERE id = ?").bind(1, entry.id).step();
  Statement(db, "DELETE FROM attempt WHERE message = ?").bind(1, entry.id).step();
  entry.nonce.reset();
  entry.attempts.clear();
  entry.state = State::queued;
  entry.pushed = entry.signed_at = entry.taken_since = -1;
  entry.premium_asked = 0;
  update(db, entry);
}

void add_attempt(sqlite3* db, Entry& entry, const types::SignedMessage& message) {
  Statement row(db, "INSERT INTO attempt(cid, message, bytes) VALUES(?, ?, ?)");
  row.bind(1, message.cid().text()).bind(2, entry.id);
  row.bind(3, types::to_base64(message.cbor())).step();
  entry.attempts.push_back(message);
}

void repush_before(sqlite3* db, const Entry& entry) {
  Statement row(db,
                "UPDATE message SET pushed = -1"
                " WHERE sender = ? AND state = 'pending' AND nonce < ?");
  row.bind(1, text(entry.wish.from)).bind(2, static_cast<std::int64_t>(*entry.nonce)).step();
}

std::optional<Entry> find(sqlite3* db, const std::string& key) {
  Statement row(db, std::string(kColumns) + "WHERE key = ?");
  row.bind(1, key);
  if (!row.step()) return std::nullopt;
  return read(db, row);
}

std::vector<Entry> load(sqlite3* db, std::optional<State> state) {
  // Named one by one, so that the index finds them: those that are done are many and large.
  const std::string where =
      state ? "WHERE state = ? ORDER BY id"
            : "WHERE state IN ('queued', 'pending', 'landed', 'confirmed') ORDER BY id";
  Statement row(db, std::string(kColumns) + where);
  if (state) row.bind(1, name(*state));
  std::vector<Entry> entries;
  while (row.step()) entries.push_back(read(db, row));
  return entries;
}

}  // namespace sealyard::outbox
