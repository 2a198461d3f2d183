// Lost answers, killed daemons: a job is neither lost nor run twice.
#include <algorithm>

#include "kernels/base/error.h"
#include "slurm/cluster.h"
#include "slurm/submit.h"
#include "slurm/watch.h"
#include "tests/catch.h"
#include "tests/slurm/private_slurm.h"

using namespace sealyard;
using slurm::State;
using tests::within;

namespace {

// Holds the answer to the submission of one name back for longer than MessageTimeout.
constexpr const char* kSlowSubmit = R"(
function slurm_job_submit(job, partitions, uid)
  if job.name == "sl.test.slow" then os.execute("sleep 4") end
  return slurm.SUCCESS
end
function slurm_job_modify(job, record, partitions, uid) return slurm.SUCCESS end
return slurm.SUCCESS
)";

const tests::PrivateSlurm& site() {
  static const tests::PrivateSlurm one(
      "--nodes 2 --set MessageTimeout=2 --set SlurmdTimeout=5 --set JobSubmitPlugins=lua",
      kSlowSubmit);
  return one;
}

slurm::Request held(const std::string& name) {
  auto request = site().request(name, {"/bin/true"});
  request.hold = true;
  return request;
}

}  // namespace

TEST_CASE("slurm: a lost answer is looked up, not sent again", "[slurm]") {
  int intents = 0, known = 0;
  const slurm::Journal journal{[&](const slurm::Request&) { ++intents; },
                               [&](const slurm::Submitted&) { ++known; }};
  const auto job = slurm::submit_once(held("sl.test.slow"), journal);
  REQUIRE(job.adopted);
  REQUIRE(intents == 1);
  REQUIRE(known == 1);
  REQUIRE(slurm::find_by_name("sl.test.slow").size() == 1);
  REQUIRE(slurm::find_by_name("sl.test.slow").front().id == job.id);
}

TEST_CASE("slurm: a frozen controller's job is adopted by the next try", "[slurm]") {
  const auto request = held("sl.test.frozen");
  REQUIRE(slurm::answers());
  site().signal("slurmctld", SIGSTOP);
  try {
    slurm::submit(request);
    FAIL("a frozen controller answered");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::io);
  }
  // While it is away every call says so.
  CHECK_THROWS_AS(slurm::submit_once(request, {}), Error);
  site().signal("slurmctld", SIGCONT);
  REQUIRE(within(20, [] { return slurm::answers(); }));
  REQUIRE(within(20, [&] { return !slurm::find_by_name(request.name).empty(); }));
  REQUIRE(slurm::submit_once(request, {}).adopted);
  REQUIRE(slurm::find_by_name(request.name).size() == 1);
}

TEST_CASE("slurm: a killed controller comes back with the jobs or without, never with two",
          "[slurm]") {
  const auto running = slurm::submit(site().request("sl.test.survivor", {"/bin/sleep", "1000"}));
  REQUIRE(within(20, [&] { return slurm::load(running.id)->state == State::running; }));
  std::this_thread::sleep_for(std::chrono::seconds(6));  // state is saved every 5 s
  const auto fresh = slurm::submit_once(held("sl.test.fresh"), {});
  site().signal("slurmctld", SIGKILL);
  REQUIRE(within(10, [] { return !slurm::answers(); }));
  REQUIRE_THROWS_AS(slurm::submit_once(held("sl.test.fresh"), {}), Error);
  REQUIRE(site().control("status") == 1);
  REQUIRE(site().control("start") == 0);
  REQUIRE(slurm::answers());

  slurm::Watch watch;
  watch.poll();
  REQUIRE(watch.find("sl.test.survivor").front().state == State::running);
  const auto again = slurm::submit_once(held("sl.test.fresh"), {});
  REQUIRE(slurm::find_by_name("sl.test.fresh").size() == 1);
  if (again.adopted)
    CHECK(again.id == fresh.id);
  else
    CHECK(again.submit_time >= fresh.submit_time);
  slurm::cancel(running.id);
}

TEST_CASE("slurm: a lost host gives its job to another", "[slurm]") {
  const auto request =
      site().request("sl.test.wanderer", {"/bin/sh", "-c", "echo up; exec sleep 1000"});
  const auto job = slurm::submit(request);
  REQUIRE(within(20, [&] { return tests::read_file(request.output) == "up\n"; }));
  const std::string first = slurm::load(job.id)->nodes.front();
  site().signal("slurmd-" + first, SIGKILL);
  std::string where;
  const bool moved = within(60, [&] {
    const auto now = slurm::load(job.id);
    if (!now) return false;
    where = fmt::format("{} {} {} {} restarts", now->name, name(now->state), now->reason,
                        now->restarts);
    return now->state == State::running && now->restarts == 1 && now->nodes.front() != first;
  });
  CAPTURE(first, where);
  REQUIRE(moved);
  const auto hosts = slurm::hosts();
  const auto lost = std::ranges::find(hosts, first, &slurm::Host::name);
  REQUIRE(lost->state == slurm::HostState::down);
  REQUIRE_FALSE(lost->usable());
  REQUIRE(site().control("start") == 0);
  REQUIRE(site().control("status") == 0);
  slurm::cancel(job.id);
}

TEST_CASE("slurm: what ran goes on after stop and start", "[slurm]") {
  const auto job = slurm::submit(site().request("sl.test.longer", {"/bin/sleep", "1000"}));
  REQUIRE(within(20, [&] { return slurm::load(job.id)->state == State::running; }));
  REQUIRE(site().control("stop") == 0);
  REQUIRE(tests::shell("grep -qlzxF SEALYARD_LOCAL_SLURM=" + site().folder().string() +
                       " /proc/[0-9]*/environ 2>/dev/null") != 0);
  REQUIRE(site().control("start") == 0);
  REQUIRE(within(30, [&] {
    const auto now = slurm::load(job.id);
    return now && now->state == State::running && now->restarts == 1;
  }));
  slurm::cancel(job.id);
}
