// Automatic pledges: every condition, the times of a cycle by a simulated clock, and kills.
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <fstream>
#include <set>

#include "chain/autotask/driver.h"
#include "chain/autotask/facts.h"
#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/chain/model_chain.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using namespace sealyard::autotask;
using nlohmann::json;

namespace {

constexpr std::uint64_t kGiB = 1 << 30;
constexpr std::int64_t kStart = 1'700'000'000'000;

Candidate node(const std::string& name) {
  Candidate made;
  made.name = name;
  made.stages = {"add_piece", "pc1", "pc2"};
  made.need = {4, 64 * kGiB, 500 * kGiB, {{"pc1slot", 1}}};
  made.cores_free = 32;
  made.memory_free_bytes = 512 * kGiB;
  made.gres_free["pc1slot"] = 6;
  made.disk = Disk{10'000 * kGiB, 1000 * kGiB};
  return made;
}

Facts facts() {
  Facts made;
  made.store = Disk{1'000'000, 100'000};
  made.nodes = {node("n1"), node("n2")};
  return made;
}

Verdict verdict(const Facts& facts, const settings::Auto& rules = {}, std::int64_t starts_in = 0) {
  return decide(facts, rules, [=](const std::string&) { return std::optional(starts_in); });
}

/// The condition that fails when one thing is changed.
std::string with(const std::function<void(Facts&)>& change, const settings::Auto& rules = {}) {
  auto made = facts();
  change(made);
  return verdict(made, rules).condition;
}

void each(Facts& facts, const std::function<void(Candidate&)>& change) {
  for (auto& one : facts.nodes) change(one);
}

/// A controller, its home folder and its clock. What it looks at is `facts`.
struct Desk {
  std::vector<alert::Alert> all;
  Desk() : ledger(ledger::Ledger::open(scratch.path() / "ledger.sqlite")) {
    settings.home = scratch.path();
    set("auto.pledge", "true");
  }
  class Kept : public alert::Sink {
   public:
    explicit Kept(std::vector<alert::Alert>& all) : all_(all) {}
    void deliver(const alert::Alert& alert) override { all_.push_back(alert); }

   private:
    std::vector<alert::Alert>& all_;
  };
  static std::vector<std::unique_ptr<alert::Sink>> sinks(std::vector<alert::Alert>& told) {
    std::vector<std::unique_ptr<alert::Sink>> made;
    made.push_back(std::make_unique<Kept>(told));
    return made;
  }

  void set(const std::string& key, const std::string& value) const {
    change_live(scratch.path(), [&](Live& live) { live[key] = value; });
  }
  void start() {
    driver = std::make_unique<Driver>(
        settings, ledger, alerts,
        [this](const settings::Settings&, const pledge::Sectors&) {
          looks.push_back(now);
          return facts;
        },
        [](const std::string&) { return std::optional<std::int64_t>(0); },
        [this](unsigned most) { return draws.emplace_back(draw(most)); },
        [](bool, const std::string&) {});
  }
  /// Seconds pass; the daemon looks every second.
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      driver->tick({}, now);
      now += 1000;
    }
  }
  std::vector<ledger::Event> pledges() const { return ledger.events(); }
  std::vector<std::string> told(const std::string& kind) {
    alerts.flush();
    std::vector<std::string> found;
    for (const auto& one : all)
      if (one.kind == kind) found.push_back(one.over ? "over" : one.text);
    return found;
  }

  Scratch scratch{"/dev/shm"};  // fsync costs nothing there
  settings::Settings settings;
  ledger::Ledger ledger;
  alert::Alerts alerts{sinks(all), 3'600'000, std::make_shared<spdlog::logger>("nowhere")};
  Facts facts = ::facts();
  std::function<unsigned(unsigned)> draw = [](unsigned) { return 0u; };
  std::unique_ptr<Driver> driver;
  std::int64_t now = kStart;
  std::vector<std::int64_t> looks;
  std::vector<unsigned> draws;
};

}  // namespace

TEST_CASE("autotask: nodes with more free slots come first, then emptier ones", "[autotask]") {
  CHECK(free_slots(node("n1"), {}) == 6);
  CHECK(verdict(facts()).node == "n1");
  CHECK(verdict(facts()).stages == std::vector<std::string>{"add_piece", "pc1", "pc2"});
  auto made = facts();
  made.nodes[0].coming = 1;
  CHECK(verdict(made).node == "n2");
  made.nodes[1].gres_free["pc1slot"] = 4;
  CHECK(verdict(made).node == "n1");
  made.nodes[0].first_stages = 5;
  CHECK(verdict(made, {.max_pc1 = 5}).node == "n2");

  // Two nodes, one sector after the other: an even spread.
  made = facts();
  for (int i = 0; i < 12; ++i) {
    const auto next = verdict(made);
    REQUIRE(next.passes());
    auto& at = made.nodes[next.node == "n1" ? 0 : 1];
    ++at.coming, ++at.first_stages;
  }
  CHECK(made.nodes[0].coming == 6);
  CHECK(made.nodes[1].coming == 6);
  CHECK(verdict(made).condition == "resources");
}

TEST_CASE("autotask: what a node lacks keeps sectors off it", "[autotask]") {  // AUTO-02, AUTO-06
  CHECK(with([](Facts&) {}).empty());
  CHECK(with([](Facts& f) { each(f, [](Candidate& n) { n.cores_free = 3; }); }) == "resources");
  CHECK(with([](Facts& f) {
          each(f, [](Candidate& n) { n.memory_free_bytes = 64 * kGiB - 1; });
        }) == "resources");
  CHECK(with([](Facts& f) { each(f, [](Candidate& n) { n.gres_free["pc1slot"] = 0; }); }) ==
        "resources");
  CHECK(with([](Facts& f) { each(f, [](Candidate& n) { n.gres_free.clear(); }); }) == "resources");
  CHECK(with([](Facts& f) { each(f, [](Candidate& n) { n.coming = 6; }); }) == "resources");
  CHECK(with([](Facts& f) { each(f, [](Candidate& n) { n.pc2_waiting = 2; }); }) == "pc2_backlog");
  CHECK(with([](Facts& f) { each(f, [](Candidate& n) { n.away = "draining"; }); }) == "node_away");
  CHECK(with([](Facts& f) { f.nodes.clear(); }) == "nodes");
  CHECK(with([](Facts& f) { f.unplaced = 11; }).empty());
  CHECK(with([](Facts& f) { f.unplaced = 12; }) == "resources");
  CHECK(with([](Facts& f) { f.sealing = f.max_sealing = 4; }) == "max_sealing");
  CHECK(with([](Facts& f) { f.cluster_trouble = "away"; }) == "cluster");
  CHECK(with([](Facts& f) { each(f, [](Candidate& n) { n.first_stages = 3; }); }, {.max_pc1 = 3}) ==
        "max_pc1");
  CHECK(verdict(facts(), {.start_limit = 600}, 600).passes());
  CHECK(verdict(facts(), {.start_limit = 600}, 601).condition == "start");
  CHECK(decide(facts(), {}, [](const std::string& name) {
          return name == "n1" ? std::nullopt : std::optional<std::int64_t>(0);
        }).node == "n2");

  // Scratch: room for what is coming, and for one more.
  auto made = facts();
  made.nodes[0].disk = Disk{10'000 * kGiB, 0};
  made.nodes[0].coming = 2;
  made.nodes.pop_back();
  made.nodes[0].disk->used_bytes = 8500 * kGiB;
  CHECK(verdict(made).passes());
  made.nodes[0].disk->used_bytes += 1;
  CHECK(verdict(made).condition == "scratch");
  CHECK(verdict(made).text.find("n1: ") == 0);
  made.nodes[0].disk.reset();  // unknown: nothing to go by
  CHECK(verdict(made).passes());
}

TEST_CASE("autotask: disks may be as full as their scale says", "[autotask]") {  // AUTO-11, AUTO-12
  const auto worker = [](std::uint64_t percent, double scale) {
    return with(
        [=](Facts& f) {
          each(f, [=](Candidate& n) {
            n.need.disk_bytes = 1;
            n.disk = Disk{1000, percent * 10};
          });
        },
        {.worker_disk_scale = scale});
  };
  CHECK(worker(89, 0.90).empty());
  CHECK(worker(90, 0.90) == "worker_disk");
  CHECK(worker(91, 0.90) == "worker_disk");
  CHECK(worker(91, 0.92).empty());
  const auto store = [](std::uint64_t percent, double scale) {
    return with([=](Facts& f) { f.store = Disk{100, percent}; }, {.store_scale = scale});
  };
  CHECK(store(94, 0.95).empty());
  CHECK(store(95, 0.95) == "store_disk");
  CHECK(store(96, 0.95) == "store_disk");
  CHECK(store(96, 0.98).empty());
  CHECK(with([](Facts& f) { f.store.reset(); }) == "store_disk");
}

TEST_CASE("autotask: listed nodes and nodes not asked for get none",
          "[autotask]") {  // AUTO-13, -01
  auto made = facts();
  made.nodes[0].listed = true;
  CHECK(verdict(made).node == "n2");
  made.nodes[1].listed = true;
  CHECK(verdict(made).condition == "blacklist");
  CHECK(verdict(facts(), {.node = "n2"}).node == "n2");
  CHECK(verdict(facts(), {.node = "n3"}).condition == "node_away");
}

TEST_CASE("autotask: money for the sectors on their way, and for each node", "[autotask]") {
  const auto money = [](int balance, int required, std::uint64_t online, int miner = 0) {
    return with([=](Facts& f) {
      const types::BigInt fil = types::parse_fil("1 FIL");
      f.senders = {{"t3abc", balance * fil, required * fil}};
      f.online = online;
      f.miner_balance = miner * fil;
    });
  };
  CHECK(money(10, 10, 2).empty());  // AUTO-03
  CHECK(money(10, 11, 2) == "funds");
  CHECK(money(10, 11, 2, 1).empty());
  CHECK(money(10, 0, 3) == "worker_balance");  // AUTO-16
  CHECK(money(10, 0, 2).empty());
  CHECK(with([](Facts& f) { f.chain_trouble = "head is 9 epochs old"; }) == "sync");  // AUTO-14
  // What one sender takes of the miner's balance the other does not have.
  CHECK(with([](Facts& f) {
          f.senders = {{"a", 5, 8}, {"b", 5, 8}};
          f.miner_balance = 5;
        }) == "funds");
}

TEST_CASE("autotask: facts of a cluster", "[autotask]") {
  const Scratch scratch;
  settings::Settings settings;
  settings.proof_type = "StackedDrg2KiBV1_1";
  settings.storage_root = scratch.path() / "root";
  settings.store_root = scratch.path() / "store";
  settings.stages["pc1"] = {.slurm_partition = "pc1", .gres = "pc1slot:1", .cores = 2};
  settings.stages["pc2"] = {.slurm_partition = "gpu"};
  Cluster cluster;
  for (const char* name : {"n1", "n2", "n3"}) {
    slurm::Host host;
    host.name = name;
    host.state = slurm::HostState::idle;
    host.cpus = 8;
    host.memory_bytes = 64 * kGiB;
    host.gres = {{"pc1slot", 4}, {"scratchgib", 100}};
    cluster.hosts.push_back(host);
  }
  cluster.hosts[1].cpus_used = 3;
  cluster.hosts[1].gres_used = {{"pc1slot", 1}, {"scratchgib", 95}};
  cluster.partitions.resize(3);
  cluster.partitions[0].name = "pc1";
  cluster.partitions[0].nodes = {"n1", "n2"};
  cluster.partitions[1].name = "gpu";
  cluster.partitions[1].nodes = {"n1"};
  cluster.partitions[2].nodes = {"n1", "n2", "n3"};
  cluster.partitions[2].is_default = true;
  cluster.blacklist = {"n2"};

  pledge::Sectors sectors;
  const auto add = [&](std::uint64_t number, pledge::State state, const char* where) {
    auto& sector = sectors[{1000, number}];
    sector.id = {1000, number};
    sector.state = state;
    sector.node = where;
    sector.proof_type = settings.proof_type;
  };
  add(1, pledge::State::packing, "n1");
  add(2, pledge::State::pre_commit1, "n1");
  sectors[{1000, 2}].job.emplace().started = true;
  add(3, pledge::State::pre_commit2, "n1");
  add(4, pledge::State::get_ticket, "");
  add(5, pledge::State::seal_pre_commit1_failed, "n1");  // held: it comes to nothing (OPS-14)
  sectors[{1000, 5}].failure.emplace();
  add(6, pledge::State::finalize_sector, "");

  Facts made;
  add_nodes(made, settings, sectors, cluster);
  REQUIRE(made.nodes.size() == 2);  // PC1 runs on two
  CHECK(made.online == 2);
  CHECK(made.unplaced == 1);
  const auto& n1 = made.nodes[0];
  const auto& n2 = made.nodes[1];
  CHECK(n1.stages == std::vector<std::string>{"add_piece", "pc1", "pc2"});
  CHECK(n2.stages == std::vector<std::string>{"add_piece", "pc1"});
  CHECK(n1.need.cores >= 2);
  CHECK(n1.need.gres.at("pc1slot") == 1);
  CHECK((n1.coming == 1 && n1.first_stages == 2 && n1.pc2_waiting == 1));
  CHECK((n2.cores_free == 5 && n2.gres_free.at("pc1slot") == 3 && n2.listed));
  CHECK(n2.disk.value().free_bytes() == 5 * kGiB);

  cluster.hosts[1].state = slurm::HostState::down;  // AUTO-16: a node less
  Facts less;
  add_nodes(less, settings, sectors, cluster);
  CHECK(less.online == 1);
  CHECK(less.nodes[1].away == "down");

  add_store(made, settings, sectors);
  add_store(less, settings, {});
  CHECK(made.sealing >= 5);
  REQUIRE(made.store);
  CHECK(made.store->used_bytes >= 2048);
  const auto request = first_request(settings, "tag", "n1");
  CHECK(request.hosts == "n1");
}

TEST_CASE("autotask: facts of a chain", "[autotask]") {  // AUTO-03
  settings::Settings settings;
  settings.proof_type = "StackedDrg2KiBV1_1";
  ModelPool pool(1);
  ModelChain chain(pool);
  chain.worker = types::Address::of_id(101);
  pledge::Sectors sectors;
  for (const std::uint64_t n : {1, 2, 3, 4}) sectors[{1000, n}].id = {1000, n};
  sectors[{1000, 1}].state = pledge::State::pre_commit1;
  sectors[{1000, 2}].state = pledge::State::wait_seed;
  sectors[{1000, 2}].precommit_epoch = 7;
  sectors[{1000, 3}].state = pledge::State::failed_unrecoverable;
  sectors[{1000, 4}].state = pledge::State::finalize_sector;
  sectors[{1000, 4}].activation = 9;
  Facts made;
  add_chain(made, settings, sectors, chain);
  REQUIRE(made.senders.size() == 1);  // the worker sends both kinds
  CHECK(made.senders[0].balance == types::parse_fil("1000 FIL"));
  // Two deposits of 0.1 and 0.02 for messages, three pledges of 0.25 and 0.03.
  CHECK(types::fil_text(made.senders[0].required) == types::fil_text(types::parse_fil("1.08 FIL")));
  chain.trouble = "head is 90 s old";
  Facts stale;
  add_chain(stale, settings, sectors, chain);
  CHECK(stale.chain_trouble == "head is 90 s old");
  chain.before_call = [] { throw rpc::NoAnswer("nobody there"); };
  Facts silent;
  add_chain(silent, settings, sectors, chain);
  CHECK(silent.chain_trouble.find("nobody there") != std::string::npos);
}

TEST_CASE("autotask: delay, draw, check, a minute, check, pledge", "[autotask]") {  // AUTO-05, -09
  Desk desk;
  desk.draw = [](unsigned most) { return most; };
  desk.start();
  desk.pass(360 + 120);
  CHECK(desk.looks.empty());
  desk.pass(1);
  CHECK(desk.looks == std::vector{kStart + 480'000});
  desk.pass(59);
  CHECK(desk.looks.size() == 1);
  CHECK(desk.pledges().empty());
  desk.pass(1);
  CHECK(desk.looks.size() == 2);
  REQUIRE(desk.pledges().size() == 1);
  const auto pledged = desk.pledges()[0];
  CHECK(pledged.time_ms == kStart + 540'000);
  CHECK(pledged.payload.at("node") == "n1");
  CHECK(pledge::fold({pledged}).node_stages.size() == 3);

  desk.pass(541);
  REQUIRE(desk.pledges().size() == 2);
  CHECK(desk.pledges()[1].sector.number == pledged.sector.number + 1);
  // The second check fails: nothing is pledged, and it begins anew.
  desk.pass(481);
  CHECK(desk.looks.size() == 5);
  desk.facts.chain_trouble = "behind";
  desk.pass(60);
  CHECK(desk.looks.size() == 6);
  CHECK(desk.pledges().size() == 2);
  desk.facts.chain_trouble.clear();
  desk.pass(477);
  CHECK(desk.looks.size() == 6);
  desk.pass(63);
  CHECK(desk.pledges().size() == 3);
}

TEST_CASE("autotask: each cycle draws anew", "[autotask]") {
  Desk desk;
  unsigned state = 1;
  desk.draw = [&](unsigned most) { return (state = state * 16807 % 2147483647) % (most + 1); };
  desk.start();
  for (int i = 0; i < 240; ++i) {
    desk.now = due_ms(desk.driver->status().cycle, 360);
    desk.driver->tick({}, desk.now);
  }
  CHECK(desk.draws.size() >= 120);
  const std::set<unsigned> seen(desk.draws.begin(), desk.draws.end());
  CHECK(*seen.begin() <= 10);
  CHECK(*seen.rbegin() >= kMostDrawS - 10);
  CHECK(*seen.rbegin() <= kMostDrawS);
  const auto events = desk.pledges();
  REQUIRE(events.size() >= 115);
  for (std::size_t i = 1; i < events.size(); ++i) {
    const auto apart = events[i].time_ms - events[i - 1].time_ms;
    REQUIRE(apart >= (360 + 60) * 1000);
    REQUIRE(apart <= (360 + 120 + 60) * 1000);
  }
}

TEST_CASE("autotask: settings are live", "[autotask]") {  // OPS-21, AUTO-09, AUTO-12
  Desk desk;
  desk.start();
  desk.pass(100);
  desk.set("auto.delay", "120");  // of the cycle that waits, too
  desk.pass(21);
  CHECK(desk.looks.size() == 1);
  desk.set("auto.pledge", "false");
  desk.pass(1000);
  CHECK(desk.looks.size() == 1);
  CHECK(read_status(desk.scratch.path()).value().on_ms == 0);
  desk.set("auto.pledge", "true");
  desk.pass(181);
  CHECK(desk.pledges().size() == 1);

  desk.facts.store = Disk{100, 96};
  desk.pass(1000);
  CHECK(desk.driver->status().condition == "store_disk");
  CHECK(desk.pledges().size() == 1);
  desk.set("auto.store_scale", "0.98");
  desk.pass(200);
  CHECK(desk.pledges().size() == 2);

  // Nonsense is refused where it is written; by hand, the last good settings stay.
  CHECK_THROWS_AS(desk.set("auto.store_scale", "1.1"), Error);
  CHECK_THROWS_AS(desk.set("auto.delay", "soon"), Error);
  CHECK_THROWS_AS(desk.set("auto.nosuch", "1"), Error);
  std::ofstream(desk.settings.live_file()) << "auto.pledge = maybe\n";
  desk.pass(200);
  CHECK(desk.pledges().size() == 3);
}

TEST_CASE("autotask: people are told of money, numbers and silence", "[autotask]") {
  Desk desk;
  desk.set("auto.max_sector", "3");
  desk.settings.first_sector = 1;
  desk.start();
  SECTION("the last number") {  // AUTO-15
    desk.pass(8 * 3600);
    std::set<std::uint64_t> numbers;
    for (const auto& event : desk.pledges()) numbers.insert(event.sector.number);
    CHECK(numbers == std::set<std::uint64_t>{1, 2, 3});
    CHECK(desk.told("autotask_max_sector") == std::vector<std::string>{"sector numbers end at 3"});
    desk.set("auto.max_sector", "4");
    desk.pass(1000);
    CHECK(desk.pledges().size() == 4);
    CHECK(desk.told("autotask_max_sector").size() >= 2);
  }
  SECTION("money") {  // AUTO-03: no pledge, one alert; then a pledge and the all-clear
    desk.facts.senders = {{"t3abc", 5, 6}};
    desk.pass(3000);
    CHECK(desk.pledges().empty());
    REQUIRE(desk.told("autotask_funds").size() == 1);
    CHECK(desk.told("autotask_funds")[0].find("t3abc holds") == 0);
    desk.facts.senders[0].balance = 6;
    desk.pass(900);
    CHECK(desk.pledges().size() == 2);
    CHECK(desk.told("autotask_funds").back() == "over");
  }
  SECTION("nothing pledged for three times as long as it takes") {  // AUTO-08, AUTO-17
    desk.facts.nodes.clear();
    desk.pass(3 * (360 + 180) + 1);
    CHECK(desk.told("autotask_idle").empty());
    desk.pass(1);
    REQUIRE(desk.told("autotask_idle").size() == 1);
    CHECK(desk.told("autotask_idle")[0].find("1621 s: nodes: no node's partitions") !=
          std::string::npos);
    desk.pass(600);
    CHECK(desk.told("autotask_idle").size() == 1);
    desk.facts.nodes = {node("n1")};
    desk.pass(1000);
    CHECK(desk.told("autotask_idle").back() == "over");
  }
}

TEST_CASE("autotask: a restart goes on where it was", "[autotask]") {
  Desk desk;
  desk.start();
  desk.pass(361);
  REQUIRE(desk.looks.size() == 1);
  const auto before = *read_status(desk.scratch.path());
  desk.start();  // between the checks
  desk.pass(60);
  REQUIRE(desk.pledges().size() == 1);
  // Killed right after the pledge, before anything else was written.
  write_status(desk.scratch.path(), before);
  desk.start();
  desk.pass(360);
  CHECK(desk.pledges().size() == 1);
  desk.pass(62);
  CHECK(desk.pledges().size() == 2);
  // The file is lost, or nonsense.
  std::ofstream(status_file(desk.scratch.path())) << "{\"on_ms\": ";
  desk.start();
  desk.pass(422);
  CHECK(desk.pledges().size() == 3);
  // The clock is put back by an hour.
  desk.now -= 3'600'000;
  desk.pass(425);
  CHECK(desk.pledges().size() == 4);
}

TEST_CASE("autotask: kills lose no cycle and double none", "[autotask]") {
  const Scratch scratch("/dev/shm");
  change_live(scratch.path(), [](Live& live) { live["auto.pledge"] = "true"; });
  const auto file = scratch.path() / "ledger.sqlite";
  ledger::Ledger::open(file);
  struct Shared {
    volatile std::int64_t now = kStart;
  };
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  auto* shared = new (memory) Shared;
  const auto count = [&] { return ledger::Ledger::open(file).last_seq(); };
  constexpr int kKills = 12;
  for (int kill_number = 1; kill_number <= kKills; ++kill_number) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        auto ledger = ledger::Ledger::open(file);
        settings::Settings settings;
        settings.home = scratch.path();
        alert::Alerts alerts({}, 1, std::make_shared<spdlog::logger>("nowhere"));
        Driver driver(
            settings, ledger, alerts,
            [](const settings::Settings&, const pledge::Sectors&) { return facts(); },
            [](const std::string&) { return std::optional<std::int64_t>(0); },
            [](unsigned) { return 7u; }, [](bool, const std::string&) {});
        for (;;) {
          driver.tick({}, shared->now);
          shared->now = shared->now + 1000;
        }
      } catch (...) {
        _exit(1);
      }
    }
    // Somewhere after its next pledge: wherever it happens to be.
    const auto enough = count() + 1 + static_cast<std::uint64_t>(kill_number) % 3;
    while (count() < enough && waitpid(child, nullptr, WNOHANG) == 0) usleep(200);
    REQUIRE(kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
  }
  const auto events = ledger::Ledger::open(file).events();
  REQUIRE(events.size() >= kKills);
  std::set<std::string> requests;
  for (std::size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].sector.number == i);
    requests.insert(events[i].payload.at("request"));
    if (i == 0) continue;
    const auto apart_s = (events[i].time_ms - events[i - 1].time_ms) / 1000;
    CHECK(apart_s >= 360 + 60);
    CHECK(apart_s <= 2 * (360 + 7 + 60));  // a kill may cost what was not written down yet
  }
  CHECK(requests.size() == events.size());
  munmap(memory, sizeof(Shared));
}
