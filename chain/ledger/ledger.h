// The ledger: every event of every sector, append-only, in one SQLite file that the daemon and the
// operator's commands share. State is never stored; it is what the events fold to (chain/pledge).
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chain/ledger/database.h"
#include "kernels/base/sector_id.h"

namespace sealyard::ledger {

/// Largest sector number of the protocol.  Source: go-state-types, abi/sector.go, MaxSectorNumber.
inline constexpr std::uint64_t kMaxSectorNumber = INT64_MAX;

struct Event {
  std::uint64_t seq = 0;     ///< given by the ledger; grows in the order of commits
  std::int64_t time_ms = 0;  ///< Unix time; 0 = now, filled by the ledger
  SectorId sector;
  std::string kind;        ///< "pledged", "intent", "committed", ... (chain/pledge/sector.h)
  nlohmann::json payload;  ///< an object
  std::string actor;       ///< who wrote it: "operator:alice", "daemon"
};

/// A sector that nothing happens to any more but by a new event, as its events up to `seen` say.
struct Resting {
  SectorId sector;
  std::uint64_t seen = 0;
};

/// One open ledger. Several processes and threads may each hold their own; one object belongs to
/// one thread. Every append is on disk (fsync) when the call returns; a process killed at any
/// moment leaves whole transactions only. Waits up to 30 s for another writer.
class Ledger {
 public:
  /// Opens or creates. The file's folder must exist.
  /// @throws Error{configuration} not a ledger, or written by a newer version.
  /// @throws Error{io} cannot be opened or written.
  static Ledger open(const std::filesystem::path& file);

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  /// Eight hex digits drawn when the ledger was made: job names carry them, so that two ledgers on
  /// one cluster never take each other's jobs for their own.
  std::string id() const;

  /// All events with a sequence number above `after`, in order.
  std::vector<Event> events(std::uint64_t after = 0) const;
  std::vector<Event> events_of(const SectorId& sector) const;
  /// The events of all sectors that are not at rest, sector by sector, each in order: reading them
  /// costs what those sectors cost, however many others there are.
  std::vector<Event> events_awake() const;
  /// Takes these out of what events_awake() reads, but for those that were written about since.
  /// Any later event puts its sector in again, whoever writes it.
  void rest(const std::vector<Resting>& sectors);
  /// The number of the last event; 0 in an empty ledger.
  std::uint64_t last_seq() const;

  /// Appends one event and returns its sequence number.
  std::uint64_t append(Event event);

  /// Appends only if nothing about this sector was written after `seen`: whoever decided from a
  /// state that is no longer the state gets nullopt, reads again, and decides again.
  std::optional<std::uint64_t> append_after(std::uint64_t seen, Event event);

  /// Runs `action` as one write transaction: what it reads cannot change under it, what it appends
  /// appears at once or, when it throws, not at all.
  void transact(const std::function<void()>& action);

  /// The pledges that answer this request (pledge/take.h), in order; found by an index.
  std::vector<Event> pledged_by(const std::string& request) const;
  /// Of all requests that begin with `prefix`, a pledge that answers the last in alphabetical
  /// order.
  std::optional<Event> last_pledged_by(const std::string& prefix) const;

  /// The lowest number above every number this miner ever used, at least `first`. Call it inside
  /// transact() together with the append that takes the number.
  /// @throws Error{usage} the numbers of the protocol are used up.
  std::uint64_t next_number(std::uint64_t miner, std::uint64_t first) const;

  const std::filesystem::path& file() const { return file_; }

 private:
  Ledger(Database db, std::filesystem::path file);

  Database db_;
  std::filesystem::path file_;
  bool in_transaction_ = false;
};

}  // namespace sealyard::ledger
