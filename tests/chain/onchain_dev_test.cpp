// From WaitChain to Proving on the development chain: JSON-RPC, actor, gas and proof are real.
#include <fstream>

#include "chain/onchain/driver.h"
#include "chain/onchain/rpc_chain.h"
#include "chain/outbox/rpc_pool.h"
#include "jobs/stage/stage.h"
#include "kernels/base/hex.h"
#include "tests/chain/dev_net.h"
#include "tests/vectors.h"

using namespace sealyard;
using nlohmann::json;
using pledge::State;
using types::DrawTag;

namespace {

/// Sector 2 of t01000, made by the reference, as our stages would have made it.
struct House {
  House() {
    REQUIRE(net.create_miner() == types::Address::of_id(1000));
    net.admin("Jump", json::array({1000}));
    settings.miner = 1000;
    settings.network = "development";
    settings.storage_root = net.scratch.path() / "storage";
    settings.chain.on = true;
    settings.chain.confidence = 2;
    settings.chain.seed_confidence = 1;
    settings.chain.finality = 20;
    settings.chain.precommit_wait_s = settings.chain.commit_wait_s = 0;
    settings.chain.precommit_fee = settings.chain.commit_fee = "2 FIL";
    settings.retry.wait_s = 0;
    alerts.emplace(std::vector<std::unique_ptr<alert::Sink>>{}, 1000, nullptr);
    ledger.emplace(ledger::Ledger::open(net.scratch.path() / "ledger.sqlite"));
    journal.emplace(*ledger, "test",
                    std::function<void(const pledge::Sector&, const ledger::Event&)>{});
    box.emplace(outbox::Outbox::open(
        net.scratch.path() / "outbox.sqlite", onchain::outbox_settings(settings.chain),
        [this](const types::Message& m) { return net.worker.sign(m); }));
    chain.emplace(net.client, settings);
    pool.emplace(chain->node());
    driver.emplace(settings, *chain, *pool, *box, *journal, *alerts,
                   [this](bool, const std::string& line) { lines.push_back(line); });
    ledger->append({0,
                    0,
                    id,
                    "pledged",
                    {{"proof_type", "StackedDrg2KiBV1_1"}, {"pieces", {{{"file", "/p"}}}}},
                    "test"});
    pledge::apply(sectors, ledger->events());
  }

  pledge::Sector& sector() { return sectors.at(id); }

  void commit(const std::string& stage, json result = json::object()) {
    journal->write(sector(), "committed",
                   {{"stage", stage},
                    {"generation", 1},
                    {"identity", stage + std::to_string(sector().last_seq)},
                    {"result", std::move(result)}},
                   now_ms);
  }

  void stages() {
    const auto stage = std::string(pledge::row(sector().state).stage);
    if (stage == stage::kAddPiece) {
      json result{{"commitments", {{"comm_d", to_hex(sealed.comm_d)}}}, {"inputs", json::object()}};
      for (std::size_t i = 0; i < sealed.pieces.size(); ++i) {
        const auto n = std::to_string(i);
        result["commitments"]["comm_p_" + n] = to_hex(sealed.pieces[i].comm_p);
        result["inputs"]["piece_" + n] =
            fmt::format("{} unpadded bytes, 1 of x", sealed.pieces[i].unpadded_bytes);
      }
      return commit(stage, result);
    }
    if (stage == stage::kC2) {
      const auto folder = stage::work_folder(settings.storage_root, id);
      std::filesystem::create_directories(folder);
      const auto proof = vectors::bytes(sealed.path("proof.bin"));
      std::ofstream(folder / "proof.bin", std::ios::binary)
          .write(reinterpret_cast<const char*>(proof.data()),
                 static_cast<std::streamsize>(proof.size()));
    }
    json result = json::object();
    if (stage == stage::kPc2)
      result = {
          {"commitments", {{"comm_d", to_hex(sealed.comm_d)}, {"comm_r", to_hex(sealed.comm_r)}}}};
    if (!stage.empty()) commit(stage, result);
  }

  /// The chain draws what the reference sealed with.
  void randomness() {
    if (sector().state == State::get_ticket)
      net.set_randomness("tickets", DrawTag::seal_ticket, net.height() - 900, sealed.ticket);
    if (sector().state == State::wait_seed)
      net.set_randomness("beacon", DrawTag::interactive_seed, sector().precommit_epoch + 10,
                         sealed.seed);
  }

  void round() {
    now_ms += 1000;
    randomness();
    driver->tick(sectors, now_ms);
    if (sector().state == State::get_ticket)
      driver->draw_ticket(sector(), now_ms);
    else
      stages();
    net.advance(1);
  }

  Net net;
  vectors::Case sealed = vectors::seal_case("2k-data-v1_1");
  SectorId id{1000, 2};
  settings::Settings settings;
  std::int64_t now_ms = 1'700'000'000'000;
  std::vector<std::string> lines;
  std::optional<alert::Alerts> alerts;
  std::optional<ledger::Ledger> ledger;
  std::optional<pledge::Journal> journal;
  std::optional<outbox::Outbox> box;
  std::optional<onchain::RpcChain> chain;
  std::optional<outbox::RpcPool> pool;
  std::optional<onchain::Driver> driver;
  pledge::Sectors sectors;
};

}  // namespace

TEST_CASE("onchain: a sector of the reference comes on the development chain", "[onchain][dev]") {
  House house;
  const bool trouble = GENERATE(false, true);
  for (int i = 0; i < 80 && house.sector().state != State::proving; ++i) {
    if (trouble) {
      if (i % 7 == 3) house.net.admin("Reorg", json::array({2, i % 2 == 0}));
      if (i % 11 == 5)
        house.net.admin(
            "Trouble",
            json::array(
                {{{"kind", "http500"}, {"method", "StateSearchMsg"}, {"count", 1}, {"ms", 0}}}));
      house.now_ms += 60'000;  // whatever waits for a node has waited
    }
    house.round();
  }
  for (const auto& line : house.lines) UNSCOPED_INFO(line);
  UNSCOPED_INFO(house.sector().note);
  REQUIRE(name(house.sector().state) == "Proving");
  const auto there = house.net.node.sector(types::Address::of_id(1000), 2);
  REQUIRE(there);
  CHECK(there->comm_r.comm_r() == house.sealed.comm_r);
  CHECK(there->expiration == house.sector().expiration);
  std::size_t sent = 0;
  for (const auto& entry : house.box->entries()) sent += entry.attempts.empty() ? 0 : 1;
  for (const auto& entry : house.box->entries(outbox::State::final))
    sent += !entry.attempts.empty();
  CHECK(sent == 2);
  REQUIRE(house.sector().messages.size() == 2);
  for (const auto& message : house.sector().messages) {
    CHECK(message.exit_code == 0);
    CHECK(types::big_int_from_text(message.fee, "fee") > 0);
  }
}

TEST_CASE("onchain: an old node and an unknown network version stop everything", "[onchain][dev]") {
  House house;
  for (int i = 0; i < 3; ++i) house.round();
  const bool version = GENERATE(false, true);
  if (version)
    house.net.admin("SetNetworkVersion", json::array({99u, house.net.height() + 1}));
  else
    house.net.admin("OutOfSync", json::array({50}));
  house.net.advance(1);
  const auto before = house.ledger->last_seq();
  house.driver->tick(house.sectors, house.now_ms);
  CHECK(house.ledger->last_seq() == before);
  REQUIRE(house.lines.size() == 1);
  CHECK_THAT(house.lines[0], Catch::Matchers::Contains(version ? "99" : "epoch"));
  if (version) {
    house.settings.chain.allow_unknown_network = true;
    house.driver->tick(house.sectors, house.now_ms);
    CHECK_THAT(house.lines.back(), Catch::Matchers::Contains("fit again"));
  }
}
