// A development network inside the test: chain, HTTP server, typed client, funded keys.
#pragma once
#include <functional>
#include <thread>

#include "chain/dev/devnet.h"
#include "chain/dev/server.h"
#include "chain/message/batch_return.h"
#include "chain/message/methods.h"
#include "chain/message/power.h"
#include "chain/rpc/node.h"
#include "chain/wallet/key.h"
#include "tests/catch.h"
#include "tests/chain/scratch.h"

class Net {
 public:
  using Json = sealyard::types::Json;
  using Key = sealyard::wallet::Key;
  using BigInt = sealyard::types::BigInt;
  using Address = sealyard::types::Address;
  using Cid = sealyard::types::Cid;

  explicit Net(sealyard::dev::Policy policy = {},
               sealyard::dev::ClockMode clock = sealyard::dev::ClockMode::jump)
      : net(options(scratch.path(), std::move(policy), clock)),
        server(net, "127.0.0.1:0"),
        client({{server.url() + "/rpc/v1", net.admin_token()}}, {}),
        node(client, sealyard::types::Network::testnet),
        owner(Key::generate(sealyard::wallet::KeyType::secp256k1)),
        worker(Key::generate(sealyard::wallet::KeyType::bls)) {
    fund(owner.address(), 1000);
    fund(worker.address(), 1000);
  }

  static sealyard::dev::Options options(const std::filesystem::path& folder,
                                        sealyard::dev::Policy policy,
                                        sealyard::dev::ClockMode clock) {
    sealyard::dev::Options options;
    options.folder = folder;
    options.params = std::filesystem::path(SEALYARD_VECTORS) / "params";
    options.policy = std::move(policy);
    options.clock = clock;
    options.epoch_ms = 5;
    return options;
  }

  /// As over HTTP: numbers that are not negative are unsigned.
  Json admin(const std::string& method, const Json& params) {
    return net.call(method, Json::parse(params.dump()));
  }
  void fund(const Address& to, std::int64_t fil) {
    admin("Fund", {to.text(sealyard::types::Network::testnet),
                   sealyard::types::to_text(sealyard::dev::kFil * fil)});
  }
  void advance(std::int64_t epochs) { admin("Advance", Json::array({epochs})); }
  std::int64_t height() { return net.call("Status", Json::array()).at("Height"); }
  /// So that the next tipset is that of `epoch`.
  void go_before(std::int64_t epoch) {
    const auto now = height();
    REQUIRE(epoch > now);
    admin("Jump", Json::array({epoch - 1 - now}));
  }
  void set_randomness(const char* source, sealyard::types::DrawTag tag, std::int64_t epoch,
                      const sealyard::Node& value) {
    admin("SetRandomness",
          {source, static_cast<std::int64_t>(tag), epoch, sealyard::types::to_base64(value.bytes)});
  }

  /// Waits for what another thread or process does; the time limit is only for what never comes.
  static void until(const std::function<bool()>& holds) {
    for (int i = 0; i < 60'000 && !holds(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    REQUIRE(holds());
  }

  sealyard::types::Message message(const Key& from, const Address& to, const BigInt& value,
                                   std::uint64_t method = 0, sealyard::types::Bytes params = {}) {
    sealyard::types::Message m;
    m.from = from.address();
    m.to = to;
    m.value = value;
    m.method = method;
    m.params = std::move(params);
    m.nonce = node.next_nonce(from.address());
    return m;
  }

  /// Signed with a fixed price: what no estimate is asked for.
  static sealyard::types::SignedMessage priced(const Key& key, sealyard::types::Message m) {
    m.gas_limit = 2'000'000'000;
    m.gas_fee_cap = 200'000;
    m.gas_premium = 100'000;
    return key.sign(m);
  }

  /// Pushes and makes the two tipsets that show the result.
  sealyard::rpc::MessageLookup land(const sealyard::types::SignedMessage& m) {
    const auto cid = node.push(m);
    REQUIRE(cid == m.cid());
    advance(2);
    const auto found = node.search(cid);
    REQUIRE(found.has_value());
    return *found;
  }

  /// Sends what a gas estimate accepts and expects it to succeed.
  sealyard::rpc::MessageLookup send(const Key& from, const Address& to, const BigInt& value,
                                    std::uint64_t method = 0, sealyard::types::Bytes params = {}) {
    const auto m = node.estimate_gas(message(from, to, value, method, std::move(params)));
    const auto found = land(from.sign(m));
    REQUIRE(found.receipt.exit_code == 0);
    return found;
  }

  /// The first one is t01000.
  Address create_miner() {
    sealyard::message::CreateMiner params;
    params.owner = owner.address();
    params.worker = worker.address();
    params.window_post_proof = 10;
    const auto landed =
        send(owner, Address::of_id(sealyard::types::kPowerActor), node.creation_deposit(),
             static_cast<std::uint64_t>(sealyard::message::Power::create_miner), params.cbor());
    return sealyard::message::CreatedMiner::from_cbor(landed.receipt.result).id;
  }

  Scratch scratch;
  sealyard::dev::Devnet net;
  sealyard::dev::Server server;
  sealyard::rpc::Client client;
  sealyard::rpc::Node node;
  Key owner, worker;
};
