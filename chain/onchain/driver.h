// Takes sectors on chain: tickets, pre-commits, seeds, prove-commits, by the edges of
// pledge::edges(). What it decides is an event first and a message second: an event says what the
// message is made of, so that after any crash the same message goes out, once.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "chain/alert/alert.h"
#include "chain/onchain/chain.h"
#include "chain/outbox/outbox.h"
#include "chain/pledge/journal.h"
#include "chain/settings/settings.h"

namespace sealyard::onchain {

/// Fees, confidence and limits of the settings.  @throws Error{usage} an amount that is none.
outbox::Settings outbox_settings(const settings::Chain& settings);

/// Belongs to one thread. Refers to everything it is given.
class Driver {
 public:
  using Log = std::function<void(bool warning, const std::string& line)>;
  Driver(const settings::Settings& settings, Chain& chain, outbox::Pool& pool,
         outbox::Outbox& outbox, pledge::Journal& journal, alert::Alerts& alerts, Log log);

  /// One round: a look at the head, then whatever is due. One sector's trouble ends only its own
  /// turn; a node that is away or behind ends the round, and nothing is lost.
  void tick(pledge::Sectors& sectors, std::int64_t now_ms);

  /// Writes the ticket of a sector in GetTicket. False: the node is away or behind, try later.
  bool draw_ticket(pledge::Sector& sector, std::int64_t now_ms);

 private:
  using Sector = pledge::Sector;
  struct Kind;  ///< pre-commits or prove-commits: what differs between them

  void step(Sector& sector);
  void wait_chain(Sector& sector);
  void pre_committing(Sector& sector);
  void wait_seed(Sector& sector);
  void wait_commit(Sector& sector);
  void finalized(Sector& sector);
  void submit_commit(Sector& sector);
  void proving(Sector& sector);
  void in_message(Sector& sector);

  bool adopt_precommit(Sector& sector);
  bool adopt_sector(Sector& sector);
  bool resume_message(Sector& sector);
  bool seed_changed(Sector& sector, const nlohmann::json& message = {});
  bool gone(Sector& sector, const nlohmann::json& message = {});
  bool expired(Sector& sector);
  bool ticket_expired(const Sector& sector) const;

  // Messages: batch.cpp.
  static const Kind& kind_of(pledge::State state);
  static std::string_view what_of(pledge::State state);  ///< "precommit", "commit"
  void fire(const Kind& kind);
  void wish(const Kind& kind, std::vector<Sector*> members);
  nlohmann::json precommit_item(const Sector& sector, BigInt& value);
  nlohmann::json commit_item(const Sector& sector, BigInt& value);
  void settle(const Kind& kind, const std::string& key, std::vector<Sector*> members);
  void enqueue(const Kind& kind, std::vector<Sector*>& members);
  void landed(const Kind& kind, const outbox::Entry& entry, const std::vector<Sector*>& members);
  void landed(const Kind& kind, Sector& sector, std::int64_t code, const nlohmann::json& message);

  void write(Sector& sector, const char* kind, nlohmann::json payload);
  void fail(Sector& sector, std::string_view cause, const std::string& text,
            std::uint64_t batch = 0, const nlohmann::json& message = {});
  /// Why it waits: "funds: ...". Written when the word before the colon is another than before.
  void note(Sector& sector, const std::string& text);
  /// Runs a turn; what it throws is logged. @throws rpc::NoAnswer
  void guarded(const std::string& subject, const std::function<void()>& turn);

  const settings::Settings& settings_;
  Chain& chain_;
  outbox::Pool& pool_;
  outbox::Outbox& outbox_;
  pledge::Journal& journal_;
  alert::Alerts& alerts_;
  Log log_;

  View view_;
  bool fit_ = false;
  std::int64_t now_ms_ = 0, ask_again_ms_ = 0;
  unsigned silent_ = 0;  ///< looks in a row without an answer
  std::string said_;     ///< last trouble of the node, logged once
  rpc::TipsetKey outbox_ticked_;
  bool wished_ = false;
  std::map<std::string, std::vector<Sector*>> candidates_;   ///< by what, of this tick
  std::map<std::string, std::vector<Sector*>> in_messages_;  ///< by key, of this tick
  std::map<SectorId, std::int64_t> checked_;  ///< in this state since: the chain was asked
  std::map<SectorId, Epoch> looked_;          ///< for those in Proving that are not final
};

}  // namespace sealyard::onchain
