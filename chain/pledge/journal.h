// How the daemon writes events: only about sectors that are still as it knows them.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "chain/ledger/ledger.h"
#include "chain/pledge/sector.h"

namespace sealyard::pledge {

struct Stale {};  ///< somebody else wrote about the sector: read again at the next tick

/// Refers to the ledger, which must outlive it.
class Journal {
 public:
  /// @param written  called for every event once it is on disk and applied; may be empty
  Journal(ledger::Ledger& ledger, std::string actor,
          std::function<void(const Sector&, const ledger::Event&)> written)
      : ledger_(ledger), actor_(std::move(actor)), written_(std::move(written)) {}

  struct Line {
    Sector* sector;
    std::string kind;
    nlohmann::json payload;
  };
  /// Appends and applies.  @throws Stale, Error{io}: nothing is written.
  void write(Sector& sector, std::string kind, nlohmann::json payload, std::int64_t now_ms);
  /// All of them in one transaction, or none.
  void write(std::vector<Line> lines, std::int64_t now_ms);

 private:
  ledger::Ledger& ledger_;
  std::string actor_;
  std::function<void(const Sector&, const ledger::Event&)> written_;
};

}  // namespace sealyard::pledge
