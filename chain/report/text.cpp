// Times and hours as text, and times from text.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "chain/report/report.h"
#include "kernels/base/error.h"

namespace sealyard::report {

std::string clock_text(std::int64_t seconds) {
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string hours_text(double hours, double largest) {
  return fmt::format("{:.{}f}", hours, largest >= 1000 ? 0 : largest >= 10 ? 2 : 4);
}

std::string date_text(std::time_t time) {
  std::tm tm{};
  gmtime_r(&time, &tm);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &tm);
  return text.data();
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::time_t parse_time(std::string_view text, std::time_t now) {
  const std::string whole(text);
  for (const char* form : {"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"})
    if (std::tm tm{}; const char* end = strptime(whole.c_str(), form, &tm))
      if (*end == 0) return timegm(&tm);
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error == std::errc{} && count >= 0 && count <= 1'000'000) {
    if (unit == "h") return now - count * 3600;
    if (unit == "d") return now - count * 24 * 3600;
  }
  throw Error(Fault::usage, "time '{}' is none; want 2026-11-21, 2026-11-21T09:54 (UTC), 36h or 7d",
              text);
}

}  // namespace sealyard::report
