// Pledges empty sectors by itself: one controller for all nodes, at most one sector a cycle.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "chain/alert/alert.h"
#include "chain/autotask/decide.h"
#include "chain/autotask/live.h"
#include "chain/ledger/ledger.h"
#include "chain/pledge/sector.h"
#include "chain/settings/settings.h"

namespace sealyard::autotask {

/// Belongs to one thread. A pledge is one event in the ledger that bears the name of its cycle:
/// killed at any moment, the cycle has pledged or will; one that has can not again.
class Driver {
 public:
  /// All but next_number. What it throws as Error fails the check.
  using Look = std::function<Facts(const settings::Settings&, const pledge::Sectors&)>;
  using Draw = std::function<unsigned(unsigned most)>;  ///< uniform, 0 to most
  using Log = std::function<void(bool warning, const std::string& line)>;
  /// Keeps a copy of the settings; reads [auto] again when a file of theirs changes.
  Driver(settings::Settings settings, ledger::Ledger& ledger, alert::Alerts& alerts, Look look,
         StartsIn starts_in, Draw draw, Log log);

  /// Costs two looks at files while it is off or waits.
  void tick(const pledge::Sectors& sectors, std::int64_t now_ms);

  const Status& status() const { return status_; }

 private:
  void read_settings();
  void switch_on(std::int64_t now_ms);
  void switch_off(std::int64_t now_ms);
  Verdict check(const pledge::Sectors& sectors);
  /// Why nothing was pledged; empty: a sector was.
  Verdict pledge(const Verdict& verdict, std::int64_t now_ms);
  void tell(std::int64_t now_ms);

  settings::Settings settings_;
  ledger::Ledger& ledger_;
  alert::Alerts& alerts_;
  Look look_;
  StartsIn starts_in_;
  Draw draw_;
  Log log_;
  std::string read_;  ///< stamps of the files as they were read
  Status status_;
  std::int64_t last_pledge_ms_ = 0;  ///< 0: it never pledged
  bool begun_ = false;
  bool told_max_sector_ = false;
};

}  // namespace sealyard::autotask
