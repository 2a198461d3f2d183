// Submitting, watching and steering jobs on a private real Slurm.
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

const tests::PrivateSlurm& site() {
  static const tests::PrivateSlurm one("--nodes 2 --gpus-per-node 1");
  return one;
}

slurm::JobState state_of(slurm::JobId id) {
  const auto job = slurm::load(id);
  REQUIRE(job);
  return *job;
}

bool reaches(slurm::JobId id, State state, int seconds = 30) {
  const bool reached = within(seconds, [&] { return state_of(id).state == state; });
  if (!reached) WARN("job " << id.text() << " is " << name(state_of(id).state));
  return reached;
}

Fault fault_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.fault();
  }
  FAIL("no error");
  return Fault::internal;
}

}  // namespace

TEST_CASE("slurm: a job runs with what it asked for", "[slurm]") {
  auto request = site().request("sl.test.env", {"/usr/bin/env"});
  request.comment = "sl1;stage=test";
  request.cores = 2;
  request.gres = {{"pc1slot", 1}, {"gpu", 1}};
  request.licences = {{"sy_wan", 1}};
  request.constraint = "groupB";
  request.slurm_partition = "pc2";
  request.environment = {{"SEALYARD_HOSTILE", "a 'b' \"$c\"\nd"}};
  setenv("SEALYARD_LEAK", "1", 1);
  const auto job = slurm::submit(request);
  REQUIRE(job.submit_time != 0);
  REQUIRE(reaches(job.id, State::completed));

  const auto ended = state_of(job.id);
  REQUIRE(ended.nodes == std::vector<std::string>{"n2"});
  REQUIRE(ended.comment == request.comment);
  REQUIRE(ended.name == request.name);
  REQUIRE(ended.slurm_partition == "pc2");
  REQUIRE(ended.cpus == 2);
  REQUIRE(ended.memory_bytes == request.memory_bytes);
  REQUIRE(ended.exit_code == 0);
  REQUIRE(within(5, [&] {
    return tests::read_file(request.output).find("SLURM_JOB_NAME") != std::string::npos;
  }));
  const std::string text = tests::read_file(request.output);
  for (const char* wanted :
       {"SLURM_JOB_NAME=sl.test.env\n", "SLURM_CPUS_PER_TASK=2\n", "SLURM_STEP_ID=0\n",
        "SLURMD_NODENAME=n2\n", "CUDA_VISIBLE_DEVICES=0\n", "SEALYARD_HOSTILE=a 'b' \"$c\"\nd\n",
        "\nHOME=/", "\nUSER=", "\nPATH="}) {
    CAPTURE(wanted);
    CHECK(text.find(wanted) != std::string::npos);
  }
  REQUIRE(text.find("SEALYARD_LEAK") == std::string::npos);
}

TEST_CASE("slurm: ranks on two hosts share one step", "[slurm]") {
  auto request = site().request(
      "sl.test.ranks",
      {"/bin/sh", "-c", "echo rank $SLURM_PROCID of $SLURM_NTASKS on $SLURMD_NODENAME"});
  request.tasks = 4;
  request.nodes = 2;
  const auto job = slurm::submit(request);
  REQUIRE(reaches(job.id, State::completed));
  const std::string text = tests::read_file(request.output);
  for (const char* wanted : {"rank 0 of 4 on n1", "rank 3 of 4 on n2"}) {
    CAPTURE(text, wanted);
    CHECK(text.find(wanted) != std::string::npos);
  }
}

TEST_CASE("slurm: watching costs nothing while nothing happens", "[slurm]") {
  slurm::Watch watch;
  REQUIRE(watch.poll());
  const auto job = slurm::submit(site().request("sl.test.watch", {"/bin/sleep", "1000"}));
  REQUIRE(within(10, [&] {
    watch.poll();
    const auto found = watch.find(job.id);
    return found.size() == 1 && found.front().state == State::running;
  }));
  REQUIRE(watch.find("sl.test.watch").front().id == job.id);
  REQUIRE(within(10, [&] { return !watch.poll(); }));

  REQUIRE(slurm::cancel(job.id));
  REQUIRE(within(20, [&] {
    watch.poll();
    return watch.find(job.id).front().ended();
  }));
  REQUIRE(watch.find(job.id).front().state == State::cancelled);
  REQUIRE_FALSE(slurm::cancel(job.id));
  REQUIRE_FALSE(slurm::cancel({4'000'000}));
  REQUIRE_FALSE(slurm::load({4'000'000}));
}

TEST_CASE("slurm: hold, update, release, move", "[slurm]") {
  auto request = site().request("sl.test.hold", {"/bin/true"});
  request.hold = true;
  const auto job = slurm::submit(request);
  REQUIRE(state_of(job.id).held);
  REQUIRE(state_of(job.id).reason == "JobHeldUser");
  slurm::Update change;
  change.comment = "percent=50";
  change.slurm_partition = "ap";
  change.time_s = 601;
  slurm::update(job.id, change);
  auto now = state_of(job.id);
  REQUIRE(now.comment == "percent=50");
  REQUIRE(now.slurm_partition == "ap");
  REQUIRE(now.time_limit_s == 660);
  slurm::release(job.id);
  REQUIRE(reaches(job.id, State::completed));

  request.hold = false;
  request.begin = std::time(nullptr) + 3600;
  const auto later = slurm::submit(request);
  slurm::hold(later.id);
  REQUIRE(state_of(later.id).held);
  slurm::release(later.id);
  REQUIRE_FALSE(state_of(later.id).held);
  REQUIRE(fault_of([&] { slurm::requeue(later.id); }) == Fault::usage);
  change = {};
  change.start_soon = true;
  slurm::update(later.id, change);
  REQUIRE(reaches(later.id, State::completed));
}

TEST_CASE("slurm: exit 75 requeues, 64 holds, 65 fails", "[slurm]") {
  const auto once = [](int code) {
    return std::vector<std::string>{
        "/bin/sh", "-c", "[ \"${SLURM_RESTART_COUNT:-0}\" -gt 0 ] || exit " + std::to_string(code)};
  };
  const auto busy = slurm::submit(site().request("sl.test.75", once(75)));
  const auto usage = slurm::submit(site().request("sl.test.64", once(64)));
  const auto corrupt = slurm::submit(site().request("sl.test.65", once(65)));
  auto after = site().request("sl.test.after", {"/bin/true"});
  after.dependency = "afterok:" + busy.id.text();
  const auto successor = slurm::submit(after);

  REQUIRE(reaches(corrupt.id, State::failed));
  REQUIRE(state_of(corrupt.id).exit_code == 65);
  REQUIRE(within(20, [&] { return state_of(usage.id).special_exit; }));
  REQUIRE(state_of(usage.id).held);
  REQUIRE_FALSE(state_of(usage.id).ended());
  REQUIRE(within(20, [&] { return state_of(busy.id).restarts == 1; }));
  REQUIRE(state_of(successor.id).state == State::pending);

  slurm::Update now;
  now.start_soon = true;
  within(5, [&] {
    return state_of(busy.id).state == State::pending && !state_of(busy.id).completing;
  });
  slurm::update(busy.id, now);
  REQUIRE(reaches(busy.id, State::completed));
  slurm::release(usage.id);
  REQUIRE(reaches(usage.id, State::completed));
  REQUIRE(state_of(usage.id).restarts == 1);
  REQUIRE(reaches(successor.id, State::completed));
}

TEST_CASE("slurm: a step is told of a requeue by SIGTERM", "[slurm]") {
  const auto request =
      site().request("sl.test.term", {"/bin/sh", "-c",
                                      "[ ${SLURM_RESTART_COUNT:-0} = 0 ] || exit 0; trap 'echo "
                                      "told; exit 75' TERM; echo up; while :; do sleep 0.1; done"});
  const auto job = slurm::submit(request);
  REQUIRE(within(20, [&] { return tests::read_file(request.output) == "up\n"; }));
  slurm::requeue(job.id);
  REQUIRE(within(
      20, [&] { return tests::read_file(request.output).find("told") != std::string::npos; }));
  REQUIRE(reaches(job.id, State::completed, 40));
  REQUIRE(state_of(job.id).restarts == 1);
}

TEST_CASE("slurm: a proof takes the host, the preempted stage resumes", "[slurm]") {
  auto stage = site().request("sl.test.stage",
                              {"/bin/sh", "-c",
                               "[ ${SLURM_RESTART_COUNT:-0} = 0 ] || exit 0; trap 'echo told; exit "
                               "75' TERM; echo up; while :; do sleep 0.1; done"});
  stage.slurm_partition = "pc1";
  stage.cores = 2;
  stage.constraint = "groupA";
  const auto sealing = slurm::submit(stage);
  REQUIRE(within(20, [&] { return tests::read_file(stage.output) == "up\n"; }));
  auto proof = site().request("sl.test.proof", {"/bin/true"});
  proof.slurm_partition = "wdp";
  proof.cores = 2;
  proof.constraint = "groupA";
  const auto proving = slurm::submit(proof);
  REQUIRE(reaches(proving.id, State::completed));
  REQUIRE(tests::read_file(stage.output).find("told") != std::string::npos);
  REQUIRE(reaches(sealing.id, State::completed, 40));
  REQUIRE(state_of(sealing.id).restarts == 1);
}

TEST_CASE("slurm: an array, task by task", "[slurm]") {
  auto request = site().request(
      "sl.test.array",
      {"/bin/sh", "-c",
       "[ $SLURM_ARRAY_TASK_ID != 2 ] || exit 65; [ $SLURM_ARRAY_TASK_ID != 9 ] || sleep 1000"});
  const auto array = slurm::submit_array(request, "0-2,9%2");
  REQUIRE(array.tasks.size() == 4);
  for (int i : {0, 1}) REQUIRE(reaches(array.tasks[static_cast<std::size_t>(i)], State::completed));
  REQUIRE(reaches(array.tasks[2], State::failed));
  REQUIRE(reaches(array.tasks[3], State::running));
  REQUIRE(array.tasks[3].text() == array.array.id.text() + "_9");
  REQUIRE(slurm::cancel(array.tasks[3]));
  REQUIRE(reaches(array.tasks[3], State::cancelled));
  REQUIRE(slurm::find_by_name(request.name).size() == 1);

  request.hold = true;
  const auto waiting = slurm::submit_array(request, "0-9");
  REQUIRE(state_of(waiting.tasks[7]).state == State::pending);
  slurm::Watch watch;
  watch.poll();
  REQUIRE(watch.find(waiting.tasks[7]).size() == 1);
  REQUIRE(slurm::cancel(waiting.array.id));

  request.name = "sl.test.array.once";
  request.array = "0,2";
  const auto once = slurm::submit_once(request, {});
  const auto again = slurm::submit_once(request, {});
  REQUIRE(again.adopted);
  REQUIRE(again.id == once.id);
  REQUIRE(state_of({once.id.job, 2}).state == State::pending);
  REQUIRE(slurm::cancel(once.id));
}

TEST_CASE("slurm: one name, one job at a time", "[slurm]") {
  auto request = site().request("sl.test.single", {"/bin/sleep", "1000"});
  const auto first = slurm::submit(request);
  const auto second = slurm::submit(request);
  REQUIRE(reaches(first.id, State::running));
  REQUIRE(within(10, [&] { return state_of(second.id).reason == "Dependency"; }));
  REQUIRE(slurm::find_by_name(request.name).size() == 2);
  REQUIRE(slurm::submit_once(request, {}).adopted);
  REQUIRE(slurm::find_by_name(request.name).size() == 2);
  slurm::cancel(second.id);
  slurm::cancel(first.id);
  REQUIRE(reaches(first.id, State::cancelled));
}

TEST_CASE("slurm: requests that cannot be", "[slurm]") {
  const auto good = site().request("sl.test.bad", {"/bin/true"});
  const auto fault_with = [&](const std::function<void(slurm::Request&)>& spoil) {
    auto bad = good;
    spoil(bad);
    return fault_of([&] { slurm::submit(bad); });
  };
  CHECK(fault_with([](auto& r) { r.constraint = "groupZ"; }) == Fault::configuration);
  CHECK(fault_with([](auto& r) { r.slurm_partition = "nowhere"; }) == Fault::configuration);
  CHECK(fault_with([](auto& r) { r.gres = {{"antimatter", 1}}; }) == Fault::configuration);
  CHECK(fault_with([](auto& r) { r.licences = {{"poetic", 1}}; }) == Fault::configuration);
  CHECK(fault_with([](auto& r) { r.memory_bytes = 1ull << 50; }) == Fault::usage);
  CHECK(fault_with([](auto& r) { r.cores = 1000; }) == Fault::usage);
  CHECK(fault_with([](auto& r) { r.gres = {{"pc1slot", 1000}}; }) == Fault::usage);
  CHECK(fault_with([](auto& r) { r.dependency = "afterok:4000000"; }) == Fault::usage);
  CHECK(fault_with([](auto& r) { r.name = "two words"; }) == Fault::usage);
  CHECK(fault_with([](auto& r) { r.work_dir = "here"; }) == Fault::usage);
  for (const auto& left : slurm::find_by_name(good.name))
    FAIL_CHECK("left behind: " << left.id.text() << " " << name(left.state));

  const auto start = slurm::will_run(good);
  CHECK(start.start_time >= std::time(nullptr) - 60);
  CHECK(start.nodes.size() == 1);
  CHECK(slurm::find_by_name(good.name).empty());
}
