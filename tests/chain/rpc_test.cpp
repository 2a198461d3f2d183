// The client against answers recorded from lotus, served over HTTP by the test itself.
#include <atomic>
#include <map>
#include <set>

#include "chain/rpc/client.h"
#include "chain/rpc/endpoint.h"
#include "chain/rpc/head_watch.h"
#include "chain/rpc/methods.h"
#include "chain/rpc/node.h"
#include "tests/catch.h"
#include "tests/chain/http_server.h"
#include "tests/chain/recorded.h"

using namespace sealyard;
using namespace std::chrono_literals;
using nlohmann::json;
using types::JsonView;
using types::Network;

namespace {

using Arguments = std::vector<JsonView>;
using TypedCall = std::function<void(const rpc::Node&, const Arguments&)>;

types::DrawTag tag(const JsonView& value) { return static_cast<types::DrawTag>(value.i64()); }

message::SectorPreCommit precommit(const JsonView& info) {
  const json wrapped{{"Info", info.raw()}, {"PreCommitDeposit", "0"}, {"PreCommitEpoch", 0}};
  return rpc::PreCommitOnChain::parse({wrapped, "precommit"}).info;
}

/// Every method as a typed call with the arguments of a recorded request.
const std::map<std::string, TypedCall> kCalls{
    {"AuthVerify", [](auto& n, auto& a) { n.permissions(a[0].text()); }},
    {"ChainGetFinalizedTipSet", [](auto& n, auto&) { n.finalized(); }},
    {"ChainGetGenesis", [](auto& n, auto&) { n.genesis(); }},
    {"ChainGetMessage", [](auto& n, auto& a) { n.message(a[0].cid()); }},
    {"ChainGetParentMessages", [](auto& n, auto& a) { n.parent_messages(a[0].cid()); }},
    {"ChainGetParentReceipts", [](auto& n, auto& a) { n.parent_receipts(a[0].cid()); }},
    {"ChainGetTipSet", [](auto& n, auto& a) { n.tipset(a[0].cids()); }},
    {"ChainGetTipSetAfterHeight",
     [](auto& n, auto& a) { n.tipset_after_height(a[0].i64(), a[1].cids()); }},
    {"ChainGetTipSetByHeight",
     [](auto& n, auto& a) { n.tipset_by_height(a[0].i64(), a[1].cids()); }},
    {"ChainHead", [](auto& n, auto&) { n.head(); }},
    {"GasEstimateFeeCap",
     [](auto& n, auto& a) { n.estimate_fee_cap(a[0].message(), a[1].i64(), a[2].cids()); }},
    {"GasEstimateGasLimit",
     [](auto& n, auto& a) { n.estimate_gas_limit(a[0].message(), a[1].cids()); }},
    {"GasEstimateGasPremium",
     [](auto& n, auto& a) {
       n.estimate_gas_premium(a[0].u64(), a[1].address(), a[2].i64(), a[3].cids());
     }},
    {"GasEstimateMessageGas",
     [](auto& n, auto& a) {
       if (a[1].is_null()) return void(n.estimate_gas(a[0].message(), 0, false, a[2].cids()));
       n.estimate_gas(a[0].message(), a[1].at("MaxFee").big_int(),
                      a[1].at("MaximizeFeeCap").boolean(), a[2].cids());
     }},
    {"MinerCreateBlock", [](auto& n, auto& a) { n.create_block(rpc::BlockTemplate::parse(a[0])); }},
    {"MinerGetBaseInfo",
     [](auto& n, auto& a) { n.mining_base(a[0].address(), a[1].i64(), a[2].cids()); }},
    {"MpoolGetConfig", [](auto& n, auto&) { n.pool_config(); }},
    {"MpoolGetNonce", [](auto& n, auto& a) { n.next_nonce(a[0].address()); }},
    {"MpoolPending", [](auto& n, auto& a) { n.pending(a[0].cids()); }},
    {"MpoolPush", [](auto& n, auto& a) { n.push(a[0].signed_message()); }},
    {"MpoolSelect", [](auto& n, auto& a) { n.select_messages(a[0].cids(), a[1].real()); }},
    {"NetPeers", [](auto& n, auto&) { n.peers(); }},
    {"StateAccountKey", [](auto& n, auto& a) { n.account_key(a[0].address(), a[1].cids()); }},
    {"StateCall", [](auto& n, auto& a) { n.call(a[0].message(), a[1].cids()); }},
    {"StateGetActor", [](auto& n, auto& a) { n.actor(a[0].address(), a[1].cids()); }},
    {"StateGetNetworkParams", [](auto& n, auto&) { n.network_params(); }},
    {"StateGetRandomnessFromBeacon",
     [](auto& n, auto& a) {
       n.randomness_from_beacon(tag(a[0]), a[1].i64(), a[2].bytes(), a[3].cids());
     }},
    {"StateGetRandomnessFromTickets",
     [](auto& n, auto& a) {
       n.randomness_from_tickets(tag(a[0]), a[1].i64(), a[2].bytes(), a[3].cids());
     }},
    {"StateLookupID", [](auto& n, auto& a) { n.lookup_id(a[0].address(), a[1].cids()); }},
    {"StateMarketBalance", [](auto& n, auto& a) { n.market_balance(a[0].address(), a[1].cids()); }},
    {"StateMinerActiveSectors",
     [](auto& n, auto& a) { n.active_sectors(a[0].address(), a[1].cids()); }},
    {"StateMinerAllocated", [](auto& n, auto& a) { n.allocated(a[0].address(), a[1].cids()); }},
    {"StateMinerAvailableBalance",
     [](auto& n, auto& a) { n.available_balance(a[0].address(), a[1].cids()); }},
    {"StateMinerCreationDeposit", [](auto& n, auto& a) { n.creation_deposit(a[0].cids()); }},
    {"StateMinerDeadlines", [](auto& n, auto& a) { n.deadlines(a[0].address(), a[1].cids()); }},
    {"StateMinerFaults", [](auto& n, auto& a) { n.faults(a[0].address(), a[1].cids()); }},
    {"StateMinerInfo", [](auto& n, auto& a) { n.miner_info(a[0].address(), a[1].cids()); }},
    {"StateMinerInitialPledgeForSector",
     [](auto& n, auto& a) { n.initial_pledge(a[0].i64(), a[1].u64(), a[2].u64(), a[3].cids()); }},
    {"StateMinerPartitions",
     [](auto& n, auto& a) { n.partitions(a[0].address(), a[1].u64(), a[2].cids()); }},
    {"StateMinerPower", [](auto& n, auto& a) { n.miner_power(a[0].address(), a[1].cids()); }},
    {"StateMinerPreCommitDepositForPower",
     [](auto& n, auto& a) { n.precommit_deposit(a[0].address(), precommit(a[1]), a[2].cids()); }},
    {"StateMinerProvingDeadline",
     [](auto& n, auto& a) { n.proving_deadline(a[0].address(), a[1].cids()); }},
    {"StateMinerRecoveries", [](auto& n, auto& a) { n.recoveries(a[0].address(), a[1].cids()); }},
    {"StateMinerSectorAllocated",
     [](auto& n, auto& a) { n.is_allocated(a[0].address(), a[1].u64(), a[2].cids()); }},
    {"StateMinerSectorCount",
     [](auto& n, auto& a) { n.sector_count(a[0].address(), a[1].cids()); }},
    {"StateMinerSectors",
     [](auto& n, auto& a) {
       n.sectors(a[0].address(), a[1].is_null() ? std::nullopt : std::optional(a[1].bitfield()),
                 a[2].cids());
     }},
    {"StateNetworkName", [](auto& n, auto&) { n.network_name(); }},
    {"StateNetworkVersion", [](auto& n, auto& a) { n.network_version(a[0].cids()); }},
    {"StateSearchMsg",
     [](auto& n, auto& a) { n.search(a[1].cid(), a[2].i64(), a[3].boolean(), a[0].cids()); }},
    {"StateSectorExpiration",
     [](auto& n, auto& a) { n.sector_expiration(a[0].address(), a[1].u64(), a[2].cids()); }},
    {"StateSectorGetInfo",
     [](auto& n, auto& a) { n.sector(a[0].address(), a[1].u64(), a[2].cids()); }},
    {"StateSectorPartition",
     [](auto& n, auto& a) { n.sector_location(a[0].address(), a[1].u64(), a[2].cids()); }},
    {"StateSectorPreCommitInfo",
     [](auto& n, auto& a) { n.precommit(a[0].address(), a[1].u64(), a[2].cids()); }},
    {"StateWaitMsg",
     [](auto& n, auto& a) { n.wait(a[0].cid(), a[1].u64(), a[2].i64(), a[3].boolean()); }},
    {"SyncState", [](auto& n, auto&) { n.sync_state(); }},
    {"Version", [](auto& n, auto&) { n.version(); }},
    {"WalletBalance", [](auto& n, auto& a) { n.balance(a[0].address()); }},
    {"WalletHas", [](auto& n, auto& a) { n.wallet_has(a[0].address()); }},
    {"WalletList", [](auto& n, auto&) { n.wallet_list(); }},
    {"WalletSignMessage", [](auto& n, auto& a) { n.wallet_sign(a[0].address(), a[1].message()); }},
};

/// What nodes write but never need: the identifier beside a message. Bytes that are empty and none
/// are the same to them; so are the keys [] and null.
json plain(json value) {
  if (value.is_object()) {
    if (value.contains("From") || value.contains("Signature")) value.erase("CID");
    if (value.contains("Params") && value["Params"] == "") value["Params"] = nullptr;
    if (value.contains("To") && value["To"] == "") value["To"] = "<empty>";
  }
  if (value.is_structured())
    for (auto& item : value) item = plain(item);
  return value;
}

std::string method_of(const json& recording) {
  return recording.contains("request") && recording["request"].is_object()
             ? recording["request"]["method"].get<std::string>().substr(
                   std::string("Filecoin.").size())
             : std::string();
}

std::string body_of(const json& recording) {
  return recording.contains("response_body") ? recording["response_body"].get<std::string>()
                                             : recording["response"].dump();
}

/// Requests with another path or verb; those that try the protocol itself.
bool untyped(const std::string& name, const json& recording) {
  return recording.contains("path") || recording.contains("http_method") ||
         name.starts_with("error-") || name.starts_with("ok-") ||
         name == "StateMinerSectors-bitfield-empty-array" || name == "StateMinerPower-no-miner";
}

struct Fixture {
  std::atomic<const json*> recording{nullptr};
  json sent;
  HttpServer server{[this](const HttpServer::Request& request) {
    sent = json::parse(request.body);
    const json& r = *recording;
    return HttpServer::Answer{r["status"].get<unsigned>(), body_of(r)};
  }};

  /// One client a call: its first request has the number that was recorded.
  template <typename F>
  auto answering(const json& answer, F&& use) {
    recording = &answer;
    rpc::Client client(rpc::parse_api_info(server.url()), {});
    return use(rpc::Node(client, Network::testnet));
  }
  auto with(const char* name, auto&& use) {
    const json answer = recorded::read(name);
    return answering(answer, use);
  }
};

const types::Address kMiner = types::Address::of_id(1000);

}  // namespace

TEST_CASE("rpc: every recorded answer, by the typed call that lotus was asked with", "[rpc]") {
  Fixture fixture;
  std::set<std::string> answered;
  unsigned results = 0, errors = 0, skipped = 0;
  for (const auto& name : recorded::names("")) {
    const auto recording = recorded::read(name);
    const auto method = method_of(recording);
    if (!kCalls.contains(method) || untyped(name, recording)) continue;
    CAPTURE(name);
    const auto& request = recording["request"];
    const auto arguments = JsonView(request, name).at("params").items();
    const auto& response = recording["response"];
    bool refused = false, broken = false;
    fixture.answering(recording, [&](const rpc::Node& node) {
      try {
        kCalls.at(method)(node, arguments);
      } catch (const rpc::RpcError& error) {
        refused = true;
        CHECK(error.code() == response["error"]["code"].get<std::int64_t>());
        CHECK(error.message() == response["error"]["message"].get<std::string>());
      } catch (const Error& error) {
        // Arguments that were broken on purpose, or left out: our types cannot even say them.
        if (!std::string(error.what()).starts_with(name + ".params")) throw;
        broken = true;
      }
    });
    if (broken) {
      ++skipped;
      continue;
    }
    if (response.contains("result")) CHECK_FALSE(refused);
    refused ? ++errors : ++results;
    answered.insert(method);
    auto want = plain(request["params"]), have = plain(fixture.sent["params"]);
    // No gas spec is one with nothing set; keys of the head may be written in two ways.
    if (method == "GasEstimateMessageGas" && want[1].is_null()) have[1] = nullptr;
    for (auto* params : {&want, &have})
      for (auto& p : *params)
        if (p.is_null()) p = json::array();
    if (!name.ends_with("-f-prefix")) CHECK(have == want);
    CHECK(fixture.sent["method"] == request["method"]);
  }
  CHECK(results > 120);
  CHECK(errors > 30);
  CHECK(skipped < 20);
  for (const auto& [method, call] : kCalls) {
    CAPTURE(method);
    CHECK(answered.contains(method));
    CHECK(rpc::find_method(method));
  }
}

TEST_CASE("rpc: answers as values", "[rpc]") {
  Fixture fixture;
  const auto head = fixture.with("ChainHead", [](const rpc::Node& n) { return n.head(); });
  CHECK(head.height == 4898);
  CHECK(head.blocks.at(0).parent_base_fee == 100);
  CHECK(head.blocks.at(0).timestamp == 1795255661);
  CHECK(head.blocks.at(0).parent_weight == 27467241);
  const auto info =
      fixture.with("StateMinerInfo", [](const rpc::Node& n) { return n.miner_info(kMiner); });
  CHECK(info.owner == types::Address::of_id(100));
  CHECK(info.control == std::vector{types::Address::of_id(1012)});
  CHECK_FALSE(info.new_worker.defined());
  CHECK((info.sector_bytes == 2048 && info.window_post_proof == 10 && info.partition_sectors == 2));
  const auto deadline = fixture.with("StateMinerProvingDeadline",
                                     [](const rpc::Node& n) { return n.proving_deadline(kMiner); });
  CHECK((deadline.index == 22 && deadline.open == 4858 && deadline.proving_period == 2880 &&
         deadline.deadlines == 48));
  const auto found = fixture.with("StateSectorPreCommitInfo-sector8",
                                  [](const rpc::Node& n) { return n.precommit(kMiner, 8); });
  REQUIRE(found);
  CHECK(
      (found->epoch == 4961 && found->info.comm_d.is_comm_d() && found->deposit == 3508989348091));
  CHECK_FALSE(fixture.with("StateSectorGetInfo-unknown",
                           [](const rpc::Node& n) { return n.sector(kMiner, 99); }));
  const auto lookup =
      fixture.with("StateSearchMsg", [](const rpc::Node& n) { return n.search(types::Cid()); });
  REQUIRE(lookup);
  CHECK((lookup->height == 4889 && lookup->receipt.exit_code == 0 &&
         lookup->receipt.gas_used == 47946919));
  CHECK_FALSE(fixture.with("StateSearchMsg-pending",
                           [](const rpc::Node& n) { return n.search(types::Cid()); }));
  const auto partitions = fixture.with("StateMinerPartitions-0-with-fault",
                                       [](const rpc::Node& n) { return n.partitions(kMiner, 0); });
  REQUIRE(partitions.size() == 1);
  CHECK(partitions[0].faulty == types::Bitfield{1});
  CHECK(partitions[0].all == types::Bitfield{0, 1});
  CHECK_FALSE(
      fixture.with("StateGetActor-unknown", [](const rpc::Node& n) { return n.actor(kMiner); }));
  const auto filled =
      fixture.with("GasEstimateMessageGas", [](const rpc::Node& n) { return n.estimate_gas({}); });
  CHECK(
      (filled.gas_limit == 1565328 && filled.gas_fee_cap == 99845 && filled.gas_premium == 98791));
  CHECK(fixture.with("MpoolGetConfig", [](const rpc::Node& n) { return n.pool_config(); })
            .replace_by_fee_ratio == 1.25);
  const auto base = fixture.with(
      "MinerGetBaseInfo", [](const rpc::Node& n) { return n.mining_base(kMiner, 4899, {}); });
  REQUIRE(base);
  CHECK((base->eligible && base->power == 30720 && base->sector_bytes == 2048));
  CHECK((base->sectors.at(0).number == 4 && base->sectors[0].comm_r.is_comm_r()));
  CHECK((base->beacon_before.round == 4998 && base->beacons.at(0).round == 4999));
}

TEST_CASE("rpc: parameters are counted before anything is sent", "[rpc]") {
  std::atomic<int> requests = 0;
  HttpServer server([&](const HttpServer::Request&) { return ++requests, HttpServer::Answer{}; });
  rpc::Client client(rpc::parse_api_info(server.url()), {});
  CHECK_THROWS_AS(client.call("StateMinerInfo", json::array({"t01000"})), Error);
  CHECK_THROWS_AS(client.call("ChainHead", nullptr), Error);
  CHECK_THROWS_AS(client.call("NoSuchMethod", json::array()), Error);
  CHECK(requests == 0);
  CHECK_FALSE(rpc::find_method("MpoolPushMessage"));  // nonces are given out here only
}

TEST_CASE("rpc: the error object decides, whatever the status", "[rpc]") {
  for (const auto* name : {"error-wrong-param-count", "error-unknown-method", "error-no-token-push",
                           "error-param-type", "error-too-many-params", "error-malformed-json"}) {
    CAPTURE(name);
    const auto recording = recorded::read(name);
    Fixture fixture;
    try {
      fixture.answering(recording, [](const rpc::Node& n) { n.head(); });
      FAIL("no error");
    } catch (const rpc::RpcError& error) {
      CHECK(error.code() == recording["response"]["error"]["code"].get<std::int64_t>());
    }
  }
  Fixture fixture;
  CHECK_THROWS_WITH(fixture.with("error-bad-token", [](const rpc::Node& n) { n.head(); }),
                    Catch::Contains("HTTP 401: the token is refused"));
  CHECK_THROWS_WITH(fixture.with("error-unknown-path", [](const rpc::Node& n) { n.head(); }),
                    Catch::Contains("HTTP 404") && Catch::Contains("404 page not found"));
}

TEST_CASE("rpc: answers that are none", "[rpc]") {
  for (const auto* body : {"", "{", "[]", "null", "7", R"({"jsonrpc":"2.0","id":1})",
                           R"({"jsonrpc":"2.0","id":2,"result":{}})", R"({"result":{}})"}) {
    CAPTURE(body);
    HttpServer server([&](const HttpServer::Request&) { return HttpServer::Answer{200, body}; });
    rpc::Client client(rpc::parse_api_info(server.url()), {});
    CHECK_THROWS_AS(client.call("ChainHead", json::array()), rpc::NoAnswer);
  }
  HttpServer server([&](const HttpServer::Request&) {
    return HttpServer::Answer{200, R"({"jsonrpc":"2.0","id":1,"result":{"Height":"x"}})"};
  });
  rpc::Client client(rpc::parse_api_info(server.url()), {});
  try {
    rpc::Node(client, Network::testnet).head();
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::corrupt);
  }
}

TEST_CASE("rpc: a dead, a silent and a broken endpoint are passed over; a living one is kept",
          "[rpc]") {
  const auto head = body_of(recorded::read("ChainHead"));
  const auto answer = [&](const HttpServer::Request& r) {
    auto result = json::parse(head);
    result["id"] = json::parse(r.body)["id"];
    return HttpServer::Answer{200, result.dump()};
  };
  std::atomic<int> silent_asked = 0, broken_asked = 0, living_asked = 0;
  std::string token;
  HttpServer silent([&](const HttpServer::Request& r) {
    ++silent_asked;
    auto late = answer(r);
    late.delay = 3s;
    return late;
  });
  HttpServer broken([&](const HttpServer::Request&) {
    ++broken_asked;
    return HttpServer::Answer{.cut = true};
  });
  HttpServer living([&](const HttpServer::Request& r) {
    ++living_asked;
    token = r.token;
    return answer(r);
  });
  std::string dead_url;
  {
    HttpServer gone([](const HttpServer::Request&) { return HttpServer::Answer{}; });
    dead_url = gone.url();
  }
  std::vector<std::string> log;
  rpc::Client client(rpc::parse_api_info(dead_url + "," + silent.url() + "," + broken.url() +
                                         ",header.payload.sign:" + living.url()),
                     {.connect_timeout = 500ms,
                      .read_timeout = 300ms,
                      .backoff = 60s,
                      .log = [&](const std::string& line) { log.push_back(line); }});
  const rpc::Node node(client, Network::testnet);
  CHECK(node.head().height == 4898);
  CHECK(token == "header.payload.sign");
  CHECK((silent_asked == 1 && broken_asked >= 1 && living_asked == 1));
  CHECK(client.current() == living.url() + "/rpc/v1");
  REQUIRE(log.size() == 1);
  CHECK(log[0].find("payload") == std::string::npos);
  for (int i = 0; i < 5; ++i) node.head();
  CHECK((silent_asked == 1 && living_asked == 6));  // it stays where it is
}

TEST_CASE("rpc: no endpoint answers: one line that names each", "[rpc]") {
  HttpServer silent([](const HttpServer::Request&) { return HttpServer::Answer{.delay = 2s}; });
  rpc::Client client(rpc::parse_api_info("a.b.c:http://127.0.0.1:1," + silent.url()),
                     {.connect_timeout = 300ms, .read_timeout = 200ms});
  try {
    client.call("ChainHead", json::array());
    FAIL("an answer");
  } catch (const rpc::NoAnswer& error) {
    const std::string text = error.what();
    CHECK(text.find("http://127.0.0.1:1/rpc/v1") != text.npos);
    CHECK(text.find(silent.url()) != text.npos);
    CHECK(text.find("a.b.c") == text.npos);
    CHECK(text.find('\n') == text.npos);
  }
}

TEST_CASE("rpc: a stop ends a wait at once", "[rpc]") {
  HttpServer silent([](const HttpServer::Request&) { return HttpServer::Answer{.delay = 20s}; });
  std::stop_source stop;
  rpc::Client client(rpc::parse_api_info(silent.url()), {}, stop.get_token());
  std::jthread later([&] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  });
  const auto begun = std::chrono::steady_clock::now();
  try {
    rpc::Node(client, Network::testnet).wait(types::Cid::of_cbor({}), 5);
    FAIL("an answer");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::busy);
  }
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

TEST_CASE("rpc: the heaviest head is preferred, but not for a few epochs", "[rpc]") {
  std::atomic<std::int64_t> heights[2] = {100, 100};
  const auto server = [&](int i) {
    return [&heights, i, recording = recorded::read("ChainHead")](const HttpServer::Request& r) {
      auto result = recording["response"];
      result["id"] = json::parse(r.body)["id"];
      result["result"]["Height"] = heights[i].load();
      result["result"]["Blocks"][0]["ParentWeight"] = std::to_string(heights[i] * 1000);
      return HttpServer::Answer{200, result.dump()};
    };
  };
  HttpServer first(server(0)), second(server(1));
  rpc::Client client(rpc::parse_api_info(first.url() + "," + second.url()), {});
  const auto on_first = [&] {
    client.prefer_synced();
    return client.current().starts_with(first.url());
  };
  CHECK(on_first());
  heights[1] = 103;
  CHECK(on_first());
  heights[1] = 104;
  CHECK_FALSE(on_first());
  heights[0] = 107;
  CHECK_FALSE(on_first());
  heights[0] = 108;
  CHECK(on_first());
}

TEST_CASE("rpc: the head is followed through growth, reorgs and a node that forgot", "[rpc]") {
  const auto recording = recorded::read("ChainHead")["response"]["result"];
  const auto tipset = [&](const std::string& name, int height) {
    auto t = recording;
    t["Cids"][0] = types::to_json(types::Cid::of_cbor(types::Bytes(name.begin(), name.end())));
    t["Height"] = height;
    return t;
  };
  const auto change = [](const char* type, json t) {
    return json{{"Type", type}, {"Val", std::move(t)}};
  };
  json head = tipset("a", 10), path;
  json path_params;
  bool forgot = false;
  HttpServer server([&](const HttpServer::Request& r) {
    const auto request = json::parse(r.body);
    json answer{{"jsonrpc", "2.0"}, {"id", request["id"]}};
    if (request["method"] == "Filecoin.ChainHead")
      answer["result"] = head;
    else if (forgot)
      answer["error"] = {{"code", 1}, {"message", "ipld: could not find"}};
    else
      answer["result"] = path, path_params = request["params"];
    return HttpServer::Answer{200, answer.dump()};
  });
  rpc::Client client(rpc::parse_api_info(server.url()), {});
  const rpc::Node node(client, Network::testnet);
  rpc::HeadWatch watch(node);
  using Kind = rpc::HeadChange::Kind;

  auto changes = watch.poll();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].kind == Kind::current);
  CHECK(watch.poll().empty());

  const auto before = head;
  head = tipset("c", 11);
  path = {change("revert", before), change("apply", tipset("b", 10)), change("apply", head)};
  changes = watch.poll();
  CHECK(path_params == json{before["Cids"], head["Cids"]});
  REQUIRE(changes.size() == 3);
  CHECK((changes[0].kind == Kind::revert && changes[1].kind == Kind::apply));
  CHECK(changes[2].tipset.height == 11);
  CHECK(watch.head()->height == 11);

  forgot = true;
  head = tipset("d", 12);
  changes = watch.poll();
  REQUIRE(changes.size() == 1);
  CHECK((changes[0].kind == Kind::current && changes[0].tipset.height == 12));
}

TEST_CASE("rpc: a node out of sync is told in words", "[rpc]") {
  Fixture fixture;
  const auto head = fixture.with("ChainHead", [](const rpc::Node& n) { return n.head(); });
  const auto syncs = fixture.with("SyncState", [](const rpc::Node& n) { return n.sync_state(); });
  const auto born = head.blocks[0].timestamp;
  const auto at = [&](bool is_public, std::uint64_t now, std::uint64_t since) {
    return rpc::sync_trouble(head, syncs, 1, is_public, 4, now, since);
  };
  CHECK(at(true, born + 12, born + 12).empty());
  CHECK(at(true, born + 13, born + 13).find("13 s old") != std::string::npos);
  // A network of one's own that catches up with the clock: old heads, but new ones come.
  const auto later = born + 40'000;
  CHECK(at(false, later + 12, later).empty());
  CHECK(at(false, later + 13, later).find("13 s old") != std::string::npos);
  CHECK_FALSE(rpc::sync_trouble(head, syncs, 0, true, 4, born, born).empty());
  CHECK(rpc::sync_trouble(head, syncs, 0, false, 4, born, born).empty());
  const auto towards = [&](int stage, std::int64_t target) {
    return rpc::sync_trouble(head, {{stage, 0, target, ""}}, 1, true, 4, born, born);
  };
  CHECK(towards(3, head.height + 2).empty());
  CHECK_FALSE(towards(3, head.height + 3).empty());
  CHECK(towards(5, head.height + 3).empty());
}

TEST_CASE("rpc: FULLNODE_API_INFO", "[rpc]") {
  const auto one = [](const std::string& text) {
    const auto all = rpc::parse_api_info(text);
    REQUIRE(all.size() == 1);
    return all[0].token + " " + all[0].url;
  };
  CHECK(one("a.b.c:/ip4/10.0.0.1/tcp/1234/http") == "a.b.c http://10.0.0.1:1234/rpc/v1");
  CHECK(one("/ip4/10.0.0.1/tcp/1234") == " http://10.0.0.1:1234/rpc/v1");
  CHECK(one("a.b.c:/ip6/::1/tcp/1234/http") == "a.b.c http://[::1]:1234/rpc/v1");
  CHECK(one("a.b.c:/dns/node.example/tcp/443/wss") == "a.b.c https://node.example:443/rpc/v1");
  CHECK(one("a.b.c:/dns4/node.example/tcp/443/tls/http") ==
        "a.b.c https://node.example:443/rpc/v1");
  CHECK(one("https://node.example") == " https://node.example/rpc/v1");
  CHECK(one("a.b.c:wss://node.example/rpc/v1") == "a.b.c https://node.example/rpc/v1");
  CHECK(one("a.b.c:ws://node.example:1234/") == "a.b.c http://node.example:1234/rpc/v1");
  CHECK(rpc::parse_api_info("a:/ip4/1.2.3.4/tcp/1/http, b:http://x ,").size() == 2);
  for (const char* bad :
       {"", ",", "secrettoken", "secrettoken:", "secrettoken:host:1234", "secrettoken:/ip4/1.2.3.4",
        "secrettoken:/ip4/1.2.3.4/udp/1", "secrettoken:/ip4/1.2.3.4/tcp/0",
        "secrettoken:/ip4/1.2.3.4/tcp/99999", "secrettoken:/ip4//tcp/1", "secrettoken:ftp://x",
        "secrettoken:/onion/x/tcp/1", "secrettoken:/ip4/1.2.3.4/tcp/1/quic",
        "secrettoken:http://"}) {
    CAPTURE(bad);
    try {
      rpc::parse_api_info(bad);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::configuration);
      CHECK(std::string(error.what()).find("secret") == std::string::npos);
    }
  }
}
