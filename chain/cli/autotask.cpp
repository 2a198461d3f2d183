// sealyard autotask; sealyard env: the settings that change while the daemon runs.
#include <chrono>
#include <iostream>
#include <memory>

#include "chain/autotask/live.h"
#include "chain/cli/command.h"
#include "chain/cli/layout.h"
#include "chain/ledger/instance_lock.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

struct AutoWords {
  std::string action, node;
  std::uint64_t delay = 360, app1 = 0;
  bool stop = false, status = false;
};

std::int64_t clock_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// "12 s ago", "in 40 s"
std::string when(std::int64_t ms, std::int64_t now) {
  if (ms == 0) return "never";
  return ms > now ? fmt::format("in {} s", (ms - now) / 1000)
                  : fmt::format("{} s ago", (now - ms) / 1000);
}

int auto_status(const Context& context) {
  const auto settings = context.settings();
  const auto& rules = settings.automatic;
  const auto status = autotask::read_status(settings.home).value_or(autotask::Status{});
  std::optional<ledger::Event> last;
  if (std::filesystem::exists(settings.ledger_file()))
    last = context.open_ledger(settings).last_pledged_by(autotask::kRequestPrefix);
  const bool on = rules.pledge, seen = status.on_ms > 0;
  const auto due = on && seen ? autotask::due_ms(status.cycle, rules.delay) : 0;
  if (context.json) {
    Json out{{"on", on},
             {"delay_s", rules.delay},
             {"seen_by_daemon", seen == on},
             {"next_check_ms", due},
             {"second_check", status.cycle.passed_ms != 0},
             {"checked_ms", status.checked_ms},
             {"condition", status.condition},
             {"text", status.text}};
    if (last) out["last"] = {{"sector", last->sector.number}, {"time_ms", last->time_ms}};
    print(out);
    return 0;
  }
  const auto now = clock_ms();
  std::vector<std::vector<std::string>> rows{
      {"Autotask:", on ? fmt::format("on, delay {} s", rules.delay) : "off"},
      {"Last pledge:",
       last ? fmt::format("sector {}, {}", last->sector.number, when(last->time_ms, now))
            : "none"}};
  if (on && !seen) rows.push_back({"Next check:", "when sealyard-chain runs"});
  if (due != 0)
    rows.push_back({"Next check:", due <= now ? "with the daemon's next turn" : when(due, now)});
  if (on && seen && status.checked_ms != 0)
    rows.push_back({"Last check:",
                    fmt::format("{}, {}", when(status.checked_ms, now),
                                status.condition.empty() ? "all well"
                                                         : status.condition + ": " + status.text)});
  std::cout << aligned(rows);
  return 0;
}

int auto_start(const Context& context, const AutoWords& words) {
  const auto home = settings::home(context.home);
  autotask::change_live(home, [&](autotask::Live& live) {
    // In the lock: of two that start at once, one is second.
    if (context.settings().automatic.pledge)
      throw Error(Fault::configuration,
                  "autotask is on already, delay {} s; change it with '{} env set "
                  "--name=auto.delay --value={}', end it with '{} autotask stop'",
                  context.settings().automatic.delay, context.program, words.delay,
                  context.program);
    live["auto.pledge"] = "true";
    live["auto.delay"] = std::to_string(words.delay);
    live["auto.max_pc1"] = std::to_string(words.app1);
    const auto node = words.app1 > 0 && words.node.empty() ? ledger::host_name() : words.node;
    live["auto.node"] = autotask::literal(autotask::live_key("auto.node"), node);
  });
  return auto_status(context);
}

int auto_switch(const Context& context, bool on) {
  autotask::change_live(settings::home(context.home),
                        [&](autotask::Live& live) { live["auto.pledge"] = on ? "true" : "false"; });
  return auto_status(context);
}

int autotask_words(const Context& context, const AutoWords& words) {
  if (words.status || words.action == "status") return auto_status(context);
  if (words.stop || words.action == "stop") return auto_switch(context, false);
  if (words.action == "resume") return auto_switch(context, true);
  if (!words.action.empty())
    throw Error(Fault::usage, "'{}': want stop, resume, status or nothing", words.action);
  return auto_start(context, words);
}

/// Where the value in use comes from.
std::string source(const Context& context, const settings::LiveKey& key,
                   const settings::Settings& settings) {
  if (autotask::read_live(settings::home(context.home)).contains(std::string(key.name)))
    return "live";
  return key.value(settings.automatic) == key.value(settings::Auto{}) ? "default" : "file";
}

std::string plain(const settings::LiveKey& key, const settings::Settings& settings) {
  const auto text = key.value(settings.automatic);
  return key.quoted ? text.substr(1, text.size() - 2) : text;
}

int env_show(const Context& context, const std::string& name) {
  const auto settings = context.settings();
  if (!name.empty()) {
    const auto& key = autotask::live_key(name);
    if (context.json)
      print({{"name", key.name}, {"value", plain(key, settings)}});
    else
      std::cout << plain(key, settings) << '\n';
    return 0;
  }
  Json out = Json::array();
  std::vector<std::vector<std::string>> rows{{"Name", "Value", "Source", "Also", "What"}};
  for (const auto& key : settings::live_keys()) {
    out.push_back({{"name", key.name},
                   {"value", plain(key, settings)},
                   {"source", source(context, key, settings)},
                   {"live", true}});
    rows.push_back({std::string(key.name), plain(key, settings), source(context, key, settings),
                    std::string(key.alias), std::string(key.why)});
  }
  if (context.json)
    print(out);
  else
    std::cout << aligned(rows);
  return 0;
}

int env_change(const Context& context, const std::string& name, const std::string* value) {
  const auto& key = autotask::live_key(name);
  autotask::change_live(settings::home(context.home), [&](autotask::Live& live) {
    if (value)
      live[std::string(key.name)] = autotask::literal(key, *value);
    else
      live.erase(std::string(key.name));
  });
  return env_show(context, name);
}

/// `env get`, `env set` and `env unset` take names as --name=N, set a --value=V too.
Command env_command(const std::string& word, const std::string& summary, bool takes_value) {
  return {{"env", word}, summary, "", [word, takes_value](CLI::App& app) {
            auto name = std::make_shared<std::string>();
            auto value = std::make_shared<std::string>();
            app.add_option("--name", *name, "one of `env list`, or its other name")->required();
            if (takes_value) app.add_option("--value", *value, "the new value")->required();
            return [=](const Context& context) {
              if (word == "get") return env_show(context, *name);
              return env_change(context, *name, takes_value ? value.get() : nullptr);
            };
          }};
}

}  // namespace

std::vector<Command> autotask_commands() {
  return {
      {{"autotask"},
       "Pledge empty sectors by itself: switched on here, done by sealyard-chain",
       "[stop|resume|status]",
       [](CLI::App& app) {
         auto words = std::make_shared<AutoWords>();
         app.add_option("action", words->action, "stop, resume or status; nothing: start");
         app.add_option("--delay", words->delay,
                        "seconds from one pledge to the next check (default: 360)")
             ->check(CLI::Range(0, 604'800));
         app.add_option("--node", words->node, "pledge for this node only");
         app.add_option("--app1", words->app1,
                        "sectors in AddPiece and PC1 on a node; on this one if --node names none")
             ->check(CLI::Range(1, 100'000));
         app.add_flag("--stop", words->stop, "the same as stop");
         app.add_flag("--status", words->status, "the same as status");
         return [words](const Context& context) { return autotask_words(context, *words); };
       }},
      {{"env", "list"},
       "Settings that change while the daemon runs",
       "",
       [](CLI::App&) { return [](const Context& context) { return env_show(context, ""); }; }},
      env_command("get", "Print one of them", false),
      env_command("set", "Change one of them", true),
      env_command("unset", "Back to what config.toml says, else to the default", false),
  };
}

}  // namespace sealyard::cli
