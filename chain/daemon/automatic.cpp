// What the automatic pledges of the daemon go by.
#include <sodium.h>
#include <spdlog/spdlog.h>

#include "chain/autotask/driver.h"
#include "chain/autotask/facts.h"
#include "chain/daemon/daemon.h"
#include "chain/daemon/on_chain.h"
#include "kernels/base/error.h"
#include "slurm/cluster.h"
#include "slurm/submit.h"

namespace sealyard::daemon {

std::unique_ptr<autotask::Driver> Daemon::make_autotask() {
  auto look = [this](const settings::Settings& settings, const pledge::Sectors& sectors) {
    autotask::Facts facts;
    if (!slurm_answers_) {
      facts.cluster_trouble = "slurmctld does not answer";
      return facts;
    }
    autotask::add_nodes(facts, settings, sectors,
                        {slurm::hosts(), slurm::slurm_partitions(),
                         slurm::host_names(settings.automatic.blacklist)});
    autotask::add_store(facts, settings, sectors);
    if (chain_) autotask::add_chain(facts, settings, sectors, chain_->chain);
    return facts;
  };
  auto starts_in = [this](const std::string& node) -> std::optional<std::int64_t> {
    try {
      const auto found = slurm::will_run(autotask::first_request(settings_, tag_, node));
      return std::max<std::int64_t>(found.start_time - now_ms() / 1000, 0);
    } catch (const Error& error) {
      if (error.fault() == Fault::io) throw;
      log_->info("autotask: {}: {}", node, error.what());
      return std::nullopt;
    }
  };
  return std::make_unique<autotask::Driver>(
      settings_, ledger_, alerts_, std::move(look), std::move(starts_in),
      [](unsigned most) { return static_cast<unsigned>(randombytes_uniform(most + 1)); },
      [this](bool warning, const std::string& line) {
        log_->log(warning ? spdlog::level::warn : spdlog::level::info, "{}", line);
      });
}

}  // namespace sealyard::daemon
