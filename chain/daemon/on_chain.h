// Everything between the daemon and full nodes. Private to this folder.
#pragma once
#include "chain/daemon/daemon.h"
#include "chain/daemon/mining.h"
#include "chain/deadline/driver.h"
#include "chain/deadline/rpc_chain.h"
#include "chain/onchain/rpc_chain.h"
#include "chain/outbox/rpc_pool.h"
#include "chain/wallet/store.h"

namespace sealyard::daemon {

/// Jobs of deadlines, as the daemon's own poll sees them.
class SlurmJobs : public deadline::Jobs {
 public:
  SlurmJobs(const slurm::Watch& watch, const bool& answers) : watch_(watch), answers_(answers) {}
  bool answers() const override { return answers_; }
  std::vector<slurm::JobState> find(const std::string& name) const override {
    return watch_.find(name);
  }
  std::vector<slurm::JobState> all() const override { return watch_.jobs(); }
  slurm::Submitted submit(const slurm::Request& request, std::time_t since) override {
    return slurm::submit_once(request, {}, since);
  }
  void cancel(slurm::JobId id) override { slurm::cancel(id); }
  std::vector<slurm::Attempt> past(const std::vector<std::string>& names) const override;
  std::vector<slurm::Reservation> reservations() const override { return slurm::reservations(); }
  void reserve(const slurm::Reservation& wanted) override { slurm::create_reservation(wanted); }
  void move(const slurm::Reservation& wanted) override {
    slurm::move_reservation(wanted.name, wanted.start, wanted.end);
  }
  void unreserve(const std::string& name) override { slurm::remove_reservation(name); }

 private:
  const slurm::Watch& watch_;
  const bool& answers_;
};

struct Daemon::OnChain {
  /// Refers to everything it is given.
  /// @throws Error{configuration} no endpoints, or amounts that are none.
  OnChain(const settings::Settings& settings, pledge::Journal& journal, alert::Alerts& alerts,
          std::shared_ptr<spdlog::logger> log, const std::string& tag, const slurm::Watch& watch,
          const bool& slurm_answers);

  /// With a key of our own, else with one that the node holds.
  types::SignedMessage sign(const types::Message& message) const;

  const settings::Settings& settings;
  rpc::Client client;
  onchain::RpcChain chain;
  outbox::RpcPool pool;
  wallet::Store keys;
  outbox::Outbox outbox;
  onchain::Driver driver;
  SlurmJobs jobs;
  deadline::RpcChain deadlines;
  deadline::Driver posts;
  winning::Standing standing;
  std::unique_ptr<Mining> mining;  ///< nullptr: another program makes the miner's blocks, or none
};

}  // namespace sealyard::daemon
