// sealyard ledger backup, restore, check; and words for what is not there.
#include <iostream>
#include <memory>

#include "chain/cli/command.h"
#include "chain/ledger/backup.h"
#include "chain/ledger/instance_lock.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

namespace fs = std::filesystem;

/// What a home folder keeps that nobody else knows: sectors, and messages with their nonces.
std::vector<fs::path> kept(const settings::Settings& settings) {
  return {settings.ledger_file(), settings.outbox_file()};
}

int check_kept(const Context& context) {
  auto out = Json::array();
  bool sound = true;
  for (const auto& file : kept(context.settings())) {
    if (!fs::exists(file)) continue;
    const auto found = ledger::check_database(file);
    sound = sound && found.empty();
    out.push_back({{"file", file.string()}, {"trouble", found}});
    if (context.json) continue;
    std::cout << fmt::format("{}: {}\n", file.string(), found.empty() ? "ok" : found.front());
  }
  if (context.json) print(out);
  return sound ? 0 : exit_code(Fault::corrupt);
}

int backup_kept(const Context& context, const std::string& to) {
  const auto settings = context.settings();
  fs::create_directories(to);
  auto done = Json::array();
  for (const auto& file : kept(settings)) {
    if (!fs::exists(file)) continue;
    const auto copy = fs::path(to) / file.filename();
    ledger::backup_database(file, copy);
    done.push_back(copy.string());
    if (!context.json) std::cout << copy.string() << '\n';
  }
  if (context.json) print({{"files", done}});
  if (done.empty()) throw Refusal(settings.home.string() + ": nothing to back up yet");
  return 0;
}

int restore_kept(const Context& context, const std::string& from) {
  const auto settings = context.settings();
  fs::create_directories(settings.home);
  const ledger::InstanceLock alone(settings.home);  // no daemon may have them open
  std::size_t done = 0;
  for (const auto& file : kept(settings))
    if (const auto copy = fs::path(from) / file.filename(); fs::exists(copy)) {
      ledger::restore_database(copy, file);
      ++done;
      if (!context.json) std::cout << file.string() << '\n';
    }
  if (done == 0) throw Error(Fault::missing, "{}: no backup of this program", from);
  if (context.json) print({{"files", done}});
  return 0;
}

}  // namespace

std::vector<Command> ledger_commands() {
  const auto over_folder = [](int (*action)(const Context&, const std::string&)) {
    return [action](CLI::App& app) {
      auto folder = std::make_shared<std::string>();
      app.add_option("folder", *folder, "")->required();
      return [folder, action](const Context& context) { return action(context, *folder); };
    };
  };
  return {
      {{"ledger", "backup"},
       "Copy ledger and outbox, also while the daemon runs",
       "<folder>",
       over_folder(backup_kept)},
      {{"ledger", "restore"},
       "Put a copy in their place; the old files stay as *.replaced",
       "<folder>",
       over_folder(restore_kept)},
      {{"ledger", "check"},
       "Look for damage in ledger and outbox",
       "",
       [](CLI::App&) { return [](const Context& context) { return check_kept(context); }; }},
      {{"sectors", "snap-up"},
       "Not in this version: SnapDeals",
       "<sectorNum>",
       [](CLI::App& app) {
         app.allow_extras();
         return [](const Context&) -> int {
           throw Error(Fault::unsupported,
                       "SnapDeals are not supported: a sector keeps the data it was sealed with; "
                       "pledge a new one with --piece");
         };
       }},
  };
}

}  // namespace sealyard::cli
