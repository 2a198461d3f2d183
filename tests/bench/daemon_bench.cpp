// The daemon beside many sectors that are on chain and need nothing: how long a tick takes, and how
// long it takes from the start of the process to the end of the first tick. Neither slurmctld nor a
// node is asked: what they take does not depend on sectors at rest.
//
// usage: bench-daemon [--sectors N] [--in FOLDER]    N: 1000000; a ledger of 1 GB lies in FOLDER
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>

#include "chain/daemon/daemon.h"
#include "tests/bench/bench.h"
#include "tests/chain/scratch.h"

using namespace sealyard;

namespace {

constexpr std::uint64_t kMiner = 1000, kInOneGo = 10'000, kActive = 100;
constexpr int kEvents = 4, kTicks = 200;
constexpr double kTickGoalS = 1e-3, kStartGoalS = 2;

/// What a sector leaves in the ledger, shortened: its states follow from the last event.
void add_sector(ledger::Ledger& ledger, std::uint64_t number, const char* to) {
  const auto add = [&](const char* kind, nlohmann::json payload) {
    ledger.append({0, 1'700'000'000'000, {kMiner, number}, kind, std::move(payload), "bench"});
  };
  add("pledged", {{"proof_type", "StackedDrg32GiBV1_1"}, {"group", ""}, {"node", ""}});
  add("ticket", {{"value", std::string(64, 'a')}, {"epoch", 100}, {"source", "chain"}});
  add("note", {{"text", std::string(300, 'x')}});
  add("state", {{"to", to}, {"reason", "bench"}});
}

std::uint64_t fill(const std::filesystem::path& file, std::uint64_t sectors) {
  auto ledger = ledger::Ledger::open(file);
  for (std::uint64_t n = 0; n < sectors; n += kInOneGo) {
    std::vector<ledger::Resting> resting;
    ledger.transact([&] {
      for (auto i = n; i < std::min(n + kInOneGo, sectors); ++i) {
        add_sector(ledger, i, "Proving");
        resting.push_back({{kMiner, i}, ledger.last_seq()});
      }
    });
    ledger.rest(resting);
  }
  ledger.transact([&] {
    for (std::uint64_t i = 0; i < kActive; ++i) add_sector(ledger, sectors + i, "WaitChain");
  });
  return ledger.last_seq();
}

daemon::Daemon start(const std::filesystem::path& home) {
  settings::Settings settings;
  settings.home = home;
  settings.storage_root = home / "storage";
  return {settings, ledger::Ledger::open(settings.ledger_file()),
          std::make_shared<spdlog::logger>("nowhere")};
}

void require(bool holds, std::string_view what) {
  if (!holds) throw Error(Fault::internal, "bench-daemon: {}", what);
}

/// Resident now, not at most: filling took more.
double resident_mib() {
  unsigned long all = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%lu %lu", &all, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void measure(const std::filesystem::path& home, std::uint64_t sectors) {
  const bench::Meter cold;
  auto daemon = start(home);
  daemon.tick();
  const double start_s = cold.spent().wall_s;
  require(daemon.sectors().size() == kActive, "other sectors than those awake were loaded");

  std::vector<double> ticks;
  for (int i = 0; i < kTicks; ++i) {
    const bench::Meter one;
    daemon.tick();
    ticks.push_back(one.spent().wall_s);
  }
  std::sort(ticks.begin(), ticks.end());
  const double tick_s = ticks[ticks.size() / 2];

  // One of them is sent back by an operator.
  auto operators = ledger::Ledger::open(home / "ledger.sqlite");
  operators.append(
      {0, 0, {kMiner, sectors / 2}, "state", {{"to", "WaitChain"}, {"reason", "bench"}}, "bench"});
  const bench::Meter one;
  daemon.tick();
  const double wake_s = one.spent().wall_s;
  require(daemon.sectors().at({kMiner, sectors / 2}).events == kEvents + 1,
          "a sector that was woken is not known whole");

  fmt::print("{} sectors at rest, {} awake\n", sectors, kActive);
  fmt::print("cold start, first tick done {:10.3f} ms\n", 1e3 * start_s);
  fmt::print("tick, nothing changed       {:10.3f} ms median, {:.3f} ms longest of {}\n",
             1e3 * tick_s, 1e3 * ticks.back(), kTicks);
  fmt::print("tick that wakes one sector  {:10.3f} ms\n", 1e3 * wake_s);
  fmt::print("resident                    {:10.1f} MiB\n", resident_mib());
  bench::print_ratio("daemon-tick-goal-over-time", kTickGoalS / tick_s, 1);
  bench::print_ratio("daemon-start-goal-over-time", kStartGoalS / start_s, 1);
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bench::Words words(argc - 1, argv + 1, {"--sectors", "--in"}, {});
    setenv("SLURM_CONF", "/nonexistent/slurm.conf", 1);
    const Scratch scratch(words.has("--in") ? words.text("--in") : "/tmp");
    const auto sectors = words.number("--sectors", 1'000'000);
    const bench::Meter meter;
    const auto events = fill(scratch.path() / "ledger.sqlite", sectors);
    fmt::print("{} events written in {:.0f} s\n", events, meter.spent().wall_s);
    measure(scratch.path(), sectors);
  });
}
