// sealyard-devnet: a Filecoin network of one node, for development and tests.
#include <signal.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "chain/dev/devnet.h"
#include "chain/dev/server.h"
#include "chain/ledger/instance_lock.h"
#include "chain/rpc/http.h"
#include "jobs/params/folder.h"
#include "kernels/base/error.h"

namespace {

namespace fs = std::filesystem;
using namespace sealyard;
using types::Json;

constexpr std::uint64_t kLeastEpochMs = 1, kMostEpochMs = 30'000;

struct Given {
  std::string state, listen = "127.0.0.1:0", token_file, clock = "steady", params, profile = "2k";
  std::string faucet = "50";
  std::uint64_t epoch_ms = 1000, faucet_wait_s = 600;
  bool json = false, stand_ins = false;
  std::string address, amount, method, values = "[]";
};

/// Whole or not at all; a token only for its owner.
void write_file(const fs::path& path, const std::string& text, mode_t mode) {
  const auto part = path.string() + ".part";
  {
    std::ofstream file(part, std::ios::trunc);
    file << text;
    file.flush();
    if (!file) throw Error(Fault::io, "cannot write {}", part);
  }
  fs::permissions(part, static_cast<fs::perms>(mode));
  fs::rename(part, path);
}

std::string read_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty())
    throw Error(Fault::missing, "{} is not there; is a sealyard-devnet running on this folder?",
                path.string());
  return line;
}

fs::path token_file(const Given& given) {
  return given.token_file.empty() ? fs::path(given.state) / "token" : fs::path(given.token_file);
}

dev::Options options_of(const Given& given) {
  dev::Options options;
  options.folder = given.state;
  options.params = given.params.empty()
                       ? params::default_folder([](const char* name) { return std::getenv(name); })
                       : fs::absolute(given.params);
  if (given.profile == "tiny")
    options.policy = dev::Policy::tiny();
  else if (given.profile != "2k")
    throw Error(Fault::usage, "--profile {}: want 2k or tiny", given.profile);
  options.policy.stand_ins = given.stand_ins;
  options.clock = dev::parse_clock_mode(given.clock);
  if (given.epoch_ms < kLeastEpochMs || given.epoch_ms > kMostEpochMs)
    throw Error(Fault::usage, "--epoch-ms {}: want {} to {}", given.epoch_ms, kLeastEpochMs,
                kMostEpochMs);
  options.epoch_ms = given.epoch_ms;
  options.faucet_amount = types::parse_fil(given.faucet);
  options.faucet_wait_s = given.faucet_wait_s;
  return options;
}

int serve(const Given& given) {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&ending, one);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const auto options = options_of(given);
  umask(0077);  // the chain's file holds the secrets of its tokens and its producer
  fs::create_directories(options.folder);
  const ledger::InstanceLock lock(options.folder);
  dev::Devnet net(options);
  const dev::Server server(net, given.listen);
  write_file(token_file(given), net.admin_token() + "\n", 0600);
  write_file(options.folder / "api", server.multiaddr() + "\n", 0644);
  const auto status = net.call("Status", Json::array());
  if (net.chain().policy().stand_ins)
    std::cerr << "sealyard-devnet: SEAL PROOFS MEAN NOTHING here: this chain was made with "
                 "--stand-ins, for tests of messages"
              << std::endl;
  if (given.json)
    std::cout << Json{{"api", server.url() + "/rpc/v1"},
                      {"multiaddr", server.multiaddr()},
                      {"token_file", token_file(given).string()},
                      {"status", status}}
              << std::endl;
  else
    std::cout << "sealyard-devnet listens on " << server.multiaddr() << ", height "
              << status.at("Height") << ", clock " << given.clock << ", params "
              << options.params.string() << std::endl;
  int number = 0;
  sigwait(&ending, &number);
  return 0;
}

/// One call of a node that runs on this folder.
Json ask(const Given& given, const std::string& method, const Json& params) {
  const auto state = fs::path(given.state);
  const auto endpoints =
      rpc::parse_api_info(read_line(token_file(given)) + ":" + read_line(state / "api"));
  rpc::Http http(endpoints.front(), std::chrono::seconds(5));
  const Json request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
  const auto answer = http.post(request.dump(), std::chrono::minutes(10), {});
  const auto json = Json::parse(answer.body, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    throw Error(Fault::io, "{}: HTTP {}: {}", method, answer.status, answer.body);
  if (json.contains("error"))
    throw Error(Fault::usage, "{}: {}", method, json.at("error").at("message").get<std::string>());
  return json.at("result");
}

int run(const CLI::App& app, const Given& given) {
  if (app.got_subcommand("fund")) {
    ask(given, "Sealyard.Fund",
        Json::array({given.address, types::to_text(types::parse_fil(given.amount))}));
    const auto balance =
        ask(given, "Filecoin.WalletBalance", Json::array({given.address})).get<std::string>();
    std::cout << given.address << " has "
              << types::fil_text(types::big_int_from_text(balance, "balance")) << "\n";
    return 0;
  }
  if (app.got_subcommand("call")) {
    const auto values = Json::parse(given.values, nullptr, false);
    if (!values.is_array())
      throw Error(Fault::usage, "{}: want a JSON array of parameters", given.values);
    const auto name =
        given.method.find('.') == std::string::npos ? "Sealyard." + given.method : given.method;
    std::cout << ask(given, name, values).dump(2) << "\n";
    return 0;
  }
  return serve(given);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "sealyard-devnet: a Filecoin network of one node that verifies proofs, for "
      "development; it is not, and joins, no real network",
      "sealyard-devnet"};
  Given given;
  app.add_option("--state", given.state, "Folder of the chain; made where there is none")
      ->required();
  app.add_option("--listen", given.listen, "ADDRESS:PORT; port 0: a free one, see DIR/api");
  app.add_option("--token-file", given.token_file, "Where the admin token goes (DIR/token)");
  app.add_option("--epoch-ms", given.epoch_ms, "Milliseconds between epochs");
  app.add_option("--clock", given.clock, "steady, gated (waits for window proofs) or jump");
  app.add_option("--params", given.params,
                 "Folder of verifying keys ($SEALYARD_PARAMS, $FIL_PROOFS_PARAMETER_CACHE, "
                 "~/.cache/sealyard/params)");
  app.add_option("--profile", given.profile,
                 "Of a new chain: 2k (proving period 2880 epochs) or tiny (240)");
  app.add_flag("--stand-ins", given.stand_ins,
               "Of a new chain, for tests of messages alone: what anybody can make is taken for "
               "a seal proof; power on such a chain means nothing");
  app.add_option("--faucet", given.faucet, "FIL that the faucet gives a request");
  app.add_option("--faucet-wait-s", given.faucet_wait_s, "Between two requests for an address");
  app.add_flag("--json", given.json, "Say where it listens as JSON");
  app.set_version_flag("--version", "sealyard-devnet " SEALYARD_VERSION);
  auto* fund = app.add_subcommand("fund", "Give an address FIL, without limit");
  fund->add_option("ADDRESS", given.address)->required();
  fund->add_option("FIL", given.amount)->required();
  auto* call = app.add_subcommand("call", "Call a method: Advance, Reorg, Filecoin.ChainHead ...");
  call->add_option("METHOD", given.method)->required();
  call->add_option("PARAMS", given.values, "JSON array");
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_code(sealyard::Fault::usage);
  }
  try {
    return run(app, given);
  } catch (const sealyard::Error& error) {
    std::cerr << "sealyard-devnet: " << error.what() << '\n';
    return exit_code(error.fault());
  } catch (const std::exception& error) {
    std::cerr << "sealyard-devnet: " << error.what() << '\n';
    return exit_code(sealyard::Fault::internal);
  }
}
