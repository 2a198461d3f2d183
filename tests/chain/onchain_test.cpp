// From WaitChain to Proving on a model of a chain: the happy path, every trouble, and a kill
// between any two effects.
#include <filesystem>
#include <fstream>

#include "chain/onchain/driver.h"
#include "chain/onchain/policy.h"
#include "chain/pledge/step.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/chain/model_chain.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using nlohmann::json;
using pledge::Sector;
using pledge::State;

namespace {

class Heard : public alert::Sink {
 public:
  explicit Heard(std::vector<alert::Alert>& all) : all_(all) {}
  void deliver(const alert::Alert& alert) override { all_.push_back(alert); }

 private:
  std::vector<alert::Alert>& all_;
};

/// A provider whose jobs take no time, before a chain that mines an epoch at each turn.
struct House {
  explicit House(std::uint64_t rng_seed = 1) : pool(rng_seed), chain(pool) {
    settings.storage_root = scratch.path() / "storage";
    settings.network = "development";
    settings.chain.on = true;
    settings.chain.confidence = 3;
    settings.chain.seed_confidence = 2;
    settings.chain.finality = 30;
    settings.chain.precommit_wait_s = settings.chain.commit_wait_s = 2;
    settings.chain.replace_after = 4;
    settings.retry.wait_s = 2;
    chain.worker = key.address();
    pool.height = 1000;
    pool.chain = {{1000, {}}};
    pool.on_push = [this](const types::SignedMessage& m) {
      effect();
      pool.remember(m);
    };
    chain.before_call = [this] { effect(); };
    open();
  }

  /// As a process that was killed finds its files again.
  void open() {
    driver.reset();
    box.reset();
    journal.reset();
    ledger.emplace(ledger::Ledger::open(scratch.path() / "ledger.sqlite"));
    sectors.clear();
    pledge::apply(sectors, ledger->events());
    journal.emplace(*ledger, "test", [this](const Sector&, const ledger::Event&) { effect(); });
    box.emplace(outbox::Outbox::open(scratch.path() / "outbox.sqlite",
                                     onchain::outbox_settings(settings.chain),
                                     [this](const types::Message& m) {
                                       effect();
                                       if (no_key) throw Error(Fault::missing, "no key for it");
                                       return key.sign(m);
                                     }));
    std::vector<std::unique_ptr<alert::Sink>> sinks;
    sinks.push_back(std::make_unique<Heard>(heard));
    alerts.emplace(std::move(sinks), 1'000'000'000, nullptr);
    driver.emplace(settings, chain, pool, *box, *journal, *alerts,
                   [this](bool, const std::string& line) { lines.push_back(line); });
  }

  void effect() {
    if (++effects == kill_at) throw Crash{};
  }

  void pledge(std::uint64_t number, const char* type = "StackedDrg2KiBV1_1") {
    ledger->append({0, now_ms, {1000, number}, "pledged", {{"proof_type", type}}, "test"});
    pledge::apply(sectors, ledger->events());
  }

  static Node comm_r(const Sector& sector) {
    Node made{{7}};
    made.bytes[1] = static_cast<std::uint8_t>(sector.id.number);
    made.bytes[2] = static_cast<std::uint8_t>(sector.ticket_epoch);
    return made;
  }

  /// What Slurm and the stages would do.
  void job(Sector& sector) {
    const std::string stage(pledge::row(sector.state).stage);
    if (stopped.contains(stage)) return;
    if (stage == stage::kC2) {
      const auto folder = stage::work_folder(settings.storage_root, sector.id);
      std::filesystem::create_directories(folder);
      const auto proof = ModelChain::proof_of(node_from_hex(sector.seed, "seed"));
      std::ofstream(folder / "proof.bin", std::ios::binary)
          .write(reinterpret_cast<const char*>(proof.data()),
                 static_cast<std::streamsize>(proof.size()));
    }
    json result{{"commitments", json::object()}};
    if (stage == stage::kPc2) result["commitments"]["comm_r"] = to_hex(comm_r(sector));
    journal->write(sector, "committed",
                   {{"stage", stage},
                    {"generation", 1},
                    {"identity", fmt::format("{}{}", stage, sector.last_seq)},
                    {"result", result}},
                   now_ms);
  }

  void turn(Sector& sector) {
    for (int steps = 0; steps < 20; ++steps) {
      if (pledge::runs_stage(sector.state)) {
        const auto before = sector.last_seq;
        job(sector);
        if (sector.last_seq == before) return;
        continue;
      }
      pledge::Facts facts;
      facts.now_ms = now_ms;
      const auto step = pledge::next_step(sector, facts, settings);
      if (std::holds_alternative<pledge::DrawTicket>(step)) {
        if (!driver->draw_ticket(sector, now_ms)) return;
      } else if (const auto* record = std::get_if<pledge::Record>(&step)) {
        journal->write(sector, record->kind, record->payload, now_ms);
      } else {
        return;
      }
    }
  }

  /// One epoch; a crash ends the process, the next round has another one.
  void round() {
    now_ms += 1000;
    try {
      driver->tick(sectors, now_ms);
      for (auto& [id, sector] : sectors) turn(sector);
    } catch (const Crash&) {
      open();
    }
    pool.mine();
  }

  void rounds(int count) {
    for (int i = 0; i < count; ++i) round();
  }

  bool until(State state, int most = 120) {
    for (int i = 0; i < most; ++i) {
      const bool all = std::all_of(sectors.begin(), sectors.end(),
                                   [&](const auto& item) { return item.second.state == state; });
      if (all) return true;
      round();
    }
    return false;
  }

  Sector& at(std::uint64_t number) { return sectors.at({1000, number}); }
  bool told(const std::string& kind, bool over = false) {
    alerts->flush();
    return std::any_of(heard.begin(), heard.end(), [&](const auto& alert) {
      return alert.kind == kind && alert.over == over && !alert.text.empty();
    });
  }
  bool over(const std::string& kind) { return told(kind, true); }
  std::size_t messages(std::uint64_t method) const {
    std::size_t count = 0;
    for (const auto& tipset : pool.chain)
      for (const auto& m : tipset.messages) count += m.message.method == method;
    return count;
  }

  Scratch scratch{"/dev/shm"};  // thousands of fsyncs
  settings::Settings settings;
  wallet::Key key = wallet::Key::generate(wallet::KeyType::secp256k1);
  ModelPool pool;
  ModelChain chain;
  bool no_key = false;
  std::set<std::string, std::less<>> stopped;  ///< stages whose jobs never end
  std::uint64_t effects = 0, kill_at = 0;
  std::int64_t now_ms = 1'700'000'000'000;
  std::vector<alert::Alert> heard;
  std::vector<std::string> lines;
  std::optional<ledger::Ledger> ledger;
  pledge::Sectors sectors;
  std::optional<pledge::Journal> journal;
  std::optional<outbox::Outbox> box;
  std::optional<alert::Alerts> alerts;
  std::optional<onchain::Driver> driver;
};

}  // namespace

TEST_CASE("onchain: sectors go from pledge to Proving in two messages", "[onchain]") {
  House house;
  const bool early = GENERATE(false, true);
  house.settings.chain.finalize_early = early;
  for (std::uint64_t n = 0; n < 3; ++n) house.pledge(n);
  REQUIRE(house.until(State::proving));
  CHECK(house.messages(28) == 1);
  CHECK(house.messages(34) == 1);
  const auto state = house.chain.run();
  for (std::uint64_t n = 0; n < 3; ++n) {
    const auto& sector = house.at(n);
    REQUIRE(state.sectors.contains(n));
    CHECK(state.sectors.at(n).activation == sector.activation);
    CHECK(state.sectors.at(n).comm_r.comm_r() == House::comm_r(sector));
    CHECK(sector.ticket_epoch == 1000 - 900);
    CHECK(sector.seed_epoch == sector.precommit_epoch + ModelChain::kDelay);
    REQUIRE(sector.messages.size() == 2);
    CHECK(sector.messages[0].epoch == sector.precommit_epoch);
    CHECK(sector.messages[1].epoch == sector.activation);
    for (const auto& sent : sector.messages) {
      CHECK(types::Cid::parse(sent.cid).defined());
      CHECK(types::big_int_from_text(sent.fee, "fee") > 0);
    }
  }
}

TEST_CASE("onchain: without money, a key or a fit node sectors wait, told, and go on",
          "[onchain]") {
  House house;
  house.pledge(1);
  std::string kind;
  std::function<void()> cure;
  SECTION("funds") {
    kind = "funds";
    house.chain.money = 5;
    cure = [&] { house.chain.money = types::parse_fil("10 FIL"); };
  }
  SECTION("funds that the node misses") {
    kind = "funds";
    house.pool.estimate_error = "mpool push: not enough funds: 1 < 2";
    cure = [&] { house.pool.estimate_error.clear(); };
  }
  SECTION("key") {
    kind = "key";
    house.no_key = true;
    cure = [&] { house.no_key = false; };
  }
  SECTION("wrong key") {
    kind = "wrong_key";
    house.chain.sender_trouble = "t1x is not of the miner";
    cure = [&] { house.chain.sender_trouble.clear(); };
  }
  SECTION("node behind") {
    kind = "node_out_of_sync";
    house.rounds(2);
    house.chain.trouble_kind = kind;
    house.chain.trouble = "the head is 100 s old";
    cure = [&] { house.chain.trouble_kind = house.chain.trouble = ""; };
  }
  SECTION("unknown network") {
    kind = "network_version";
    house.rounds(2);
    house.chain.trouble_kind = kind;
    house.chain.trouble = "network version 99";
    cure = [&] { house.chain.trouble_kind = house.chain.trouble = ""; };
  }
  house.rounds(40);
  CHECK(house.messages(28) == 0);
  CHECK(house.told(kind));
  CHECK(house.at(1).state < State::wait_seed);
  if (kind == "funds" || kind == "key" || kind == "wrong_key")
    CHECK(house.at(1).note.starts_with(kind + ": "));
  cure();
  REQUIRE(house.until(State::proving));
  CHECK(house.over(kind));
  CHECK(house.messages(28) == 1);
  CHECK(house.at(1).note.empty());
}

TEST_CASE("onchain: a node that is away ends the round only", "[onchain]") {
  House house;
  house.pledge(1);
  house.pool.trouble = 0;
  bool away = true;
  house.chain.before_call = [&] {
    if (away) throw rpc::NoAnswer("nobody answers");
  };
  house.rounds(5);
  CHECK(house.at(1).state == State::get_ticket);
  CHECK(house.told("node_away"));
  away = false;
  REQUIRE(house.until(State::proving, 300));
}

TEST_CASE("onchain: an old ticket begins PC1 anew", "[onchain]") {
  House house;
  house.pledge(1);
  house.stopped.insert("pc2");
  house.rounds(3);
  REQUIRE(house.at(1).state == State::pre_commit2);
  const auto first = house.at(1).ticket;
  house.pool.height += onchain::kTicketLife;
  house.pool.chain.push_back({house.pool.height, {}});
  house.stopped.clear();
  REQUIRE(house.until(State::proving));
  CHECK(house.told("ticket_expired"));
  CHECK_THAT(house.at(1).last_error, Catch::Matchers::Contains("the ticket of epoch 100"));
  CHECK(house.at(1).ticket != first);
  CHECK(house.chain.run().tried.at(1) == 1);
}

TEST_CASE("onchain: a pre-commit that nobody proved in time", "[onchain]") {
  House house;
  house.pledge(1);
  house.stopped.insert("c2");
  house.rounds(40);
  REQUIRE(house.at(1).state == State::commit2);
  house.pool.height += onchain::max_prove_commit(ModelChain::kDelay) + 1;
  house.pool.chain.push_back({house.pool.height, {}});
  house.stopped.clear();
  house.rounds(5);
  CHECK(house.at(1).state == State::pre_commit_expired);
  CHECK(house.told("precommit_expired"));
  CHECK(house.messages(34) == 0);
}

TEST_CASE("onchain: what is on chain already is adopted, other things are held", "[onchain]") {
  House house;
  house.pledge(1);
  house.stopped.insert("pc2");
  house.rounds(3);
  message::SectorPreCommit there;
  there.seal_proof = 5;
  there.number = 1;
  there.seal_rand_epoch = house.at(1).ticket_epoch;
  there.expiration = 600'000;
  there.comm_r = types::Cid::of_comm_r(House::comm_r(house.at(1)));
  const auto send = [&] {
    types::Message m;
    m.from = house.chain.worker;
    m.to = types::Address::of_id(1000);
    m.value = types::parse_fil("1 FIL");
    m.method = 28;
    m.params = message::PreCommitSectorBatch2{{there}}.cbor();
    m.gas_limit = 1'000'000;
    m.gas_fee_cap = m.gas_premium = 1000;
    house.pool.chain.push_back({++house.pool.height, {house.key.sign(m)}});
    house.pool.chain.push_back({++house.pool.height, {}});
    house.stopped.clear();
  };
  SECTION("its own pre-commit") {
    send();
    REQUIRE(house.until(State::proving));
    CHECK(house.messages(28) == 1);
  }
  SECTION("a pre-commit of another replica") {
    there.comm_r = types::Cid::of_comm_r(Node{{99}});
    send();
    house.rounds(20);
    CHECK(house.at(1).state == State::pre_commit_failed);
    CHECK(house.at(1).failure->again_ms == 0);
    CHECK_THAT(house.at(1).failure->text, Catch::Matchers::Contains("pre-committed with"));
  }
  SECTION("its number was used before") {
    house.chain.used.insert(1);
    house.stopped.clear();
    house.rounds(20);
    CHECK(house.at(1).state == State::pre_commit_failed);
    CHECK_THAT(house.at(1).failure->text, Catch::Matchers::Contains("number 1 was used"));
    CHECK(house.messages(28) == 0);
  }
}

TEST_CASE("onchain: a bad sector takes no other with it", "[onchain]") {
  House house;
  for (std::uint64_t n = 0; n < 4; ++n) house.pledge(n);
  house.settings.retry.attempts = 2;
  house.chain.bad.insert(2);
  house.rounds(120);
  for (const std::uint64_t n : {0, 1, 3}) CHECK(house.at(n).state == State::proving);
  CHECK(house.at(2).state == State::commit_failed);
  CHECK(house.at(2).failure->again_ms == 0);
  CHECK_THAT(house.at(2).failure->text, Catch::Matchers::Contains("exit code 16"));
}

TEST_CASE("onchain: out of gas: again, in smaller messages", "[onchain]") {
  House house;
  for (std::uint64_t n = 0; n < 4; ++n) house.pledge(n);
  house.chain.exit_code = 7;
  house.rounds(12);
  CHECK(house.at(0).messages.at(0).exit_code == 7);
  CHECK(house.told("out_of_gas"));
  CHECK_THAT(house.at(0).last_error, Catch::Matchers::Contains("it ran out of gas"));
  house.chain.until = house.pool.height;
  REQUIRE(house.until(State::proving, 200));
  CHECK(house.at(0).messages.size() >= 3);
  CHECK(house.messages(28) >= 3);  // one that failed, then halves
}

TEST_CASE("onchain: a sector that a reorg takes back after Proving is committed again",
          "[onchain]") {
  House house;
  const bool lost = GENERATE(false, true);  // does the network forget its message, too?
  for (std::uint64_t n = 0; n < 2; ++n) house.pledge(n);
  REQUIRE(house.until(State::proving));
  const auto first = house.at(0).activation;
  const auto proof = house.at(0).proof;
  house.stopped.insert("c2");  // the proof that was made is good enough
  CHECK_FALSE(house.at(0).final);
  house.pool.reorg(house.pool.height - first + 1);
  if (lost) house.pool.pool.clear();
  house.pool.mine(0);
  house.pool.mine(0);
  REQUIRE_FALSE(house.chain.run().sectors.contains(0));
  for (int i = 0; i < 60 && !(house.at(0).final && house.at(1).final); ++i) house.round();
  for (std::uint64_t n = 0; n < 2; ++n) {
    const auto& sector = house.at(n);
    CHECK(name(sector.state) == "Proving");
    CHECK(sector.final);
    CHECK(sector.activation > first);
    CHECK(sector.proof == proof);
    CHECK(house.chain.run().sectors.at(n).activation == sector.activation);
    CHECK(house.chain.run().tried.at(n) == 1);
  }
}

TEST_CASE("onchain: a seed that a reorg changed is not proven with", "[onchain]") {
  House house;
  house.pledge(1);
  house.stopped.insert("c2");
  house.rounds(40);
  REQUIRE(house.at(1).state == State::commit2);
  const auto first = house.at(1).seed;
  house.chain.beacon = 9;
  house.stopped.clear();
  REQUIRE(house.until(State::proving));
  CHECK(house.at(1).seed != first);
  CHECK(house.messages(34) == 1);
}

TEST_CASE("onchain: types that no network takes say so", "[onchain]") {
  House house;
  house.pledge(1, "StackedDrg2KiBV1");
  house.pledge(2);
  house.rounds(60);
  CHECK(house.at(1).state == State::wait_chain);
  CHECK(house.at(1).note.starts_with("proof: StackedDrg2KiBV1 cannot be pre-committed"));
  CHECK(house.at(2).state == State::proving);
}

TEST_CASE("onchain: a ticket of nobody's chain is not pre-committed", "[onchain]") {
  House house;
  house.ledger->append(
      {0, house.now_ms, {1000, 1}, "pledged", {{"proof_type", "StackedDrg2KiBV1_1"}}, "test"});
  pledge::apply(house.sectors, house.ledger->events());
  house.job(house.at(1));
  house.journal->write(house.at(1), "ticket",
                       {{"value", std::string(64, '2')}, {"epoch", 0}, {"source", "operator"}},
                       house.now_ms);
  house.rounds(20);
  CHECK(house.at(1).state == State::wait_chain);
  CHECK(house.messages(28) == 0);
}

TEST_CASE("onchain: killed between any two effects, nothing is sent twice or lost", "[onchain]") {
  std::uint64_t last = 0;
  {
    House whole;
    for (std::uint64_t n = 0; n < 2; ++n) whole.pledge(n);
    REQUIRE(whole.until(State::proving));
    last = whole.effects;
  }
  REQUIRE(last > 50);
  for (std::uint64_t kill_at = 1; kill_at <= last; ++kill_at) {
    CAPTURE(kill_at);
    House house;
    house.kill_at = kill_at;
    for (std::uint64_t n = 0; n < 2; ++n) house.pledge(n);
    REQUIRE(house.until(State::proving));
    const auto state = house.chain.run();
    for (std::uint64_t n = 0; n < 2; ++n) {
      REQUIRE(state.sectors.contains(n));
      REQUIRE(state.tried.at(n) == 1);
    }
    REQUIRE(house.messages(34) <= 2);
  }
}

TEST_CASE("onchain: a pre-commit that a reorg moved is proven with its new seed", "[onchain]") {
  House house;
  house.settings.chain.finality = 900;
  house.open();
  house.pledge(1);
  house.stopped.insert("c2");
  house.rounds(40);
  REQUIRE(house.at(1).state == State::commit2);
  const auto first = house.at(1).precommit_epoch;
  house.pool.reorg(house.pool.height - first + 1);
  for (int i = 0; i < 3; ++i) house.pool.mine(0);
  house.rounds(60);
  REQUIRE(house.chain.run().precommits.at(1).epoch != first);
  house.stopped.clear();
  REQUIRE(house.until(State::proving));
  CHECK(house.at(1).precommit_epoch != first);
  CHECK(house.at(1).bad_runs.empty());
}

namespace {

constexpr types::Epoch kDeepest = 20;  ///< no reorg takes more back

/// What a network and its machines do to a provider, drawn from one seed: the daemon is killed
/// between any two effects, nodes do not answer, messages are lost or outbid by another hand,
/// tipsets are taken back, and a block becomes dear.
class Chaos {
 public:
  Chaos(std::uint64_t seed, std::uint64_t sectors) : house_(seed) {
    // Reorgs take back much that counts as confirmed already.
    house_.settings.chain.confidence = 5;
    house_.settings.chain.finality = 60;
    house_.settings.chain.precommit_batch = house_.settings.chain.commit_batch = 16;
    house_.open();
    for (std::uint64_t n = 0; n < sectors; ++n) house_.pledge(n);
    house_.pool.on_push = [this](const types::SignedMessage& m) {
      house_.effect();
      house_.pool.remember(m);
      one_call_a_nonce(m.message);
    };
  }

  void round() {
    auto& pool = house_.pool;
    house_.kill_at = pool.chance(0.5) ? house_.effects + 1 + pool.rng() % 150 : 0;
    pool.trouble = pool.chance(0.1) ? 0.02 : 0;
    if (pool.chance(0.03)) pool.base_fee = 100 << (pool.rng() % 14);
    if (pool.chance(0.2)) pool.base_fee = 100;
    house_.round();
    highest_ = std::max(highest_, pool.height);
    if (pool.chance(0.08)) {
      const auto room = std::min(pool.height - 1000, kDeepest - (highest_ - pool.height));
      if (room > 0)
        pool.reorg(1 + static_cast<types::Epoch>(pool.rng() % static_cast<std::uint64_t>(room)));
    }
    if (pool.chance(0.05)) pool.forget_some();
    if (pool.chance(0.05)) outbid();
  }

  /// Until all are on chain for good and nothing is out any more.
  bool calms_down(int most) {
    house_.kill_at = 0;
    house_.pool.trouble = 0;
    house_.pool.base_fee = 100;
    const auto calm = [&] {
      return house_.box->entries().empty() &&
             std::all_of(house_.sectors.begin(), house_.sectors.end(), [](const auto& item) {
               return item.second.state == State::proving && item.second.final;
             });
    };
    for (int i = 0; i < most && !calm(); ++i) house_.round();
    return calm();
  }

  House& house() { return house_; }

 private:
  /// Another program of the operator replaces a waiting message by the same one at a better price.
  void outbid() {
    for (auto& [sender, waiting] : house_.pool.pool)
      for (auto& [nonce, m] : waiting) {
        auto better = m.message;
        better.gas_premium = better.gas_premium * 2;
        better.gas_fee_cap = better.gas_fee_cap * 2;
        m = house_.key.sign(better);
        house_.pool.known.insert(m.cid());
        house_.pool.remember(m);
      }
  }

  void one_call_a_nonce(types::Message m) {
    m.gas_limit = 0;
    m.gas_fee_cap = m.gas_premium = 0;
    const auto [there, first] = calls_.try_emplace(m.nonce, m);
    REQUIRE(there->second == m);
  }

  House house_;
  types::Epoch highest_ = 0;
  std::map<std::uint64_t, types::Message> calls_;  ///< by nonce, without their price
};

void survive(std::uint64_t seed, std::uint64_t sectors, int rounds) {
  CAPTURE(seed, sectors);
  Chaos chaos(seed, sectors);
  for (int i = 0; i < rounds; ++i) chaos.round();
  const bool calm = chaos.calms_down(600);
  auto& house = chaos.house();
  for (const auto& [id, sector] : house.sectors)
    if (sector.state != State::proving)
      UNSCOPED_INFO(id.text() << " " << name(sector.state) << " " << sector.last_error << " "
                              << sector.note);
  REQUIRE(calm);
  const auto state = house.chain.run();
  REQUIRE(state.sectors.size() == sectors);
  CHECK(state.precommits.empty());
  for (const auto& [id, sector] : house.sectors) {
    const auto& there = state.sectors.at(id.number);
    CHECK(there.activation == sector.activation);
    CHECK(there.expiration == sector.expiration);
    CHECK(there.comm_r.comm_r() == House::comm_r(sector));
  }
  std::uint64_t nonce = 0;
  for (const auto& tipset : house.pool.chain)
    for (const auto& m : tipset.messages) REQUIRE(m.message.nonce == nonce++);
}

}  // namespace

TEST_CASE("onchain: whatever happens on the way, ten sectors arrive, each once", "[onchain]") {
  survive(GENERATE(range<std::uint64_t>(1, 11)), 10, 150);
}

TEST_CASE("onchain: whatever happens on the way, a hundred sectors arrive, each once",
          "[.][slow][onchain]") {
  survive(GENERATE(range<std::uint64_t>(1, 6)), 100, 400);
}

TEST_CASE("onchain: when a sector expires", "[onchain]") {
  using namespace onchain;
  CHECK(expiration(100'000, 99'000, kLongestLife, 150) == 100'000 + kLongestLife - 2 * kDay);
  CHECK(expiration(100'000, 99'100, 1, 150) ==
        99'100 + kTicketLife + max_prove_commit(150) + kShortestLife);
  CHECK(expiration(100'000, 99'000, 10'000'000, 150) == 100'000 + 150 + kLongestLife);
}
