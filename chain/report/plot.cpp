#include "chain/report/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

#include "jobs/stage/stage.h"

namespace sealyard::report::plot {
namespace {

constexpr int kLabel = 92;  // room for a stage's name, in units of the drawing

std::string drawing(int width, int height, const std::string& title, const std::string& content) {
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" "
      "style=\"max-width:{}px\">{}</svg>\n",
      width, height, escaped(title), width, content);
}

std::string label(double x, double y, std::string_view anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                     escaped(text));
}

std::string rule(double x, double top, double bottom) {
  return fmt::format("<path class=\"rule\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", x, top, bottom);
}

std::string box(double x, double y, double width, double height, const std::string& kind,
                const std::string& title) {
  return fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\" class=\"{}\">"
      "<title>{}</title></rect>",
      x, y, width, height, kind, escaped(title));
}

struct Tick {
  std::int64_t seconds;
  const char* text;
};
constexpr std::array kTicks{Tick{1, "\u2264 1 s"}, Tick{10, "10 s"},     Tick{60, "1 min"},
                            Tick{600, "10 min"},   Tick{3600, "1 h"},    Tick{21'600, "6 h"},
                            Tick{86'400, "1 d"},   Tick{604'800, "7 d"}, Tick{2'592'000, "30 d"}};

/// A line from the median to the longest, thick up to 90 %, a dot at the median.
std::string spread(const Quantiles& q, const std::function<double(std::int64_t)>& x, double y,
                   const std::string& kind, const std::string& what) {
  if (q.count == 0) return {};
  const auto title = fmt::format("{}: {} runs, half within {}, 90 % within {}, longest {}", what,
                                 q.count, clock_text(q.p50), clock_text(q.p90), clock_text(q.max));
  return fmt::format(
      "<g class=\"{} spread\"><title>{}</title><path d=\"M{:.1f} {:.1f}H{:.1f}\"/>"
      "<path class=\"thick\" d=\"M{:.1f} {:.1f}H{:.1f}\"/><circle cx=\"{:.1f}\" cy=\"{:.1f}\" "
      "r=\"5\"/></g>",
      kind, escaped(title), x(q.p50), y, x(q.max), x(q.p50), y, x(q.p90), x(q.p50), y);
}

/// "11-21 09:54", and within an hour "09:54:11".
std::string moment(std::time_t time, double span) {
  std::tm tm{};
  gmtime_r(&time, &tm);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), span < 3600 ? "%H:%M:%S" : "%m-%d %H:%M", &tm);
  return text.data();
}

std::string outcome_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::preempted:
      return "preempted";
    case Outcome::failed:
      return "failed";
    default:
      return "running";
  }
}

/// In order of their numbers, those whose newest run began last.
std::map<SectorId, int> newest_sectors(const Report& report) {
  std::map<SectorId, std::time_t> last;
  for (const auto& run : report.runs)
    if (run.sector) last[*run.sector] = std::max(last[*run.sector], run.start_time);
  std::vector<std::pair<std::time_t, SectorId>> order;
  order.reserve(last.size());
  for (const auto& [sector, time] : last) order.emplace_back(time, sector);
  std::sort(order.rbegin(), order.rend());
  if (order.size() > kTimelineSectors) order.resize(kTimelineSectors);
  std::map<SectorId, int> rows;
  for (const auto& [time, sector] : order) rows[sector] = 0;
  int row = 0;
  for (auto& [sector, place] : rows) place = row++;
  return rows;
}

}  // namespace

std::string colour_class(const std::string& stage) {
  const auto place = static_cast<std::size_t>(
      std::find(stage::kStages.begin(), stage::kStages.end(), stage) - stage::kStages.begin());
  return fmt::format("s{}", std::min(place, kColours - 1));
}

std::string bars(const Report& report, const std::string& title, double (Amounts::*hours)() const) {
  const double total = (report.total.used.*hours)();
  if (!(total > 0)) return {};
  constexpr int kWidth = 370, kBars = 160, kRow = 26;
  double largest = 0;
  for (const auto& line : report.stages) largest = std::max(largest, (line.used.*hours)());
  std::string out = label(0, 14, "start", title);
  int y = 24;
  for (const auto& line : report.stages) {
    const double used = (line.used.*hours)(), lost = (line.lost.*hours)();
    const double whole = kBars * used / largest, end = kBars * lost / largest;
    const auto text =
        used > 0 ? fmt::format("{} ({:.0f} %)", hours_text(used, total), 100 * used / total) : "0";
    out += label(kLabel - 8, y + 17, "end", line.stage);
    out += box(kLabel, y + 4, whole - end, kRow - 8, colour_class(line.stage),
               fmt::format("{}: {}", line.stage, text));
    if (lost > 0)
      out += box(kLabel + whole - end, y + 4, end, kRow - 8, "lost",
                 fmt::format("{}: {} in preempted runs", line.stage, hours_text(lost, total)));
    out += label(kLabel + whole + 6, y + 17, "start", text);
    y += kRow;
  }
  return drawing(kWidth, y + 6, title + " by stage", out);
}

std::string times(const Report& report) {
  std::int64_t longest = 10;
  for (const auto& line : report.stages)
    longest = std::max({longest, line.queue.max, line.run.max});
  constexpr int kWidth = 900, kAxis = 760, kRow = 44;
  const std::function<double(std::int64_t)> x = [&](std::int64_t seconds) {
    return kLabel + kAxis * std::log(static_cast<double>(std::max<std::int64_t>(seconds, 1))) /
                        std::log(static_cast<double>(longest));
  };
  const int bottom = kRow * static_cast<int>(report.stages.size()) + 4;
  std::string out;
  for (const auto& tick : kTicks)
    if (tick.seconds <= longest)
      out += rule(x(tick.seconds), 0, bottom) +
             label(x(tick.seconds), bottom + 16, "middle", tick.text);
  double y = 14;
  for (const auto& line : report.stages) {
    out += label(kLabel - 14, y + 12, "end", line.stage);
    out += spread(line.queue, x, y, "queue", line.stage + " in the queue");
    out += spread(line.run, x, y + 16, colour_class(line.stage), line.stage + " running");
    y += kRow;
  }
  return drawing(kWidth, bottom + 24, "Queue and run times by stage", out);
}

std::string timeline(const Report& report) {
  if (report.runs.empty()) return {};
  const auto rows = newest_sectors(report);
  const auto end_of = [&](const Run& run) {
    return std::max(run.end_time ? run.end_time : report.scope.until, run.start_time);
  };
  std::time_t first = report.scope.until, last = 0;
  for (const auto& run : report.runs)
    if (run.sector && rows.contains(*run.sector)) {
      first = std::min(first, run.start_time);
      last = std::max(last, end_of(run));
    }
  constexpr int kWidth = 900, kAxis = 760, kRow = 22, kTickCount = 4;
  const double span = std::max<double>(static_cast<double>(last - first), 1);
  const auto x = [&](std::time_t time) {
    return kLabel + kAxis * static_cast<double>(time - first) / span;
  };
  const int bottom = kRow * static_cast<int>(rows.size()) + 4;
  std::string out;
  for (int i = 0; i <= kTickCount; ++i) {
    const auto time = first + static_cast<std::time_t>(span * i / kTickCount);
    out += rule(x(time), 0, bottom) + label(x(time), bottom + 16, "middle", moment(time, span));
  }
  for (const auto& [sector, row] : rows)
    out += label(kLabel - 8, kRow * row + 16, "end", fmt::format("{}", sector.number));
  for (const auto& run : report.runs) {
    if (!run.sector) continue;
    const auto row = rows.find(*run.sector);
    if (row == rows.end()) continue;
    const bool bad = run.outcome == Outcome::preempted || run.outcome == Outcome::failed;
    out += box(x(run.start_time), kRow * row->second + 4,
               std::max(x(end_of(run)) - x(run.start_time), 2.0), kRow - 6,
               colour_class(run.stage) + (bad ? " bad" : ""),
               fmt::format("{} {}: {}, {}", run.sector->text(), run.stage, clock_text(run.run_s),
                           outcome_text(run.outcome)));
  }
  return drawing(kWidth, bottom + 24, "Runs over time", out);
}

}  // namespace sealyard::report::plot
