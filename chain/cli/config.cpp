// sealyard config init, config show; version.
#include <filesystem>
#include <iostream>
#include <memory>

#include "chain/cli/command.h"
#include "chain/ledger/files.h"
#include "chain/ledger/instance_lock.h"
#include "kernels/base/error.h"
#include "kernels/base/porep.h"

namespace sealyard::cli {
namespace {

struct InitWords {
  std::string miner, proof_type, network, storage, store;
  bool force = false;
};

int init(const Context& context, const InitWords& words) {
  const auto home = settings::home(context.home);
  const auto file = home / "config.toml";
  if (std::filesystem::exists(file) && !words.force)
    throw Refusal(fmt::format("{} exists; --force writes it anew", file.string()));
  std::filesystem::create_directories(home);
  if (words.force) std::filesystem::remove(file);
  auto settings = settings::load(home, settings::program_folder());
  settings.environment.clear();
  if (!words.miner.empty()) settings.miner = settings::parse_miner(words.miner);
  if (!words.proof_type.empty()) settings.proof_type = parse_porep(words.proof_type).name();
  if (!words.network.empty()) settings.network = words.network;
  const auto absolute = [](const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal();
  };
  if (!words.storage.empty()) settings.storage_root = absolute(words.storage);
  if (!words.store.empty()) settings.store_root = absolute(words.store);
  write_settings(file, settings::text(settings));
  if (context.json)
    print({{"config", file.string()}});
  else
    std::cout << fmt::format("{}: written; edit it, then run '{} doctor'\n", file.string(),
                             context.program);
  return 0;
}

int version(const Context& context) {
  std::string daemon = "not running";
  const auto home = settings::home(context.home);
  if (std::filesystem::exists(home / "daemon.lock")) {
    try {
      const ledger::InstanceLock probe(home);
    } catch (const Error& error) {
      if (error.fault() == Fault::busy) daemon = "running";
    }
  }
  const std::string_view text = SEALYARD_VERSION;
  if (context.json)
    print({{"Daemon", daemon}, {"Local", text}});
  else
    std::cout << fmt::format("Daemon:  {}\nLocal: {} version {}\n", daemon, context.program, text);
  return 0;
}

}  // namespace

void write_settings(const std::filesystem::path& file, const std::string& text) {
  ledger::write_whole(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                      0600);  // there may be tokens in it
}

std::vector<Command> config_commands() {
  return {
      {{"config", "init"},
       "Write config.toml with defaults",
       "",
       [](CLI::App& app) {
         auto words = std::make_shared<InitWords>();
         app.add_option("--miner", words->miner, "actor id, f01000");
         app.add_option("--proof-type", words->proof_type, "registered seal proof, number or name");
         app.add_option("--network", words->network, "mainnet, calibrationnet or development")
             ->check(CLI::IsMember({"mainnet", "calibrationnet", "development"}));
         app.add_option("--storage", words->storage, "folder for sectors while they are sealed");
         app.add_option("--store", words->store, "folder for finished sectors");
         app.add_flag("--force", words->force, "write over an existing file");
         return [words](const Context& context) { return init(context, *words); };
       }},
      {{"config", "show"},
       "Print the settings in use",
       "",
       [](CLI::App&) {
         return [](const Context& context) {
           std::cout << settings::text(context.settings());
           return 0;
         };
       }},
      {{"version"},
       "Print version",
       "",
       [](CLI::App&) { return [](const Context& context) { return version(context); }; }},
  };
}

}  // namespace sealyard::cli
