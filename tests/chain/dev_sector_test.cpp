// Sectors on the development chain, with proofs of the reference: what is right comes on chain and
// gains power, what has one wrong byte does not.
#include <thread>

#include "kernels/base/error.h"
#include "tests/chain/dev_provider.h"
#include "tests/chain/recorded.h"

using namespace sealyard;
using types::Address;
using types::BigInt;
using types::DrawTag;
using types::Json;

namespace {

types::Bytes altered(types::Bytes proof) {
  // Another scalar in the last point would not decode; the proof of somebody else does.
  std::copy_n(vectors::bytes("seal/2k-cc-v1_1/proof.bin").begin(), proof.size(), proof.begin());
  return proof;
}

}  // namespace

TEST_CASE("dev: a miner is made with its deposit", "[dev]") {
  Net net;
  message::CreateMiner params;
  params.owner = net.owner.address();
  params.worker = net.worker.address();
  params.window_post_proof = 10;
  const auto power = Address::of_id(types::kPowerActor);
  const auto create = [&](const BigInt& value) {
    return net.land(Net::priced(net.owner, net.message(net.owner, power, value, 2, params.cbor())));
  };
  CHECK(create(net.node.creation_deposit() - 1).receipt.exit_code == 19);
  params.worker = net.owner.address();
  CHECK(create(net.node.creation_deposit()).receipt.exit_code == 16);
  params.worker = net.worker.address();
  CHECK(create(net.node.creation_deposit()).receipt.exit_code == 0);
  const auto miner = Address::of_id(1000);
  const auto info = net.node.miner_info(miner);
  CHECK(info.sector_bytes == 2048);
  CHECK(info.partition_sectors == 2);
  CHECK(net.node.account_key(info.worker) == net.worker.address());
  CHECK(net.node.available_balance(miner) == 0);  // the deposit vests
  CHECK(net.node.actor(miner)->balance == net.node.creation_deposit());
  CHECK(net.node.deadlines(miner).size() == 48);
}

TEST_CASE("dev: what a pre-commit must be", "[dev]") {
  Provider p;
  p.advance(6);
  const auto exit_of = [&](auto change) {
    auto s = p.precommit_params();
    change(s);
    message::PreCommitSectorBatch2 params{{s}};
    return p.land(Net::priced(p.worker, p.message(p.worker, p.miner, dev::kFil, 28, params.cbor())))
        .receipt.exit_code;
  };
  CHECK(exit_of([](auto& s) { s.seal_proof = 0; }) == 16);
  CHECK(exit_of([](auto& s) { s.seal_proof = 6; }) == 16);
  CHECK(exit_of([](auto& s) { s.comm_r = s.comm_d; }) == 16);
  CHECK(exit_of([](auto& s) { s.seal_rand_epoch += 100; }) == 16);
  CHECK(exit_of([](auto& s) { s.seal_rand_epoch -= 4000; }) == 16);
  CHECK(exit_of([](auto& s) { s.expiration = s.seal_rand_epoch + 100'000; }) == 16);
  CHECK(exit_of([](auto& s) { s.expiration += 4'000'000; }) == 16);
  CHECK(exit_of([](auto&) {}) == 0);
  CHECK(p.node.is_allocated(p.miner, 2));
  CHECK(exit_of([](auto&) {}) == 16);  // allocated for ever
  auto other = p.message(p.owner, p.miner, 0, 28, message::PreCommitSectorBatch2{}.cbor());
  CHECK(p.land(Net::priced(p.owner, other)).receipt.exit_code == 16);
  other.params = {0x80};
  other.nonce = p.node.next_nonce(p.owner.address());
  CHECK(p.land(Net::priced(p.owner, other)).receipt.exit_code == 21);
}

TEST_CASE("dev: a proof of the reference comes on chain, another does not", "[dev][bit-exact]") {
  Provider p;
  const auto before = p.node.available_balance(p.miner);
  const auto seed_epoch = p.precommit();
  CHECK(p.node.precommit(p.miner, 2)->deposit * 110 / 100 ==
        p.node.precommit_deposit(p.miner, p.precommit_params()));
  const auto prove = [&](auto change) {
    auto params = p.prove_params();
    change(params);
    return p.land(Net::priced(p.worker, p.message(p.worker, p.miner, dev::kFil, 34, params.cbor())))
        .receipt;
  };
  CHECK(prove([](auto&) {}).exit_code == 16);  // the seed's epoch has not passed
  p.go_before(seed_epoch + 1);
  CHECK(prove([](auto& q) { q.sectors[0].number = 3; }).exit_code == 17);
  CHECK(prove([](auto& q) { q.proofs[0] = altered(q.proofs[0]); }).exit_code == 16);
  CHECK(prove([](auto& q) { q.proofs[0][191] ^= 1; }).exit_code == 16);
  CHECK(prove([](auto& q) { q.sectors[0].pieces.pop_back(); }).exit_code == 16);
  CHECK_FALSE(p.node.sector(p.miner, 2));
  CHECK(p.node.precommit(p.miner, 2));
  const auto receipt = prove([](auto& q) { q.require_activation = false; });
  CHECK(receipt.exit_code == 0);
  CHECK(message::BatchReturn::from_cbor(receipt.result).successes == 1);
  const auto sector = p.node.sector(p.miner, 2);
  REQUIRE(sector);
  CHECK(sector->comm_r == types::Cid::of_comm_r(p.sealed.comm_r));
  CHECK(sector->initial_pledge == BigInt(29'103'830) * 2048);
  CHECK_FALSE(p.node.precommit(p.miner, 2));
  CHECK(p.power() == 0);
  CHECK(p.node.active_sectors(p.miner).empty());
  CHECK(p.node.sector_count(p.miner).live == 1);
  CHECK(p.node.available_balance(p.miner) > before);
}

TEST_CASE("dev: a stand-in is one of its sector and seed, and only where the chain takes it",
          "[dev]") {
  const bool taken = GENERATE(true, false);
  CAPTURE(taken);
  dev::Policy policy;
  policy.stand_ins = taken;
  Provider p(policy);
  const auto seed_epoch = p.precommit();
  p.go_before(seed_epoch + 1);
  const verify::Seal seal{p.sealed.config, {1000, p.sealed.sector}, p.sealed.comm_d,
                          p.sealed.comm_r, p.sealed.ticket,         p.sealed.seed};
  const auto exit_code = [&](const verify::Seal& of) {
    auto params = p.prove_params();
    params.proofs = {dev::stand_in(of)};
    return p.land(Net::priced(p.worker, p.message(p.worker, p.miner, dev::kFil, 34, params.cbor())))
        .receipt.exit_code;
  };
  auto other = seal;
  other.seed = p.sealed.ticket;
  CHECK(exit_code(other) == 16);
  other = seal;
  other.sector.number = 3;
  CHECK(exit_code(other) == 16);
  CHECK(exit_code(seal) == (taken ? 0 : 16));
}

TEST_CASE("dev: power comes with the first window proof and goes with a missed one",
          "[dev][bit-exact]") {
  Provider p(GENERATE(0, 1) ? dev::Policy::tiny() : dev::Policy());
  p.prove_commit();
  auto window = p.to_window();
  CHECK(p.land(p.post(window, altered(p.proof))).receipt.exit_code == 16);
  CHECK(p.power() == 0);
  CHECK(p.land(p.post(window, p.proof)).receipt.exit_code == 0);
  CHECK(p.power() == 2048);
  CHECK(p.node.miner_power(p.miner).has_min_power);
  CHECK(p.node.active_sectors(p.miner).size() == 1);
  if (p.node.proving_deadline(p.miner).index == p.where.deadline) {
    CHECK(p.node.deadlines(p.miner).at(p.where.deadline).post_submissions ==
          types::Bitfield{p.where.partition});
    CHECK(p.land(p.post(window, p.proof)).receipt.exit_code == 16);  // once a window
  }

  p.go_before(window.close + window.proving_period);  // nothing is proven in the next one
  p.advance(2);
  CHECK(p.power() == 0);
  CHECK(p.node.faults(p.miner) == types::Bitfield{2});
  CHECK(p.node.sector_expiration(p.miner, 2).early > 0);
  CHECK(p.declare(message::Miner::declare_faults_recovered) == 0);
  CHECK(p.node.recoveries(p.miner) == types::Bitfield{2});
  window = p.to_window();
  CHECK(p.land(p.post(window, p.proof)).receipt.exit_code == 0);
  CHECK(p.power() == 2048);
  CHECK(p.node.faults(p.miner).empty());
  CHECK(p.node.recoveries(p.miner).empty());

  p.go_before(window.close + window.challenge_window);
  CHECK(p.declare(message::Miner::declare_faults) == 0);
  CHECK(p.power() == 0);
  const auto pledged = p.node.available_balance(p.miner);
  CHECK(p.declare(message::Miner::terminate_sectors) == 0);
  CHECK_FALSE(p.node.sector(p.miner, 2));
  CHECK(p.node.available_balance(p.miner) != pledged);
}

TEST_CASE("dev: a gated clock waits for a window proof", "[dev]") {
  Provider p(dev::Policy::tiny());
  p.prove_commit();
  const auto status = [&](const char* field) { return p.admin("Status", Json::array()).at(field); };
  p.admin("Clock", {"gated", 1});
  p.until([&] { return status("Gate") != ""; });
  const auto window = p.node.proving_deadline(p.miner);
  REQUIRE(window.index == p.where.deadline);
  const auto still = p.height();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(p.height() == still);
  p.node.push(p.post(window, p.proof));
  p.until([&] { return p.height() > window.close + 1; });
  CHECK(p.power() == 2048);
}

TEST_CASE("dev: sectors are extended and expire", "[dev]") {
  Provider p;
  p.prove_commit();
  const auto old = p.node.sector(p.miner, 2)->expiration;
  const auto extend = [&](types::Epoch to) {
    message::ExtendSectorExpiration2 params;
    params.extensions = {{p.where.deadline, p.where.partition, {2}, {}, to}};
    return p.land(Net::priced(p.worker, p.message(p.worker, p.miner, 0, 32, params.cbor())))
        .receipt.exit_code;
  };
  CHECK(extend(old - 1) == 16);
  CHECK(extend(old + 10'000'000) == 16);
  CHECK(extend(old + 5) == 0);
  CHECK(p.node.sector(p.miner, 2)->expiration == old + 5);
  p.admin("Jump", Json::array({130'000}));  // unproven for 42 periods: it is taken early
  p.advance(2);
  CHECK_FALSE(p.node.sector(p.miner, 2));
  CHECK(p.node.sector_count(p.miner).live == 0);
}

TEST_CASE("dev: money and addresses of a miner", "[dev]") {
  Provider p;
  p.send(p.owner, p.miner, dev::kFil * 3);
  const auto withdraw = [&](const wallet::Key& from, const BigInt& amount) {
    const auto params = message::WithdrawBalance{amount}.cbor();
    return p.land(Net::priced(from, p.message(from, p.miner, 0, 16, params))).receipt.exit_code;
  };
  CHECK(withdraw(p.worker, dev::kFil) == 18);
  CHECK(withdraw(p.owner, dev::kFil) == 0);
  CHECK(p.node.available_balance(p.miner) == dev::kFil * 2);
  CHECK(withdraw(p.owner, dev::kFil * 100) == 0);  // what there is
  CHECK(p.node.available_balance(p.miner) == 0);

  const auto control = wallet::Key::generate(wallet::KeyType::bls);
  const auto next = wallet::Key::generate(wallet::KeyType::bls);
  p.fund(control.address(), 10);
  p.fund(next.address(), 10);
  const auto params = message::ChangeWorkerAddress{next.address(), {control.address()}}.cbor();
  p.send(p.owner, p.miner, 0, 3, params);
  auto info = p.node.miner_info(p.miner);
  REQUIRE(info.control.size() == 1);
  CHECK(p.node.account_key(info.control[0]) == control.address());
  CHECK(p.node.account_key(info.worker) == p.worker.address());
  CHECK(p.node.account_key(info.new_worker) == next.address());
  p.go_before(info.worker_change_epoch + 1);
  p.send(p.owner, p.miner, 0, 21);
  info = p.node.miner_info(p.miner);
  CHECK(p.node.account_key(info.worker) == next.address());
  CHECK(info.worker_change_epoch == -1);
}

TEST_CASE("dev: a pre-commit that is never proven loses its deposit", "[dev]") {
  Provider p;
  p.precommit();
  const auto balance = p.node.actor(p.miner)->balance;
  const auto deposit = p.node.precommit(p.miner, 2)->deposit;
  p.admin("Jump", Json::array({88'000}));
  p.advance(2);
  CHECK_FALSE(p.node.precommit(p.miner, 2));
  CHECK(p.node.actor(p.miner)->balance == balance - deposit);
  CHECK(p.node.is_allocated(p.miner, 2));
}

namespace {

/// Where two answers differ in form: fields, and the kinds of values that both have.
void compare(const Json& want, const Json& have, const std::string& path,
             std::string& differences) {
  if (want.is_null() || have.is_null()) return;
  const auto kind = [](const Json& json) {
    return json.is_number() ? std::string("number") : std::string(json.type_name());
  };
  if (kind(want) != kind(have)) {
    differences += path + ": " + kind(have) + ", lotus has " + kind(want) + "\n";
    return;
  }
  if (want.is_array()) {
    if (!want.empty() && !have.empty()) compare(want[0], have[0], path + "[0]", differences);
    return;
  }
  if (!want.is_object()) return;
  for (const auto& [name, value] : want.items()) {
    if (!have.contains(name))
      differences += path + "." + name + ": not there\n";
    else
      compare(value, have.at(name), path + "." + name, differences);
  }
  for (const auto& [name, value] : have.items())
    if (!want.contains(name)) differences += path + "." + name + ": lotus has no such field\n";
}

}  // namespace

TEST_CASE("dev: answers have the form of lotus' answers", "[dev]") {
  Provider p;
  p.prove_commit();
  auto again = p.precommit_params();
  again.number = 9;
  const auto precommit = message::PreCommitSectorBatch2{{again}}.cbor();
  p.send(p.worker, p.miner, dev::kFil, 28, precommit);
  const auto transfer = p.node.estimate_gas(p.message(p.owner, p.worker.address(), 5));
  const auto landed = p.land(p.owner.sign(transfer));
  p.node.push(Net::priced(p.owner, p.message(p.owner, p.worker.address(), 6)));

  const auto key = types::to_json(p.node.head().key);
  const auto head = key[0];
  const Json m = "t01000", now = Json::array();
  const auto owner = p.owner.address().text(types::Network::testnet);
  const auto json = types::to_json(transfer, types::Network::testnet);
  const auto cid = types::to_json(landed.message);
  const auto info = rpc::to_json(again);
  const auto list = [](const auto&... values) {
    Json all = Json::array();
    (all.push_back(values), ...);
    return all;
  };
  const std::pair<const char*, Json> kCalls[] = {
      {"AuthVerify", list(p.net.admin_token())},
      {"ChainGetBlockMessages", list(head)},
      {"ChainGetFinalizedTipSet", list()},
      {"ChainGetGenesis", list()},
      {"ChainGetMessage", list(cid)},
      {"ChainGetParentMessages", list(head)},
      {"ChainGetParentReceipts", list(head)},
      {"ChainGetTipSet", list(key)},
      {"ChainGetTipSetAfterHeight", list(1, now)},
      {"ChainGetTipSetByHeight", list(1, now)},
      {"ChainHead", list()},
      {"GasEstimateFeeCap", list(json, 20, now)},
      {"GasEstimateGasLimit", list(json, now)},
      {"GasEstimateGasPremium", list(10, owner, 0, now)},
      {"GasEstimateMessageGas", list(json, nullptr, now)},
      {"MpoolGetConfig", list()},
      {"MpoolGetNonce", list(owner)},
      {"MpoolPending", list(now)},
      {"NetPeers", list()},
      {"NodeStatus", list(true)},
      {"StateAccountKey", list("t0100", now)},
      {"StateCall", list(json, now)},
      {"StateGetActor", list(m, now)},
      {"StateGetBeaconEntry", list(1)},
      {"StateGetNetworkParams", list()},
      {"StateGetRandomnessFromBeacon-tag6", list(6, 1, "QwDoBw==", key)},
      {"StateGetRandomnessFromTickets-tag5", list(5, 1, "QwDoBw==", key)},
      {"StateLookupID", list(owner, now)},
      {"StateMarketBalance", list(m, now)},
      {"StateMinerActiveSectors", list(m, now)},
      {"StateMinerAllocated", list(m, now)},
      {"StateMinerAvailableBalance", list(m, now)},
      {"StateMinerCreationDeposit", list(now)},
      {"StateMinerDeadlines", list(m, now)},
      {"StateMinerFaults", list(m, now)},
      {"StateMinerInfo", list(m, now)},
      {"StateMinerInitialPledgeForSector", list(1555200, 2048, 0, now)},
      {"StateMinerPartitions-0", list(m, p.where.deadline, now)},
      {"StateMinerPower", list(m, now)},
      {"StateMinerPreCommitDepositForPower-sector2", list(m, info, now)},
      {"StateMinerProvingDeadline", list(m, now)},
      {"StateMinerRecoveries", list(m, now)},
      {"StateMinerSectorAllocated-0", list(m, 2, now)},
      {"StateMinerSectorCount", list(m, now)},
      {"StateMinerSectors", list(m, nullptr, now)},
      {"StateNetworkName", list()},
      {"StateNetworkVersion", list(now)},
      {"StateSearchMsg-transfer", list(now, cid, -1, true)},
      {"StateSectorExpiration-0", list(m, 2, now)},
      {"StateSectorGetInfo-0", list(m, 2, now)},
      {"StateSectorPartition-0", list(m, 2, now)},
      {"StateSectorPreCommitInfo-sector2", list(m, 9, now)},
      {"StateWaitMsg-transfer", list(cid, 0, -1, true)},
      {"SyncState", list()},
      {"Version", list()},
      {"WalletBalance", list(owner)},
      {"WalletHas", list(owner)},
      {"WalletList", list()},
  };
  for (const auto& [name, params] : kCalls) {
    CAPTURE(name);
    const std::string method = std::string(name).substr(0, std::string(name).find('-'));
    auto want = recorded::read(name).at("response").at("result");
    auto have = p.admin(method, params);
    if (method == "StateGetNetworkParams") want["ForkUpgradeParams"] = Json::object();
    if (method == "StateCall") want["ExecutionTrace"] = Json::object();
    std::string differences;
    compare(want, have, method, differences);
    CHECK(differences == "");
  }
}
