// Everything between the daemon and full nodes. Private to this folder.
#pragma once
#include "chain/daemon/daemon.h"
#include "chain/onchain/rpc_chain.h"
#include "chain/outbox/rpc_pool.h"
#include "chain/wallet/store.h"

namespace sealyard::daemon {

struct Daemon::OnChain {
  /// Refers to everything it is given.
  /// @throws Error{configuration} no endpoints, or amounts that are none.
  OnChain(const settings::Settings& settings, pledge::Journal& journal, alert::Alerts& alerts,
          std::shared_ptr<spdlog::logger> log);

  /// With a key of our own, else with one that the node holds.
  types::SignedMessage sign(const types::Message& message) const;

  const settings::Settings& settings;
  rpc::Client client;
  onchain::RpcChain chain;
  outbox::RpcPool pool;
  wallet::Store keys;
  outbox::Outbox outbox;
  onchain::Driver driver;
};

}  // namespace sealyard::daemon
