#include "jobs/stage/progress.h"

#include <fmt/chrono.h>

#include <chrono>
#include <cmath>
#include <ctime>

#include "jobs/stage/json_fields.h"
#include "jobs/stage/stage.h"
#include "jobs/stage/whole_file.h"

namespace sealyard::stage {
namespace {

// 1020000 -> "1.02 M"
std::string scaled(double value) {
  constexpr const char* kPrefix[] = {"", "k", "M", "G", "T"};
  int i = 0;
  for (; value >= 1000 && i < 4; ++i) value /= 1000;
  return fmt::format("{:.3g} {}", value, kPrefix[i]);
}

std::string duration(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::llround(seconds));
  if (s < 90) return fmt::format("{} s", s);
  if (s < 5400) return fmt::format("{} min", (s + 30) / 60);
  return fmt::format("{} h {} min", s / 3600, s % 3600 / 60);
}

}  // namespace

std::string now_text() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

double Progress::percent() const {
  return total == 0 ? 0 : 100.0 * static_cast<double>(done) / static_cast<double>(total);
}

std::string Progress::text() const {
  auto line = fmt::format("{} {:.0f}% {}", stage, std::floor(percent()), what);
  if (rate > 0) line += fmt::format(", {}{}/s", scaled(rate), unit);
  if (eta_s >= 0) line += fmt::format(", {} left", duration(eta_s));
  return line;
}

void write(const std::filesystem::path& root, const Progress& progress) {
  const Json json{{"schema", "sealyard.progress.1"},
                  {"stage", progress.stage},
                  {"sector", progress.sector.text()},
                  {"attempt", attempt_json(progress.attempt)},
                  {"what", progress.what},
                  {"unit", progress.unit},
                  {"done", progress.done},
                  {"total", progress.total},
                  {"rate", progress.rate},
                  {"eta_s", progress.eta_s},
                  {"updated", progress.updated}};
  replace_file(progress_path(root, progress.sector), json.dump() + "\n", Durable::no);
}

std::optional<Progress> read_progress(const std::filesystem::path& root, SectorId sector) {
  const auto path = progress_path(root, sector).string();
  try {
    const auto text = slurp(path);
    if (!text) return std::nullopt;
    const Json json = parse_object(*text, path);
    return Progress{.stage = field<std::string>(json, "stage", path),
                    .sector = parse_sector_id(field<std::string>(json, "sector", path)),
                    .attempt = parse_attempt(field<Json>(json, "attempt", path), path),
                    .what = field<std::string>(json, "what", path),
                    .unit = field<std::string>(json, "unit", path),
                    .done = field<std::uint64_t>(json, "done", path),
                    .total = field<std::uint64_t>(json, "total", path),
                    .rate = field<double>(json, "rate", path),
                    .eta_s = field<double>(json, "eta_s", path),
                    .updated = field<std::string>(json, "updated", path)};
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace sealyard::stage
