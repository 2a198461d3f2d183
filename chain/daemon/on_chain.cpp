#include "chain/daemon/on_chain.h"

#include <spdlog/spdlog.h>

#include <cstdlib>

#include "kernels/base/error.h"

namespace sealyard::daemon {
namespace {

/// Lotus' pool hears of heads 2 to 6 s late.
/// Source: lotus, chain/messagepool/provider.go, HeadChangeCoalesceMaxDelay.
constexpr std::chrono::seconds kPoolLag{10};

std::vector<rpc::Endpoint> endpoints(const settings::Settings& settings) {
  const char* named = std::getenv("FULLNODE_API_INFO");
  const auto& text = settings.chain.endpoints;
  if (text.empty() && (!named || !*named))
    throw Error(Fault::configuration,
                "no full node: write chain.endpoints into {} or set FULLNODE_API_INFO",
                settings.file.string());
  return rpc::parse_api_info(text.empty() ? named : text);
}

outbox::Settings outbox_settings(const settings::Settings& settings) {
  try {
    auto made = onchain::outbox_settings(settings.chain);
    made.pool_lag = kPoolLag;
    return made;
  } catch (const Error& error) {
    throw Error(Fault::configuration, "{}: chain: {}", settings.file.string(), error.what());
  }
}

onchain::Driver::Log lines(const std::shared_ptr<spdlog::logger>& log) {
  return [log](bool warning, const std::string& line) {
    log->log(warning ? spdlog::level::warn : spdlog::level::info, "{}", line);
  };
}

}  // namespace

Daemon::OnChain::OnChain(const settings::Settings& all, pledge::Journal& journal,
                         alert::Alerts& alerts, std::shared_ptr<spdlog::logger> log,
                         const std::string& tag, const slurm::Watch& watch,
                         const bool& slurm_answers)
    : settings(all),
      client(endpoints(all), {.log = [log](const std::string& line) { log->info("{}", line); }}),
      chain(client, all),
      pool(chain.node()),
      keys(all.chain.wallet.empty() ? all.home / "wallet" : all.chain.wallet),
      outbox(outbox::Outbox::open(all.outbox_file(), outbox_settings(all),
                                  [this](const types::Message& m) { return sign(m); })),
      driver(all, chain, pool, outbox, journal, alerts, lines(log)),
      jobs(watch, slurm_answers),
      deadlines(chain, all),
      posts(all, tag, deadlines, jobs, pool, outbox, alerts, lines(log)),
      standing(all, tag, jobs, lines(log)) {
  wallet::forbid_dumps();
  if (all.chain.winning_post) mining = std::make_unique<Mining>(all, endpoints(all), standing, log);
}

std::vector<slurm::Attempt> SlurmJobs::past(const std::vector<std::string>& names) const {
  if (names.empty() || !answers_ || !slurm::has_accounting()) return {};
  try {
    slurm::History jobs;
    jobs.names = names;
    return slurm::attempts(jobs);
  } catch (const Error&) {
    return {};  // slurmdbd is away: the results tell
  }
}

types::SignedMessage Daemon::OnChain::sign(const types::Message& message) const {
  if (keys.find(message.from)) return keys.sign(message, settings.miner);
  const auto& node = chain.node();
  if (node.wallet_has(message.from)) return node.wallet_sign(message.from, message);
  throw Error(Fault::missing, "no key for {}, neither in the wallet nor at the node",
              message.from.text(onchain::network_of(settings)));
}

}  // namespace sealyard::daemon
