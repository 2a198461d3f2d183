// What slurmdbd remembers, on a private real Slurm with MariaDB.
#include <algorithm>

#include "kernels/base/error.h"
#include "slurm/accounting.h"
#include "slurm/cluster.h"
#include "slurm/submit.h"
#include "tests/catch.h"
#include "tests/slurm/private_slurm.h"

using namespace sealyard;
using slurm::State;
using tests::within;

namespace {

const tests::PrivateSlurm& site() {
  static const tests::PrivateSlurm one(
      "--nodes 1 --accounting --set MinJobAge=2 --set JobAcctGatherFrequency=1");
  return one;
}

std::vector<slurm::Attempt> remembered(const std::string& name) {
  slurm::History history;
  history.names = {name};
  return slurm::attempts(history);
}

}  // namespace

TEST_CASE("slurm: every attempt of a job is remembered", "[slurm]") {
  auto request =
      site().request("sl.test.attempts",
                     {"/bin/sh", "-c", "[ ${SLURM_RESTART_COUNT:-0} -gt 0 ] || exit 75; sleep 3"});
  request.comment = "sl1;stage=pc1";
  request.gres = {{"pc1slot", 1}};
  request.slurm_partition = "pc1";
  const auto job = slurm::submit(request);
  REQUIRE(slurm::has_accounting());
  REQUIRE(within(60, [&] {
    const auto all = remembered(request.name);
    return all.size() == 2 && all.back().state == State::completed;
  }));

  const auto all = remembered(request.name);
  CHECK(all[0].number == 0);
  CHECK(all[0].requeued);
  CHECK(all[0].exit_code == 75);
  CHECK(all[1].number == 1);
  CHECK(all[1].exit_code == 0);
  CHECK(all[1].id == job.id);
  CHECK(all[1].comment == request.comment);
  CHECK(all[1].slurm_partition == "pc1");
  CHECK(all[1].nodes == std::vector<std::string>{"n1"});
  CHECK(all[1].elapsed_s >= 2);
  CHECK(all[1].tres.at("cpu") == 1);
  CHECK(all[1].tres.at("mem") == 64);
  CHECK(all[1].tres.at("gres/pc1slot") == 1);
  CHECK(all[1].submit_time >= all[0].submit_time);
  CHECK(all[1].max_rss_bytes > 0);

  slurm::History by_id;
  by_id.ids = {job.id};
  CHECK(slurm::attempts(by_id).size() == 2);
  by_id.ids = {{4'000'000}};
  CHECK(slurm::attempts(by_id).empty());
}

TEST_CASE("slurm: an ended job is adopted after slurmctld has forgotten it", "[slurm]") {
  const auto request = site().request("sl.test.history", {"/bin/true"});
  const auto job = slurm::submit_once(request, {});
  REQUIRE_FALSE(job.adopted);
  REQUIRE(within(60, [&] { return !slurm::load(job.id); }));
  REQUIRE(within(20, [&] { return !remembered(request.name).empty(); }));
  const auto again = slurm::submit_once(request, {});
  REQUIRE(again.adopted);
  REQUIRE(again.from_history);
  REQUIRE(again.id == job.id);
  REQUIRE(again.state == State::completed);
  REQUIRE(remembered(request.name).size() == 1);
}

TEST_CASE("slurm: a silent slurmdbd is to be asked again", "[slurm]") {
  site().signal("slurmdbd", SIGKILL);
  try {
    remembered("sl.test.history");
    FAIL("a killed slurmdbd answered");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::io);
  }
  // Live jobs do not need it.
  const auto job =
      slurm::submit_once(site().request("sl.test.without", {"/bin/true"}), {}, std::time(nullptr));
  REQUIRE(job.id.job != 0);
  REQUIRE(site().control("start") == 0);
  REQUIRE(within(30, [&] { return !remembered("sl.test.without").empty(); }));
}
