// The development chain as a client sees it: messages, fees, pool, clock, faults to order.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

#include "chain/dev/gas.h"
#include "chain/outbox/refusal.h"
#include "chain/rpc/endpoint.h"
#include "chain/rpc/http.h"
#include "kernels/base/error.h"
#include "tests/chain/dev_net.h"
#include "tests/chain/recorded.h"

extern char** environ;

using namespace sealyard;
using types::Address;
using types::BigInt;
using types::Json;

namespace {

constexpr auto kTestnet = types::Network::testnet;

std::string refusal(Net& net, const types::SignedMessage& m) {
  try {
    net.node.push(m);
  } catch (const rpc::RpcError& error) {
    return error.message();
  }
  return "";
}

outbox::Refusal kind(Net& net, const types::SignedMessage& m) {
  return outbox::refusal_of_push(refusal(net, m));
}

constexpr auto until = Net::until;

}  // namespace

TEST_CASE("dev: what a message costs", "[dev]") {
  // used, limit -> refunded, burned.  Source: ref-fvm, fvm/src/gas/outputs.rs, its tests.
  const std::int64_t kRows[][4] = {
      {100, 200, 10, 90},  {100, 150, 30, 20},  {1000, 1300, 240, 60},
      {500, 700, 140, 60}, {200, 200, 0, 0},    {20000, 21000, 1000, 0},
      {0, 2000, 0, 2000},  {500, 651, 121, 30}, {500, 5000, 0, 4500}};
  for (const auto& [used, limit, refunded, burned] : kRows) {
    CAPTURE(used, limit);
    const auto over = dev::over_estimation(used, limit);
    CHECK(over.refunded == refunded);
    CHECK(over.burned == burned);
  }
}

TEST_CASE("dev: the base fee follows the premium of a full block", "[dev]") {
  const auto next = [](std::int64_t fee, std::int64_t premium) {
    const dev::Bid full{premium, 10'000'000'000};
    return dev::next_base_fee(fee, std::span(&full, 1));
  };
  const std::int64_t kRows[][3] = {
      {100, 0, 100},   {100, 13, 100},  {100, 14, 101}, {100, 26, 113},  {801, 0, 700},
      {801, 200, 900}, {801, 201, 901}, {808, 0, 707},  {808, 202, 909}, {808, 203, 909}};
  for (const auto& [fee, premium, want] : kRows) {
    CAPTURE(fee, premium);
    CHECK(next(fee, premium) == want);
  }
  const std::vector<dev::Bid> below{{123, 5'999'999'999}, {100, 2'000'000'000}};
  const std::vector<dev::Bid> above{{123, 5'999'999'999}, {100, 2'000'000'001}};
  CHECK(dev::next_base_fee(801, below) == 700);
  CHECK(dev::next_base_fee(801, above) == 801 - 101 + 100);
}

TEST_CASE("dev: a transfer lands, pays and is found", "[dev]") {
  Net net;
  const auto to = wallet::Key::generate(wallet::KeyType::secp256k1).address();
  const auto before = net.node.balance(net.owner.address());
  const auto m = net.node.estimate_gas(net.message(net.owner, to, 1234));
  CHECK(m.gas_limit > 634'763);
  const auto signed_message = net.owner.sign(m);
  const auto cid = net.node.push(signed_message);
  CHECK(net.node.next_nonce(net.owner.address()) == 1);
  CHECK(net.node.pending() == std::vector{signed_message});
  CHECK_FALSE(net.node.search(cid));
  net.advance(1);
  CHECK_FALSE(net.node.search(cid));  // executed, but no child carries the receipt
  CHECK(net.node.balance(to) == 0);
  CHECK(net.node.pending().empty());
  net.advance(1);
  const auto found = net.node.search(cid);
  REQUIRE(found);
  CHECK(found->receipt.exit_code == 0);
  CHECK(found->height == net.node.head().height);
  CHECK(found->tipset == net.node.head().key);
  CHECK(net.node.wait(cid, 0).height == found->height);
  CHECK(net.node.balance(to) == 1234);
  CHECK(net.node.message(cid) == m);
  const auto head = net.node.head().key.front();
  CHECK(net.node.parent_messages(head) == std::vector{std::pair{cid, m}});
  REQUIRE(net.node.parent_receipts(head).size() == 1);
  const auto fees = dev::gas_outputs(m, found->receipt.gas_used, 100);
  CHECK(net.node.balance(net.owner.address()) ==
        before - 1234 - fees.burn - fees.over_estimation_burn - fees.tip);
}

TEST_CASE("dev: the pool refuses as lotus does", "[dev]") {
  Net net;
  using outbox::Refusal;
  const auto to = net.worker.address();
  auto m = net.message(net.owner, to, 1);
  m.gas_limit = 3'000'000;
  m.gas_fee_cap = 200'000;
  m.gas_premium = 1000;
  const auto with = [&](auto change) {
    auto other = m;
    change(other);
    return net.owner.sign(other);
  };
  const auto first = net.owner.sign(m);
  net.node.push(first);
  CHECK(kind(net, first) == Refusal::already_there);
  const auto text = refusal(net, with([](auto& o) { o.gas_premium = 1100; }));
  CHECK(outbox::refusal_of_push(text) == Refusal::premium_too_low);
  CHECK(outbox::premium_asked(text) == BigInt(1101));
  CHECK(kind(net, with([](auto& o) { o.gas_fee_cap = 99, o.gas_premium = 1; })) ==
        Refusal::fee_cap_too_low);
  CHECK(kind(net, with([](auto& o) { o.nonce = 1, o.gas_fee_cap = BigInt(10) * dev::kFil; })) ==
        Refusal::no_funds);
  CHECK(kind(net, with([](auto& o) { o.nonce = 1, o.gas_limit = 1000; })) == Refusal::invalid);
  CHECK(kind(net, with([](auto& o) { o.params.resize(70'000); })) == Refusal::too_big);
  auto forged = with([](auto& o) { o.nonce = 1; });
  forged.message.value = 2;
  CHECK(kind(net, forged) == Refusal::invalid);
  const auto poor = wallet::Key::generate(wallet::KeyType::bls);
  auto of_poor = m;
  of_poor.from = poor.address();
  CHECK(refusal(net, poor.sign(of_poor)).find("actor not found") != std::string::npos);

  const auto replacement = with([](auto& o) { o.gas_premium = 1101; });
  net.node.push(replacement);
  CHECK(net.node.pending() == std::vector{replacement});
  net.node.push(with([](auto& o) { o.nonce = 3; }));  // a gap is kept, and not filled by itself
  CHECK(net.node.next_nonce(net.owner.address()) == 1);
  net.advance(2);
  CHECK(net.node.pending().size() == 1);
  CHECK(kind(net, first) == Refusal::nonce_too_low);
  // Who asks for the replaced one is told of the other one.
  CHECK(net.node.search(first.cid())->message == replacement.cid());
  CHECK_FALSE(net.node.search(first.cid(), -1, false));
}

TEST_CASE("dev: a message that fails pays", "[dev]") {
  Net net;
  const auto miner = net.create_miner();
  auto m = net.message(net.worker, miner, 0, 999'999);
  CHECK_THROWS_AS(net.node.estimate_gas(m), rpc::RpcError);
  const auto before = net.node.balance(net.worker.address());
  CHECK(net.land(Net::priced(net.worker, m)).receipt.exit_code == 22);
  CHECK(net.node.balance(net.worker.address()) < before);
  m = net.message(net.worker, net.owner.address(), dev::kFil * 2000);
  CHECK(net.land(Net::priced(net.worker, m)).receipt.exit_code == 6);
  // A limit that is enough for the message to be stored, but not for what it does.
  auto small = net.worker.sign(net.node.estimate_gas(net.message(net.worker, miner, 0, 22)));
  small.message.gas_limit = dev::inclusion_gas(small) + 1000;
  CHECK(net.land(net.worker.sign(small.message)).receipt.exit_code == 7);
}

TEST_CASE("dev: a reorganisation takes messages back", "[dev]") {
  Net net;
  const auto to = wallet::Key::generate(wallet::KeyType::bls).address();
  net.advance(5);
  const auto m = Net::priced(net.owner, net.message(net.owner, to, 7));
  const auto landed = net.land(m);
  const auto old_head = net.node.head();
  const bool keep = GENERATE(true, false);
  net.admin("Reorg", {4, keep});
  const auto head = net.node.head();
  CHECK(head.height == old_head.height + 1);
  CHECK(head.blocks[0].parent_weight > old_head.blocks[0].parent_weight);
  const auto path = net.node.path(old_head.key, head.key);
  REQUIRE(path.size() == 9);
  CHECK(path.front().kind == rpc::HeadChange::Kind::revert);
  CHECK(path.front().tipset.key == old_head.key);
  CHECK(path.back().kind == rpc::HeadChange::Kind::apply);
  CHECK(path.back().tipset.key == head.key);
  CHECK(path[0].tipset.blocks[0].ticket != path[5].tipset.blocks[0].ticket);
  const auto found = net.node.search(m.cid());
  CHECK(found.has_value() == keep);
  if (keep) {
    CHECK(found->tipset != landed.tipset);
  }
  CHECK(net.node.balance(to) == (keep ? 7 : 0));
  // What was given out of nothing stays.
  CHECK(net.node.balance(net.worker.address()) == dev::kFil * 1000);
}

TEST_CASE("dev: null rounds, and randomness behind them", "[dev]") {
  Net net;
  net.advance(2);
  net.admin("Jump", Json::array({10}));
  net.advance(1);
  const auto head = net.node.head();
  CHECK(head.height == 13);
  CHECK(net.node.tipset_by_height(7).height == 2);
  CHECK(net.node.tipset_after_height(7).height == 12);
  const types::Bytes entropy{1, 2};
  const auto at = [&](types::Epoch epoch) {
    return net.node.randomness_from_tickets(types::DrawTag::seal_ticket, epoch, entropy, head.key);
  };
  const auto ticket = net.node.tipset_after_height(7).blocks[0].ticket;
  CHECK(at(7) ==
        types::draw(types::DrawTag::seal_ticket, types::randomness_digest(ticket), 7, entropy));
  CHECK(at(-3) != at(0));
  CHECK_THROWS_AS(at(14), rpc::RpcError);
  CHECK_THROWS_AS(net.node.randomness_from_tickets(types::DrawTag::seal_ticket, 1, entropy),
                  rpc::RpcError);  // lotus wants a key
}

TEST_CASE("dev: faults to order", "[dev]") {
  Net net;
  net.advance(10);
  SECTION("a spike of the base fee holds messages that do not pay it") {
    auto m = net.message(net.owner, net.worker.address(), 1);
    m.gas_limit = 3'000'000;
    m.gas_fee_cap = 1000;
    m.gas_premium = 100;
    net.admin("SetBaseFee", {"50000", 3});
    net.node.push(net.owner.sign(m));
    net.advance(3);
    CHECK(net.node.pending().size() == 1);
    CHECK(net.node.head().blocks[0].parent_base_fee == 50000);
    net.advance(60);  // it falls by an eighth an epoch
    CHECK(net.node.pending().empty());
  }
  SECTION("a message is lost") {
    const auto m = Net::priced(net.owner, net.message(net.owner, net.worker.address(), 1));
    const auto cid = net.node.push(m);
    CHECK(net.admin("DropMessage", Json::array({types::to_json(cid)})) == true);
    CHECK(net.node.next_nonce(net.owner.address()) == 0);
    net.node.push(m);
    CHECK(net.node.pending().size() == 1);
  }
  SECTION("an old head") {
    net.admin("OutOfSync", Json::array({6}));
    CHECK(net.node.head().height == 4);
    const auto sync = net.node.sync_state();
    REQUIRE(sync.size() == 1);
    CHECK(sync[0].stage == 3);
    CHECK(sync[0].target_height == 10);
    net.admin("OutOfSync", Json::array({0}));
    CHECK(net.node.head().height == 10);
  }
  SECTION("an unknown network") {
    net.admin("SetNetworkVersion", {99, 12});
    CHECK(net.node.network_version() == 28);
    net.advance(2);
    CHECK(net.node.network_version() == 99);
  }
  SECTION("answers that go wrong") {
    for (const char* trouble : {"http500", "truncate", "cut", "unauthorized"}) {
      CAPTURE(trouble);
      // A client may try again by itself where a connection that it kept is closed.
      net.admin("Trouble", Json::array({{{"kind", trouble}, {"method", "Version"}, {"count", 9}}}));
      CHECK_THROWS_AS(net.node.version(), rpc::NoAnswer);
      net.admin("Trouble", Json::array({{{"kind", "none"}}}));
      CHECK(net.node.version().agent == "sealyard-devnet");
    }
  }
}

TEST_CASE("dev: the faucet gives once in ten minutes", "[dev]") {
  Net net;
  const auto address = wallet::Key::generate(wallet::KeyType::bls).address().text(kTestnet);
  CHECK(net.net.call("Faucet", Json::array({address})).at("Amount") == "50000000000000000000");
  CHECK(net.node.balance(Address::parse(address)) == dev::kFil * 50);
  try {
    net.net.call("Faucet", Json::array({address}));
    FAIL("a second request was served");
  } catch (const dev::Refused& refused) {
    CHECK(refused.code() == 429);
  }
  CHECK(net.node.balance(Address::parse(address)) == dev::kFil * 50);
  rpc::Http http({net.server.url() + "/send?address=" + address, ""}, std::chrono::seconds(5));
  CHECK(http.post("", std::chrono::seconds(30), {}).status == 429);
}

TEST_CASE("dev: the clock runs by itself, and waits when asked", "[dev]") {
  Net net({}, dev::ClockMode::steady);
  until([&] { return net.height() > 3; });
  net.admin("Freeze", Json::array({true}));
  const auto still = net.height();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(net.height() == still);
  net.admin("Clock", {"gated", 1});
  net.admin("Lease", {"proof", 3'600'000});
  net.admin("Freeze", Json::array({false}));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(net.height() == still);
  net.admin("Release", Json::array({"proof"}));
  until([&] { return net.height() > still; });
}

TEST_CASE("dev: requests are framed as lotus frames them", "[dev]") {
  Net net;
  const auto token = net.net.admin_token();
  rpc::Http open({net.server.url() + "/rpc/v1", ""}, std::chrono::seconds(5));
  for (const char* name : {"error-malformed-json", "error-batch-empty", "error-empty-body",
                           "error-unknown-method", "error-wrong-param-count", "error-params-object",
                           "error-too-many-params", "ok-id-null", "ok-notification-no-id"}) {
    CAPTURE(name);
    const auto record = recorded::read(name);
    const auto body = record.contains("request_body") ? record.at("request_body").get<std::string>()
                                                      : record.at("request").dump();
    const auto answer = open.post(body, std::chrono::seconds(30), {});
    CHECK(answer.status == record.at("status"));
    CHECK(answer.body == record.at("response_body"));
  }
  const auto denied =
      open.post(R"({"jsonrpc":"2.0","id":1,"method":"Filecoin.MpoolPush","params":[{}]})",
                std::chrono::seconds(30), {});
  CHECK(denied.status == 200);
  CHECK(denied.body == recorded::read("error-no-token-push").at("response_body"));
  rpc::Http wrong({net.server.url() + "/rpc/v1", token + "x"}, std::chrono::seconds(5));
  CHECK(wrong.post("{}", std::chrono::seconds(30), {}).status == 401);
  const auto rights = net.node.permissions(token);
  CHECK(std::vector<std::string>{"read", "write", "sign", "admin"} == rights);
}

TEST_CASE("dev: a chain survives being killed", "[dev]") {
  Scratch scratch;
  const auto key = wallet::Key::generate(wallet::KeyType::secp256k1);
  const auto folder = scratch.path().string();
  struct Child {
    pid_t pid = 0;
    void stop() {
      if (pid == 0) return;
      kill(pid, SIGKILL);
      waitpid(std::exchange(pid, 0), nullptr, 0);
    }
    ~Child() { stop(); }
  } child;
  const auto start = [&] {
    std::filesystem::remove(scratch.path() / "api");
    std::vector<std::string> words{
        SEALYARD_BIN "/sealyard-devnet", "--state", folder, "--epoch-ms", "1", "--params",
        SEALYARD_VECTORS "/params"};
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    REQUIRE(posix_spawn(&child.pid, argv[0], nullptr, nullptr, argv.data(), environ) == 0);
    until([&] { return std::filesystem::exists(scratch.path() / "api"); });
  };
  const auto connect = [&] {
    std::string token, api;
    std::ifstream(scratch.path() / "token") >> token;
    std::ifstream(scratch.path() / "api") >> api;
    return rpc::Client(rpc::parse_api_info(token + ":" + api), {});
  };
  types::SignedMessage waiting;
  rpc::Tipset seen;
  start();
  {
    auto client = connect();
    const rpc::Node node(client, kTestnet);
    const auto funded = key.address().text(kTestnet);
    const auto command = fmt::format("{}/sealyard-devnet --state {} fund {} 5 > /dev/null",
                                     SEALYARD_BIN, folder, funded);
    REQUIRE(std::system(command.c_str()) == 0);
    types::Message m;
    m.from = key.address();
    m.to = Address::of_id(types::kBurntFundsActor);
    m.nonce = 4;  // waits for 0 to 3
    waiting = Net::priced(key, m);
    node.push(waiting);
    until([&] { return node.head().height > 20; });
    seen = node.head();
  }
  child.stop();
  for (int round = 0; round < 3; ++round) {
    start();
    auto client = connect();
    const rpc::Node node(client, kTestnet);
    const auto head = node.head();
    CHECK(head.height >= seen.height);
    CHECK(node.tipset_by_height(seen.height).key == seen.key);
    CHECK(node.balance(key.address()) == dev::kFil * 5);
    CHECK(node.pending() == std::vector{waiting});
    until([&] { return node.head().height > head.height + 5; });
    seen = node.head();
    child.stop();
  }
}
