// sealyard report sectors, stages, cost: what sealing took, by slurmdbd and the ledger.
#include "chain/report/report.h"

#include <filesystem>
#include <iostream>
#include <memory>

#include "chain/cli/command.h"
#include "chain/cli/layout.h"
#include "chain/ledger/files.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

using report::Line;
using report::View;
using TextRow = std::vector<std::string>;

constexpr std::time_t kReportSpan = 30 * 24 * 3600;

struct ReportOptions {
  std::string since, until, miner, html;
};

std::string whose(const Line& line) {
  return line.sector ? line.sector->text() : line.shared ? "many" : "all";
}

std::string use_text(const std::vector<Line>& lines, const Line& total, bool sectors) {
  const double scale = total.used.core_hours();
  std::vector<TextRow> rows{{"Stage", "Sectors", "Runs", "Retries", "Preempted", "Failed", "Core-h",
                             "GPU-h", "GiB-h", "PreemptedCore-h", "Queue50%", "Queue90%",
                             "QueueMax", "Run50%", "Run90%", "RunMax"}};
  if (sectors) rows[0].insert(rows[0].begin(), {"Sector", "State"});
  const auto add = [&](const Line& line) {
    TextRow row;
    if (sectors) row = {whose(line), line.state};
    row.push_back(line.stage.empty() ? "all" : line.stage);
    for (const auto count : {line.sectors, line.runs, line.retries, line.preempted, line.failed})
      row.push_back(std::to_string(count));
    row.push_back(report::hours_text(line.used.core_hours(), scale));
    row.push_back(report::hours_text(line.used.gpu_hours(), total.used.gpu_hours()));
    row.push_back(report::hours_text(line.used.gib_hours(), total.used.gib_hours()));
    row.push_back(report::hours_text(line.lost.core_hours(), scale));
    for (const auto& q : {line.queue, line.run})
      for (const auto seconds : {q.p50, q.p90, q.max})
        row.push_back(q.count ? report::clock_text(seconds) : "-");
    rows.push_back(std::move(row));
  };
  for (const auto& line : lines) add(line);
  add(total);
  return aligned(rows);
}

std::string price_text(const report::Report& made, const settings::Prices& prices) {
  const double scale = report::cost(made.total.used, prices).sum();
  std::vector<TextRow> rows{
      {"Sector", "State", "Cores", "GPUs", "Memory", prices.currency, "Preempted"}};
  const auto add = [&](const Line& line) {
    const auto used = report::cost(line.used, prices), lost = report::cost(line.lost, prices);
    TextRow row{whose(line), line.state};
    for (const auto part : {used.cores, used.gpus, used.memory, used.sum(), lost.sum()})
      row.push_back(report::hours_text(part, scale));
    rows.push_back(std::move(row));
  };
  for (const auto& line : made.sectors) add(line);
  add(made.total);
  return aligned(rows);
}

report::Report gather(const Context& context, const settings::Settings& settings,
                      const ReportOptions& options) {
  const auto now = std::time(nullptr);
  report::Scope scope;
  scope.until = options.until.empty() ? now : report::parse_time(options.until, now);
  scope.since =
      options.since.empty() ? scope.until - kReportSpan : report::parse_time(options.since, now);
  if (scope.since >= scope.until)
    throw Error(Fault::usage, "report: since {} is not before until {}",
                report::date_text(scope.since), report::date_text(scope.until));
  const auto& miner = options.miner.empty() ? context.miner : options.miner;
  if (!miner.empty()) scope.miner = settings::parse_miner(miner);

  const auto ledger = context.open_ledger(settings);
  scope.tag = settings.cluster_tag.empty() ? ledger.id() : settings.cluster_tag;
  slurm::History history;
  history.since = scope.since;
  history.until = scope.until;
  history.all_users = true;  // who reads the report need not be who runs the daemon
  const auto attempts = slurm::attempts(history);
  pledge::Sectors sectors;
  pledge::apply(sectors, ledger.events());
  return report::make(attempts, sectors, scope);
}

int show_report(const Context& context, View view, const ReportOptions& options) {
  const auto settings = context.settings();
  const auto& prices = settings.report;
  if (view == View::cost && !prices.any())
    throw Error(Fault::configuration,
                "{}: no price is set; want core_hour, gpu_hour or gib_hour in [report]",
                (settings.home / "config.toml").string());
  const auto made = gather(context, settings, options);
  if (!options.html.empty()) {
    const auto page = report::page(made, prices);
    ledger::write_whole(options.html,
                        {reinterpret_cast<const std::uint8_t*>(page.data()), page.size()}, 0644);
  }
  if (context.json)
    print(report::json(made, view, prices));
  else if (!options.html.empty())
    std::cout << options.html << '\n';
  else if (view == View::cost)
    std::cout << price_text(made, prices);
  else if (view == View::stages)
    std::cout << use_text(made.stages, made.total, false);
  else
    std::cout << use_text(made.sector_stages, made.total, true);
  return 0;
}

}  // namespace

std::vector<Command> report_commands() {
  const auto shows = [](View view) {
    return [view](CLI::App& app) {
      auto options = std::make_shared<ReportOptions>();
      app.add_option("--since", options->since,
                     "2026-11-21, 2026-11-21T09:54 (UTC), 36h, 7d (default: 30d before until)");
      app.add_option("--until", options->until,
                     "the same (default: now); what ran in between counts whole");
      app.add_option("--miner", options->miner, "only f01000 (default: all of this ledger)");
      app.add_option("--html", options->html, "write all views as one page to this file");
      return [=](const Context& context) { return show_report(context, view, *options); };
    };
  };
  return {
      {{"report", "sectors"},
       "Core-, GPU- and GiB-hours, times and retries of each stage of each sector",
       "",
       shows(View::sectors)},
      {{"report", "stages"}, "The same, of all sectors together", "", shows(View::stages)},
      {{"report", "cost"},
       "What each sector cost, at the prices of [report]",
       "",
       shows(View::cost)},
  };
}

}  // namespace sealyard::cli
