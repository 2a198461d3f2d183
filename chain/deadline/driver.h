// Keeps proven what is sealed: checks of sectors before the cutoff of their deadline, declarations,
// window proofs as jobs, and their messages. Decides by next_step() and keeps nothing of its own:
// orders and results are files, jobs are found by name, messages by key.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chain/alert/alert.h"
#include "chain/deadline/calendar.h"
#include "chain/deadline/chain.h"
#include "chain/deadline/jobs.h"
#include "chain/outbox/outbox.h"

namespace sealyard::deadline {

/// Belongs to one thread. Refers to everything it is given.
class Driver {
 public:
  using Log = std::function<void(bool warning, const std::string& line)>;
  /// @param tag  part of every job's name: two ledgers never take each other's jobs.
  Driver(const settings::Settings& settings, std::string tag, Chain& chain, Jobs& jobs,
         outbox::Pool& pool, outbox::Outbox& outbox, alert::Alerts& alerts, Log log);

  /// One round: a look at the head, then whatever is due. One partition's trouble ends only its
  /// own turn; a node that is away or behind ends the round, and nothing is lost.
  /// @param stored  tells where sectors of the ledger were stored.
  void tick(const Stored& stored, std::int64_t now_ms);

  struct Standing {
    Part part;
    State state = State::idle;
    std::string why;
  };
  /// Everything that was due at the last tick.
  const std::vector<Standing>& table() const { return table_; }

 private:
  struct Due {
    Part part;
    std::vector<rpc::Partition> partitions;
    std::vector<bool> posted;
    bool ours = true;
    std::optional<sealyard::Node> challenge;
  };
  /// What is remembered of a job: only what saves questions.
  struct Memory {
    std::int64_t ended_ms = 0;
    std::string refusal;
  };

  void read_chain();
  void read_deadline(const Window& window, const std::vector<rpc::Deadline>& deadlines,
                     std::vector<Due>& due);
  /// What the calendar is to have: deadlines to come, by what of them is due.
  void read_needs(const rpc::DeadlineInfo& period);
  void turn(const Due& due, const Stored& stored);
  Facts look(const Due& due, const Stored& stored);
  bool moved(const Facts& facts, const Stored& stored) const;
  std::optional<Message> newest(const Part& part, std::string_view what, unsigned from) const;
  void order(const Part& part, const Facts& facts, const Stored& stored);
  void submit(const Part& part, const Facts& facts);
  void submit(const slurm::Request& wish, const std::vector<Part>& parts, std::int64_t since_ms);
  /// Jobs of one deadline that are new go as one array.
  void submit_fresh();
  std::vector<slurm::JobState> records(const Part& part, unsigned generation) const;
  /// False: it has to wait.
  bool send(const Due& due, const Facts& facts, const Send& what);
  types::Bytes params(const Due& due, const Facts& facts, const Send& what);
  void rest(const Part& part, const Rest& rest);
  void cancel_superseded();
  double usual_s(Task task);  ///< of a partition; 0: nothing is known
  double predicted_s(const Part& part);
  Epoch latest_start(const Part& part);

  const settings::Settings& settings_;
  std::string tag_;
  Chain& chain_;
  Jobs& jobs_;
  outbox::Pool& pool_;
  outbox::Outbox& outbox_;
  alert::Alerts& alerts_;
  Log log_;
  Files files_;
  Calendar calendar_;
  std::vector<Need> needs_;

  std::int64_t now_ms_ = 0, ask_again_ms_ = 0;
  onchain::View view_;
  rpc::TipsetKey seen_;  ///< `due_` and `miner_` are of this head
  rpc::MinerInfo miner_;
  std::vector<Due> due_;
  struct Fresh {
    Part part;
    std::int64_t ordered_ms = 0;
  };
  std::vector<Fresh> fresh_;                                     ///< of this tick
  std::set<std::string> wanted_jobs_;                            ///< of this tick
  std::map<std::string, std::set<std::uint64_t>> wanted_tasks_;  ///< of arrays
  bool wished_ = false;
  std::string said_;  ///< last trouble, logged once
  Epoch forgot_ = -1;
  std::map<Task, double> usual_s_;
  std::map<std::string, Memory> memory_;       ///< by job name
  std::map<std::string, std::string> logged_;  ///< by part, its last line
  std::vector<Standing> table_;
};

}  // namespace sealyard::deadline
