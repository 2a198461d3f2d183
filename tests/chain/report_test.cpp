// What a report makes of slurmdbd's rows.
#include "chain/report/report.h"

#include <nlohmann/json.hpp>
#include <regex>

#include "kernels/base/error.h"
#include "tests/catch.h"

using namespace sealyard;
using report::View;
using slurm::Attempt;
using slurm::State;

namespace {

constexpr std::time_t kStart = 1'700'000'000;

/// Waited 5 s and ran on two cores, one GPU and 512 MiB.
Attempt attempt(const std::string& name, State state, std::int64_t seconds, std::time_t start = 0) {
  Attempt made;
  made.name = name;
  made.state = state;
  made.start_time = kStart + start;
  made.eligible_time = made.start_time - 5;
  made.end_time = state == State::running ? 0 : made.start_time + seconds;
  made.elapsed_s = seconds;
  made.nodes = {"n1"};
  made.tres = {{"cpu", 2}, {"gres/gpu", 1}, {"mem", 512}};
  return made;
}

Attempt requeued(Attempt made, int exit_code) {
  made.state = State::pending;
  made.requeued = true;
  made.exit_code = exit_code;
  return made;
}

report::Scope scope() {
  report::Scope made;
  made.tag = "tag";
  made.since = kStart - 100;
  made.until = kStart + 10'000;
  return made;
}

/// Sector 7 was preempted twice in PC1 and failed once in PC2; sector 8 went through, and waits.
report::Report story() {
  auto waiting = attempt("sl.tag.1000.8.c1.1", State::pending, 0);
  waiting.start_time = waiting.end_time = 0;
  waiting.nodes.clear();
  waiting.tres.clear();
  auto cancelled = waiting;  // in the queue: Slurm gives it a start
  cancelled.state = State::cancelled;
  cancelled.start_time = cancelled.end_time = kStart;
  const std::vector<Attempt> rows{
      attempt("sl.tag.1000.7.pc1.1", State::preempted, 100),
      requeued(attempt("sl.tag.1000.7.pc1.1", State::pending, 50, 200), 75),
      attempt("sl.tag.1000.7.pc1.1", State::completed, 30, 300),
      requeued(attempt("sl.tag.1000.7.pc2.1", State::pending, 20, 400), 74),
      attempt("sl.tag.1000.7.pc2.1", State::running, 10, 500),
      attempt("sl.tag.1000.8.pc1.1", State::completed, 60),
      waiting,
      cancelled,
      attempt("sl.other.1000.7.pc1.1", State::completed, 1000),
      attempt("wrap", State::completed, 1000),
  };
  pledge::Sectors sectors;
  sectors[{1000, 7}].proof_type = "StackedDrg32GiBV1_1";
  sectors[{1000, 7}].state = pledge::State::pre_commit2;
  return report::make(rows, sectors, scope());
}

const report::Line& stage(const report::Report& made, const std::string& name) {
  for (const auto& line : made.stages)
    if (line.stage == name) return line;
  FAIL("no line for " << name);
  return made.total;
}

}  // namespace

TEST_CASE("report: a quantile is a time that was seen", "[report]") {
  CHECK(report::quantiles({}).count == 0);
  const auto one = report::quantiles({7});
  CHECK(one.p50 == 7);
  CHECK(one.p90 == 7);
  const auto ten = report::quantiles({10, 1, 9, 2, 8, 3, 7, 4, 6, 5});
  CHECK(ten.count == 10);
  CHECK(ten.p50 == 5);
  CHECK(ten.p90 == 9);
  CHECK(ten.max == 10);
  CHECK(report::quantiles({1, 2, 3}).p50 == 2);
  CHECK(report::quantiles({1, 2, 3}).p90 == 3);
}

TEST_CASE("report: how a run ended", "[report]") {
  using report::Outcome;
  const auto of = [](const Attempt& made) { return report::outcome(made); };
  CHECK(of(attempt("", State::completed, 1)) == Outcome::done);
  CHECK(of(attempt("", State::running, 1)) == Outcome::running);
  CHECK(of(attempt("", State::suspended, 1)) == Outcome::running);
  CHECK(of(attempt("", State::preempted, 1)) == Outcome::preempted);
  CHECK(of(requeued(attempt("", State::pending, 1), 75)) == Outcome::preempted);
  CHECK(of(requeued(attempt("", State::pending, 1), 74)) == Outcome::failed);
  CHECK(of(attempt("", State::timeout, 1)) == Outcome::failed);
  CHECK(of(Attempt{}) == Outcome::waiting);
}

TEST_CASE("report: retries, preemption and failures of a stage", "[report]") {
  const auto made = story();
  REQUIRE(made.stages.size() == 3);
  CHECK(made.stages[0].stage == "pc1");  // in the order of sealing
  CHECK(made.stages[2].stage == "c1");
  const auto& pc1 = stage(made, "pc1");
  CHECK(pc1.sectors == 2);
  CHECK(pc1.runs == 4);
  CHECK(pc1.retries == 2);
  CHECK(pc1.preempted == 2);
  CHECK(pc1.failed == 0);
  CHECK(pc1.used.core_s == 2 * (100 + 50 + 30 + 60));
  CHECK(pc1.lost.core_s == 2 * (100 + 50));
  CHECK(pc1.lost.gpu_s == 100 + 50);
  CHECK(pc1.lost.mib_s == 512 * (100 + 50));
  CHECK(pc1.queue.count == 4);
  CHECK(pc1.queue.max == 5);
  CHECK(pc1.run.count == 2);  // only those that are done
  CHECK(pc1.run.p50 == 30);
  CHECK(pc1.run.max == 60);
  const auto& pc2 = stage(made, "pc2");
  CHECK(pc2.retries == 1);
  CHECK(pc2.failed == 1);
  CHECK(pc2.lost.core_s == 0);
  CHECK(pc2.run.count == 0);
  CHECK(stage(made, "c1").runs == 0);
  CHECK(stage(made, "c1").retries == 0);
}

TEST_CASE("report: work for many sectors", "[report]") {
  const auto task = [](Attempt made, std::int32_t number) {
    made.id.task = number;
    return made;
  };
  const std::vector<Attempt> rows{
      attempt("sl.tag.1000.7.pc1.1", State::completed, 10),
      task(attempt("sp.tag.1000.1440.3.all.proof.1", State::failed, 20), 0),
      task(attempt("sp.tag.1000.1440.3.all.proof.1", State::completed, 30), 1),
      attempt("sp.tag.1000.1440.3.0.proof.2", State::completed, 40),
      attempt("sp.tag.1000.1440.3.0.check.1", State::completed, 50),
      attempt("sp.tag.2000.1440.3.0.proof.1", State::completed, 60),
      attempt("sp.other.1000.1440.3.0.proof.1", State::completed, 1000),
      attempt("st.tag.2048", State::completed, 70),
  };
  auto whose = scope();
  const auto all = report::make(rows, {}, whose);
  CHECK(all.total.used.core_s == 2 * (10 + 20 + 30 + 40 + 50 + 60 + 70));
  CHECK(all.total.sectors == 1);
  const auto& proofs = stage(all, "window_post");
  CHECK(proofs.sectors == 0);
  CHECK(proofs.runs == 4);
  CHECK(proofs.retries == 1);  // the task of an array, then its partition alone
  CHECK(proofs.failed == 1);
  CHECK(stage(all, "window_check").runs == 1);
  CHECK(stage(all, "template").runs == 1);
  REQUIRE(all.sectors.size() == 2);
  CHECK(all.sectors[0].sector);
  CHECK(all.sectors[1].shared);
  CHECK(all.sectors[1].used.core_s == all.total.used.core_s - 20);
  const auto made = report::json(all, View::sectors, {});
  CHECK(made["rows"][1]["sector"] == nullptr);
  CHECK(made["rows"][1]["stages"].size() == 3);
  CHECK(report::page(all, {}).find("many") != std::string::npos);

  whose.miner = 1000;
  CHECK(report::make(rows, {}, whose).total.used.core_s == 2 * (10 + 20 + 30 + 40 + 50));
}

TEST_CASE("report: every list adds up to the total", "[report]") {
  const auto made = story();
  CHECK(made.total.used.core_s == 2 * 270);
  CHECK(made.total.used.gpu_s == 270);
  CHECK(made.total.used.mib_s == 512 * 270);
  CHECK(made.total.sectors == 2);
  CHECK(made.total.runs == 6);
  CHECK(made.total.retries == 3);
  for (const auto* list : {&made.stages, &made.sectors, &made.sector_stages}) {
    report::Amounts used, lost;
    std::size_t runs = 0, retries = 0;
    for (const auto& line : *list) {
      used += line.used;
      lost += line.lost;
      runs += line.runs;
      retries += line.retries;
    }
    CHECK(used.core_s == made.total.used.core_s);
    CHECK(used.gpu_s == made.total.used.gpu_s);
    CHECK(used.mib_s == made.total.used.mib_s);
    CHECK(lost.core_s == made.total.lost.core_s);
    CHECK(runs == made.total.runs);
    CHECK(retries == made.total.retries);
  }
}

TEST_CASE("report: sectors are as the ledger knows them", "[report]") {
  const auto made = story();
  REQUIRE(made.sectors.size() == 2);
  CHECK(made.sectors[0].proof_type == "StackedDrg32GiBV1_1");
  CHECK(made.sectors[0].state == "PreCommit2");
  CHECK(made.sectors[1].state.empty());  // its jobs count all the same
  auto only = scope();
  only.miner = 1001;
  CHECK(report::make({attempt("sl.tag.1000.7.pc1.1", State::completed, 1)}, {}, only)
            .sectors.empty());
}

TEST_CASE("report: cost is hours times prices", "[report]") {
  settings::Prices prices;
  CHECK_FALSE(prices.any());
  prices = {.core_hour = 0.5, .gpu_hour = 3, .gib_hour = 0.25, .currency = "EUR"};
  const auto cost = report::cost({7200, 1800, 1024 * 3600 * 4}, prices);
  CHECK(cost.cores == Approx(1.0));
  CHECK(cost.gpus == Approx(1.5));
  CHECK(cost.memory == Approx(1.0));
  CHECK(cost.sum() == Approx(3.5));
}

TEST_CASE("report: the JSON form", "[report]") {
  const auto made = story();
  const auto stages = report::json(made, View::stages, {});
  CHECK(stages.at("since") == kStart - 100);
  CHECK(stages.at("total").at("core_seconds") == 540);
  CHECK(stages.at("total").at("core_hours") == 0.15);
  const auto& pc1 = stages.at("rows").at(0);
  CHECK(pc1.at("stage") == "pc1");
  CHECK(pc1.at("retries") == 2);
  CHECK(pc1.at("lost").at("gpu_seconds") == 150);
  CHECK(pc1.at("run_s").at("max") == 60);
  CHECK(stages.at("rows").at(1).at("run_s").is_null());

  const auto sectors = report::json(made, View::sectors, {});
  CHECK(sectors.at("rows").size() == 2);
  CHECK(sectors.at("rows").at(0).at("sector") == 7);
  CHECK(sectors.at("rows").at(0).at("stages").size() == 2);
  CHECK(sectors.at("rows").at(1).at("stages").at(0).at("sector") == 8);

  const auto cost = report::json(made, View::cost, {.core_hour = 2, .gpu_hour = 0, .gib_hour = 0});
  CHECK(cost.at("prices").at("core_hour") == 2);
  CHECK(cost.at("total").at("cost").at("sum") == 0.3);
  CHECK(cost.at("rows").at(0).at("cost").at("cores") == Approx(2.0 * 2 * 210 / 3600));

  const auto nothing = report::json(report::make({}, {}, scope()), View::sectors, {});
  CHECK(nothing.at("rows").is_array());
  CHECK(nothing.at("rows").empty());
  CHECK(nothing.at("total").at("core_seconds") == 0);
}

TEST_CASE("report: the page needs no other file and believes no text", "[report]") {
  CHECK(report::escaped("<b a=\"1\" c='2'>&") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
  const std::string evil = "<script>alert(1)</script>";
  pledge::Sectors sectors;
  sectors[{1000, 7}].proof_type = evil;
  const auto made = report::make({attempt("sl.tag.1000.7.pc1.1", State::completed, 3600),
                                  attempt("sl.tag.1000.7." + evil + ".1", State::preempted, 60)},
                                 sectors, scope());
  settings::Prices prices{.core_hour = 1, .gpu_hour = 1, .gib_hour = 1, .currency = evil};
  const auto page = report::page(made, prices);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("&lt;script&gt;") != std::string::npos);
  CHECK_FALSE(std::regex_search(page, std::regex("(src|href)=|url\\(|@import")));
  CHECK(page.find("<svg") != std::string::npos);
  CHECK(page.find("prefers-color-scheme:dark") != std::string::npos);
  CHECK(page.find("<td>2.0333</td>") != std::string::npos);  // core-hours of the total
  CHECK(page.find("nan") == std::string::npos);
  CHECK(page.find("inf") == std::string::npos);
  const auto empty = report::page(report::make({}, {}, scope()), prices);
  CHECK(empty.find("has no job of this ledger") != std::string::npos);
}

TEST_CASE("report: times as people write them", "[report]") {
  CHECK(report::parse_time("2023-11-14", 0) == 1'699'920'000);
  CHECK(report::parse_time("2023-11-14T22:13:20Z", 0) == 1'700'000'000);
  CHECK(report::parse_time("2023-11-14T22:13", 0) == 1'699'999'980);
  CHECK(report::parse_time("36h", 1'000'000) == 1'000'000 - 36 * 3600);
  CHECK(report::parse_time("7d", 1'000'000) == 1'000'000 - 7 * 86'400);
  for (const char* bad : {"", "d", "7", "7w", "-7d", "2023-11-14x", "yesterday"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(report::parse_time(bad, 0), Error);
  }
  CHECK(report::clock_text(3 * 3600 + 25 * 60 + 7) == "3:25:07");
  CHECK(report::clock_text(100 * 3600) == "100:00:00");
  CHECK(report::hours_text(1.23456, 5) == "1.2346");
  CHECK(report::hours_text(1.23456, 50) == "1.23");
  CHECK(report::hours_text(12345.6, 12345.6) == "12346");
  CHECK(report::date_text(1'700'000'000) == "2023-11-14 22:13 UTC");
}
