// sealyard-chain: decides which job comes next. Killing it stops nothing that runs.
#include <signal.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "chain/daemon/daemon.h"
#include "chain/ledger/instance_lock.h"
#include "kernels/base/error.h"
#include "slurm/cluster.h"

namespace {

using namespace sealyard;

constexpr std::size_t kLogBytes = 16 << 20;
constexpr std::size_t kLogFiles = 5;
constexpr std::int64_t kLookMs = 500;  ///< how soon a pledge is noticed

std::shared_ptr<spdlog::logger> make_log(const settings::Settings& settings) {
  std::filesystem::create_directories(settings.log_folder());
  const auto file = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
      (settings.log_folder() / "sealyard-chain.log").string(), kLogBytes, kLogFiles);
  const auto terminal = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  auto log =
      std::make_shared<spdlog::logger>("sealyard-chain", spdlog::sinks_init_list{terminal, file});
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  log->set_level(spdlog::level::from_str(settings.log_level));
  log->flush_on(spdlog::level::info);
  return log;
}

/// The signals that end the daemon; blocked, so that a tick is never interrupted in the middle.
sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, one);
  return set;
}

bool wanted_to_end() {
  sigset_t pending, ending = ending_signals();
  sigpending(&pending);
  for (const int one : {SIGTERM, SIGINT, SIGHUP})
    if (sigismember(&ending, one) == 1 && sigismember(&pending, one) == 1) return true;
  return false;
}

/// Sleeps for `ms` or until a signal asks to end; true = asked, and logged.
bool sleep_or_end(std::int64_t ms, spdlog::logger& log) {
  const sigset_t set = ending_signals();
  timespec time{};
  time.tv_sec = ms / 1000;
  time.tv_nsec = ms % 1000 * 1'000'000;
  siginfo_t info{};
  const int number = sigtimedwait(&set, &info, &time);
  if (number <= 0) return false;
  log.info("signal {} from process {}", number, info.si_pid);
  return true;
}

/// Ticks until a signal comes: at once when somebody writes to the ledger, else every poll_s.
void serve(daemon::Daemon& daemon, const settings::Settings& settings, spdlog::logger& log) {
  const auto poll_ms = static_cast<std::int64_t>(settings.poll_s) * 1000;
  for (;;) {
    bool quick = false;
    try {
      const auto tick = daemon.tick(wanted_to_end);
      quick = tick.events > 0;  // what was written may make the next thing possible
    } catch (const Error& error) {
      log.error("{}; trying again", error.what());
    }
    const auto until = daemon::now_ms() + (quick ? std::min<std::int64_t>(poll_ms, 1000) : poll_ms);
    do {
      const auto left = std::max<std::int64_t>(until - daemon::now_ms(), 1);
      if (sleep_or_end(std::min(left, kLookMs), log)) return;
      if (daemon.ledger_changed()) break;
    } while (daemon::now_ms() < until);
  }
}

int run(const std::string& home_option, bool once) {
  const auto home = settings::home(home_option);
  std::filesystem::create_directories(home);
  const auto settings = settings::load(home, settings::program_folder());
  if (!settings.slurm_conf.empty()) setenv("SLURM_CONF", settings.slurm_conf.c_str(), 1);
  const ledger::InstanceLock lock(home);
  const auto log = make_log(settings);
  const sigset_t set = ending_signals();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  slurm::answers();  // throws when this host has no Slurm at all: nothing to wait for
  daemon::Daemon daemon(settings, ledger::Ledger::open(settings.ledger_file()), log);
  if (once) {
    const auto tick = daemon.tick();
    std::cout << fmt::format("{} events, {} active sectors, {} errors, slurmctld {}\n", tick.events,
                             tick.active, tick.errors,
                             tick.slurm_answers ? "answers" : "does not answer");
    return tick.slurm_answers ? 0 : exit_code(Fault::busy);
  }
  log->info("starts: home {}, miner f0{}, storage {}, poll {} s", home.string(), settings.miner,
            settings.storage_root.string(), settings.poll_s);
  if (!settings.chain.on) log->info("no [chain] in the settings: sectors stop after PC2");
  serve(daemon, settings, *log);
  log->info("ends; jobs go on without it");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"sealyard-chain: submits the stages of every sector and follows them",
               "sealyard-chain"};
  std::string home;
  bool once = false;
  app.add_option("--home", home, "Folder of settings, ledger and log (SEALYARD_HOME, ~/.sealyard)");
  app.add_flag("--once", once, "One tick, then end: for cron and tests");
  app.set_version_flag("--version", "sealyard-chain " SEALYARD_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_code(sealyard::Fault::usage);
  }
  try {
    return run(home, once);
  } catch (const sealyard::Error& error) {
    std::cerr << "sealyard-chain: " << error.what() << '\n';
    return exit_code(error.fault());
  } catch (const std::exception& error) {
    std::cerr << "sealyard-chain: " << error.what() << '\n';
    return exit_code(sealyard::Fault::internal);
  }
}
