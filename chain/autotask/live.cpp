#include "chain/autotask/live.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "chain/ledger/files.h"
#include "kernels/base/error.h"

namespace sealyard::autotask {
namespace {

constexpr char kRevision[] = "revision";

void write_text(const std::filesystem::path& file, const std::string& text) {
  ledger::write_whole(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                      0644);
}

}  // namespace

Live read_live(const std::filesystem::path& home) {
  settings::Settings where;
  where.home = home;
  Live live;
  std::ifstream file(where.live_file());
  for (std::string line; std::getline(file, line);)
    if (const auto equals = line.find(" = "); equals != line.npos && line[0] != '#')
      live[line.substr(0, equals)] = line.substr(equals + 3);
  return live;
}

void change_live(const std::filesystem::path& home, const std::function<void(Live&)>& change) {
  std::filesystem::create_directories(home);
  const ledger::FileLock lock(home / "live.lock");
  auto live = read_live(home);
  const auto before = live;
  change(live);
  if (live == before) return;
  const auto revision = live.find(kRevision);
  const auto last =
      revision == live.end() ? 0 : std::strtoull(revision->second.c_str(), nullptr, 10);
  live.erase(kRevision);
  auto text = fmt::format(
      "# Wins over [auto] of config.toml; written by `sealyard env set`, read by the daemon at "
      "once.\n"
      "{} = {}\n",
      kRevision, last + 1);
  for (const auto& [name, value] : live) text += fmt::format("{} = {}\n", name, value);
  try {
    settings::check_live(text);
  } catch (const Error& error) {
    throw Error(Fault::usage, "{}", error.what());
  }
  settings::Settings where;
  where.home = home;
  write_text(where.live_file(), text);
}

const settings::LiveKey& live_key(const std::string& name) {
  std::string known;
  for (const auto& key : settings::live_keys()) {
    if (name == key.name || (!key.alias.empty() && name == key.alias)) return key;
    known += (known.empty() ? "" : ", ") + std::string(key.name);
  }
  throw Error(Fault::usage, "'{}' is no live setting; there are {}", name, known);
}

std::string literal(const settings::LiveKey& key, const std::string& text) {
  if (text.find_first_of("\"\\\r\n") != text.npos)
    throw Error(Fault::usage, "{}: want a value without quotes and line ends", key.name);
  return key.quoted ? '"' + text + '"' : text;
}

std::filesystem::path status_file(const std::filesystem::path& home) {
  return home / "autotask.json";
}

std::optional<Status> read_status(const std::filesystem::path& home) {
  std::ifstream file(status_file(home));
  const auto found = nlohmann::json::parse(file, nullptr, false);
  if (!found.is_object()) return std::nullopt;
  try {
    return Status{found.at("on_ms"),
                  {found.at("begun_ms"), found.at("draw_s"), found.at("passed_ms")},
                  found.at("checked_ms"),
                  found.at("condition"),
                  found.at("text")};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

void write_status(const std::filesystem::path& home, const Status& status) {
  const nlohmann::ordered_json out{{"on_ms", status.on_ms},
                                   {"begun_ms", status.cycle.begun_ms},
                                   {"draw_s", status.cycle.draw_s},
                                   {"passed_ms", status.cycle.passed_ms},
                                   {"checked_ms", status.checked_ms},
                                   {"condition", status.condition},
                                   {"text", status.text}};
  write_text(status_file(home), out.dump(2) + "\n");
}

std::string request_name(const Cycle& cycle) {
  return fmt::format("{}{:015}", kRequestPrefix, cycle.begun_ms);
}

}  // namespace sealyard::autotask
