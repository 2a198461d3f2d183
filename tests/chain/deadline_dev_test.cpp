// Deadlines of a miner on the development chain: JSON-RPC, actor, gas and proofs are real; the job
// brings the window proof of the reference.
#include "chain/deadline/driver.h"
#include "chain/deadline/rpc_chain.h"
#include "chain/dev/proofs.h"
#include "chain/onchain/driver.h"
#include "chain/outbox/rpc_pool.h"
#include "tests/chain/dev_provider.h"

using namespace sealyard;
using deadline::Task;
using deadline::Window;
using types::Epoch;

namespace {

/// Jobs of a cluster that does what the test says.
class ScriptedSlurm : public deadline::Jobs {
 public:
  bool up = true;
  std::vector<slurm::Request> submitted;
  std::vector<std::string> cancelled;
  std::vector<slurm::Reservation> reserved;
  std::string refusal;  ///< of reservations
  int moves = 0;
  std::function<void(const slurm::Request&)> run;

  bool answers() const override { return up; }
  std::vector<slurm::JobState> find(const std::string& name) const override {
    std::vector<slurm::JobState> found;
    for (const auto& job : known_)
      if (job.name == name) found.push_back(job);
    return found;
  }
  std::vector<slurm::JobState> all() const override { return known_; }
  slurm::Submitted submit(const slurm::Request& request, std::time_t) override {
    if (const auto there = find(request.name); !there.empty())
      return {.id = there[0].id, .state = there[0].state, .adopted = true};
    submitted.push_back(request);
    slurm::JobState job;
    job.id = {static_cast<std::uint32_t>(submitted.size()), -1};
    job.name = request.name;
    job.state = slurm::State::running;
    const auto id = job.id;
    for (const auto task : request.array.empty() ? std::vector<std::uint32_t>{}
                                                 : slurm::array_indices(request.array)) {
      job.id.task = task;
      known_.push_back(job);
    }
    if (request.array.empty()) known_.push_back(job);
    return {.id = id, .state = job.state};
  }
  std::vector<slurm::Attempt> past(const std::vector<std::string>&) const override { return {}; }
  std::vector<slurm::Reservation> reservations() const override { return reserved; }
  void reserve(const slurm::Reservation& wanted) override {
    if (!refusal.empty()) throw Error(Fault::configuration, "reservation: {}", refusal);
    reserved.push_back(wanted);
  }
  void move(const slurm::Reservation& wanted) override {
    ++moves;
    for (auto& one : reserved)
      if (one.name == wanted.name) one = wanted;
  }
  void unreserve(const std::string& name) override {
    std::erase_if(reserved, [&](const auto& one) { return one.name == name; });
  }
  void cancel(slurm::JobId id) override {
    for (auto& job : known_)
      if (job.id == id) {
        job.state = slurm::State::cancelled;
        cancelled.push_back(job.name);
      }
  }

  void end_all() {
    for (auto& job : known_) {
      if (job.ended()) continue;
      auto request = *std::find_if(submitted.begin(), submitted.end(),
                                   [&](const auto& one) { return one.name == job.name; });
      if (job.id.task >= 0) {  // what its shell makes of it
        const auto file = [&](const char* ending) {
          return request.argv.at(3) + "/" +
                 deadline::Files::name(Task::proof, std::to_string(job.id.task), 1, ending);
        };
        request.argv = {"", "--order", file("order.json"), "--out", file("result.json")};
      }
      run(request);
      job.state = slurm::State::completed;
    }
  }
  void forget() { known_.clear(); }
  /// How many were submitted whose name holds this.
  std::size_t count(std::string_view part) const {
    return static_cast<std::size_t>(std::count_if(
        submitted.begin(), submitted.end(),
        [&](const auto& request) { return request.name.find(part) != std::string::npos; }));
  }

 private:
  std::vector<slurm::JobState> known_;
};

std::string word_after(const slurm::Request& request, std::string_view option) {
  const auto found = std::find(request.argv.begin(), request.argv.end(), option);
  REQUIRE(found != request.argv.end());
  return *(found + 1);
}

struct Recorder : alert::Sink {
  explicit Recorder(std::vector<alert::Alert>& all) : all_(all) {}
  void deliver(const alert::Alert& alert) override { all_.push_back(alert); }
  std::vector<alert::Alert>& all_;
};

/// Deadlines seem to have a second partition, with the sectors of the first.
struct Doubled : deadline::RpcChain {
  using RpcChain::RpcChain;
  std::vector<rpc::Partition> partitions(std::uint64_t deadline) override {
    auto found = RpcChain::partitions(deadline);
    if (found.size() == 1) found.push_back(found[0]);
    return found;
  }
};

/// A proving period of three deadlines: what is proven at a time comes into one of them.
dev::Policy short_period() {
  dev::Policy policy;
  policy.deadlines = 3;
  policy.stand_ins = true;  // of one sector there is no seal proof
  return policy;
}

/// Sector 2 is on chain and not yet proven; or three sectors in two partitions of one deadline, of
/// which the second has the sector in the middle.
struct House : Provider {
  enum class With { one, three };
  static constexpr std::uint64_t kBig = 1'099'511'627'783;

  explicit House(With with = With::one)
      : Provider(with == With::one ? dev::Policy{} : short_period()) {
    if (with == With::one)
      prove_commit();
    else
      prove_three();
    settings.miner = 1000;
    settings.network = "development";
    settings.proof_type = "StackedDrg2KiBV1_1";
    settings.storage_root = scratch.path() / "storage";
    settings.store_root = scratch.path() / "store";
    settings.chain.on = true;
    settings.chain.confidence = 2;
    settings.chain.finality = 20;
    settings.retry.wait_s = 0;
    now_ms = 1000 * (static_cast<std::int64_t>(std::time(nullptr)) + 86'400);
    std::vector<std::unique_ptr<alert::Sink>> sinks;
    sinks.push_back(std::make_unique<Recorder>(told));
    alerts.emplace(std::move(sinks), 1'000'000'000, nullptr);
    slurm.run = [this](const slurm::Request& request) { work(request); };
    start();
  }

  void prove_three() {
    message::ProveCommitSectors3 all;
    Epoch seed_epoch = 0;
    for (const auto* name : {"2k-cc-v1_1", "2k-big-number", "2k-data-v1_1"}) {
      sealed = vectors::seal_case(name);
      seed_epoch = precommit();
      auto one = name == std::string("2k-big-number") ? unproven_params() : prove_params();
      all.sectors.push_back(one.sectors[0]);
      all.proofs.push_back(one.proofs[0]);
    }
    go_before(seed_epoch + 1);
    send(worker, miner, 3 * node.initial_pledge(kLifetime, 2048, 0),
         number_of(message::Miner::prove_commit_sectors3), all.cbor());
    where = node.sector_location(miner, 1);
    REQUIRE(node.sector_location(miner, kBig).partition == 0);
    REQUIRE(node.sector_location(miner, 2).deadline == where.deadline);
    REQUIRE(node.sector_location(miner, 2).partition == 1);
  }

  message::ProveCommitSectors3 unproven_params() {
    message::ProveCommitSectors3 params;
    const auto& piece = sealed.pieces.at(0);
    params.sectors = {{sealed.sector, {{types::Cid::of_comm_d(piece.comm_p), 2048, {}, {}}}}};
    params.proofs = {dev::stand_in({registered_porep(kSealProof),
                                    {1000, sealed.sector},
                                    sealed.comm_d,
                                    sealed.comm_r,
                                    sealed.ticket,
                                    sealed.seed})};
    return params;
  }

  /// The reference's proof of all three, as one proof: sectors 1 and 2, then the big one.
  void prove_together() {
    settings.chain.post_partitions = 3;
    window = Json::parse(vectors::bytes("post/window-2k-3/case.json"));
    proof = vectors::bytes("post/window-2k-3/proof.bin");
  }

  /// As a daemon that was killed: nothing in memory is left.
  void start() {
    driver.reset();
    box.reset();
    box.emplace(outbox::Outbox::open(scratch.path() / "outbox.sqlite",
                                     onchain::outbox_settings(settings.chain),
                                     [this](const types::Message& m) { return worker.sign(m); }));
    chain.emplace(client, settings);
    pool.emplace(chain->node());
    if (doubled)
      deadlines = std::make_unique<Doubled>(*chain, settings);
    else
      deadlines = std::make_unique<deadline::RpcChain>(*chain, settings);
    driver.emplace(settings, "test", *deadlines, slurm, *pool, *box, *alerts,
                   [this](bool, const std::string& line) { lines.push_back(line); });
  }

  /// What seal-window-post leaves behind.
  void work(const slurm::Request& request) {
    if (!jobs_work) return;
    const auto order = stage::read_post_order(word_after(request, "--order"));
    REQUIRE(order);
    stage::PostResult result;
    result.kind = order->kind;
    result.sector_bytes = order->sector_bytes;
    result.miner = order->miner;
    result.randomness = order->randomness;
    result.randomness.bytes[31] &= 0x3f;
    result.partitions = (order->sectors.size() + 1) / 2;
    result.seconds = 1;
    for (const auto& sector : order->sectors)
      if (broken)
        result.skipped.push_back({sector.number, "missing: " + sector.sealed});
      else
        result.sectors.push_back(sector.number);
    if (request.argv.back() != "--vanilla-only" && !broken) {
      result.proof = proof;
      if (bad_proofs > 0) {
        --bad_proofs;
        const auto other = vectors::bytes("seal/2k-cc-v1_1/proof.bin");
        std::copy_n(other.begin(), result.proof.size(), result.proof.begin());
      }
      result.params = "development";
    }
    stage::write(word_after(request, "--out"), result);
  }

  void round(Epoch epochs) {
    now_ms += 60'000;
    if (killed) start();
    driver->tick({}, now_ms);
    slurm.end_all();
    box->tick(*pool);
    advance(epochs);
  }

  /// The next occurrence of the sector's deadline, with the challenge of the reference's proof.
  Window next_window() {
    const auto d = node.proving_deadline(miner);
    Window w{.miner = 1000, .index = where.deadline};
    w.open = d.period_start + static_cast<Epoch>(where.deadline) * d.challenge_window;
    while (w.open <= height()) w.open += d.proving_period;
    w.close = w.open + d.challenge_window;
    w.challenge = w.open - d.challenge_lookback;
    w.fault_cutoff = w.open - d.declaration_cutoff;
    set_randomness("beacon", types::DrawTag::window_post_deadline, w.challenge,
                   vectors::node(window.at("randomness").get<std::string>()));
    return w;
  }

  void go_to(Epoch epoch) {
    if (epoch > height()) go_before(epoch);
    advance(1);
  }

  /// From the first look at a deadline until it is over.
  Window live_through() {
    const auto w = next_window();
    go_to(w.check());
    while (height() < w.close + 10) round(5);
    return w;
  }

  std::size_t messages(message::Miner method) {
    std::size_t found = 0;
    for (const auto state : {outbox::State::queued, outbox::State::pending, outbox::State::landed,
                             outbox::State::confirmed, outbox::State::final})
      for (const auto& entry : box->entries(state)) found += entry.wish.method == number_of(method);
    return found;
  }
  std::size_t alerts_of(const std::string& kind) {
    alerts->flush();
    return static_cast<std::size_t>(std::count_if(
        told.begin(), told.end(), [&](const auto& one) { return one.kind == kind && !one.over; }));
  }

  settings::Settings settings;
  std::int64_t now_ms = 0;
  bool jobs_work = true, broken = false, killed = false, doubled = false;
  int bad_proofs = 0;
  std::vector<std::string> lines;
  std::vector<alert::Alert> told;
  std::optional<alert::Alerts> alerts;
  ScriptedSlurm slurm;
  std::optional<onchain::RpcChain> chain;
  std::optional<outbox::RpcPool> pool;
  std::optional<outbox::Outbox> box;
  std::unique_ptr<deadline::RpcChain> deadlines;
  std::optional<deadline::Driver> driver;
};

}  // namespace

TEST_CASE("deadline: power comes and stays, with one proof a period", "[deadline][dev]") {
  House house;
  house.killed = GENERATE(false, true);  // before every round: everything is found again
  std::size_t checks = 0;                // the first deadline may come too soon for a look
  for (std::size_t period = 1; period <= 3; ++period) {
    house.live_through();
    for (const auto& line : house.lines) UNSCOPED_INFO(line);
    REQUIRE(house.power() == 2048);
    CHECK(house.messages(message::Miner::submit_windowed_post) == period);
    CHECK(house.slurm.count(".proof.") == period);
    if (period == 1) checks = house.slurm.count(".check.");
    CHECK(house.slurm.count(".check.") == checks + period - 1);
  }
  CHECK(house.messages(message::Miner::declare_faults) == 0);
  CHECK(house.messages(message::Miner::declare_faults_recovered) == 0);
  CHECK(house.node.faults(house.miner).empty());
  CHECK(house.alerts_of("post_missed") == 0);
  CHECK(house.alerts_of("post_failed") == 0);
}

TEST_CASE("deadline: a broken sector is declared, and recovered once it is whole",
          "[deadline][dev]") {
  House house;
  house.live_through();
  REQUIRE(house.power() == 2048);
  house.broken = true;
  const auto w = house.next_window();
  house.go_to(w.check());
  while (house.height() < w.fault_cutoff) house.round(5);
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  CHECK(house.node.faults(house.miner) == types::Bitfield{2});
  CHECK(house.power() == 0);
  CHECK(house.messages(message::Miner::declare_faults) == 1);
  CHECK(house.alerts_of("post_skipped") == 1);
  while (house.height() < w.close + 10) house.round(5);
  CHECK(house.slurm.count(".proof.") == 1);  // nothing left to prove
  CHECK(house.alerts_of("post_missed") == 0);

  house.broken = false;
  house.live_through();
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  CHECK(house.power() == 2048);
  CHECK(house.node.faults(house.miner).empty());
  CHECK(house.messages(message::Miner::declare_faults_recovered) == 1);
  CHECK(house.messages(message::Miner::submit_windowed_post) == 2);
}

TEST_CASE("deadline: a proof that the chain refuses is made again", "[deadline][dev]") {
  House house;
  house.bad_proofs = 1;
  house.live_through();
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  CHECK(house.power() == 2048);
  CHECK(house.slurm.count(".proof.1") == 1);
  CHECK(house.slurm.count(".proof.2") == 1);
  CHECK(house.box->entries(outbox::State::refused).size() == 1);
  CHECK(house.messages(message::Miner::submit_windowed_post) == 1);
}

TEST_CASE("deadline: what somebody else proved is left alone", "[deadline][dev]") {
  House house;
  const auto w = house.next_window();
  house.go_to(w.open);
  house.land(house.post(house.node.proving_deadline(house.miner), house.proof));
  REQUIRE(house.power() == 2048);
  while (house.height() < w.close + 10) house.round(5);
  CHECK(house.slurm.submitted.empty());
  CHECK(house.box->entries().empty());
}

TEST_CASE("deadline: Slurm that forgets its jobs costs no second proof", "[deadline][dev]") {
  House house;
  const auto w = house.next_window();
  house.go_to(w.challenge + 1);
  house.round(1);
  REQUIRE(house.slurm.count(".proof.1") == 1);
  house.slurm.forget();
  house.start();
  while (house.height() < w.close + 10) house.round(5);
  CHECK(house.power() == 2048);
  CHECK(house.slurm.count(".proof.") == 1);
  CHECK(house.messages(message::Miner::submit_windowed_post) == 1);
}

TEST_CASE("deadline: a proof that does not come is told in time", "[deadline][dev]") {
  House house;
  house.live_through();
  REQUIRE(house.power() == 2048);
  const auto early = house.alerts_of("post_failed");
  house.jobs_work = false;
  house.settings.retry.wait_s = 100;
  house.live_through();
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  CHECK(house.power() == 0);
  CHECK(house.alerts_of("post_failed") > early);
  CHECK(house.alerts_of("post_missed") == 1);
  CHECK(house.slurm.count(".proof.") > 2);  // tried again until it closed
  CHECK(house.messages(message::Miner::submit_windowed_post) == 1);

  house.jobs_work = true;  // the next period brings it back
  house.live_through();
  CHECK(house.power() == 2048);
  CHECK(house.node.faults(house.miner).empty());
}

TEST_CASE("deadline: partitions that are due at a time are one array", "[deadline][dev]") {
  House house;
  house.doubled = house.killed = true;
  const auto w = house.next_window();
  house.go_to(w.challenge + 1);
  house.round(1);
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  REQUIRE(house.slurm.count(".proof.") == 1);
  const auto array = house.slurm.submitted.back();
  CHECK(array.array == "0,1");
  for (const std::uint64_t p : {0, 1})
    CHECK(std::filesystem::exists(
        deadline::Files(house.settings.storage_root).result({w, p, Task::proof}, 1)));
  house.round(1);
  CHECK(house.slurm.count(".proof.") == 1);
  CHECK(house.slurm.cancelled.empty());

  // What has to be made again goes alone.
  const deadline::Part second{w, 1, Task::proof};
  auto result =
      *stage::read_post_result(deadline::Files(house.settings.storage_root).result(second, 1));
  result.proof.pop_back();
  stage::write(deadline::Files(house.settings.storage_root).result(second, 1), result);
  house.round(1);
  CHECK(house.slurm.count(".proof.") == 2);
  CHECK(house.slurm.submitted.back().name == second.job_name("test", 2));
  CHECK(house.slurm.submitted.back().array.empty());
  while (house.height() < w.close + 10) house.round(5);
  CHECK(house.power() == 2048);  // by the partition that there is
}

TEST_CASE("deadline: partitions of a batch have one proof and one message", "[deadline][dev]") {
  House house(House::With::three);
  house.prove_together();
  house.killed = GENERATE(false, true);
  for (std::size_t period = 1; period <= 2; ++period) {
    house.live_through();
    for (const auto& line : house.lines) UNSCOPED_INFO(line);
    REQUIRE(house.power() == 3 * 2048);  // the chain has checked it
    CHECK(house.slurm.count(".proof.") == period);
    CHECK(house.messages(message::Miner::submit_windowed_post) == period);
  }
  for (const auto& entry : house.box->entries(outbox::State::final)) {
    const auto post = message::SubmitWindowedPost::from_cbor(entry.wish.params);
    REQUIRE(post.partitions.size() == 2);
    CHECK(post.partitions[1].index == 1);
    CHECK(post.proofs.at(0).bytes == house.proof);
  }
  CHECK_FALSE(house.box->entries(outbox::State::final).empty());
  CHECK(house.alerts_of("post_late") == 0);
}

TEST_CASE("deadline: of a batch only what is not on chain is proven", "[deadline][dev]") {
  House house(House::With::three);
  house.settings.chain.post_partitions = 3;
  const auto w = house.next_window();
  house.go_to(w.open);
  house.where.partition = 1;  // sector 2, by somebody else
  house.land(house.post(house.node.proving_deadline(house.miner), house.proof));
  REQUIRE(house.power() == 2048);
  house.killed = true;
  for (int i = 0; i < 3; ++i) house.round(1);
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  REQUIRE(house.slurm.count(".proof.1") == 1);
  const auto order = stage::read_post_order(word_after(house.slurm.submitted.back(), "--order"));
  REQUIRE(order->sectors.size() == 2);
  CHECK(order->sectors[0].number == 1);
  CHECK(order->sectors[1].number == House::kBig);
}

TEST_CASE("deadline: batches of another daemon are left to it, and told when it is late",
          "[deadline][dev]") {
  House house(House::With::three);
  house.settings.chain.post_batches = "1";
  const auto w = house.live_through();
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  CHECK(house.power() == 2048);
  CHECK(house.slurm.count(".proof.") == 1);
  CHECK(std::filesystem::exists(
      deadline::Files(house.settings.storage_root).order({w, 1, Task::proof}, 1)));
  CHECK(house.alerts_of("post_late") == 1);
}

TEST_CASE("deadline: cores are reserved for deadlines to come", "[deadline][dev]") {
  House house;
  house.live_through();  // the next one is known long before
  REQUIRE(house.power() == 2048);
  house.settings.chain.post_reserve = 200;
  const auto w = house.next_window();
  const auto epoch_s = house.deadlines->epoch_s();
  const auto at = [&](Epoch epoch) {
    return house.now_ms / 1000 +
           static_cast<std::int64_t>(static_cast<double>(epoch - house.height()) * epoch_s);
  };
  house.go_to(w.check() - 150);
  house.round(1);
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  REQUIRE(house.slurm.reserved.size() == 1);
  const auto made = house.slurm.reserved[0];
  CHECK(made.name == deadline::reservation_name("test", w));
  CHECK(made.cores > 0);
  CHECK(made.flexible);
  CHECK(std::abs(made.start - at(w.challenge + 2)) <= 60);
  CHECK(made.end > made.start);
  CHECK(made.end <= at(w.close) + 60);

  house.now_ms += 150'000;  // epochs were missed: it comes later
  house.killed = true;
  house.round(1);
  CHECK(house.slurm.moves == 1);
  CHECK(house.slurm.reserved[0].start >= made.start + 150);
  while (house.height() < w.close + 10) house.round(5);
  CHECK(house.power() == 2048);
  CHECK(house.slurm.reserved.empty());
  const auto with = [&](const slurm::Request& one) { return one.reservation == made.name; };
  CHECK(std::count_if(house.slurm.submitted.begin(), house.slurm.submitted.end(), with) == 1);
}

TEST_CASE("deadline: who may not reserve is told once and proves all the same", "[deadline][dev]") {
  House house;
  house.settings.chain.post_reserve = 200;
  house.slurm.refusal = "Access denied";
  house.live_through();
  CHECK(house.power() == 2048);
  CHECK(std::count_if(house.lines.begin(), house.lines.end(), [](const std::string& line) {
          return line.find(
                     "proving calendar: reservation: Access denied; wants a Slurm operator") !=
                 std::string::npos;
        }) == 1);
}
