// Two small files of the home folder: live.toml, which commands write and the daemon reads, and
// autotask.json, the other way round.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "chain/autotask/cycle.h"
#include "chain/settings/settings.h"

namespace sealyard::autotask {

/// What stands in live.toml: "auto.delay" -> "120", texts in quotes.
using Live = std::map<std::string, std::string>;

Live read_live(const std::filesystem::path& home);

/// Lets `change` work on what stands there and writes it back whole with the next revision; one at
/// a time, whoever else tries waits. A change that throws or is refused leaves everything as it
/// was.
/// @throws Error{usage} a value of the wrong type or range.
void change_live(const std::filesystem::path& home, const std::function<void(Live&)>& change);

/// A live key by its name or alias.  @throws Error{usage} there is none; the text lists them.
const settings::LiveKey& live_key(const std::string& name);

/// `text` as it stands in the file.  @throws Error{usage} a text with quotes or line ends.
std::string literal(const settings::LiveKey& key, const std::string& text);

/// How far the controller is. Losing it delays a pledge; it never doubles or loses one.
struct Status {
  std::int64_t on_ms = 0;  ///< since when it is on; 0: off
  Cycle cycle;
  std::int64_t checked_ms = 0;
  std::string condition, text;  ///< what the last check found wrong; empty: nothing
};

std::filesystem::path status_file(const std::filesystem::path& home);
/// Nothing where the file is not there or cannot be read.
std::optional<Status> read_status(const std::filesystem::path& home);
void write_status(const std::filesystem::path& home, const Status& status);

/// Requests of automatic pledges begin with it; then the cycle's begin.
inline constexpr char kRequestPrefix[] = "autotask-";
std::string request_name(const Cycle& cycle);

}  // namespace sealyard::autotask
