// Which sectors the daemon keeps in mind. Without a slurmctld: jobs are tests/chain/0101-daemon.sh.
#include "chain/daemon/daemon.h"

#include <spdlog/spdlog.h>

#include "tests/catch.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using nlohmann::json;
using pledge::State;

namespace {

struct House {
  House() { setenv("SLURM_CONF", "/nonexistent/slurm.conf", 1); }

  ledger::Ledger ledger() const { return ledger::Ledger::open(scratch.path() / "ledger.sqlite"); }
  void add(std::uint64_t number, std::string kind, json payload) const {
    ledger().append({0, 0, {1000, number}, std::move(kind), std::move(payload), "test"});
  }
  void pledge(std::uint64_t number) const {
    add(number, "pledged", {{"proof_type", "StackedDrg2KiBV1_1"}});
  }
  void move(std::uint64_t number, const char* to) const {
    add(number, "state", {{"to", to}, {"reason", "test"}});
  }
  daemon::Daemon start() const {
    settings::Settings settings;
    settings.home = scratch.path();
    settings.storage_root = scratch.path() / "storage";
    return {settings, ledger(), std::make_shared<spdlog::logger>("nowhere")};
  }

  Scratch scratch;
};

}  // namespace

TEST_CASE("daemon: a sector at rest is let go, and known whole when it is woken", "[daemon]") {
  const House house;
  for (const std::uint64_t n : {1, 2, 3}) house.pledge(n);
  house.move(1, "Proving");
  house.move(2, "Proving");
  house.move(3, "WaitChain");
  auto daemon = house.start();
  daemon.tick();
  REQUIRE(daemon.sectors().size() == 1);
  CHECK(daemon.sectors().contains({1000, 3}));
  CHECK_FALSE(daemon.ledger_changed());

  house.move(2, "WaitChain");
  house.pledge(4);
  house.move(4, "WaitChain");
  daemon.tick();
  REQUIRE(daemon.sectors().size() == 3);
  const auto& woken = daemon.sectors().at({1000, 2});
  CHECK(woken.state == State::wait_chain);
  CHECK(woken.events == 3);
  CHECK(woken.proof_type == "StackedDrg2KiBV1_1");
  CHECK(daemon.sectors().at({1000, 4}).events == 2);

  auto later = house.start();
  later.tick();
  CHECK(later.sectors().size() == 3);
  CHECK(later.sectors().at({1000, 2}).last_seq == woken.last_seq);

  house.move(2, "Proving");
  later.tick();
  CHECK_FALSE(later.sectors().contains({1000, 2}));
  CHECK(house.ledger().events_awake().size() == 4);
}

TEST_CASE("daemon: a sector that waits for people stays in mind", "[daemon]") {
  const House house;
  house.pledge(1);
  house.add(1, "failed",
            {{"stage", "pc1"},
             {"cause", "corrupt"},
             {"text", "pc1: bad"},
             {"action", "give_up"},
             {"to", "Packing"},
             {"again_ms", 0}});
  house.pledge(2);
  house.add(2, "state", {{"to", "no such state"}});
  auto daemon = house.start();
  for (int i = 0; i < 3; ++i) daemon.tick();
  REQUIRE(daemon.sectors().size() == 2);
  CHECK(daemon.sectors().at({1000, 1}).state == State::failed_unrecoverable);
  CHECK_FALSE(daemon.sectors().at({1000, 2}).broken.empty());
}
