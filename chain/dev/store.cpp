#include "chain/dev/store.h"

#include <fmt/format.h>

#include "chain/ledger/statement.h"

namespace sealyard::dev {
namespace {

using ledger::Statement;
using types::Json;

constexpr std::string_view kCreate[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE tipset(cid TEXT PRIMARY KEY, height INTEGER NOT NULL, live INTEGER NOT NULL, "
    "json TEXT NOT NULL, rest TEXT NOT NULL)",
    "CREATE UNIQUE INDEX tipset_height ON tipset(height) WHERE live = 1",
    "CREATE TABLE actor(id INTEGER, height INTEGER, body TEXT NOT NULL, PRIMARY KEY(id, height)) "
    "WITHOUT ROWID",
    "CREATE INDEX actor_height ON actor(height)",
    "CREATE TABLE message(cid TEXT PRIMARY KEY, plain TEXT NOT NULL, sender TEXT NOT NULL, "
    "nonce INTEGER NOT NULL, body TEXT NOT NULL)",
    "CREATE INDEX message_plain ON message(plain)",
    "CREATE INDEX message_sender ON message(sender, nonce)",
    "CREATE TABLE included(height INTEGER, place INTEGER, cid TEXT NOT NULL, exit INTEGER NOT "
    "NULL, gas INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY(height, place)) WITHOUT ROWID",
    "CREATE INDEX included_cid ON included(cid)",
    "CREATE TABLE pool(arrival INTEGER PRIMARY KEY, cid TEXT NOT NULL UNIQUE)",
    "CREATE TABLE given(number INTEGER PRIMARY KEY, height INTEGER NOT NULL, address TEXT NOT "
    "NULL, amount TEXT NOT NULL)",
    "CREATE TABLE draw(source INTEGER, tag INTEGER, epoch INTEGER, value TEXT NOT NULL, PRIMARY "
    "KEY(source, tag, epoch)) WITHOUT ROWID",
};
constexpr ledger::Schema kSchema{"dev chain", 0x53594456, 1, kCreate};

types::SignedMessage message_of(const std::string& base64) {
  return types::SignedMessage::from_cbor(types::from_base64(base64, "message"));
}

std::string body_of(const types::SignedMessage& m) { return types::to_base64(m.cbor()); }

std::string rest_of(const Tipset& t) {
  return Json{{"parent", t.parent.text()},
              {"ticket", types::to_base64(t.ticket)},
              {"beacon", types::to_base64(t.beacon)},
              {"round", t.beacon_round},
              {"time", t.timestamp},
              {"weight", types::to_text(t.weight)},
              {"fee", types::to_text(t.base_fee)},
              {"next_fee", types::to_text(t.next_base_fee)},
              {"state", t.state_root.text()},
              {"receipts", t.receipts.text()}}
      .dump();
}

Cid cid_of(const Json& json) {
  const auto text = json.get<std::string>();
  return text.empty() ? Cid() : Cid::parse(text);
}

Tipset tipset_of(const Statement& row) {
  Tipset t;
  t.cid = Cid::parse(row.text(0));
  t.height = row.integer(1);
  t.live = row.integer(2) == 1;
  t.json = row.text(3);
  const auto rest = Json::parse(row.text(4));
  const auto text = [&](const char* name) { return rest.at(name).get<std::string>(); };
  t.parent = cid_of(rest.at("parent"));
  t.ticket = types::from_base64(text("ticket"), "ticket");
  t.beacon = types::from_base64(text("beacon"), "beacon");
  t.beacon_round = rest.at("round");
  t.timestamp = rest.at("time");
  t.weight = types::big_int_from_text(text("weight"), "weight");
  t.base_fee = types::big_int_from_text(text("fee"), "fee");
  t.next_base_fee = types::big_int_from_text(text("next_fee"), "fee");
  t.state_root = cid_of(rest.at("state"));
  t.receipts = cid_of(rest.at("receipts"));
  return t;
}

constexpr std::string_view kTipset = "SELECT cid, height, live, json, rest FROM tipset WHERE ";

std::optional<Tipset> one_tipset(Statement& query) {
  if (!query.step()) return std::nullopt;
  return tipset_of(query);
}

}  // namespace

Store::Store(const std::filesystem::path& file) : db_(ledger::open_database(file, kSchema)) {}

std::optional<std::string> Store::meta(std::string_view key) const {
  Statement query(db_.get(), "SELECT value FROM meta WHERE key = ?");
  query.bind(1, key);
  return query.step() ? std::optional(query.text(0)) : std::nullopt;
}

void Store::set_meta(std::string_view key, std::string_view value) {
  Statement(db_.get(), "INSERT OR REPLACE INTO meta VALUES(?, ?)")
      .bind(1, key)
      .bind(2, value)
      .step();
}

void Store::add(const Tipset& t) {
  Statement query(db_.get(), "INSERT INTO tipset VALUES(?, ?, 1, ?, ?)");
  query.bind(1, t.cid.text()).bind(2, t.height).bind(3, t.json).bind(4, rest_of(t)).step();
}

void Store::set_outcome(const Tipset& t) {
  Statement query(db_.get(), "UPDATE tipset SET rest = ? WHERE cid = ?");
  query.bind(1, rest_of(t)).bind(2, t.cid.text()).step();
}

std::optional<Tipset> Store::tipset(const Cid& cid) const {
  Statement query(db_.get(), fmt::format("{} cid = ?", kTipset));
  query.bind(1, cid.text());
  return one_tipset(query);
}

std::optional<Tipset> Store::head() const {
  Statement query(db_.get(), fmt::format("{} live = 1 ORDER BY height DESC LIMIT 1", kTipset));
  return one_tipset(query);
}

std::optional<Tipset> Store::at_or_before(Epoch height) const {
  Statement query(db_.get(),
                  fmt::format("{} live = 1 AND height <= ? ORDER BY height DESC LIMIT 1", kTipset));
  query.bind(1, height);
  return one_tipset(query);
}

std::optional<Tipset> Store::at_or_after(Epoch height) const {
  Statement query(db_.get(),
                  fmt::format("{} live = 1 AND height >= ? ORDER BY height LIMIT 1", kTipset));
  query.bind(1, height);
  return one_tipset(query);
}

void Store::take_back(Epoch height) {
  for (const auto* sql :
       {"UPDATE tipset SET live = 0 WHERE live = 1 AND height > ?",
        "DELETE FROM included WHERE height > ?", "DELETE FROM actor WHERE height > ?"}) {
    Statement(db_.get(), sql).bind(1, height).step();
  }
}

void Store::put_actor(const Actor& actor, Epoch height) {
  Statement query(db_.get(), "INSERT OR REPLACE INTO actor VALUES(?, ?, ?)");
  query.bind(1, static_cast<std::int64_t>(actor.id)).bind(2, height);
  query.bind(3, to_json(actor).dump()).step();
}

State Store::state_after(Epoch height) const {
  Statement query(db_.get(),
                  "SELECT body FROM actor a WHERE height = (SELECT max(height) FROM actor b WHERE "
                  "b.id = a.id AND b.height <= ?) ORDER BY id");
  query.bind(1, height);
  State state;
  while (query.step()) state.put(std::make_shared<Actor>(parse_actor(Json::parse(query.text(0)))));
  return state;
}

void Store::forget_states_before(Epoch height) {
  Statement(db_.get(),
            "DELETE FROM actor WHERE height < ?1 AND EXISTS (SELECT 1 FROM actor b WHERE b.id = "
            "actor.id AND b.height > actor.height AND b.height <= ?1)")
      .bind(1, height)
      .step();
}

void Store::know(const types::SignedMessage& m) {
  Statement query(db_.get(), "INSERT OR IGNORE INTO message VALUES(?, ?, ?, ?, ?)");
  query.bind(1, m.cid().text()).bind(2, m.message.cid().text()).bind(3, name_of(m.message.from));
  query.bind(4, static_cast<std::int64_t>(m.message.nonce)).bind(5, body_of(m)).step();
}

std::optional<types::SignedMessage> Store::message(const Cid& cid) const {
  Statement query(db_.get(), "SELECT body FROM message WHERE cid = ?1 OR plain = ?1");
  query.bind(1, cid.text());
  if (!query.step()) return std::nullopt;
  return message_of(query.text(0));
}

std::vector<types::SignedMessage> Store::messages_of(const Address& sender,
                                                     std::uint64_t nonce) const {
  Statement query(db_.get(), "SELECT body FROM message WHERE sender = ? AND nonce = ?");
  query.bind(1, name_of(sender)).bind(2, static_cast<std::int64_t>(nonce));
  std::vector<types::SignedMessage> found;
  while (query.step()) found.push_back(message_of(query.text(0)));
  return found;
}

void Store::include(const Included& i, std::size_t place) {
  Statement query(db_.get(), "INSERT INTO included VALUES(?, ?, ?, ?, ?, ?)");
  query.bind(1, i.height).bind(2, static_cast<std::int64_t>(place)).bind(3, i.cid.text());
  query.bind(4, i.exit_code).bind(5, i.gas_used).bind(6, types::to_base64(i.value)).step();
}

namespace {

constexpr std::string_view kIncluded = "SELECT cid, height, exit, gas, value FROM included WHERE ";

Included included_of(const Statement& row) {
  return {Cid::parse(row.text(0)), row.integer(1), row.integer(2), row.integer(3),
          types::from_base64(row.text(4), "return value")};
}

std::vector<Included> included_list(Statement& query) {
  std::vector<Included> list;
  while (query.step()) list.push_back(included_of(query));
  return list;
}

}  // namespace

std::optional<Included> Store::included(const Cid& cid) const {
  Statement query(db_.get(), fmt::format("{} cid = ?", kIncluded));
  query.bind(1, cid.text());
  return query.step() ? std::optional(included_of(query)) : std::nullopt;
}

std::vector<Included> Store::included_at(Epoch height) const {
  Statement query(db_.get(), fmt::format("{} height = ? ORDER BY place", kIncluded));
  query.bind(1, height);
  return included_list(query);
}

std::vector<Included> Store::included_above(Epoch height) const {
  Statement query(db_.get(), fmt::format("{} height > ? ORDER BY height, place", kIncluded));
  query.bind(1, height);
  return included_list(query);
}

void Store::pool_add(const Cid& cid) {
  Statement(db_.get(), "INSERT OR IGNORE INTO pool(cid) VALUES(?)").bind(1, cid.text()).step();
}

void Store::pool_remove(const Cid& cid) {
  Statement(db_.get(), "DELETE FROM pool WHERE cid = ?").bind(1, cid.text()).step();
}

std::vector<types::SignedMessage> Store::pool() const {
  Statement query(db_.get(), "SELECT body FROM pool JOIN message USING(cid) ORDER BY arrival");
  std::vector<types::SignedMessage> found;
  while (query.step()) found.push_back(message_of(query.text(0)));
  return found;
}

void Store::add(const Grant& grant, Epoch height) {
  Statement query(db_.get(), "INSERT INTO given(height, address, amount) VALUES(?, ?, ?)");
  query.bind(1, height).bind(2, name_of(grant.to)).bind(3, types::to_text(grant.amount)).step();
}

std::vector<Grant> Store::move_grants_above(Epoch height) {
  std::vector<Grant> grants;
  {
    Statement query(db_.get(),
                    "SELECT address, amount FROM given WHERE height > ? ORDER BY number");
    query.bind(1, height);
    while (query.step())
      grants.push_back(
          {Address::parse(query.text(0)), types::big_int_from_text(query.text(1), "amount")});
  }
  Statement(db_.get(), "UPDATE given SET height = ?1 WHERE height > ?1").bind(1, height).step();
  return grants;
}

void Store::set_draw(int source, std::int64_t tag, Epoch epoch, const Bytes& value) {
  Statement query(db_.get(), "INSERT OR REPLACE INTO draw VALUES(?, ?, ?, ?)");
  query.bind(1, std::int64_t{source}).bind(2, tag).bind(3, epoch);
  query.bind(4, types::to_base64(value)).step();
}

std::optional<Bytes> Store::draw(int source, std::int64_t tag, Epoch epoch) const {
  Statement query(db_.get(), "SELECT value FROM draw WHERE source = ? AND tag = ? AND epoch = ?");
  query.bind(1, std::int64_t{source}).bind(2, tag).bind(3, epoch);
  return query.step() ? std::optional(types::from_base64(query.text(0), "draw")) : std::nullopt;
}

}  // namespace sealyard::dev
