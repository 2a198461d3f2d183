#include "chain/outbox/outbox.h"

#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "chain/outbox/refusal.h"
#include "chain/outbox/rpc_pool.h"
#include "chain/rpc/endpoint.h"
#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/chain/http_server.h"
#include "tests/chain/model_pool.h"
#include "tests/chain/recorded.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using outbox::Entry;
using outbox::Outbox;
using outbox::State;
using outbox::Wish;

namespace {

const types::BigInt kMaxFee = types::parse_fil("0.0000001");  // 10^11 attoFIL: 10^5 a gas

outbox::Settings settings(std::chrono::milliseconds pool_lag = {}) {
  outbox::Settings s;
  s.pool_lag = pool_lag;
  s.rules["test"] = {.max_fee = kMaxFee, .replace_after = 4};
  s.rules["held"] = {
      .max_fee = kMaxFee, .replace_after = 4, .base_fee_ceiling = types::BigInt(500)};
  s.rules["urgent"] = {.max_fee = kMaxFee, .maximize = true, .replace_after = 2};
  s.rules["heavy"] = {.max_fee = kMaxFee, .replace_after = 4, .most_an_epoch = 3};
  s.confidence = 5;
  s.finality = 30;
  s.repush = 5;
  s.recheck = 3;
  return s;
}

struct House {
  explicit House(std::uint64_t seed = 1) : pool(seed) {
    for (int i = 0; i < 2; ++i) keys.push_back(wallet::Key::generate(wallet::KeyType::secp256k1));
    pool.on_push = [this](const types::SignedMessage& m) {
      pool.remember(m);
      REQUIRE(on_disk(m.cid()));
    };
    open();
  }

  void open(std::chrono::milliseconds pool_lag = {}) {
    box.reset();
    box.emplace(Outbox::open(scratch.path() / "outbox.sqlite", settings(pool_lag),
                             [this](const types::Message& m) {
                               if (pool.chance(pool.trouble)) throw Crash{};
                               for (const auto& key : keys)
                                 if (key.address() == m.from) return key.sign(m);
                               throw Error(Fault::missing, "no key for the sender");
                             }));
  }

  /// By another connection: what is there now survives the death of this process.
  bool on_disk(const types::Cid& cid) const {
    sqlite3* db = nullptr;
    sqlite3_open((scratch.path() / "outbox.sqlite").c_str(), &db);
    sqlite3_stmt* row = nullptr;
    sqlite3_prepare_v2(db, "SELECT 1 FROM attempt WHERE cid = ?", -1, &row, nullptr);
    const auto text = cid.text();
    sqlite3_bind_text(row, 1, text.c_str(), -1, SQLITE_TRANSIENT);
    const bool found = sqlite3_step(row) == SQLITE_ROW;
    sqlite3_finalize(row);
    sqlite3_close(db);
    return found;
  }

  Wish wish(const std::string& key, std::size_t sender = 0,
            const std::string& kind = "test") const {
    return {key, kind, keys[sender].address(),  types::Address::of_id(1000),
            0,   5,    {key.begin(), key.end()}};
  }

  void run(int epochs) {
    for (; epochs > 0; --epochs) {
      pool.mine();
      box->tick(pool);
    }
  }

  Entry entry(const std::string& key) const { return box->find(key).value(); }

  Scratch scratch;
  std::vector<wallet::Key> keys;
  ModelPool pool;
  std::optional<Outbox> box;
};

unsigned times_on_chain(const ModelPool& pool, const std::string& key) {
  unsigned times = 0;
  for (const auto& tipset : pool.chain)
    for (const auto& m : tipset.messages)
      times += m.message.params == types::Bytes(key.begin(), key.end());
  return times;
}

}  // namespace

TEST_CASE("outbox: from a wish to a final receipt", "[outbox]") {
  House h;
  CHECK(h.box->enqueue(h.wish("a")).state == State::queued);
  CHECK(h.box->enqueue(h.wish("a")).id == h.entry("a").id);  // the same wish
  auto other = h.wish("a");
  other.value = 7;
  CHECK_THROWS_AS(h.box->enqueue(other), Error);
  other = h.wish("b");
  other.kind = "unheard";
  CHECK_THROWS_AS(h.box->enqueue(other), Error);
  other = h.wish("b");
  other.from = types::Address::of_id(100);
  CHECK_THROWS_AS(h.box->enqueue(other), Error);
  other = h.wish("b");
  other.params.assign(65'536, 0);
  CHECK_THROWS_AS(h.box->enqueue(other), Error);

  h.box->tick(h.pool);
  CHECK(h.entry("a").state == State::pending);
  CHECK(h.entry("a").nonce == 0);
  h.run(6);
  CHECK((h.entry("a").state == State::landed || h.entry("a").state == State::confirmed));
  h.run(12);
  const auto confirmed = h.entry("a");
  CHECK(confirmed.state == State::confirmed);
  REQUIRE(confirmed.receipt);
  CHECK(confirmed.receipt->gas_used == 900'000);
  CHECK(confirmed.landed == confirmed.attempts.back().cid());
  h.run(40);
  CHECK(h.entry("a").state == State::final);
  CHECK(times_on_chain(h.pool, "a") == 1);
  const auto pushes = h.pool.pushes;
  h.run(20);
  CHECK(h.pool.pushes == pushes);
}

TEST_CASE("outbox: nonces go on where the file, the pool and the chain are", "[outbox]") {
  House h;
  for (const auto* key : {"a", "b", "c"}) h.box->enqueue(h.wish(key));
  h.box->enqueue(h.wish("d", 1));
  h.box->tick(h.pool);
  CHECK(h.entry("c").nonce == 2);
  CHECK(h.entry("d").nonce == 0);
  h.pool.pool.clear();  // the node forgets all of it and would begin at 0 again
  h.open();
  h.box->enqueue(h.wish("e"));
  h.box->tick(h.pool);
  CHECK(h.entry("e").nonce == 3);
  h.run(40);
  for (const auto* key : {"a", "b", "c", "d", "e"}) CHECK(times_on_chain(h.pool, key) == 1);
}

TEST_CASE("outbox: a stuck message is outbid up to the limit of its kind", "[outbox]") {
  House h;
  h.box->enqueue(h.wish("a"));
  h.box->enqueue(h.wish("b"));
  h.box->tick(h.pool);
  h.pool.base_fee = 50'000;
  for (int i = 0; i < 10 && h.entry("a").attempts.size() < 2; ++i) h.run(1);
  CHECK(h.entry("b").attempts.size() == 1);  // only the lowest nonce
  h.run(10);
  const auto a = h.entry("a");
  REQUIRE(a.attempts.size() >= 2);
  for (std::size_t i = 1; i < a.attempts.size(); ++i) {
    const auto &before = a.attempts[i - 1].message, &after = a.attempts[i].message;
    CHECK(after.gas_premium >= before.gas_premium * 125 / 100 + 1);
    CHECK(after.nonce == before.nonce);
    CHECK(after.gas_fee_cap * after.gas_limit <= kMaxFee);
  }
  CHECK(a.attempts[1].message.gas_fee_cap >= 50'000);
  CHECK((a.state == State::landed || a.state == State::confirmed));

  h.pool.base_fee = 1'000'000;  // ten times what the limit allows
  h.box->enqueue(h.wish("c"));
  h.run(150);
  const auto c = h.entry("c");
  CHECK(c.state == State::pending);
  CHECK(c.note.find("limit") != std::string::npos);
  for (const auto& attempt : c.attempts)
    CHECK(attempt.message.gas_fee_cap * attempt.message.gas_limit <= kMaxFee);
  h.pool.base_fee = 100;
  h.run(60);
  CHECK(h.entry("c").state == State::final);
}

TEST_CASE("outbox: what waits: a high base fee until the cutoff, missing funds, a missing key",
          "[outbox]") {
  House h;
  h.pool.base_fee = 1000;
  auto held = h.wish("held", 0, "held");
  held.cutoff = 6;
  h.box->enqueue(held);
  h.run(4);
  CHECK(h.entry("held").state == State::queued);
  CHECK_FALSE(h.entry("held").note.empty());
  h.run(4);
  CHECK(h.entry("held").state != State::queued);

  h.pool.estimate_error =
      "message execution failed (exit=[SysErrInsufficientFunds(6)], vm error=[..])";
  h.box->enqueue(h.wish("poor"));
  h.run(2);
  CHECK(h.entry("poor").state == State::queued);
  CHECK(h.entry("poor").note == h.pool.estimate_error);
  h.pool.estimate_error.clear();
  h.pool.push_error =
      "not enough funds (required: 100 FIL, balance: 10 FIL): not enough funds to execute "
      "transaction";
  h.run(2);
  CHECK(h.entry("poor").state == State::pending);
  CHECK(h.entry("poor").note == h.pool.push_error);
  h.pool.push_error.clear();
  h.run(40);
  CHECK(h.entry("poor").state == State::final);

  const auto stranger = wallet::Key::generate(wallet::KeyType::bls);
  auto keyless = h.wish("keyless");
  keyless.from = stranger.address();
  h.box->enqueue(keyless);
  h.box->enqueue(h.wish("other"));
  h.run(3);
  CHECK(h.entry("keyless").state == State::queued);
  CHECK_FALSE(h.entry("keyless").nonce);
  CHECK(h.entry("other").state != State::queued);  // nobody else waits for it
}

TEST_CASE("outbox: a heavy kind goes out a few an epoch", "[outbox]") {
  House h;
  for (int i = 0; i < 8; ++i) h.box->enqueue(h.wish(std::to_string(i), 0, "heavy"));
  h.box->enqueue(h.wish("light"));
  const auto queued = [&] { return h.box->entries(State::queued).size(); };
  h.box->tick(h.pool);
  CHECK(queued() == 5);
  CHECK(h.entry("light").state == State::pending);
  h.box->tick(h.pool);  // the same epoch
  CHECK(queued() == 5);
  ++h.pool.height;
  h.box->tick(h.pool);
  CHECK(queued() == 2);
}

TEST_CASE("outbox: what no chain would run is refused and takes no nonce", "[outbox]") {
  House h;
  h.pool.estimate_error =
      "message execution failed (exit=[ErrIllegalArgument(16)], vm error=[already allocated])";
  h.box->enqueue(h.wish("bad"));
  h.box->tick(h.pool);
  CHECK(h.entry("bad").state == State::refused);
  h.pool.estimate_error.clear();
  h.box->enqueue(h.wish("good"));
  h.box->tick(h.pool);
  CHECK(h.entry("good").nonce == 0);
  CHECK(h.box->entries(State::refused).size() == 1);
}

TEST_CASE("outbox: what fails where a pool lags behind the head is tried until it caught up",
          "[outbox]") {
  House h;
  h.open(std::chrono::hours(1));
  // A window proof, sent four epochs after its window has opened at the head.
  h.pool.estimate_error =
      "message execution failed (exit=[ErrIllegalArgument(16)], vm error=[message failed with "
      "backtrace:\n00: f01004 (method 5) -- invalid deadline 0 at epoch 1389, expected 47 (16)\n "
      "(RetCode=16)])";
  h.box->enqueue(h.wish("early"));
  for (int i = 0; i < 3; ++i) h.box->tick(h.pool);
  CHECK(h.entry("early").state == State::queued);
  CHECK(h.entry("early").note.find("invalid deadline") != std::string::npos);
  h.pool.estimate_error.clear();
  h.box->tick(h.pool);
  CHECK(h.entry("early").state == State::pending);
  // It fails longer than any pool lags.
  h.open(std::chrono::milliseconds(1));
  h.pool.estimate_error = "message execution failed (exit=[ErrIllegalArgument(16)])";
  h.box->enqueue(h.wish("never"));
  h.box->tick(h.pool);
  CHECK(h.entry("never").state == State::queued);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  h.box->tick(h.pool);
  CHECK(h.entry("never").state == State::refused);
}

TEST_CASE("outbox: a nonce that somebody else used is given up only when no reorg can undo that",
          "[outbox]") {
  House h;
  h.box->enqueue(h.wish("a"));
  h.box->tick(h.pool);
  auto foreign = h.entry("a").attempts.back().message;
  foreign.params = {'x'};
  h.pool.pool.clear();
  h.pool.chain.push_back({++h.pool.height, {h.keys[0].sign(foreign)}});
  h.run(10);
  CHECK(h.entry("a").state == State::pending);
  CHECK(h.entry("a").note.find("another message") != std::string::npos);
  CHECK(times_on_chain(h.pool, "a") == 0);
  h.run(60);
  CHECK(times_on_chain(h.pool, "a") == 1);
  CHECK(h.entry("a").nonce == 1);
}

TEST_CASE("outbox: the pool's refusals, in lotus' words", "[outbox]") {
  using outbox::Refusal;
  const std::map<std::string, Refusal> want{
      {"MpoolPush-bad-signature", Refusal::invalid},
      {"MpoolPush-fee-cap-too-low", Refusal::fee_cap_too_low},
      {"MpoolPush-gas-limit-too-high", Refusal::invalid},
      {"MpoolPush-gas-limit-too-low", Refusal::invalid},
      {"MpoolPush-insufficient-funds", Refusal::no_funds},
      {"MpoolPush-negative-value", Refusal::invalid},
      {"MpoolPush-nonce-too-low", Refusal::nonce_too_low},
      {"MpoolPush-premium-above-fee-cap", Refusal::invalid},
      {"MpoolPush-rbf-premium-too-low", Refusal::premium_too_low},
      {"MpoolPush-rbf-same-premium", Refusal::premium_too_low},
      {"MpoolPush-same-again", Refusal::already_there},
      {"MpoolPush-same-again-just-landed", Refusal::already_there},
      {"MpoolPush-sender-without-actor", Refusal::unknown},
      {"MpoolPush-signature-of-other-message", Refusal::invalid},
  };
  for (const auto& [name, refusal] : want) {
    CAPTURE(name);
    const auto text = recorded::read(name)["response"]["error"]["message"].get<std::string>();
    CHECK(outbox::refusal_of_push(text) == refusal);
    if (refusal == Refusal::premium_too_low) CHECK(outbox::premium_asked(text) == 109894);
  }
  CHECK_FALSE(outbox::premium_asked("increase GasPremium to x"));
  const std::map<std::string, outbox::Estimate> estimates{
      {"GasEstimateMessageGas-bad-method", outbox::Estimate::never},
      {"GasEstimateMessageGas-pre-commit-again", outbox::Estimate::never},
      {"GasEstimateMessageGas-prove-commit-again", outbox::Estimate::never},
      {"GasEstimateMessageGas-caller-forbidden", outbox::Estimate::never},
      {"GasEstimateMessageGas-insufficient-funds", outbox::Estimate::wait},
      {"GasEstimateMessageGas-unknown-sender", outbox::Estimate::wait},
  };
  for (const auto& [name, what] : estimates) {
    CAPTURE(name);
    const auto error = recorded::read(name)["response"]["error"];
    CHECK(outbox::refusal_of_estimate(error["code"], error["message"].get<std::string>()) == what);
  }
}

TEST_CASE("outbox: a real node's answers through the same eyes", "[outbox]") {
  nlohmann::json answer;
  HttpServer server([&](const HttpServer::Request& r) {
    answer["id"] = nlohmann::json::parse(r.body)["id"];
    return HttpServer::Answer{200, answer.dump()};
  });
  rpc::Client client(rpc::parse_api_info(server.url()), {});
  const rpc::Node node(client, types::Network::testnet);
  outbox::RpcPool pool(node);
  using Where = outbox::Found::Where;
  const auto search = [&](const std::string& name) {
    answer = recorded::read(name)["response"];
    return pool.search(types::Cid::of_cbor({}));
  };
  CHECK(search("StateSearchMsg").where == Where::on_chain);
  CHECK(search("StateSearchMsg").lookup.height == 4889);
  CHECK(search("StateSearchMsg-pending").where == Where::nowhere);
  CHECK(search("StateSearchMsg-unknown").where == Where::nowhere);
  CHECK(search("StateSearchMsg-forgotten").where == Where::nowhere);
  answer = {{"jsonrpc", "2.0"},
            {"error",
             {{"code", 1},
              {"message",
               "found message with equal nonce as the one we are "
               "looking for (F:bafy n 3, TS: bafy n3)"}}}};
  CHECK(pool.search(types::Cid::of_cbor({})).where == Where::taken);
  answer["error"]["message"] = "something else";
  CHECK_THROWS_AS(pool.search(types::Cid::of_cbor({})), rpc::RpcError);
  answer = recorded::read("ChainHead")["response"];
  CHECK((pool.head().height == 4898 && pool.head().base_fee == 100));
  answer = recorded::read("MpoolGetConfig")["response"];
  CHECK(pool.replace_ratio() == 1.25);
  answer = recorded::read("MpoolGetNonce")["response"];
  CHECK(pool.next_nonce(types::Address::of_id(100)) == 23);
}

TEST_CASE("outbox: crashes, lost answers, forgotten messages, fee spikes and reorgs of depth 20",
          "[outbox]") {
  const auto seed = GENERATE(range(1, 4));
  CAPTURE(seed);
  House h(static_cast<std::uint64_t>(seed));
  auto& rng = h.pool.rng;
  constexpr unsigned kWishes = 40;
  unsigned wished = 0, crashes = 0, reorgs = 0;
  const auto key = [](unsigned i) { return "sector " + std::to_string(i); };
  const auto wish = [&](unsigned i) {
    return h.wish(key(i), i % 2, i % 5 == 0 ? "urgent" : "test");
  };

  for (int round = 0; round < 550; ++round) {
    h.pool.trouble = round < 350 ? 0.02 : 0;
    if (wished < kWishes && h.pool.chance(0.3)) {
      h.box->enqueue(wish(wished));
      // A caller that died does not know whether it asked.
      if (h.pool.chance(0.3)) h.box->enqueue(wish(static_cast<unsigned>(rng() % (wished + 1))));
      ++wished;
    }
    if (round < 350) {
      if (h.pool.chance(0.03)) h.pool.forget_some();
      if (h.pool.chance(0.02)) h.pool.reorg(1 + static_cast<types::Epoch>(rng() % 20)), ++reorgs;
      if (h.pool.chance(0.05)) h.pool.base_fee = 100 + rng() % 60'000;
    } else {
      h.pool.base_fee = 100;
    }
    h.pool.mine();
    try {
      h.box->tick(h.pool);
    } catch (const Crash&) {
      ++crashes;
      h.open();
    } catch (const rpc::NoAnswer&) {
    }
  }

  CHECK(crashes > 5);
  CHECK(reorgs > 0);
  REQUIRE(wished == kWishes);
  std::map<types::Address, std::set<std::uint64_t>> nonces;
  for (unsigned i = 0; i < kWishes; ++i) {
    const auto entry = h.entry(key(i));
    CAPTURE(entry.wish.key, outbox::name(entry.state), entry.note, entry.nonce.value_or(9999));
    CHECK(entry.state == State::final);
    CHECK(times_on_chain(h.pool, key(i)) == 1);
    REQUIRE(entry.nonce);
    CHECK(nonces[entry.wish.from].insert(*entry.nonce).second);
    bool landed = false;
    for (const auto& attempt : entry.attempts) {
      landed |= attempt.cid() == entry.landed;
      CHECK(attempt.message.gas_fee_cap * attempt.message.gas_limit <= kMaxFee);
    }
    CHECK(landed);
  }
  for (const auto& [sender, used] : nonces) CHECK(*used.rbegin() + 1 == used.size());
  std::size_t on_chain = 0;
  for (const auto& tipset : h.pool.chain) on_chain += tipset.messages.size();
  CHECK(on_chain == kWishes);
}

TEST_CASE("outbox: what a message cost", "[outbox]") {
  // Base fee 1 and no tip: gas used and gas burnt.  Source: ref-fvm, fvm/src/gas/outputs.rs, tests.
  const auto [used, limit, burnt] = GENERATE(table<int, int, int>({{100, 200, 90},
                                                                   {100, 150, 20},
                                                                   {1000, 1300, 60},
                                                                   {500, 700, 60},
                                                                   {200, 200, 0},
                                                                   {20000, 21000, 0},
                                                                   {0, 2000, 2000},
                                                                   {500, 651, 30},
                                                                   {500, 5000, 4500}}));
  types::Message m;
  m.gas_limit = limit;
  m.gas_fee_cap = 1;
  CHECK(outbox::cost(m, used, 1) == used + burnt);
  m.gas_fee_cap = 10;
  m.gas_premium = 3;
  CHECK(outbox::cost(m, used, 1) == used + burnt + 3 * limit);
  CHECK(outbox::cost(m, used, 8) == 8 * (used + burnt) + 2 * limit);
  CHECK(outbox::cost(m, used, 20) == 10 * (used + burnt));
}

TEST_CASE("outbox: a fee of its own bounds a message, and survives", "[outbox]") {
  House house;
  auto wish = house.wish("own");
  wish.max_fee = types::BigInt(5'000'000'000);  // 5000 a gas
  house.box->enqueue(wish);
  house.open();
  house.pool.base_fee = 100'000;
  house.box->tick(house.pool);
  const auto entry = house.box->find("own").value();
  CHECK(entry.wish.max_fee == wish.max_fee);
  CHECK(entry.attempts.at(0).message.gas_fee_cap == 5000);
}

TEST_CASE("outbox: a kind without a rule belongs to another program", "[outbox]") {
  House house;
  auto other = settings();
  other.rules["theirs"] = {.max_fee = kMaxFee};
  auto theirs = Outbox::open(house.scratch.path() / "outbox.sqlite", other,
                             [&](const types::Message& m) { return house.keys[0].sign(m); });
  theirs.enqueue(house.wish("a", 0, "theirs"));
  house.box->tick(house.pool);
  CHECK(house.box->find("a")->state == State::queued);
  theirs.tick(house.pool);
  CHECK(theirs.find("a")->state == State::pending);
  // Looked up and pushed by whoever has a round: its nonce must not hold up the sender's others.
  house.run(3);
  CHECK(house.box->find("a")->state == State::landed);
  CHECK(house.box->find("a")->attempts.size() == 1);
  theirs.enqueue(house.wish("b", 0, "theirs"));
  CHECK(theirs.drop("b"));
  CHECK_FALSE(theirs.find("b"));
  CHECK_FALSE(theirs.drop("a"));
}

TEST_CASE("outbox: a file of the first schema is upgraded", "[outbox]") {
  House house;
  house.box->enqueue(house.wish("old"));
  house.box.reset();
  sqlite3* db = nullptr;
  sqlite3_open((house.scratch.path() / "outbox.sqlite").c_str(), &db);
  REQUIRE(sqlite3_exec(db, "ALTER TABLE message DROP COLUMN max_fee; PRAGMA user_version=1",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  house.open();
  CHECK_FALSE(house.box->find("old")->wish.max_fee);
  house.box->tick(house.pool);
  CHECK(house.box->find("old")->state == State::pending);
}

TEST_CASE("outbox: a message that the node will not look up holds up no other", "[outbox]") {
  House house;
  house.box->enqueue(house.wish("bad", 0));
  house.box->enqueue(house.wish("good", 1));
  house.box->tick(house.pool);
  house.pool.refuse_search = house.box->find("bad")->attempts.at(0).cid();
  for (int i = 0; i < 20 && house.box->find("good")->state < State::landed; ++i) {
    house.run(1);
    CHECK(house.box->find("bad")->state == State::pending);
  }
  CHECK(house.box->find("good")->state == State::landed);
  house.pool.refuse_search = {};
  house.run(12);
  CHECK(house.box->find("bad")->state >= State::confirmed);
}
