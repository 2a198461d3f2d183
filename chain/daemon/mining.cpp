#include "chain/daemon/mining.h"

#include <spdlog/spdlog.h>

#include "chain/daemon/daemon.h"
#include "chain/onchain/rpc_chain.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::daemon {

Mining::Mining(const settings::Settings& settings, std::vector<rpc::Endpoint> endpoints,
               const winning::Standing& standing, std::shared_ptr<spdlog::logger> log)
    : settings_(settings),
      standing_(standing),
      client_(std::move(endpoints),
              {.log = [log](const std::string& line) { log->info("{}", line); }},
              stop_.get_token()),
      node_(client_, onchain::network_of(settings)),
      keys_(settings.chain.wallet.empty() ? settings.home / "wallet" : settings.chain.wallet),
      prover_(settings.programs / stage::program(stage::kWinningPost), settings.chain.winning_run,
              settings.environment),
      book_(settings.home / "blocks.sqlite"),
      driver_(
          settings, node_,
          {[this](const types::Address& worker, const election::Draw& draw) {
             return vrf(worker, draw);
           },
           [this](const types::Address& worker,
                  const election::Header& header) -> std::optional<types::Signature> {
             if (!keys_.find(worker)) return std::nullopt;
             return keys_.sign(worker, header, settings_.miner);
           }},
          [this](SectorId id, bool updated) { return deadline::place(settings_, {}, id, updated); },
          prover_, book_, now_ms,
          [log](bool warning, const std::string& line) {
            log->log(warning ? spdlog::level::warn : spdlog::level::info, "{}", line);
          }) {
  log->info("makes blocks of f0{}; {} runs {}", settings.miner, stage::program(stage::kWinningPost),
            settings.chain.winning_step          ? "as a step of a job that stands by"
            : settings.chain.winning_run.empty() ? "on this host"
                                                 : "as '" + settings.chain.winning_run + "'");
  thread_ = std::thread([this] { run(); });
}

Mining::~Mining() {
  stop_.request_stop();
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  ending_.notify_all();
  thread_.join();
}

/// With a key of our own, else with one that the node holds.
types::Signature Mining::vrf(const types::Address& worker, const election::Draw& draw) const {
  if (keys_.find(worker)) return keys_.sign(worker, draw, settings_.miner);
  const auto drawn = draw.node();
  return node_.wallet_sign(worker, types::Bytes(drawn.bytes.begin(), drawn.bytes.end()));
}

void Mining::run() {
  std::unique_lock lock(mutex_);
  while (!ends_) {
    lock.unlock();
    if (settings_.chain.winning_step) prover_.run_as(standing_.words());
    const auto wait = driver_.tick();
    lock.lock();
    ending_.wait_for(lock, std::chrono::milliseconds(wait), [this] { return ends_; });
  }
}

}  // namespace sealyard::daemon
