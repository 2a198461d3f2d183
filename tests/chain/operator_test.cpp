// What an operator does on chain, held against what lotus printed; commands run as programs against
// a node of recorded answers, which takes messages and lands them.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <regex>
#include <set>
#include <sstream>

#include "chain/cli/actor.h"
#include "chain/cli/info.h"
#include "chain/cli/proving.h"
#include "chain/cli/wallet.h"
#include "chain/message/methods.h"
#include "chain/message/miner.h"
#include "chain/message/power.h"
#include "chain/types/cbor.h"
#include "tests/catch.h"
#include "tests/chain/http_server.h"
#include "tests/chain/recorded.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using nlohmann::json;
using types::Address;
using types::BigInt;
using types::Network;

namespace {

/// What lotus printed, without the command line and the exit code around it.
std::string printed(const std::string& name) {
  std::ifstream file(std::string(SEALYARD_VECTORS) + "/lotus-cli/" + name + ".txt");
  std::string out;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  REQUIRE(lines.size() >= 2);
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) out += lines[i] + '\n';
  return out;
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out;
  const std::regex gap("  +");
  for (std::sregex_token_iterator at(line.begin(), line.end(), gap, -1), end; at != end; ++at)
    out.push_back(*at);
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

cli::MinerView miner_view() {
  cli::MinerView v;
  v.miner = Address::of_id(1000);
  v.base_fee = 100;
  v.info.owner = v.info.worker = v.info.beneficiary = Address::of_id(100);
  v.info.control = {Address::of_id(1012)};
  v.info.sector_bytes = 2048;
  v.power.has_min_power = true;
  v.worker_balance = types::parse_fil("49999850");
  v.control_balance = types::parse_fil("50");
  return v;
}

const char* const kOwner =
    "t3wijxihnlgexugluvqm6vs3rpqgammmsmlz7giu6b5ly6xciwvbruze6dzff5rsnsu4xlhzi5562yn5qnlq7q";
const char* const kControl = "t1yv7jtp7faedgns4v753vr4uqxjnsg7onwoaaefq";

/// A node: recorded answers, but messages pushed to it land in the next of its epochs, which go on
/// with every look at the head.
class Node {
 public:
  Node() : server_([this](const HttpServer::Request& r) { return serve(r); }) {}

  std::string url() const { return server_.url(); }
  void say(const std::string& method, json answer) {
    const std::scoped_lock lock(mutex_);
    said_[method] = std::move(answer);
  }
  /// Every message that came, each once.
  std::vector<types::SignedMessage> pushed() {
    const std::scoped_lock lock(mutex_);
    return pushed_;
  }
  std::atomic<pid_t> kill_at_push = 0;
  std::int64_t exit_code = 0;
  types::Bytes result;

 private:
  HttpServer::Answer serve(const HttpServer::Request& r) {
    const auto request = json::parse(r.body);
    const auto method = request["method"].get<std::string>().substr(9);
    const std::scoped_lock lock(mutex_);
    auto response = reply(method, request["params"]);
    response["jsonrpc"] = "2.0";
    response["id"] = request["id"];
    return {200, response.dump()};
  }

  json reply(const std::string& method, const json& params) {
    if (said_.contains(method)) return {{"result", said_[method]}};
    if (method == "ChainHead") {
      auto head = recorded::read("ChainHead")["response"]["result"];
      head["Height"] = ++height_;
      head["Blocks"][0]["Height"] = height_;
      return {{"result", head}};
    }
    if (method == "GasEstimateMessageGas") {
      auto message = params[0];
      message["GasLimit"] = 2'000'000;
      message["GasFeeCap"] = "100000";
      message["GasPremium"] = "99000";
      return {{"result", message}};
    }
    if (method == "MpoolPush") return push(types::JsonView(params[0], "push").signed_message());
    if (method == "MpoolGetNonce") return {{"result", pushed_.size()}};
    if (method == "StateSearchMsg") return search(params[1]);
    if (method == "StateLookupID" || method == "StateAccountKey" || method == "StateGetActor")
      return account(method, params[0].get<std::string>());
    return recorded::read(method)["response"];
  }

  json push(const types::SignedMessage& message) {
    for (const auto& known : pushed_)
      if (known.cid() == message.cid()) return {{"result", types::to_json(message.cid())}};
    pushed_.push_back(message);
    landed_.push_back(height_ + 1);
    while (kill_at_push < 0) std::this_thread::yield();  // it is being started
    if (kill_at_push > 0) kill(kill_at_push, SIGKILL);
    return {{"result", types::to_json(message.cid())}};
  }

  json search(const json& cid) {
    for (std::size_t i = 0; i < pushed_.size(); ++i)
      if (types::to_json(pushed_[i].cid()) == cid && height_ > landed_[i])
        return {{"result",
                 {{"Message", cid},
                  {"Receipt",
                   {{"ExitCode", exit_code},
                    {"Return", types::to_base64(result)},
                    {"GasUsed", 1'500'000},
                    {"EventsRoot", nullptr}}},
                  {"ReturnDec", nullptr},
                  {"TipSet", json::array({cid})},
                  {"Height", landed_[i]}}}};
    return {{"result", nullptr}};
  }

  json account(const std::string& method, const std::string& address) {
    const bool control = address == "t01012" || address == kControl;
    if (method == "StateLookupID") return {{"result", control ? "t01012" : "t0100"}};
    if (method == "StateAccountKey") return {{"result", control ? kControl : kOwner}};
    auto actor = recorded::read("StateGetActor-account")["response"]["result"];
    actor["Balance"] = control ? "49999984519625250922" : "49999850000458997522038418";
    return {{"result", actor}};
  }

  std::mutex mutex_;
  std::map<std::string, json> said_;
  std::vector<types::SignedMessage> pushed_;
  std::vector<std::int64_t> landed_;
  std::int64_t height_ = 5000;
  HttpServer server_;
};

struct Ended {
  int code = -1;  ///< -1: killed
  std::string out;
};

/// A home folder, and `sealyard` run in it.
struct House {
  Scratch scratch;
  Node node;
  std::string home = (scratch.path() / "home").string();

  /// Spawned, not forked: the server's threads may hold any lock.
  pid_t start(std::vector<std::string> words, const std::string& out) const {
    words.insert(words.begin(), std::string(SEALYARD_BIN) + "/sealyard");
    std::vector<std::string> variables{"SEALYARD_HOME=" + home, "FULLNODE_API_INFO=" + node.url(),
                                       "SLURM_CONF=/dev/null/none"};
    for (char** at = environ; *at; ++at) variables.emplace_back(*at);  // the first one counts
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> all;
      for (auto& text : texts) all.push_back(text.data());
      all.push_back(nullptr);
      return all;
    };
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID);  // no terminal to ask at
    pid_t child = 0;
    REQUIRE(posix_spawn(&child, words[0].c_str(), &files, &how, pointers(words).data(),
                        pointers(variables).data()) == 0);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return child;
  }
  Ended run(const std::vector<std::string>& words, bool killed_at_push = false) {
    const auto out = (scratch.path() / "out").string();
    if (killed_at_push) node.kill_at_push = -1;
    const auto child = start(words, out);
    if (killed_at_push) node.kill_at_push = child;
    int status = 0;
    waitpid(child, &status, 0);
    node.kill_at_push = 0;
    std::ifstream in(out);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, {std::istreambuf_iterator<char>(in), {}}};
  }
  std::string file(const std::string& name, const std::string& text) const {
    const auto path = (scratch.path() / name).string();
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms(0600));
    return path;
  }
  std::string config() const {
    std::ifstream in(home + "/config.toml");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// The recorded keys; the miner's owner, worker and control address are the secp256k1 one.
  const char* key = "t1t5yqg26qvn7sh2wijkm4ac7niqywwiq7pciznfa";
  House() {
    node.say("StateNetworkVersion", 28);
    const auto recording = recorded::read("wallet");
    for (const auto& entry : recording["keys"])
      if (entry["type"] != "delegated")
        REQUIRE(run({"wallet", "import", file("key", entry["export"].get<std::string>())}).code ==
                0);
    REQUIRE(run({"config", "init", "--network", "development", "--proof-type", "5"}).code == 0);
  }
};

/// With every CID as "CID".
std::string without_cids(const std::string& text) {
  return std::regex_replace(text, std::regex("bafy2bza[a-z2-7]+"), "CID");
}

}  // namespace

TEST_CASE("wallet list: lotus' columns, byte for byte", "[operator]") {
  for (const bool id : {false, true}) {
    const auto wanted = printed(id ? "wallet-list-id" : "wallet-list");
    const auto lines = lines_of(wanted);
    std::vector<cli::WalletRow> rows;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const auto row = cells(lines[i]);
      cli::WalletRow made;
      made.asked = true;
      made.key = {Address::parse(row[0]), wallet::KeyType::bls, wallet::Protection::ordinary, ""};
      if (id && row[1] != "n/a") {
        made.id = Address::parse(row[1]);
        made.market = rpc::MarketBalance{};
      }
      made.balance = types::parse_fil(row[id ? 2 : 1]);
      made.is_default = row.back() == "X";
      made.nonce = std::stoull(row[row.size() - (made.is_default ? 2 : 1)]);
      rows.push_back(made);
    }
    CHECK(rows.size() == 16);
    CHECK(cli::wallet_text(rows, {id, false, Network::testnet}) == wanted);
  }
  cli::WalletRow row;
  row.key = {Address::of_id(1), wallet::KeyType::bls, wallet::Protection::offline, "safe 3"};
  CHECK(cli::wallet_text({row}, {}) == "Address  Encrypt  Mark    \nf01      offline  safe 3  \n");
}

TEST_CASE("actor control list: as lotus-miner prints it", "[operator]") {
  const auto owner = Address::parse(kOwner), control = Address::parse(kControl);
  const auto row = [&](const char* name, const std::string& balance) {
    return cli::ControlRow{name, Address::of_id(100), owner, types::parse_fil(balance), {"other"}};
  };
  const auto rows = [&](const std::string& balance) {
    return std::vector<cli::ControlRow>{row("owner", balance), row("worker", balance),
                                        row("beneficiary", balance)};
  };
  const auto before = rows("49999849.999511919427286004");
  CHECK(cli::control_text(before, true, false, Network::testnet) ==
        printed("actor-control-list-before"));
  auto after = rows("49999850.000458997522038418");
  after.push_back({"control-0",
                   Address::of_id(1012),
                   control,
                   types::parse_fil("49.999984519625250922"),
                   {"post"}});
  CHECK(cli::control_text(after, false, false, Network::testnet) == printed("actor-control-list"));
  CHECK(cli::control_text(after, true, false, Network::testnet) ==
        printed("actor-control-list-verbose"));
  CHECK(cli::control_text(after, false, true, Network::testnet).find("\033[32mpost\033[0m") !=
        std::string::npos);
}

namespace {

/// Seven sectors in the first four deadlines, one of them faulty, one more not alive any more.
cli::ProvingView proving_view(types::Epoch epoch) {
  cli::ProvingView view;
  view.miner = "t01000";
  view.delay_s = 4;
  view.time_s = 1'795'250'221 + (epoch - 3538) * 4;  // 2026-11-21 08:37:01 at 3538
  auto& now = view.now;
  now.current = epoch;
  now.period_start = 3538;
  now.proving_period = 2880;
  now.challenge_window = 60;
  now.index = static_cast<std::uint64_t>((epoch - 3538) / 60);
  now.open = 3538 + static_cast<types::Epoch>(now.index) * 60;
  now.close = now.open + 60;
  now.challenge = now.open - 20;
  now.fault_cutoff = now.open - 70;
  view.deadlines.resize(48);
  view.partitions.resize(48);
  view.partitions[0] = {{{0, 1}, {1}, {}, {0, 1}, {0}}};
  for (std::uint64_t i = 1; i < 4; ++i) {
    const types::Bitfield two{2 * i, 2 * i + 1};
    view.partitions[i] = {{two, {}, {}, two, two}};
  }
  view.partitions[3][0].live = view.partitions[3][0].active = {6};
  return view;
}

}  // namespace

TEST_CASE("proving: numbers of sectors, and proofs that are not sent", "[operator]") {
  CHECK(cli::parse_numbers("").empty());
  CHECK(cli::parse_numbers("7") == types::Bitfield{7});
  CHECK(cli::parse_numbers("1,5-9,3") == types::Bitfield{1, 3, 5, 6, 7, 8, 9});
  for (const char* text : {"x", "1,,2", "9-5", "1-", "-1", "0-99999999999"})
    CHECK_THROWS_AS(cli::parse_numbers(text), cli::Refusal);

  message::SubmitWindowedPost post;
  post.deadline = 3;
  post.partitions = {{0, {}}, {2, {4, 7}}};
  post.proofs = {{10, {1, 2, 3}}};
  CHECK(cli::window_post_json(post).dump() ==
        R"({"Deadline":3,"Partitions":[{"Index":0,"Skipped":[]},{"Index":2,"Skipped":[4,7]}],)"
        R"("Proofs":[{"PoStProof":10,"ProofBytes":"AQID"}],"ChainCommitEpoch":0,)"
        R"("ChainCommitRand":null})");
}

TEST_CASE("proving: as lotus-miner prints it", "[operator]") {
  auto view = proving_view(3575);
  view.deadlines[0].post_submissions = {0};
  CHECK(cli::proving_info_text(view, false) == printed("proving-info-deadline-open"));
  CHECK(cli::proving_deadlines_text(view, false, false) ==
        printed("proving-deadlines-deadline-open"));
  CHECK(cli::proving_faults_text(view, false) == printed("proving-faults-with-fault"));
  view = proving_view(4949);
  CHECK(cli::proving_deadline_text(view, 0, false) == printed("proving-deadline-0-with-fault"));
  view.partitions[0][0].recovering = {1};
  CHECK(cli::proving_info_text(view, false) == printed("proving-info"));
  CHECK(cli::proving_deadline_text(view, 0, true) == printed("proving-deadline-0-sectors"));
  view = proving_view(3538 + 23 * 60);
  CHECK(cli::proving_deadlines_text(view, false, false) == printed("proving-deadlines"));
  CHECK(cli::proving_deadlines_text(view, true, false) == printed("proving-deadlines-all"));
  view.partitions.assign(48, {});
  CHECK_THAT(cli::proving_info_text(view, true),
             Catch::Matchers::Contains("Faults:      0 (0.00%)") &&
                 Catch::Matchers::Contains("(21 Nov 26 11:49 UTC, in ") &&
                 Catch::Matchers::Contains("Miner: \033[34mt01000"));
}

TEST_CASE("info: as lotus-miner prints it", "[operator]") {
  auto v = miner_view();
  v.power.miner = v.power.total = {10240, 28672};
  v.sectors = {7, 5, 1};
  v.funds = {types::parse_fil("178018.83"), 0, types::parse_fil("133403.46"),
             BigInt(298'023'000'000), 0};
  cli::HouseView house;
  house.daemon_since_s = 1'795'255'638;  // 2026-11-21 10:07:18
  house.now_s = *house.daemon_since_s + 229;
  house.subsystems = {"Mining", "Sealing", "SectorStorage"};
  house.alerts = 2;
  house.states = {{"Proving", 7}, {"TerminateFinality", 1}};
  house.sealing_hosts = 1;
  CHECK(cli::info_text(v, house, {false, false, Network::testnet}) == printed("miner-info"));
  CHECK(cli::info_text(v, house, {false, true, Network::testnet}) ==
        printed("miner-info-hide-sectors"));

  v.power.miner = v.power.total = {6144, 43008};
  v.sectors = {3, 3, 0};
  v.head_age_s = 3 * 3600 + 52 * 60 + 45;
  v.funds = {types::parse_fil("46127.4520036"), BigInt(3'597'000'000'000),
             types::parse_fil("34595.59"), BigInt(59'605'000'000), 0};
  v.worker_balance = types::parse_fil("49999850.001");
  house.daemon_since_s = 1'795'254'848;  // 2026-11-21 09:54:08
  house.now_s = *house.daemon_since_s + 302;
  house.states = {{"Proving", 3}, {"Committing", 2}, {"SubmitCommitAggregate", 2}};
  CHECK(cli::info_text(v, house, {false, false, Network::testnet}) ==
        printed("miner-info-two-commits-waiting"));

  v.power.has_min_power = false;
  v.info.beneficiary = Address::of_id(5);
  const auto text = cli::info_text(v, std::nullopt, {true, false, Network::mainnet});
  CHECK(text.find("Below minimum power threshold, no blocks will be won\n") != text.npos);
  CHECK(text.find("Beneficiary Quota:\t0\n") != text.npos);
  CHECK(text.find("Sectors:") == text.npos);
  CHECK(text.find("\033[31msync behind! (3h52m45s behind)\033[0m") != text.npos);
}

TEST_CASE("commands against recorded answers", "[operator]") {
  House house;
  const auto info = house.run({"--actor", "t01000", "info"});
  CHECK(info.code == 0);
  for (const auto* line :
       {"Miner: t01000 (2 KiB sectors)\nPower: 28 Ki / 28 Ki (100.0000%)\n\tRaw: 10 KiB / 10 KiB",
        "\tCommitted: 12 KiB\n\tProving: 12 KiB (2 KiB Faulty, 16.67%)\n",
        "Miner Balance:    176163.001 FIL\n      PreCommit:  0\n      Pledge:     238.419 nFIL\n"
        "      Vesting:    132011.589 FIL\n      Available:  44151.412 FIL\n"}) {
    CAPTURE(info.out, line);
    CHECK(info.out.find(line) != info.out.npos);
  }
  CHECK(info.out.find('\033') == info.out.npos);
  CHECK(json::parse(house.run({"info", "--json"}).out)["Available"] == "44151412410733461361650");
  CHECK(house.run({"actor", "control", "list"}).out == printed("actor-control-list"));
  CHECK(house.run({"actor", "control", "list", "--verbose"}).out ==
        printed("actor-control-list-verbose"));
  const auto all = json::parse(house.run({"actor", "control", "list", "--json"}).out);
  CHECK(all[3]["use"][0] == "post");
  CHECK(house.run({"wallet", "balance", kOwner}).out == "49999850.00047576534317206 FIL\n");

  auto none = recorded::read("StateMinerInfo")["response"]["result"];
  none["ControlAddresses"] = nullptr;
  house.node.say("StateMinerInfo", none);
  CHECK(house.run({"actor", "control", "set", kControl}).out == printed("actor-control-set-dry"));
  // The owner's key is not ours: said before anything is sent.
  const auto foreign = house.run({"actor", "control", "set", "--really-do-it", kControl});
  CHECK(foreign.code == 64);
  CHECK(foreign.out.find("no such key in the wallet") != foreign.out.npos);
  CHECK(house.run({"actor", "withdraw", "50000"}).code == 1);
  CHECK(house.node.pushed().empty());
}

TEST_CASE("messages of the operator: sent once, as lotus says it", "[operator]") {
  House house;
  auto info = recorded::read("StateMinerInfo")["response"]["result"];
  info["ControlAddresses"] = nullptr;
  info["Owner"] = house.key;
  house.node.say("StateMinerInfo", info);
  CHECK(without_cids(house.run({"actor", "control", "set", "--really-do-it", kControl}).out) ==
        without_cids(printed("actor-control-set")));
  house.node.result = types::CborWriter().big_int(types::parse_fil("0.001")).take();
  CHECK(without_cids(house.run({"actor", "withdraw", "--confidence", "1", "0.001"}).out) ==
        without_cids(printed("actor-withdraw")));
  auto sent = printed("lotus-send");
  for (std::size_t at; (at = sent.find(kOwner)) != sent.npos;)
    sent.replace(at, std::string(kOwner).size(), house.key);
  CHECK(without_cids(house.run({"send", "--from", house.key, kControl, "50"}).out) ==
        without_cids(sent));

  const auto pushed = house.node.pushed();
  REQUIRE(pushed.size() == 3);
  for (std::size_t i = 0; i < pushed.size(); ++i) {
    CHECK(wallet::verify(pushed[i]));
    CHECK(pushed[i].message.nonce == i);
  }
  const auto control = message::ChangeWorkerAddress::from_cbor(pushed[0].message.params);
  CHECK(control.worker == Address::of_id(100));  // named again, or it would change
  CHECK(control.control == std::vector{Address::parse(kControl)});
  CHECK(message::WithdrawBalance::from_cbor(pushed[1].message.params).amount ==
        types::parse_fil("0.001"));
  CHECK(pushed[1].message.to == Address::of_id(1000));
  CHECK(pushed[2].message.value == types::parse_fil("50"));

  house.node.exit_code = 19;
  const auto failed = house.run({"actor", "withdraw", "--confidence", "1", "0.001", "--json"});
  CHECK(failed.code == 1);
  CHECK(failed.out.find("exit code 19") != failed.out.npos);
  house.node.say("StateNetworkVersion", 30);
  CHECK(house.run({"send", "--from", house.key, kControl, "1"}).code == 69);
  CHECK(house.node.pushed().size() == 4);
}

TEST_CASE("a transfer wants the password, sealing does not", "[operator]") {
  House house;
  const auto right = house.file("right", "correct horse\n"),
             wrong = house.file("wrong", "battery staple\n");
  CHECK(house.run({"wallet", "passwd", "add", "--password-file", right}).code == 0);
  CHECK(house.run({"wallet", "encrypt", "all"}).code == 0);
  const auto send = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"send", "--from", house.key, kControl, "1"};
    words.insert(words.end(), more.begin(), more.end());
    return house.run(words);
  };
  const auto unasked = send({});
  CHECK(unasked.code == 64);
  CHECK(unasked.out.find("--password-file") != unasked.out.npos);
  const auto refused = send({"--password-file", wrong});
  CHECK(refused.code == 1);
  CHECK(refused.out.find("wrong password; 2 more tries") != refused.out.npos);
  CHECK(house.node.pushed().empty());
  CHECK(send({"--password-file", right}).code == 0);
  CHECK(house.node.pushed().size() == 1);  // and nothing of the two refused ones
  CHECK(house.run({"wallet", "export", house.key}).code == 64);
  const auto exported = house.run({"wallet", "export", house.key, "--password-file", right});
  const auto recording = recorded::read("wallet");
  CHECK(exported.out == recording["keys"][1]["export"].get<std::string>() + "\n");
  CHECK(house.run({"wallet", "list", "-a"}).out.find(house.key) != std::string::npos);
  CHECK(
      house.run({"wallet", "delete", house.key, "--really-do-it", "--password-file", right}).code ==
      0);
  CHECK(house.run({"wallet", "list", "-a"}).out.find(house.key) == std::string::npos);
}

TEST_CASE("init: one miner, however often it is killed and run again", "[operator]") {
  House house;
  const auto keys = recorded::read("wallet")["keys"];
  const auto worker = keys[0]["address"].get<std::string>();
  house.node.result =
      message::CreatedMiner{Address::of_id(1017), Address::of_actor(types::Bytes{1})}.cbor();
  const std::vector<std::string> words{"init",     "--owner",      house.key,
                                       "--worker", worker,         "--sector-size",
                                       "8MiB",     "--confidence", "1"};
  CHECK(house.run(words, true).code == -1);  // its message has arrived, it has not heard so
  CHECK(house.node.pushed().size() == 1);
  CHECK(house.config().find("f01017") == std::string::npos);
  const auto done = house.run(words);
  CHECK(done.code == 0);
  CHECK(done.out.find("New miners address is: t01017 (t2") != done.out.npos);
  CHECK(house.run(words).out.find("t01017") != std::string::npos);
  const auto pushed = house.node.pushed();
  REQUIRE(pushed.size() == 1);
  CHECK(pushed[0].message.to == Address::of_id(types::kPowerActor));
  CHECK(pushed[0].message.value == BigInt("5937181320"));
  const auto params = message::CreateMiner::from_cbor(pushed[0].message.params);
  CHECK(params.owner == Address::parse(house.key));
  CHECK(params.worker == Address::parse(worker));
  CHECK(params.window_post_proof == 11);
  CHECK(house.config().find("id = \"f01017\"\n") != std::string::npos);
  CHECK(house.config().find("proof_type = \"StackedDrg8MiBV1_1\"") != std::string::npos);
  CHECK(house.config().find("network = \"development\"") != std::string::npos);
  CHECK(
      house.run({"init", "--owner", worker, "--worker", house.key, "--sector-size", "2KiB"}).code ==
      64);  // a worker's key is bls
  CHECK(house.run({"init", "--owner", house.key, "--sector-size", "4KiB"}).code == 64);
}
