// Blocks are made in a thread of their own: no tick of the daemon, no slow answer of Slurm or of
// another call holds them up. Private to this folder.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "chain/rpc/client.h"
#include "chain/wallet/store.h"
#include "chain/winning/driver.h"
#include "chain/winning/standing.h"

namespace spdlog {
class logger;
}

namespace sealyard::daemon {

class Mining {
 public:
  /// Refers to the settings and to the job that stands by. Everything else is its own.
  Mining(const settings::Settings& settings, std::vector<rpc::Endpoint> endpoints,
         const winning::Standing& standing, std::shared_ptr<spdlog::logger> log);
  /// A proof that runs is ended.
  ~Mining();

 private:
  types::Signature vrf(const types::Address& worker, const election::Draw& draw) const;
  void run();

  const settings::Settings& settings_;
  const winning::Standing& standing_;
  std::stop_source stop_;
  rpc::Client client_;
  rpc::Node node_;
  wallet::Store keys_;
  winning::ProcessProver prover_;
  winning::Book book_;
  winning::Driver driver_;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace sealyard::daemon
