// The report as one HTML file: style, tables and pictures inside, no script.
#include <fmt/format.h>

#include <algorithm>

#include "chain/report/plot.h"
#include "chain/report/report.h"

namespace sealyard::report {
namespace {

/// Beyond it a page is slow to read and slow to scroll; the JSON has all.
constexpr std::size_t kPageSectors = 1000;

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ground:#fff;--ink:#1c2330;--soft:#5d6675;--line:#dde2e9;--head:#f4f6f9;
--s0:#56b4e9;--s1:#0072b2;--s2:#e69f00;--s3:#009e73;--s4:#cc79a7;--s5:#7a6ad0;--s6:#8a929e;--lost:#d23f31}
@media(prefers-color-scheme:dark){:root{--ground:#13161b;--ink:#e4e8ee;--soft:#98a2b1;--line:#2c323b;
--head:#1b2027;--s0:#6cc3f5;--s1:#3d9be0;--s2:#f0b13a;--s3:#27b98f;--s4:#dc92ba;--s5:#9d90ea;--s6:#8a929e;
--lost:#ee6a5c}}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:84rem;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.5rem 0 .6rem}p,li{color:var(--soft)}
p{margin:.3rem 0 .8rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1.5rem 0 0}
.figures div{padding:.7rem 1rem;border:1px solid var(--line);border-radius:.5rem;
background:var(--head);color:var(--soft)}
.figures b{display:block;font-size:1.35rem;line-height:1.3;color:var(--ink);white-space:nowrap}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.32rem .5rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{background:var(--head);font-weight:600;font-size:.85rem;color:var(--soft);white-space:normal;
vertical-align:bottom}
.t{text-align:left}tr.sum td{font-weight:600;border-top:2px solid var(--line)}
.bars{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem 2rem}
svg{display:block;width:100%;height:auto}svg text{fill:var(--ink);font-size:12px}
.rule{stroke:var(--line)}.lost{fill:var(--lost)}.bad{fill-opacity:.35;stroke:var(--lost);stroke-width:1.5}
.spread path{fill:none;stroke-width:2}.spread .thick{stroke-width:6;stroke-opacity:.45}
.queue{fill:var(--s6);stroke:var(--s6)}.key span{margin-right:1.1rem;white-space:nowrap}
.key i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}
summary{cursor:pointer;margin:1rem 0}
)";

std::string style() {
  std::string out(kStyle);
  for (std::size_t i = 0; i < plot::kColours; ++i)
    out += fmt::format(
        "svg .s{0},.spread.s{0}{{fill:var(--s{0})}}.spread.s{0}{{stroke:var(--s{0})}}"
        ".key .s{0}{{background:var(--s{0})}}\n",
        i);
  return out;
}

using Row = std::vector<std::string>;

/// The first `texts` columns hold text, the others numbers; the last row may be the sum.
std::string table(const Row& head, const std::vector<Row>& rows, std::size_t texts, bool sum) {
  const auto cells = [&](const Row& row, std::string_view kind) {
    std::string out;
    for (std::size_t i = 0; i < row.size(); ++i)
      out +=
          fmt::format("<{0}{1}>{2}</{0}>", kind, i < texts ? " class=\"t\"" : "", escaped(row[i]));
    return out;
  };
  std::string out =
      "<div class=\"scroll\"><table>\n<thead><tr>" + cells(head, "th") + "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < rows.size(); ++i)
    out += fmt::format("<tr{}>{}</tr>\n", sum && i + 1 == rows.size() ? " class=\"sum\"" : "",
                       cells(rows[i], "td"));
  return out + "</tbody></table></div>\n";
}

/// What all tables of the page share: prices, and how many digits the total needs.
struct Form {
  const Line& total;
  const settings::Prices& prices;

  Row head(Row first, bool times) const {
    for (const char* name :
         {"Runs", "Retries", "Preempted", "Failed", "Core-h", "GPU-h", "GiB-h", "Preempted core-h"})
      first.emplace_back(name);
    if (times)
      for (const char* name : {"Queue 50 %", "90 %", "max", "Run 50 %", "90 %", "max"})
        first.emplace_back(name);
    if (prices.any()) first.push_back(prices.currency);
    return first;
  }

  Row row(Row first, const Line& line, bool times) const {
    for (const auto count : {line.runs, line.retries, line.preempted, line.failed})
      first.push_back(std::to_string(count));
    first.push_back(hours_text(line.used.core_hours(), total.used.core_hours()));
    first.push_back(hours_text(line.used.gpu_hours(), total.used.gpu_hours()));
    first.push_back(hours_text(line.used.gib_hours(), total.used.gib_hours()));
    first.push_back(hours_text(line.lost.core_hours(), total.used.core_hours()));
    if (times)
      for (const auto& q : {line.queue, line.run})
        for (const auto seconds : {q.p50, q.p90, q.max})
          first.push_back(q.count ? clock_text(seconds) : "-");
    if (prices.any()) {
      const auto sum = cost(line.used, prices).sum();
      first.push_back(hours_text(sum, cost(total.used, prices).sum()));
    }
    return first;
  }
};

std::string figures(const Report& report, const settings::Prices& prices) {
  const auto& total = report.total;
  std::string out = "<div class=\"figures\">\n";
  const auto figure = [&](const std::string& value, const std::string& name) {
    out += fmt::format("<div><b>{}</b>{}</div>\n", escaped(value), escaped(name));
  };
  const auto hours = [](double value) { return hours_text(value, value); };
  figure(std::to_string(total.sectors), "sectors");
  figure(hours(total.used.core_hours()), "core-hours");
  figure(hours(total.used.gpu_hours()), "GPU-hours");
  figure(hours(total.used.gib_hours()), "GiB-hours");
  figure(fmt::format("{} of {}", total.retries, total.runs), "runs were retries");
  figure(hours(total.lost.core_hours()), "core-hours in preempted runs");
  if (prices.any()) figure(hours(cost(total.used, prices).sum()), prices.currency);
  return out + "</div>\n";
}

std::string stage_section(const Report& report, const Form& form) {
  std::vector<Row> rows;
  for (const auto& line : report.stages)
    rows.push_back(form.row({line.stage, std::to_string(line.sectors)}, line, true));
  rows.push_back(form.row({"all", std::to_string(report.total.sectors)}, report.total, true));
  std::string bars = plot::bars(report, "Core-hours", &Amounts::core_hours) +
                     plot::bars(report, "GPU-hours", &Amounts::gpu_hours) +
                     plot::bars(report, "GiB-hours", &Amounts::gib_hours);
  return "<h2>Stages</h2>\n" + table(form.head({"Stage", "Sectors"}, true), rows, 1, true) +
         "<h2>Where the hours went</h2>\n<p>The red end of a bar is in runs that preemption ended."
         "</p>\n<div class=\"bars\">\n" +
         bars +
         "</div>\n<h2>How long it takes</h2>\n<p>Dot: half of the runs took no longer; thick "
         "line: up to 90 %; thin line: the longest. Grey is the time in the queue. The axis is "
         "logarithmic.</p>\n<div class=\"scroll\">" +
         plot::times(report) + "</div>\n";
}

std::string timeline_section(const Report& report) {
  const auto picture = plot::timeline(report);
  if (picture.empty()) return {};
  std::string key = "<p class=\"key\">";
  for (const auto& line : report.stages)
    key += fmt::format("<span><i class=\"{}\"></i>{}</span>", plot::colour_class(line.stage),
                       escaped(line.stage));
  const auto shown = std::min(report.sectors.size(), plot::kTimelineSectors);
  return fmt::format(
      "<h2>Runs over time</h2>\n<p>The {} sectors that ran last, by number; UTC. Pale with a red "
      "edge: preempted or failed.</p>\n{}</p>\n<div class=\"scroll\">{}</div>\n",
      shown, key, picture);
}

std::string sector_section(const Report& report, const Form& form) {
  const auto place = [](const Line& line) {
    if (line.shared) return Row{"", "many"};
    return Row{fmt::format("f0{}", line.sector->miner), std::to_string(line.sector->number)};
  };
  std::vector<Row> rows, detail;
  for (const auto& line : report.sectors) {
    if (rows.size() == kPageSectors) break;
    auto first = place(line);
    first.push_back(line.proof_type);
    first.push_back(line.state);
    rows.push_back(form.row(first, line, false));
  }
  for (const auto& line : report.sector_stages) {
    const auto& last = report.sectors[rows.size() - 1];
    if (!last.shared && (line.shared || *line.sector > *last.sector)) break;
    auto first = place(line);
    first.push_back(line.stage);
    detail.push_back(form.row(first, line, true));
  }
  const auto more = report.sectors.size() - rows.size();
  if (more == 0) rows.push_back(form.row({"all", "", "", ""}, report.total, false));
  std::string out =
      "<h2>Sectors</h2>\n" +
      table(form.head({"Miner", "Sector", "Proof type", "State"}, false), rows, 4, more == 0);
  if (more > 0)
    out += fmt::format("<p>{} more sectors are left out here; the JSON has them.</p>\n", more);
  return out + "<details><summary>Every stage of every sector</summary>\n" +
         table(form.head({"Miner", "Sector", "Stage"}, true), detail, 3, false) + "</details>\n";
}

constexpr std::string_view kDerivation = R"(<h2>Where the figures come from</h2>
<ul>
<li>Every attempt of every job that slurmdbd has between the two times counts, whole and once:
<code>sacct --duplicates --allocations</code>.</li>
<li>Core-hours are ElapsedRaw times the CPUs of AllocTRES, which is CPUTimeRAW; GPU-hours and GiB-hours the same
with gres/gpu (if AccountingStorageTRES has it) and mem. What is running counts up to now.</li>
<li>Queue time is Planned: from eligible to start. Run time is of runs that are done.</li>
<li>Retries are the runs after the first one of a stage of a sector.</li>
<li>Preempted runs ended in state PREEMPTED, or with exit code 75 because they were told to stop. Their hours are the
most that can be lost: a stage goes on from where it stopped.</li>
<li>A quantile is the smallest time that so many of all are not above.</li>
</ul>
)";

}  // namespace

std::string page(const Report& report, const settings::Prices& prices) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<title>Sealing report</title>\n<style>{}</style>\n</head>\n<body>\n<h1>Sealing report</h1>\n"
      "<p>{} to {}{}</p>\n",
      style(), date_text(report.scope.since), date_text(report.scope.until),
      report.scope.miner ? fmt::format(", miner f0{}", *report.scope.miner) : "");
  if (report.sectors.empty()) {
    out += "<p>slurmdbd has no job of this ledger in that time.</p>\n";
  } else {
    const Form form{report.total, prices};
    out += figures(report, prices) + stage_section(report, form) + timeline_section(report) +
           sector_section(report, form);
  }
  return out + std::string(kDerivation) + "</body>\n</html>\n";
}

}  // namespace sealyard::report
