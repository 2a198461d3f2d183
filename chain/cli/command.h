// Words on the command line to what they do. Help, errors and exit codes are those of lotus-miner.
#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "chain/ledger/ledger.h"
#include "chain/pledge/sector.h"
#include "chain/settings/settings.h"

namespace sealyard::cli {

using Json = nlohmann::ordered_json;

/// What a command works with.
struct Context {
  std::string program = "sealyard";  ///< how it was called: "lotus-miner", "sealyard miner"
  std::string home;                  ///< option; empty = SEALYARD_HOME, ~/.sealyard
  std::string miner;                 ///< option --actor; empty = the settings' miner
  bool json = false;
  bool colour = false;

  settings::Settings settings() const;
  /// @throws Error{configuration} there is none yet and `create` is false.
  ledger::Ledger open_ledger(const settings::Settings& settings, bool create = false) const;
  std::string actor() const;  ///< "operator:alice"
};

/// An end that lotus prints as "ERROR: text" with this exit code.
class Refusal : public std::runtime_error {
 public:
  explicit Refusal(const std::string& text, int code = 1) : std::runtime_error(text), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

/// One command: its words, its help, its options and what it does. `declare` adds options to the
/// parser and returns the action, which gives the exit code.
struct Command {
  std::vector<std::string> words;
  std::string summary;
  std::string arguments;  ///< "<sectorNum>"
  std::function<std::function<int(const Context&)>(CLI::App&)> declare;
};

std::vector<Command> sector_commands();
std::vector<Command> pledge_commands();
std::vector<Command> sealing_commands();
std::vector<Command> config_commands();
std::vector<Command> piece_commands();
std::vector<Command> doctor_commands();
std::vector<Command> wallet_commands();
std::vector<Command> send_commands();
std::vector<Command> actor_commands();
std::vector<Command> init_commands();
std::vector<Command> info_commands();
std::vector<Command> ledger_commands();
std::vector<Command> proving_commands();
std::vector<Command> report_commands();
std::vector<Command> autotask_commands();
std::vector<Command> all_commands();

/// Runs `sealyard words...` and returns the exit code: 0; 1 as lotus for what it refuses; 3 for a
/// word it does not know; else that of the Error. Everything else goes to stdout and stderr.
int run(int argc, const char* const* argv);

/// The sector with this number of the settings' miner.
/// @throws Refusal "No state for /500: datastore: key not found"
pledge::Sector find_sector(const ledger::Ledger& ledger, std::uint64_t miner,
                           const std::string& number);

/// config.toml, whole or not at all.
void write_settings(const std::filesystem::path& file, const std::string& text);

void print(const Json& json);

}  // namespace sealyard::cli
