// A miner that makes blocks on the development chain: election, WinningPoSt, header and rules are
// real; the process brings the proof of the reference, and time is the test's.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "chain/rpc/client.h"
#include "chain/winning/driver.h"
#include "chain/winning/standing.h"
#include "jobs/stage/post_result.h"
#include "tests/chain/dev_provider.h"
#include "tests/chain/recorded.h"

using namespace sealyard;
using types::Epoch;
using types::JsonView;
using winning::Outcome;

namespace {

/// Ends a driver where it stands, as a kill does.
struct Killed {};

class ScriptedProver : public winning::Prover {
 public:
  types::Bytes proof;
  bool busy = false, fails = false;
  int starts = 0, stops = 0;

  void start(const std::filesystem::path& order, const std::filesystem::path& result) override {
    ++starts;
    running_ = busy;
    if (busy || fails) return;
    const auto asked = stage::read_post_order(order);
    REQUIRE(asked);
    stage::PostResult made;
    made.kind = asked->kind;
    made.sector_bytes = asked->sector_bytes;
    made.miner = asked->miner;
    made.randomness = asked->randomness;
    made.randomness.bytes[31] &= 0x3f;
    made.partitions = 1;
    made.sectors = {asked->sectors.at(0).number};
    made.proof = proof;
    made.params = "development";
    stage::write(result, made);
  }
  bool runs() override { return running_; }
  void stop() override {
    stops += running_;
    running_ = false;
  }

 private:
  bool running_ = false;
};

std::string vector_file(const char* name) {
  return (std::filesystem::path(SEALYARD_VECTORS) / "seal/2k-data-v1_1" / name).string();
}

dev::Policy policy() {
  dev::Policy p;
  p.finality = 4;  // elections look back so far
  return p;
}

/// Sector 2 has had power for longer than elections look back.
struct Mine : Provider {
  Mine() : Provider(policy()) {
    settings.miner = 1000;
    settings.network = "development";
    settings.storage_root = scratch.path() / "storage";
    settings.store_root = scratch.path() / "store";
    prover.proof = vectors::bytes("post/winning-2k/proof.bin");
    prove_commit();
    start();
  }

  void get_power() {
    land(post(to_window(), proof));
    REQUIRE(power() == 2048);
    advance(6);
  }

  /// As a daemon that was killed.
  void start() {
    driver.reset();
    book.emplace(scratch.path() / "blocks.sqlite");
    winning::Keys keys;
    keys.draw = [this](const types::Address& who, const election::Draw& draw) {
      CHECK(who == worker.address());
      return worker.sign(draw.node().bytes);
    };
    keys.sign = [this](const types::Address&, const election::Header& h) {
      if (killed_before_signing) throw Killed{};
      made.push_back(h.height);
      if (killed_after_signing) throw Killed{};
      return std::optional(worker.sign(h.signed_bytes()));
    };
    driver.emplace(
        settings, node, std::move(keys),
        [](SectorId, bool) {
          return deadline::Place{vector_file("sealed"), vector_file("cache")};
        },
        real ? static_cast<winning::Prover&>(*real) : prover, *book, [this] { return now_ms; },
        [this](bool, const std::string& line) { lines.push_back(line); });
  }

  std::int64_t head_ms() {
    return 1000 * static_cast<std::int64_t>(node.head().blocks.at(0).timestamp);
  }
  /// The challenge of the reference's proof for the next epoch.
  void set_challenge() {
    set_randomness("beacon", types::DrawTag::winning_post_sectors, height() + 1,
                   vectors::node(winning.at("randomness").get<std::string>()));
  }

  /// Until an election is won and its proof is under way.
  Epoch win() {
    for (int epochs = 0; epochs < 40; ++epochs) {
      set_challenge();
      now_ms = head_ms() + 400;
      driver->tick();
      for (const auto& line : lines) UNSCOPED_INFO(line);
      if (driver->last().outcome == Outcome::proving) return driver->last().epoch;
      REQUIRE(driver->last().outcome == Outcome::lost);
      advance(1);
    }
    FAIL("40 elections lost with all of the power");
    return -1;
  }

  /// A right block of the next epoch, made by hand, where that wins.
  election::Block right_block() {
    for (;; advance(1)) {
      set_challenge();
      const auto head = node.head();
      const auto info = node.mining_base(miner, head.height + 1, head.key);
      REQUIRE(info);
      rpc::BlockTemplate t;
      t.miner = miner;
      t.parents = head.key;
      t.epoch = head.height + 1;
      t.beacons = info->beacons;
      const auto& beacon = t.beacons.back().data;
      t.election = worker.sign(election::election_of(miner, t.epoch, beacon).node().bytes).data;
      t.win_count = election::win_count(t.election, info->power, info->total);
      if (t.win_count == 0) continue;
      t.ticket =
          worker
              .sign(election::ticket_of(miner, t.epoch, beacon, head.blocks[0].ticket).node().bytes)
              .data;
      t.messages = node.select_messages(head.key, election::quality(t.ticket));
      t.timestamp = head.blocks[0].timestamp + 1;
      t.winning_proofs = {{0, prover.proof}};
      return node.create_block(t);
    }
  }
  election::Block signed_by_worker(election::Block block) {
    block.header.signature = worker.sign(block.header.signed_bytes());
    return block;
  }
  std::string refusal(const election::Block& block) {
    try {
      node.submit_block(block);
      return "";
    } catch (const rpc::RpcError& error) {
      return error.message();
    }
  }

  settings::Settings settings;
  Json winning = Json::parse(vectors::bytes("post/winning-2k/case.json"));
  ScriptedProver prover;
  std::optional<winning::ProcessProver> real;  ///< in place of it
  std::int64_t now_ms = 0;
  bool killed_before_signing = false, killed_after_signing = false;
  std::vector<Epoch> made;  ///< epochs whose headers were signed
  std::vector<std::string> lines;
  std::optional<winning::Book> book;
  std::optional<winning::Driver> driver;
};

std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

}  // namespace

TEST_CASE("winning: a miner with power wins, and its block is on the chain", "[winning][dev]") {
  Mine mine;
  mine.now_ms = mine.head_ms() + 400;
  mine.driver->tick();
  CHECK(mine.driver->last().outcome == Outcome::idle);  // no power yet
  mine.get_power();

  const auto transfer = Net::priced(mine.owner, mine.message(mine.owner, mine.worker.address(), 7));
  const auto cid = mine.node.push(transfer);
  mine.now_ms = mine.head_ms() + 300;  // blocks may still arrive
  mine.driver->tick();
  CHECK(mine.prover.starts == 0);
  const auto epoch = mine.win();
  mine.driver->tick();  // the proof is there: the block is made
  mine.now_ms = mine.head_ms() + 999;
  mine.driver->tick();
  REQUIRE(mine.driver->last().outcome == Outcome::proving);  // not before its time
  mine.now_ms = mine.head_ms() + 1000;
  mine.driver->tick();
  INFO(mine.lines.back());
  REQUIRE(mine.driver->last().outcome == Outcome::sent);
  CHECK(mine.made == std::vector{epoch});

  mine.advance(1);
  const auto head = mine.node.head();
  CHECK(head.height == epoch);
  CHECK(head.blocks.at(0).miner == mine.miner);
  CHECK(head.key == rpc::TipsetKey{mine.driver->last().block});
  CHECK(head.blocks[0].win_count == mine.driver->last().wins);
  mine.advance(1);  // on top of it
  CHECK(mine.node.head().blocks.at(0).parents == head.key);
  CHECK(mine.node.search(cid));
  mine.driver->tick();
  CHECK(mine.made == std::vector{epoch});
}

TEST_CASE("winning: a block takes the place of the chain's own of its epoch", "[winning][dev]") {
  Mine mine;
  mine.get_power();
  const auto epoch = mine.win();
  mine.driver->tick();
  mine.now_ms = mine.head_ms() + 1000;
  mine.advance(1);
  const auto own = mine.node.head();
  REQUIRE(own.height == epoch);
  REQUIRE(own.blocks.at(0).miner != mine.miner);
  mine.driver->tick();
  INFO(mine.lines.back());
  REQUIRE(mine.driver->last().outcome == Outcome::sent);
  const auto head = mine.node.head();
  CHECK(head.height == epoch);
  CHECK(head.blocks.at(0).miner == mine.miner);
  CHECK(head.blocks[0].parents == own.blocks[0].parents);
  const auto changes = mine.node.path(own.key, head.key);
  CHECK(changes.size() == 2);  // one reverted, one applied
  mine.advance(3);
  CHECK(mine.node.head().height == epoch + 3);
}

TEST_CASE("winning: what is wrong in a block is found", "[winning][dev]") {
  Mine mine;
  mine.get_power();
  const auto block = mine.right_block();
  const auto changed = [&](auto&& change) {
    auto other = block;
    change(other.header);
    return mine.refusal(mine.signed_by_worker(other));
  };
  using Catch::Contains;
  CHECK_THAT(mine.refusal(block), Contains("block signature"));  // the node holds no keys
  auto forged = mine.signed_by_worker(block);
  forged.header.signature = mine.owner.sign(forged.header.signed_bytes());
  CHECK_THAT(mine.refusal(forged), Contains("block signature"));
  CHECK_THAT(changed([](auto& h) { h.winning_proofs[0].bytes[100] ^= 1; }),
             Contains("winning post was invalid"));
  CHECK_THAT(changed([](auto& h) { h.winning_proofs.clear(); }), Contains("invalid election post"));
  CHECK_THAT(changed([](auto& h) { h.winning_proofs[0].type = 3; }),
             Contains("invalid election post"));
  CHECK_THAT(changed([](auto& h) { h.election[50] ^= 1; }), Contains("election proof failed"));
  CHECK_THAT(changed([](auto& h) { h.election = h.ticket; }), Contains("election proof failed"));
  CHECK_THAT(changed([](auto& h) { h.ticket[50] ^= 1; }), Contains("tickets failed"));
  CHECK_THAT(changed([](auto& h) { ++h.win_count; }), Contains("wrong number of wins"));
  CHECK_THAT(changed([](auto& h) { h.win_count = 0; }), Contains("not claiming to be a winner"));
  CHECK_THAT(changed([](auto& h) { h.beacons[0].data[3] ^= 1; }), Contains("beacon values"));
  CHECK_THAT(changed([](auto& h) { ++h.timestamp; }), Contains("wrong timestamp"));
  CHECK_THAT(changed([](auto& h) { ++h.parent_weight; }), Contains("parent weight"));
  CHECK_THAT(changed([](auto& h) { h.state_root = h.messages; }), Contains("state root"));
  CHECK_THAT(changed([](auto& h) { ++h.parent_base_fee; }), Contains("base fee"));
  CHECK_THAT(changed([](auto& h) { h.messages = h.parents[0]; }), Contains("message root"));
  CHECK_THAT(changed([](auto& h) { h.miner = types::Address::of_id(90); }), !Contains("none"));

  CHECK(mine.refusal(mine.signed_by_worker(block)).empty());
  CHECK(mine.refusal(mine.signed_by_worker(block)).empty());  // the same one again
  CHECK_THAT(changed([](auto& h) { h.fork_signal = 1; }), Contains("SLASH FILTER DETECTED FAULT"));
  mine.advance(2);
  CHECK(mine.node.tipset_by_height(block.header.height).blocks.at(0).miner == mine.miner);
  CHECK_THAT(mine.refusal(mine.signed_by_worker(block)), Contains("too late"));
}

TEST_CASE("winning: answers have the form of lotus'", "[winning][dev]") {
  Mine mine;
  mine.get_power();
  const auto block = mine.right_block();
  const auto head = mine.node.head();
  const auto result = [](const char* name) {
    return recorded::read(name).at("response").at("result");
  };
  const auto info =
      mine.client.call("MinerGetBaseInfo", {"t01000", head.height + 1, types::to_json(head.key)});
  const auto want = result("MinerGetBaseInfo");
  CHECK(keys_of(info) == keys_of(want));
  CHECK(keys_of(info.at("Sectors").at(0)) == keys_of(want.at("Sectors").at(0)));
  CHECK(info.at("Sectors").at(0).at("SectorNumber") == 2);
  CHECK(info.at("MinerPower") == "2048");
  CHECK(info.at("BeaconEntries").at(0).at("Round") ==
        info.at("PrevBeaconEntry").at("Round").get<int>() + 1);
  const auto made = result("MinerCreateBlock-bad");
  CHECK(keys_of(block.json()) == keys_of(made));
  CHECK(keys_of(block.json().at("Header")) == keys_of(made.at("Header")));
  CHECK(mine.client.call("MpoolSelect", {types::to_json(head.key), 0.8}) == result("MpoolSelect"));
  try {
    mine.node.mining_base(types::Address::of_id(9999), head.height + 1, head.key);
    FAIL("no error");
  } catch (const rpc::RpcError& error) {
    const auto recorded_error =
        recorded::read("MinerGetBaseInfo-unknown-miner").at("response").at("error");
    CHECK(error.code() == recorded_error.at("code"));
    CHECK(error.message() == recorded_error.at("message"));
  }
}

TEST_CASE("winning: killed anywhere, an epoch has one block or none", "[winning][dev]") {
  Mine mine;
  mine.get_power();
  const bool signed_before = GENERATE(false, true);
  (signed_before ? mine.killed_after_signing : mine.killed_before_signing) = true;
  const auto epoch = mine.win();
  CHECK_THROWS_AS(mine.driver->tick(), Killed);
  mine.killed_after_signing = mine.killed_before_signing = false;
  const auto before = mine.made.size();
  for (int i = 0; i < 3; ++i) {
    mine.start();
    mine.now_ms = mine.head_ms() + 500 + 100 * i;
    mine.driver->tick();
    CHECK(mine.driver->last().epoch == epoch);
    CHECK(mine.driver->last().outcome == Outcome::withheld);
  }
  CHECK(mine.made.size() == before);
  mine.advance(1);
  CHECK(mine.node.head().blocks.at(0).miner != mine.miner);  // the epoch went by without it

  mine.win();  // and the next one is made
  mine.driver->tick();
  mine.start();  // killed when all was ready
  mine.now_ms = mine.head_ms() + 1000;
  mine.driver->tick();
  CHECK(mine.driver->last().outcome == Outcome::withheld);
  std::set<Epoch> epochs(mine.made.begin(), mine.made.end());
  CHECK(epochs.size() == mine.made.size());
}

TEST_CASE("winning: what is late is not sent", "[winning][dev]") {
  Mine mine;
  mine.get_power();
  mine.prover.busy = true;
  const auto epoch = mine.win();
  mine.now_ms = mine.head_ms() + 1332;
  mine.driver->tick();
  CHECK(mine.driver->last().outcome == Outcome::proving);
  mine.now_ms = mine.head_ms() + 1333;  // others build on the epoch without it
  mine.driver->tick();
  CHECK(mine.driver->last().outcome == Outcome::late);
  CHECK(mine.prover.stops == 1);
  CHECK(mine.made.empty());
  CHECK_FALSE(mine.book->claimed(1000, epoch));

  mine.prover.busy = false;
  mine.advance(1);
  mine.win();
  mine.driver->tick();  // made in time
  CHECK(mine.made.size() == 1);
  mine.now_ms = mine.head_ms() + 5000;  // and then nobody had time to send it
  mine.driver->tick();
  CHECK(mine.driver->last().outcome == Outcome::late);
  mine.advance(1);
  CHECK(mine.node.head().blocks.at(0).miner != mine.miner);
}

TEST_CASE("winning: no proof costs an epoch, not the next one", "[winning][dev]") {
  Mine mine;
  mine.get_power();
  mine.prover.fails = true;
  mine.win();
  const auto starts = mine.prover.starts;
  for (int i = 0; i < 3; ++i) mine.driver->tick();
  CHECK(mine.driver->last().outcome == Outcome::failed);
  CHECK(mine.prover.starts == starts);  // one try
  CHECK(mine.made.empty());
  mine.prover.fails = false;
  mine.advance(1);
  mine.win();
  mine.driver->tick();
  mine.now_ms = mine.head_ms() + 1100;
  mine.driver->tick();
  CHECK(mine.driver->last().outcome == Outcome::sent);
}

TEST_CASE("winning: the book outlives a kill and refuses every second block", "[winning]") {
  Scratch scratch;
  const auto file = scratch.path() / "blocks.sqlite";
  const auto cid = [](std::uint8_t n) { return types::Cid::of_cbor(types::Bytes{n}); };
  { winning::Book book(file); }
  const auto child = fork();
  if (child == 0) {
    winning::Book book(file);
    if (book.claim(1000, 7, {cid(1)}, 6).empty()) kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));

  using Catch::Contains;
  winning::Book book(file);
  CHECK(book.claimed(1000, 7));
  CHECK_THAT(book.claim(1000, 7, {cid(2)}, 6), Contains("epoch 7 has a block already"));
  CHECK_THAT(book.claim(1000, 8, {cid(1)}, 6), Contains("on the same parents"));
  CHECK(book.claim(1001, 7, {cid(1)}, 6).empty());  // another miner
  CHECK(book.claim(1000, 8, {cid(3)}, 7).empty());  // nothing was signed for 7
  book.sign(1000, 8, cid(4));
  CHECK_THAT(book.claim(1000, 9, {cid(5)}, 8), Contains("not among the parents"));
  CHECK(book.claim(1000, 9, {cid(5), cid(4)}, 8).empty());
}

TEST_CASE("winning: a proof is a process that can be ended with all it started", "[winning]") {
  Scratch scratch;
  const auto order = scratch.path() / "an order.json", result = scratch.path() / "p.result.json";
  winning::ProcessProver quick("/bin/echo", "", {});
  quick.start(order, result);
  Net::until([&] { return !quick.runs(); });
  std::ifstream said(scratch.path() / "p.result.out");
  std::string line;
  std::getline(said, line);
  CHECK(line == "--order " + order.string() + " --out " + result.string());

  setenv("FULLNODE_API_INFO", "token:secret", 1);
  winning::ProcessProver shown("/bin/true", "env #", {{"FIL_PROOFS_PARAMETER_CACHE", "/params"}});
  shown.start(order, scratch.path() / "e.result.json");
  unsetenv("FULLNODE_API_INFO");
  Net::until([&] { return !shown.runs(); });
  std::ifstream variables(scratch.path() / "e.result.out");
  const std::string all{std::istreambuf_iterator<char>(variables), {}};
  CHECK(all.find("FIL_PROOFS_PARAMETER_CACHE=/params\n") != std::string::npos);
  CHECK(all.find("secret") == std::string::npos);

  winning::ProcessProver slow("/bin/true", "sleep 1000 #", {});
  slow.start(order, result);
  CHECK(slow.runs());
  slow.stop();
  CHECK_FALSE(slow.runs());
}

namespace {

/// A cluster with jobs that stand by.
struct Queue : deadline::Jobs {
  std::vector<slurm::JobState> jobs;
  bool up = true;
  std::string refusal;
  std::uint32_t asked = 0;

  bool answers() const override { return up; }
  std::vector<slurm::JobState> find(const std::string&) const override { return {}; }
  std::vector<slurm::JobState> all() const override { return jobs; }
  slurm::Submitted submit(const slurm::Request& request, std::time_t) override {
    if (!refusal.empty()) throw Error(Fault::configuration, "{}", refusal);
    slurm::JobState job;
    job.id = {++asked, -1};
    job.name = request.name;
    job.cpus = static_cast<std::uint32_t>(request.cores);
    job.time_limit_s = request.time_s;
    jobs.push_back(job);
    return {.id = job.id, .state = job.state};
  }
  void cancel(slurm::JobId id) override {
    std::erase_if(jobs, [&](const auto& job) { return job.id == id; });
  }
  std::vector<slurm::Attempt> past(const std::vector<std::string>&) const override { return {}; }
  std::vector<slurm::Reservation> reservations() const override { return {}; }
  void reserve(const slurm::Reservation&) override {}
  void move(const slurm::Reservation&) override {}
  void unreserve(const std::string&) override {}

  void start(std::size_t index, std::int64_t now_s) {
    auto& job = jobs.at(index);
    job.state = slurm::State::running;
    job.start_time = now_s;
    job.end_time = now_s + job.time_limit_s;
  }
};

}  // namespace

TEST_CASE("winning: a job stands by, found again, renewed and let go", "[winning]") {
  settings::Settings settings;
  settings.proof_type = "StackedDrg2KiBV1_1";
  settings.chain.winning_post = settings.chain.winning_step = true;
  settings.stages["winning_post"].cores = 3;
  Queue queue;
  std::vector<std::string> lines;
  std::optional<winning::Standing> standing;
  const auto start = [&] {
    standing.emplace(settings, "t", queue,
                     [&](bool, const std::string& line) { lines.push_back(line); });
  };
  std::int64_t now_s = 1'700'000'000;
  const auto tick = [&] {
    standing->tick(now_s * 1000);
    return standing->words();
  };
  start();
  queue.up = false;
  tick();
  CHECK(queue.asked == 0);
  queue.up = true;
  CHECK(tick().empty());
  REQUIRE(queue.jobs.size() == 1);
  CHECK(queue.jobs[0].name == "sw.t.1000.1700000000");
  start();
  CHECK(tick().empty());  // it waits: no second one
  queue.start(0, now_s);
  CHECK(tick().find("--jobid=1 ") != std::string::npos);
  CHECK(tick().find("--cpus-per-task=3 ") != std::string::npos);
  start();
  CHECK(tick().find("--jobid=1 ") != std::string::npos);
  queue.up = false;
  CHECK(tick().find("--jobid=1 ") != std::string::npos);
  queue.up = true;
  CHECK(queue.asked == 1);

  now_s += 24 * 3600 - 3600;  // an hour before its end
  tick();
  REQUIRE(queue.asked == 2);
  tick();
  now_s += 600;
  queue.start(1, now_s);
  CHECK(tick().find("--jobid=2 ") != std::string::npos);
  CHECK(queue.jobs.size() == 2);  // a step of the first one may still run
  now_s += 120;
  tick();
  REQUIRE(queue.jobs.size() == 1);
  CHECK(queue.jobs[0].id.job == 2);

  queue.jobs[0].state = slurm::State::timeout;  // lost
  CHECK(tick().empty());
  CHECK(queue.asked == 3);
  queue.jobs.clear();
  queue.refusal = "Invalid qos";
  lines.clear();
  for (int i = 0; i < 5; ++i, now_s += 61) CHECK(tick().empty());
  CHECK(lines ==
        std::vector<std::string>{"winning: no job stands by, proofs run here: Invalid qos"});
  queue.refusal.clear();
  tick();
  REQUIRE(queue.jobs.size() == 1);
  settings.chain.winning_step = false;
  CHECK(tick().empty());
  CHECK(queue.jobs.empty());
}

TEST_CASE("winning: a proof of seal-winning-post makes a block", "[.][slow]") {
  const char* params = std::getenv("SEALYARD_TEST_PARAMS");
  REQUIRE(params);
  Mine mine;
  mine.get_power();
  mine.real.emplace(std::filesystem::path(SEALYARD_BIN) / "seal-winning-post", "",
                    std::map<std::string, std::string>{{"FIL_PROOFS_PARAMETER_CACHE", params}});
  mine.start();
  do {  // the challenge is that of the beacon
    mine.advance(1);
    mine.now_ms = mine.head_ms() + 400;
    mine.driver->tick();
  } while (mine.driver->last().outcome == Outcome::lost);
  Net::until([&] {  // the clock of the epochs stands still meanwhile
    mine.driver->tick();
    return !mine.made.empty() || mine.driver->last().outcome != Outcome::proving;
  });
  mine.now_ms = mine.head_ms() + 1000;
  mine.driver->tick();
  for (const auto& line : mine.lines) UNSCOPED_INFO(line);
  REQUIRE(mine.driver->last().outcome == Outcome::sent);
  mine.advance(1);
  CHECK(mine.node.head().key == rpc::TipsetKey{mine.driver->last().block});
  CHECK(mine.node.head().blocks.at(0).miner == mine.miner);
}
