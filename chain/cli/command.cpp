#include "chain/cli/command.h"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include "chain/cli/layout.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

const std::map<std::string, std::string> kGroups{
    {"actor", "manipulate the miner actor"},
    {"compute", "Compute simulated proving tasks"},
    {"config", "Manage settings"},
    {"control", "Manage control addresses"},
    {"env", "Manage settings that change while the daemon runs"},
    {"ledger", "Keep safe what only this home folder knows"},
    {"mark", "Manage notes on keys"},
    {"passwd", "Manage the password of the wallet"},
    {"piece", "Work on data before it is in a sector"},
    {"proving", "View proving information"},
    {"report", "What sealing took, by the cluster's accounting"},
    {"sealing", "interact with sealing pipeline"},
    {"sectors", "interact with sector store"},
    {"wallet", "Manage wallet"},
};

constexpr int kUnknownWord = 3;  // urfave/cli: "No help topic for"

bool is_prefix(const std::vector<std::string>& words, const std::vector<std::string>& of) {
  return words.size() <= of.size() && std::equal(words.begin(), words.end(), of.begin());
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// "--log, -l" or "--states value"
std::string option_names(const CLI::Option& option) {
  std::string out;
  const std::string value = option.get_items_expected_max() > 0 ? " value" : "";
  for (const auto& name : option.get_lnames()) out += (out.empty() ? "--" : ", --") + name + value;
  for (const auto& name : option.get_snames()) out += (out.empty() ? "-" : ", -") + name + value;
  return out;
}

void print_command_help(const Context& context, const Command& command, CLI::App& app) {
  const auto name = context.program + " " + joined(command.words);
  fmt::print("NAME:\n   {} - {}\n\nUSAGE:\n   {} [command options]{}\n\nOPTIONS:\n", name,
             command.summary, name, command.arguments.empty() ? "" : " " + command.arguments);
  std::vector<std::vector<std::string>> rows;
  for (const auto* option : app.get_options()) {
    if (option->nonpositional()) {
      auto text = option->get_description();
      if (option->get_items_expected_max() == 0 &&
          option->get_lnames() != std::vector<std::string>{"help"})
        text += " (default: false)";
      rows.push_back({"   " + option_names(*option), text});
    }
  }
  fmt::print("{}", aligned(rows));
}

/// The commands and groups one word below `words`.
std::map<std::string, std::string> below(const std::vector<Command>& commands,
                                         const std::vector<std::string>& words) {
  std::map<std::string, std::string> found;
  for (const auto& command : commands)
    if (is_prefix(words, command.words) && command.words.size() > words.size()) {
      const auto& next = command.words[words.size()];
      const bool leaf = command.words.size() == words.size() + 1;
      found[next] = leaf ? command.summary : kGroups.at(next);
    }
  return found;
}

void print_group_help(const Context& context, const std::vector<Command>& commands,
                      const std::vector<std::string>& words) {
  const auto name = words.empty() ? context.program : context.program + " " + joined(words);
  const auto summary = words.empty() ? "Filecoin sealing as Slurm jobs" : kGroups.at(words.back());
  fmt::print("NAME:\n   {} - {}\n\nUSAGE:\n   {} {}\n\nCOMMANDS:\n", name, summary, name,
             words.empty() ? "[global options] command [command options]" : "[command options]");
  std::vector<std::vector<std::string>> rows;
  for (const auto& [word, text] : below(commands, words)) rows.push_back({"   " + word, text});
  fmt::print("{}", aligned(rows));
  fmt::print(
      "\n{}:\n{}", words.empty() ? "GLOBAL OPTIONS" : "OPTIONS",
      aligned(
          {{"   --home value, --miner-repo value",
            "folder of settings, ledger and log [$SEALYARD_HOME] (default: ~/.sealyard)"},
           {"   --actor value", "another miner than that of the settings, f01000"},
           {"   --json", "one JSON value on stdout"},
           {"   --color", "use color in display output (default: depends on output being a TTY)"},
           {"   --help, -h", "show help"}}));
}

/// Takes the options that may stand before and between the words.
std::vector<std::string> take_globals(std::vector<std::string> words, Context& context, bool& help,
                                      bool& version) {
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    const auto value = [&](std::string_view name, std::string& into) {
      if (word.starts_with(std::string(name) + "=")) {
        into = word.substr(name.size() + 1);
        return true;
      }
      if (word != name) return false;
      if (i + 1 == words.size())
        throw Refusal(fmt::format("flag needs an argument: {}", word), exit_code(Fault::usage));
      into = words[++i];
      return true;
    };
    if (word == "--json")
      context.json = true;
    else if (word == "--color" || word == "--color=true")
      context.colour = true;
    else if (word == "--color=false")
      context.colour = false;
    else if (word == "--help" || word == "-h")
      help = true;
    else if (rest.empty() && (word == "--version" || word == "-v"))
      version = true;
    else if (rest.empty() && word == "--vv")
      continue;
    else if (!value("--home", context.home) && !value("--miner-repo", context.home) &&
             !value("--storagerepo", context.home) && !value("--actor", context.miner))
      rest.push_back(word);
  }
  return rest;
}

int run_command(const Context& context, const Command& command, std::vector<std::string> rest,
                bool help) {
  CLI::App app{command.summary, joined(command.words)};
  app.set_help_flag();
  const auto action = command.declare(app);
  bool json = false, shown = false;  // taken before the words were; here for the help
  app.add_flag("--json", json, "one JSON value on stdout");
  app.add_flag("--help,-h", shown, "show help");
  if (help) {
    print_command_help(context, command, app);
    return 0;
  }
  std::reverse(rest.begin(), rest.end());  // CLI11 takes words from the back
  try {
    app.parse(rest);
  } catch (const CLI::ParseError& error) {
    throw Refusal(
        fmt::format("{}; see {} {} --help", error.what(), context.program, joined(command.words)),
        exit_code(Fault::usage));
  }
  return action(context);
}

int dispatch(Context& context, std::vector<std::string> words) {
  bool help = false, version = false;
  words = take_globals(std::move(words), context, help, version);
  if (!words.empty() && words.front() == "miner" && context.program == "sealyard") {
    context.program = "sealyard miner";
    words.erase(words.begin());
  }
  // A worker is a node here: of lotus-worker's words only those that change what it gets.
  const bool is_worker =
      !words.empty() && words.front() == "worker" && context.program == "sealyard";
  if (is_worker) {
    context.program = "sealyard worker";
    words.erase(words.begin());
  }
  if (context.program.ends_with("worker") && !words.empty() && words.front() != "autotask" &&
      words.front() != "env") {
    std::cerr << fmt::format("No help topic for '{}'\n", words.front());
    return kUnknownWord;
  }
  if (version) words = {"version"};
  if (!words.empty() && (words.front() == "help" || words.front() == "h")) {
    help = true;
    words.erase(words.begin());
  }
  const auto commands = all_commands();
  std::vector<std::string> path;
  for (std::size_t i = 0; i < words.size(); ++i) {
    path.push_back(words[i]);
    for (const auto& command : commands)
      if (command.words == path)
        return run_command(context, command,
                           {words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end()}, help);
    if (below(commands, path).empty()) {
      std::cerr << fmt::format("No help topic for '{}'\n", words[i]);
      return kUnknownWord;
    }
  }
  print_group_help(context, commands, path);
  return 0;
}

}  // namespace

settings::Settings Context::settings() const {
  auto made = settings::load(settings::home(home), settings::program_folder());
  if (!made.slurm_conf.empty()) setenv("SLURM_CONF", made.slurm_conf.c_str(), 1);
  return made;
}

ledger::Ledger Context::open_ledger(const settings::Settings& settings, bool create) const {
  const auto file = settings.ledger_file();
  if (create) {
    std::filesystem::create_directories(settings.home);
  } else if (!std::filesystem::exists(file)) {
    throw Error(Fault::configuration,
                "{}: no ledger yet; '{} sectors pledge' or sealyard-chain makes it", file.string(),
                program);
  }
  return ledger::Ledger::open(file);
}

std::string Context::actor() const {
  const passwd* user = getpwuid(getuid());
  return fmt::format("operator:{}", user ? user->pw_name : std::to_string(getuid()));
}

std::vector<Command> all_commands() {
  std::vector<Command> all;
  for (auto&& some : {sector_commands(), pledge_commands(), sealing_commands(), config_commands(),
                      piece_commands(), doctor_commands(), wallet_commands(), send_commands(),
                      actor_commands(), init_commands(), info_commands(), ledger_commands(),
                      proving_commands(), report_commands(), autotask_commands()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

int run(int argc, const char* const* argv) {
  Context context;
  context.colour = isatty(STDOUT_FILENO) == 1;
  const auto name = std::filesystem::path(argc > 0 ? argv[0] : "sealyard").filename().string();
  if (name == "lotus-miner" || name == "lotus-worker") context.program = name;
  try {
    return dispatch(context, std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  } catch (const Refusal& refusal) {
    if (context.json) print({{"error", {{"exit", refusal.code()}, {"text", refusal.what()}}}});
    std::cerr << fmt::format("ERROR: {}\n\n", refusal.what());
    return refusal.code();
  } catch (const Error& error) {
    const int code = exit_code(error.fault());
    if (context.json) print({{"error", {{"exit", code}, {"text", error.what()}}}});
    std::cerr << fmt::format("ERROR: {}\n\n", error.what());
    return code;
  } catch (const std::exception& error) {
    std::cerr << fmt::format("ERROR: {}\n\n", error.what());
    return exit_code(Fault::internal);
  }
}

pledge::Sector find_sector(const ledger::Ledger& ledger, std::uint64_t miner,
                           const std::string& number) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() ||
      value > ledger::kMaxSectorNumber)
    throw Refusal(fmt::format("could not parse sector number: '{}'", number),
                  exit_code(Fault::usage));
  const auto events = ledger.events_of({miner, value});
  if (events.empty())
    throw Refusal(fmt::format("No state for /{}: datastore: key not found", value));
  return pledge::fold(events);
}

void print(const Json& json) { std::cout << json.dump(2) << std::endl; }

}  // namespace sealyard::cli
