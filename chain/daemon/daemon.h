// The daemon: brings ledger, Slurm and files together, one tick at a time. It keeps nothing that
// it could not find again: killed at any moment, it goes on from the ledger.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "chain/alert/alert.h"
#include "chain/ledger/ledger.h"
#include "chain/onchain/driver.h"
#include "chain/pledge/journal.h"
#include "chain/pledge/sector.h"
#include "chain/pledge/step.h"
#include "chain/settings/settings.h"
#include "slurm/watch.h"

namespace spdlog {
class logger;
}

namespace sealyard::autotask {
class Driver;
}

namespace sealyard::daemon {

class Daemon {
 public:
  Daemon(settings::Settings settings, ledger::Ledger ledger, std::shared_ptr<spdlog::logger> log);
  ~Daemon();

  /// What one tick found and did.
  struct Tick {
    bool slurm_answers = false;
    unsigned events = 0;  ///< written
    unsigned active = 0;  ///< sectors that are neither finished nor held nor waiting for a chain
    unsigned errors = 0;  ///< sectors whose turn ended with an error; logged
  };

  /// Looks at every sector that is not at rest once and does what is due: those that are cost
  /// nothing. One sector's trouble ends only its own turn.
  /// @param stop  asked between sectors; true ends the tick early.
  /// @throws Error{io} the ledger cannot be read or written.
  Tick tick(const std::function<bool()>& stop = {});

  /// Somebody else wrote to the ledger since the last tick.
  bool ledger_changed() const;

  /// Those that are not at rest.
  const pledge::Sectors& sectors() const { return sectors_; }

 private:
  /// What is remembered of a sector between ticks: only what saves questions.
  struct Memory {
    std::int64_t result_seen_ms = 0;
    std::string result_seen;
    std::int64_t commented_ms = 0;
    std::string comment;
    std::int64_t refused_until_ms = 0;
    std::set<unsigned> pulled;  ///< restarts whose delay was cut short
    std::string waited;         ///< logged once
  };
  void read_ledger();
  void put_to_rest();
  void poll_slurm();
  void turn(pledge::Sector& sector);
  pledge::Facts look(const pledge::Sector& sector, Memory& memory) const;
  void write(pledge::Sector& sector, std::string kind, nlohmann::json payload);
  void written(const pledge::Sector& sector, const ledger::Event& event);
  /// false = the chain does not tell one; ask again at the next tick.
  bool draw_ticket(pledge::Sector& sector);
  void tell(const pledge::Sector& sector);
  /// What the first job of a CC sector waits for while its templates are made: "afterany:17".
  std::string after_templates(const pledge::Sector& sector);
  /// false = Slurm's answer is open; ask again at the next tick.
  bool submit(pledge::Sector& sector, Memory& memory);
  std::vector<slurm::Attempt> history(const pledge::Sector& sector) const;
  void comment(const pledge::Sector& sector, Memory& memory);
  void cancel_superseded();
  std::unique_ptr<autotask::Driver> make_autotask();

  settings::Settings settings_;
  ledger::Ledger ledger_;
  std::shared_ptr<spdlog::logger> log_;
  std::string tag_;
  pledge::Journal journal_;
  alert::Alerts alerts_;
  struct OnChain;                   ///< everything between us and full nodes
  std::unique_ptr<OnChain> chain_;  ///< nullptr: no [chain] in the settings
  std::unique_ptr<autotask::Driver> autotask_;
  std::set<SectorId> held_;  ///< told about
  pledge::Sectors sectors_;
  std::map<SectorId, Memory> memory_;
  std::uint64_t seen_ = 0;  ///< last event read; 0: none yet
  slurm::Watch watch_;
  bool slurm_answers_ = false, slurm_asked_ = false;
  unsigned slurm_failures_ = 0;
  std::int64_t ask_slurm_again_ms_ = 0;
  std::int64_t forget_ms_ = 310'000;
  std::set<std::string> strangers_;  ///< names warned about once
  Tick report_;
};

/// Unix time in milliseconds.
std::int64_t now_ms();

}  // namespace sealyard::daemon
