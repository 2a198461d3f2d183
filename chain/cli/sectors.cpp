// sealyard sectors list, status, states, inspect, prove, finalize, update-state.
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>
#include <memory>

#include "chain/cli/command.h"
#include "chain/cli/status.h"
#include "chain/cli/stuck.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::cli {
namespace {

using pledge::State;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    if (comma > at) parts.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

struct ListWords {
  ListOptions options;
  std::string states;
  bool unproven = false, removed = false, stuck = false;
  std::int64_t longer_s = -1;
  std::string stage;
  int parallel = 300;
};

/// Exit code 1 where there are any, for scripts that watch.
int list_stuck(const Context& context, const ListWords& words, const pledge::Sectors& sectors) {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  const auto& stages = stage::kStages;
  if (!words.stage.empty() && std::find(stages.begin(), stages.end(), words.stage) == stages.end())
    throw Refusal(fmt::format("--stage: \"{}\" is no stage; want one as pc1", words.stage),
                  exit_code(Fault::usage));
  StuckOptions options{{}, words.stage};
  if (words.longer_s >= 0) options.longer_s = words.longer_s;
  const auto found = stuck(sectors, context.settings(), options, now);
  if (context.json)
    print(stuck_json(found));
  else if (!found.empty())
    std::cout << stuck_text(found);
  return found.empty() ? 0 : 1;
}

int list(const Context& context, ListWords words) {
  if (!words.states.empty() && words.unproven)
    throw Refusal("only one of --states or --unproven can be specified at once");
  const auto settings = context.settings();
  const auto states = split(words.states);
  for (const auto& state : states)
    if (!pledge::state_named(state))
      throw Refusal(fmt::format("\"{}\" is not a valid state", state), exit_code(Fault::usage));
  pledge::Sectors all;
  pledge::apply(all, context.open_ledger(settings, true).events());
  if (words.stuck) return list_stuck(context, words, all);
  std::vector<pledge::Sector> shown;
  for (const auto& [id, sector] : all)
    if (id.miner == settings.miner && !(words.unproven && sector.state == State::proving) &&
        (states.empty() ||
         std::find(states.begin(), states.end(), name(sector.state)) != states.end()))
      shown.push_back(sector);
  if (context.json) {
    Json out = Json::array();
    for (const auto& sector : shown) out.push_back(to_json(sector));
    print(out);
  } else {
    words.options.colour = context.colour;
    std::cout << list_text(shown, words.options);
  }
  return 0;
}

int status(const Context& context, const std::string& number, bool log) {
  const auto settings = context.settings();
  const auto ledger = context.open_ledger(settings, true);
  const auto sector = find_sector(ledger, settings.miner, number);
  const auto events = log ? ledger.events_of(sector.id) : std::vector<ledger::Event>();
  if (context.json) {
    auto out = to_json(sector);
    if (log) out["Log"] = to_json(events);
    print(out);
  } else {
    std::cout << status_text(sector);
    if (log) std::cout << log_text(events);
  }
  return 0;
}

/// Becomes seal-inspect, which reads the manifest.
int inspect(const Context& context, const std::string& number) {
  const auto settings = context.settings();
  const auto sector = find_sector(context.open_ledger(settings, true), settings.miner, number);
  const auto program = (settings.programs / stage::program(stage::kInspect)).string();
  const auto store = sector.store.empty() ? settings.store_root.string() : sector.store;
  const auto root = sector.finalized_ms != 0 ? store : settings.storage_root.string();
  std::vector<std::string> words{program, "--storage", root, "--sector", sector.id.text()};
  if (context.json) words.push_back("--json");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::cout.flush();
  execv(program.c_str(), argv.data());
  throw Error(Fault::configuration, "{}: {}; programs.path in config.toml names its folder",
              program, std::strerror(errno));
}

int finalize(const Context& context, const std::string& number, std::string store) {
  const auto settings = context.settings();
  auto ledger = context.open_ledger(settings, true);
  const auto sector = find_sector(ledger, settings.miner, number);
  if (sector.state != State::wait_chain && sector.state != State::wait_commit &&
      sector.state != State::finalize_failed)
    throw Refusal(fmt::format(
        "sector {} is in {}; only a sealed sector, in WaitChain or WaitCommit, can be finalized",
        number, name(sector.state)));
  if (store.empty()) store = settings.store_root.string();
  store = std::filesystem::absolute(store).lexically_normal().string();
  if (!ledger.append_after(
          sector.last_seq,
          {0, 0, sector.id, pledge::event::kFinalize, {{"store", store}}, context.actor()}))
    throw Error(Fault::busy, "sector {} changed in this moment; look and try again", number);
  if (context.json) print({{"SectorID", sector.id.number}, {"Store", store}});
  return 0;
}

/// Finalized sectors cannot be proven any more: C1 reads the layers that finalize removes.
int prove(const Context& context, const std::string& number, const std::string& text) {
  const auto settings = context.settings();
  auto ledger = context.open_ledger(settings, true);
  const auto sector = find_sector(ledger, settings.miner, number);
  if (sector.state != State::wait_chain && sector.state != State::wait_commit &&
      sector.state != State::compute_proof_failed)
    throw Refusal(fmt::format(
        "sector {} is in {}; only a sealed sector, in WaitChain or WaitCommit, can be proven",
        number, name(sector.state)));
  Node seed;
  if (text.empty()) {
    if (sodium_init() < 0) throw Error(Fault::internal, "libsodium does not start");
    randombytes_buf(seed.bytes.data(), seed.bytes.size());
  } else {
    seed = node_from_hex(text, "seed");
  }
  const auto value = to_hex(seed);
  if (!ledger.append_after(
          sector.last_seq,
          {0,
           0,
           sector.id,
           pledge::event::kSeed,
           {{"value", value}, {"epoch", 0}, {"source", text.empty() ? "random" : "operator"}},
           context.actor()}))
    throw Error(Fault::busy, "sector {} changed in this moment; look and try again", number);
  if (context.json) print({{"SectorID", sector.id.number}, {"Seed", value}});
  return 0;
}

int update_state(const Context& context, const std::string& number, const std::string& to,
                 bool really) {
  if (!really)
    throw Refusal(
        "this is a command for advanced users, only use it if you are sure of what you are doing");
  const auto settings = context.settings();
  auto ledger = context.open_ledger(settings, true);
  const auto sector = find_sector(ledger, settings.miner, number);
  const auto state = pledge::state_named(to);
  if (!state) {
    std::string known;
    for (const auto& row : pledge::states()) known += fmt::format(" {}", row.name);
    throw Refusal(fmt::format("\"{}\" is not a valid state; possible states are:{}", to, known));
  }
  if (*state == State::pre_commit1 && sector.ticket.empty())
    throw Refusal(fmt::format("sector {} has no ticket yet; use GetTicket", number));
  if (*state == State::commit1 && sector.seed.empty())
    throw Refusal(fmt::format("sector {} has no seed yet; use 'sealyard sectors prove'", number));
  if (!ledger.append_after(sector.last_seq, {0,
                                             0,
                                             sector.id,
                                             pledge::event::kState,
                                             {{"to", to}, {"reason", "update-state"}},
                                             context.actor()}))
    throw Error(Fault::busy, "sector {} changed in this moment; look and try again", number);
  if (context.json) print({{"SectorID", sector.id.number}, {"State", to}});
  return 0;
}

int states(const Context& context, bool dot) {
  if (dot) {
    std::cout << pledge::dot();
    return 0;
  }
  Json out = Json::array();
  for (const auto& row : pledge::states()) {
    const auto waits = !row.of_chain.empty() ? row.of_chain : row.waits_for;
    out.push_back({{"State", row.name}, {"Stage", row.stage}, {"WaitsFor", waits}});
    if (!context.json)
      std::cout << fmt::format(
          "{:20} {}\n", row.name,
          row.stage.empty() ? std::string(waits) : fmt::format("job {}", row.stage));
  }
  if (context.json) print(out);
  return 0;
}

Command list_command() {
  return {{"sectors", "list"}, "List sectors", "", [](CLI::App& app) {
            auto words = std::make_shared<ListWords>();
            app.add_flag("--show-removed,-r", words->removed, "show removed sectors");
            app.add_flag("--fast,-f", words->options.fast,
                         "don't show on-chain info for better performance");
            app.add_flag("--events,-e", words->options.events,
                         "display number of events the sector has received");
            app.add_flag("--seal-time,-t", words->options.seal_time,
                         "display how long it took for the sector to be sealed");
            app.add_option("--states", words->states,
                           "filter sectors by a comma-separated list of states");
            app.add_flag("--unproven,-u", words->unproven,
                         "only show sectors which aren't in the 'Proving' state");
            auto* stuck = app.add_flag("--stuck", words->stuck,
                                       "only sectors that are too long in their state: three "
                                       "times what the stage takes; exit 1 if there are any");
            const std::map<std::string, std::int64_t> units{
                {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}};
            app.add_option("--longer", words->longer_s, "with --stuck: longer than 90m, 2h, 1d")
                ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::CASE_SENSITIVE))
                ->needs(stuck);
            app.add_option("--stage", words->stage, "with --stuck: only in this stage, pc1")
                ->needs(stuck);
            app.add_option("--check-parallelism", words->parallel,
                           "number of parallel requests to make for checking sector states");
            return [words](const Context& context) { return list(context, *words); };
          }};
}

Command status_command() {
  return {{"sectors", "status"},
          "Get the seal status of a sector by its number",
          "<sectorNum>",
          [](CLI::App& app) {
            auto number = std::make_shared<std::string>();
            auto log = std::make_shared<bool>(false);
            app.add_option("sectorNum", *number)->required();
            app.add_flag("--log,-l", *log, "display event log");
            return [=](const Context& context) { return status(context, *number, *log); };
          }};
}

}  // namespace

std::vector<Command> sector_commands() {
  return {
      list_command(),
      status_command(),
      {{"sectors", "states"},
       "Print the states of a sector and what leads from one to another",
       "",
       [](CLI::App& app) {
         auto dot = std::make_shared<bool>(false);
         app.add_flag("--dot", *dot,
                      "as a Graphviz diagram: sealyard sectors states --dot | dot -Tsvg");
         return [=](const Context& context) { return states(context, *dot); };
       }},
      {{"sectors", "inspect"},
       "Print the provenance of a sector: what made it, from what, where and when",
       "<sectorNum>",
       [](CLI::App& app) {
         auto number = std::make_shared<std::string>();
         app.add_option("sectorNum", *number)->required();
         return [=](const Context& context) { return inspect(context, *number); };
       }},
      {{"sectors", "finalize"},
       "Trim a sealed sector and move it to long-term storage",
       "<sectorNum>",
       [](CLI::App& app) {
         auto number = std::make_shared<std::string>();
         auto store = std::make_shared<std::string>();
         app.add_option("sectorNum", *number)->required();
         app.add_option("--to", *store,
                        "folder to move it to (default: storage.store of the settings)");
         return [=](const Context& context) { return finalize(context, *number, *store); };
       }},
      {{"sectors", "prove"},
       "Make the proof of a sealed sector: C1 and C2, without a chain to say when",
       "<sectorNum>",
       [](CLI::App& app) {
         auto number = std::make_shared<std::string>();
         auto seed = std::make_shared<std::string>();
         app.add_option("sectorNum", *number)->required();
         app.add_option("--seed", *seed,
                        "interactive randomness, 64 hex digits (default: drawn at random)");
         return [=](const Context& context) { return prove(context, *number, *seed); };
       }},
      {{"sectors", "update-state"},
       "ADVANCED: manually update the state of a sector, this may aid in error recovery",
       "<sectorNum> <newState>",
       [](CLI::App& app) {
         auto number = std::make_shared<std::string>();
         auto state = std::make_shared<std::string>();
         auto really = std::make_shared<bool>(false);
         app.add_option("sectorNum", *number)->required();
         app.add_option("newState", *state)->required();
         app.add_flag("--really-do-it", *really, "pass this flag if you know what you are doing");
         return [=](const Context& context) {
           return update_state(context, *number, *state, *really);
         };
       }},
  };
}

}  // namespace sealyard::cli
