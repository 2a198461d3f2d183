#include "chain/ledger/ledger.h"

#include <chrono>
#include <utility>

#include "chain/ledger/statement.h"
#include "kernels/base/error.h"

namespace sealyard::ledger {
namespace {

constexpr int kApplication = 0x53594c44;  // "SYLD"
constexpr int kSchema = 3;

// Which sectors something may happen to, so that nobody reads the others. Only a shortcut: an event
// puts its sector in, rest() takes out what the events themselves prove to be at rest.
constexpr std::string_view kAwake =
    "CREATE TABLE awake(miner INTEGER NOT NULL, sector INTEGER NOT NULL,"
    " PRIMARY KEY(miner, sector)) WITHOUT ROWID";
constexpr std::string_view kWake =
    "CREATE TRIGGER event_wakes AFTER INSERT ON event BEGIN"
    " INSERT OR IGNORE INTO awake VALUES(NEW.miner, NEW.sector); END";

// Pledges by the request they answer: whoever asks twice gets the same sectors.
constexpr std::string_view kRequests =
    "CREATE INDEX IF NOT EXISTS event_request ON event(json_extract(payload, '$.request'), seq)"
    " WHERE kind = 'pledged' AND json_valid(payload)"
    " AND json_extract(payload, '$.request') IS NOT NULL";
constexpr std::string_view kRequested =  // repeats what the index says of its rows
    "event INDEXED BY event_request WHERE kind = 'pledged' AND json_valid(payload)"
    " AND json_extract(payload, '$.request') IS NOT NULL AND json_extract(payload, '$.request') ";

// Events are never changed or removed, not even by hand: the triggers see to it.
constexpr std::string_view kCreate[] = {
    "CREATE TABLE identity(id TEXT NOT NULL)",
    "INSERT INTO identity VALUES(lower(hex(randomblob(4))))",
    "CREATE TABLE event("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " time_ms INTEGER NOT NULL,"
    " miner INTEGER NOT NULL,"
    " sector INTEGER NOT NULL CHECK(sector >= 0),"
    " kind TEXT NOT NULL,"
    " payload TEXT NOT NULL,"
    " actor TEXT NOT NULL)",
    "CREATE INDEX event_of_sector ON event(miner, sector, seq)",
    "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN"
    " SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN"
    " SELECT RAISE(ABORT, 'events are append-only'); END",
    kAwake,
    kWake,
    kRequests,
};

constexpr Upgrade kUpgrades[] = {
    {2, kAwake},
    {2, "INSERT INTO awake SELECT DISTINCT miner, sector FROM event"},
    {2, kWake},
    {3, kRequests},
};

constexpr std::string_view kColumns =
    "SELECT seq, time_ms, miner, sector, kind, payload, actor FROM ";

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t signed_number(std::uint64_t value) {
  if (value > kMaxSectorNumber)
    throw Error(Fault::usage, "sector number {} is above the largest, {}", value, kMaxSectorNumber);
  return static_cast<std::int64_t>(value);
}

std::vector<Event> read(Statement& statement) {
  std::vector<Event> events;
  while (statement.step()) {
    Event event;
    event.seq = static_cast<std::uint64_t>(statement.integer(0));
    event.time_ms = statement.integer(1);
    event.sector = {static_cast<std::uint64_t>(statement.integer(2)),
                    static_cast<std::uint64_t>(statement.integer(3))};
    event.kind = statement.text(4);
    event.payload = nlohmann::json::parse(statement.text(5), nullptr, false);
    if (!event.payload.is_object())
      throw Error(Fault::corrupt, "ledger: event {} holds no JSON object: restore a backup",
                  event.seq);
    event.actor = statement.text(6);
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

Ledger::Ledger(Database db, std::filesystem::path file)
    : db_(std::move(db)), file_(std::move(file)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Ledger Ledger::open(const std::filesystem::path& file) {
  return Ledger(open_database(file, {"ledger", kApplication, kSchema, kCreate, kUpgrades}), file);
}

std::string Ledger::id() const {
  Statement statement(db_.get(), "SELECT id FROM identity");
  if (!statement.step())
    throw Error(Fault::corrupt, "ledger {}: has no id: restore a backup", file_.string());
  return statement.text(0);
}

std::vector<Event> Ledger::events(std::uint64_t after) const {
  Statement statement(db_.get(), std::string(kColumns) + "event WHERE seq > ? ORDER BY seq");
  statement.bind(1, static_cast<std::int64_t>(after));
  return read(statement);
}

std::vector<Event> Ledger::events_of(const SectorId& sector) const {
  Statement statement(db_.get(),
                      std::string(kColumns) + "event WHERE miner = ? AND sector = ? ORDER BY seq");
  statement.bind(1, signed_number(sector.miner)).bind(2, signed_number(sector.number));
  return read(statement);
}

std::vector<Event> Ledger::events_awake() const {
  // CROSS JOIN: SQLite is to begin with the few that are awake, whatever it believes of sizes.
  Statement statement(db_.get(), std::string(kColumns) +
                                     "awake CROSS JOIN event USING(miner, sector)"
                                     " ORDER BY miner, sector, seq");
  return read(statement);
}

void Ledger::rest(const std::vector<Resting>& sectors) {
  transact([&] {
    for (const auto& one : sectors) {
      Statement statement(db_.get(),
                          "DELETE FROM awake WHERE miner = ?1 AND sector = ?2 AND NOT EXISTS"
                          " (SELECT 1 FROM event WHERE miner = ?1 AND sector = ?2 AND seq > ?3)");
      statement.bind(1, signed_number(one.sector.miner))
          .bind(2, signed_number(one.sector.number))
          .bind(3, static_cast<std::int64_t>(one.seen));
      statement.step();
    }
  });
}

std::uint64_t Ledger::last_seq() const {
  Statement statement(db_.get(), "SELECT coalesce(max(seq), 0) FROM event");
  statement.step();
  return static_cast<std::uint64_t>(statement.integer(0));
}

std::uint64_t Ledger::append(Event event) {
  Statement statement(db_.get(),
                      "INSERT INTO event(time_ms, miner, sector, kind, payload, actor)"
                      " VALUES(?, ?, ?, ?, ?, ?)");
  const auto payload =
      event.payload.is_null()
          ? std::string("{}")
          : event.payload.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  statement.bind(1, event.time_ms ? event.time_ms : now_ms())
      .bind(2, signed_number(event.sector.miner))
      .bind(3, signed_number(event.sector.number))
      .bind(4, event.kind)
      .bind(5, payload)
      .bind(6, event.actor);
  statement.step();
  return static_cast<std::uint64_t>(sqlite3_last_insert_rowid(db_.get()));
}

std::optional<std::uint64_t> Ledger::append_after(std::uint64_t seen, Event event) {
  std::optional<std::uint64_t> seq;
  const auto once = [&] {
    Statement newer(db_.get(),
                    "SELECT 1 FROM event WHERE miner = ? AND sector = ? AND seq > ? LIMIT 1");
    newer.bind(1, signed_number(event.sector.miner))
        .bind(2, signed_number(event.sector.number))
        .bind(3, static_cast<std::int64_t>(seen));
    if (!newer.step()) seq = append(event);
  };
  if (in_transaction_)
    once();
  else
    transact(once);
  return seq;
}

void Ledger::transact(const std::function<void()>& action) {
  try {
    ledger::transact(db_.get(), [&] {
      in_transaction_ = true;
      action();
    });
  } catch (...) {
    in_transaction_ = false;
    throw;
  }
  in_transaction_ = false;
}

std::vector<Event> Ledger::pledged_by(const std::string& request) const {
  Statement statement(db_.get(),
                      std::string(kColumns).append(kRequested).append("= ? ORDER BY seq"));
  statement.bind(1, request);
  return read(statement);
}

std::optional<Event> Ledger::last_pledged_by(const std::string& prefix) const {
  if (prefix.empty()) throw Error(Fault::internal, "ledger: a prefix of requests is empty");
  auto after = prefix;
  ++after.back();
  Statement statement(db_.get(),
                      std::string(kColumns)
                          .append(kRequested)
                          .append(">= ? AND json_extract(payload, '$.request') < ?"
                                  " ORDER BY json_extract(payload, '$.request') DESC LIMIT 1"));
  statement.bind(1, prefix).bind(2, after);
  auto events = read(statement);
  if (events.empty()) return std::nullopt;
  return std::move(events.front());
}

std::uint64_t Ledger::next_number(std::uint64_t miner, std::uint64_t first) const {
  Statement statement(db_.get(), "SELECT max(sector) FROM event WHERE miner = ?");
  statement.bind(1, signed_number(miner));
  statement.step();
  const auto used = statement.text(0);
  const std::uint64_t next = used.empty() ? 0 : std::stoull(used) + 1;
  signed_number(std::max(next, first));
  return std::max(next, first);
}

}  // namespace sealyard::ledger
