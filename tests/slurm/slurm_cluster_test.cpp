// The view of hosts, partitions, licences, reservations and settings.
#include <pwd.h>
#include <unistd.h>

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
      "--nodes 2 --cpus-per-node 4 --memory 3000 "
      "--gpus-per-node 2");
  return one;
}

slurm::Host host(const std::string& name) {
  const auto all = slurm::hosts();
  const auto found = std::ranges::find(all, name, &slurm::Host::name);
  REQUIRE(found != all.end());
  return *found;
}

std::uint32_t count(const std::vector<slurm::Counted>& counted, const std::string& name) {
  const auto found = std::ranges::find(counted, name, &slurm::Counted::name);
  return found == counted.end() ? 0 : found->count;
}

}  // namespace

TEST_CASE("slurm: settings are those of slurm.conf", "[slurm]") {
  site();
  const auto s = slurm::settings();
  CHECK(s.requeue_exit == std::vector<int>{74, 75});
  CHECK(s.requeue_exit_hold == std::vector<int>{64, 69, 70, 78});
  CHECK(s.preempt_type == "preempt/partition_prio");
  CHECK(s.preempt_mode == "REQUEUE");
  CHECK(s.min_job_age_s == 300);
  CHECK(s.cred_expire_s == 6);
  CHECK(s.kill_wait_s == 5);
  CHECK(s.message_timeout_s == 10);
  CHECK(s.select_type == "select/cons_tres");
  CHECK(s.max_array_size == 10001);
  CHECK(s.appends_output);
  CHECK(s.sends_user_signal_on_preemption);
  CHECK_FALSE(s.accounting);
  CHECK(std::ranges::count(s.gres_types, "pc1slot") == 1);
  CHECK(s.conf_path == (site().folder() / "etc/slurm.conf").string());
  CHECK(s.version.find('.') != std::string::npos);
}

TEST_CASE("slurm: without slurmdbd history is a configuration error", "[slurm]") {
  site();
  try {
    slurm::attempts({});
    FAIL("history without slurmdbd");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::configuration);
  }
}

TEST_CASE("slurm: partitions with their tiers", "[slurm]") {
  site();
  const auto all = slurm::slurm_partitions();
  const auto tier = [&](const std::string& name) {
    const auto found = std::ranges::find(all, name, &slurm::SlurmPartition::name);
    REQUIRE(found != all.end());
    return found->priority_tier;
  };
  const std::vector<std::string> order{"win", "wdp",     "c1", "land", "pc2",  "c2",
                                       "pc1", "recover", "ap", "seal", "scrub"};
  for (std::size_t i = 1; i < order.size(); ++i) {
    CAPTURE(order[i]);
    CHECK(tier(order[i - 1]) > tier(order[i]));
  }
  const auto pc1 = *std::ranges::find(all, "pc1", &slurm::SlurmPartition::name);
  CHECK(pc1.preempt_mode == "REQUEUE");
  CHECK(pc1.grace_time_s == 5);
  CHECK(pc1.up);
  CHECK(pc1.nodes == std::vector<std::string>{"n1", "n2"});
  CHECK(std::ranges::find(all, "wdp", &slurm::SlurmPartition::name)->preempt_mode == "OFF");
  CHECK(std::ranges::find(all, "seal", &slurm::SlurmPartition::name)->is_default);
}

TEST_CASE("slurm: a host, idle and in use", "[slurm]") {
  site();
  auto n1 = host("n1");
  CHECK(n1.state == slurm::HostState::idle);
  CHECK(n1.usable());
  CHECK(n1.cpus == 4);
  CHECK(n1.memory_bytes == 3000ull << 20);
  CHECK(n1.features == std::vector<std::string>{"groupA", "grp_n1"});
  CHECK(count(n1.gres, "gpu") == 2);
  CHECK(count(n1.gres, "pc1slot") == 4);
  CHECK(count(n1.gres_used, "pc1slot") == 0);

  auto request = site().request("sl.test.use", {"/bin/sleep", "1000"});
  request.constraint = "grp_n1";
  request.cores = 3;
  request.gres = {{"pc1slot", 2}, {"gpu", 1}};
  request.licences = {{"sy_wan", 2}};
  const auto job = slurm::submit(request);
  REQUIRE(within(20, [&] { return slurm::load(job.id)->state == State::running; }));
  n1 = host("n1");
  CHECK(n1.state == slurm::HostState::mixed);
  CHECK(n1.cpus_used == 3);
  CHECK(n1.memory_used_bytes == 64u << 20);
  CHECK(count(n1.gres_used, "pc1slot") == 2);
  CHECK(count(n1.gres_used, "gpu") == 1);
  const auto licences = slurm::licences();
  const auto wan = std::ranges::find(licences, "sy_wan", &slurm::Licence::name);
  REQUIRE(wan != licences.end());
  CHECK(wan->total == 2);
  CHECK(wan->in_use == 2);
  CHECK(wan->available == 0);
  slurm::cancel(job.id);
  REQUIRE(within(20, [] { return host("n1").state == slurm::HostState::idle; }));
}

TEST_CASE("slurm: an operator drains, resumes and changes a host", "[slurm]") {
  site();
  slurm::drain("n2", "sealyard: disk");
  CHECK(host("n2").drain);
  CHECK(host("n2").reason == "sealyard: disk");
  CHECK_FALSE(host("n2").usable());
  slurm::resume_host("n2");
  REQUIRE(within(10, [] { return host("n2").usable(); }));
  slurm::set_features("n2", {"groupC", "grp_n2"});
  CHECK(host("n2").active_features == std::vector<std::string>{"groupC", "grp_n2"});
  slurm::set_gres("n2", {{"pc1slot", 7}});
  CHECK(count(host("n2").gres, "pc1slot") == 7);
  slurm::set_partition_up("scrub", false);
  const auto all = slurm::slurm_partitions();
  CHECK_FALSE(std::ranges::find(all, "scrub", &slurm::SlurmPartition::name)->up);
  slurm::set_partition_up("scrub", true);
  REQUIRE_THROWS_AS(slurm::drain("nohost", "x"), Error);
}

TEST_CASE("slurm: a reservation keeps a host free", "[slurm]") {
  site();
  slurm::Reservation want;
  want.name = "service";
  want.start = std::time(nullptr) + 60;
  want.end = want.start + 3600;
  want.nodes = {"n1"};
  want.users = tests::shell("[ $(id -u) = 0 ]") == 0 ? "root" : std::getenv("USER");
  want.maintenance = true;
  REQUIRE(slurm::create_reservation(want) == "service");
  const auto all = slurm::reservations();
  REQUIRE(all.size() == 1);
  CHECK(all[0].nodes == want.nodes);
  CHECK(all[0].maintenance);
  auto request = site().request("sl.test.reserved", {"/bin/true"});
  request.constraint = "grp_n1";
  const auto job = slurm::submit(request);
  REQUIRE(within(20, [&] { return slurm::load(job.id)->reason != "None"; }));
  CHECK(slurm::load(job.id)->state == State::pending);
  slurm::remove_reservation("service");
  CHECK(slurm::reservations().empty());
  REQUIRE(within(30, [&] { return slurm::load(job.id)->state == State::completed; }));
}

TEST_CASE("slurm: cores reserved in advance keep long jobs away, and give way to their own",
          "[slurm]") {
  site();
  slurm::Reservation want;
  want.name = "sp-test-1000-1440-3";
  want.start = std::time(nullptr) + 600;
  want.end = want.start + 600;
  want.cores = 8;  // all there are
  want.flexible = want.ignore_jobs = true;
  want.purge_s = 3600;
  want.users = getpwuid(getuid())->pw_name;
  REQUIRE(slurm::create_reservation(want) == want.name);
  const auto there = [&] { return slurm::reservations().at(0); };
  CHECK(there().cores == want.cores);
  CHECK(there().flexible);
  CHECK(there().start == want.start);
  CHECK(there().purge_s == want.purge_s);
  slurm::move_reservation(want.name, want.start + 120, want.end + 120);
  CHECK(there().start == want.start + 120);
  CHECK(there().end == want.end + 120);
  CHECK_THROWS_AS(slurm::move_reservation("nobody", want.start, want.end), Error);

  auto request = site().request("sl.test.long", {"/bin/true"});
  request.time_s = 3600;
  const auto state = [](slurm::JobId id) { return slurm::load(id)->state; };
  const auto late = slurm::submit(request).id;  // it would not be over by then
  request.name = "sl.test.short";
  request.time_s = 60;
  const auto brief = slurm::submit(request).id;
  REQUIRE(within(30, [&] { return state(brief) == State::completed; }));
  request.name = "sl.test.ours";
  request.time_s = 3600;
  request.reservation = want.name;
  const auto ours = slurm::submit(request).id;
  REQUIRE(within(30, [&] { return state(ours) == State::completed; }));
  CHECK(state(late) == State::pending);
  slurm::remove_reservation(want.name);
  CHECK(slurm::reservations().empty());
  REQUIRE(within(60, [&] { return state(late) == State::completed; }));
}
