// What the daemon does next, for every answer Slurm and the files can give and after every crash.
#include "chain/pledge/step.h"

#include <ctime>

#include "chain/pledge/retry.h"
#include "tests/catch.h"
#include "tests/chain/story.h"

using namespace sealyard;
using namespace sealyard::pledge;

namespace {

constexpr std::int64_t kHorizonMs = 310'000;

std::string utc(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
  return text;
}

/// A sector whose PC1 is job 40 of generation 1.
struct Pc1 : Story {
  Facts facts;
  settings::Settings settings;

  Pc1() {
    to_pc1();
    intent("pc1", 1);
    submitted(40);
    running(40, 0, "n1");
    facts.now_ms = clock_ms + 60'000;
    facts.slurm_answers = true;
  }

  slurm::JobState record(slurm::State state, std::uint32_t id = 40) const {
    slurm::JobState job;
    job.id = {id, -1};
    job.raw_id = id;
    job.name = sector.job->name;
    job.state = state;
    job.nodes = {"n1"};
    job.end_time = terminal(state) ? (facts.now_ms - 1000) / 1000 : 0;
    return job;
  }

  stage::Result result(std::uint64_t job) const {
    stage::Result made;
    made.stage = "pc1";
    made.sector = sector.id;
    made.proof_type = "StackedDrg2KiBV1_1";
    made.inputs["ticket"] = kTicket;
    made.attempt = {job, 0, "n1", "n1", 99};
    made.started = utc(clock_ms);
    made.ended = utc(clock_ms + 30'000);
    return made;
  }

  Step step() const { return next_step(sector, facts, settings); }
};

template <typename T>
bool is(const Step& step) {
  return std::holds_alternative<T>(step);
}

const Record& record_of(const Step& step, std::string_view kind) {
  REQUIRE(is<Record>(step));
  REQUIRE(std::get<Record>(step).kind == kind);
  return std::get<Record>(step);
}

}  // namespace

TEST_CASE("step: a new sector is submitted, but not blindly", "[step]") {
  Story story;
  story.pledge();
  Facts facts;
  facts.now_ms = story.clock_ms;
  CHECK(is<Wait>(next_step(story.sector, facts, {})));  // slurmctld does not answer
  facts.slurm_answers = true;
  CHECK(is<Submit>(next_step(story.sector, facts, {})));
}

TEST_CASE("step: crash between intent and answer: the name is looked up again", "[step]") {
  Story story;
  story.pledge();
  story.intent("add_piece", 1);
  Facts facts;
  facts.now_ms = story.clock_ms;
  facts.slurm_answers = true;
  CHECK(is<Submit>(next_step(story.sector, facts, {})));
  story.add("refused", {{"name", story.sector.job->name},
                        {"text", "no such partition"},
                        {"again_ms", story.clock_ms + 60'000}});
  CHECK(is<Wait>(next_step(story.sector, facts, {})));
  facts.now_ms += 120'000;
  CHECK(is<Submit>(next_step(story.sector, facts, {})));
}

TEST_CASE("step: a ticket is drawn once", "[step]") {
  Story story;
  story.pledge();
  story.run("add_piece", 11, nlohmann::json::object());
  CHECK(is<DrawTicket>(next_step(story.sector, {}, {})));
}

TEST_CASE("step: the result file decides, whatever Slurm says", "[step]") {
  Pc1 pc1;
  pc1.facts.result = pc1.result(40);
  SECTION("slurmctld is down") { pc1.facts.slurm_answers = false; }
  SECTION("its job has ended") { pc1.facts.jobs = {pc1.record(slurm::State::completed)}; }
  SECTION("its job was killed right after") { pc1.facts.jobs = {pc1.record(slurm::State::failed)}; }
  SECTION("its job is forgotten") { pc1.facts.jobs = {}; }
  SECTION("its host died while it ended") {
    pc1.facts.jobs = {pc1.record(slurm::State::running)};
    pc1.facts.result_seen_ms = pc1.facts.now_ms - 20'000;
  }
  SECTION("somebody ran the stage by hand") { pc1.facts.result->attempt.job_id = 0; }
  const auto step = pc1.step();
  const auto& committed = record_of(step, "committed");
  CHECK(committed.payload["result"]["stage"] == "pc1");
  CHECK_FALSE(committed.payload["result"].contains("artefacts"));
  pc1.add(committed.kind, committed.payload);
  CHECK(pc1.sector.state == State::pre_commit2);
}

TEST_CASE("step: a proof with development parameters counts on a development network only",
          "[step]") {
  Story story;
  story.to_pc2();
  story.run("pc2", 13, {});
  story.add("seed", {{"value", Story::kTicket}, {"epoch", 0}, {"source", "random"}});
  story.run("c1", 14, {});
  story.intent("c2", 1);
  story.submitted(15);
  Facts facts;
  facts.now_ms = story.clock_ms + 60'000;
  facts.slurm_answers = true;
  facts.result.emplace();
  facts.result->stage = "c2";
  facts.result->sector = story.sector.id;
  facts.result->attempt = {15, 0, "n1", "n1", 99};
  facts.result->ended = "2033-01-01T00:00:00Z";
  settings::Settings settings;
  REQUIRE(settings.network == "mainnet");
  for (const char* origin : {"development", "", "official"}) {
    facts.result->inputs["params"] = origin;
    const auto step = next_step(story.sector, facts, settings);
    if (origin == std::string("official")) {
      record_of(step, "committed");
      continue;
    }
    const auto& failed = record_of(step, "failed").payload;
    CHECK(failed["action"] == "hold");
    CHECK(failed["text"].get<std::string>().find("INSECURE") != std::string::npos);
  }
  settings.network = "development";
  facts.result->inputs["params"] = "development";
  record_of(next_step(story.sector, facts, settings), "committed");
}

TEST_CASE("step: a job that still runs is given time to end after its result", "[step]") {
  Pc1 pc1;
  pc1.facts.result = pc1.result(40);
  pc1.facts.jobs = {pc1.record(slurm::State::running)};
  CHECK(is<Wait>(pc1.step()));
}

TEST_CASE("step: results that are not the awaited one count for nothing", "[step]") {
  Pc1 pc1;
  pc1.facts.jobs = {pc1.record(slurm::State::running)};
  auto result = pc1.result(40);
  SECTION("used before") { pc1.sector.spent.insert(identity(result)); }
  SECTION("of another sector") { result.sector->number = 8; }
  SECTION("of another ticket") { result.inputs["ticket"] = std::string(64, '0'); }
  SECTION("older than the intent, of another job") {
    result.attempt.job_id = 39;
    result.ended = utc(pc1.sector.job->intent_ms - 60'000);
  }
  SECTION("of an earlier life of the cluster, whose ids began anew") {
    result.ended = utc(pc1.sector.job->intent_ms - 3'600'000);
  }
  pc1.facts.result = result;
  CHECK(is<Wait>(pc1.step()));
}

TEST_CASE("step: an end without a result", "[step]") {
  Pc1 pc1;
  SECTION("a clean end is given time: network file systems show files late") {
    pc1.facts.jobs = {pc1.record(slurm::State::completed)};
    const auto ended = pc1.step();
    pc1.add("ended", record_of(ended, "ended").payload);
    pc1.facts.jobs.clear();  // slurmctld may forget it meanwhile, or be down
    pc1.facts.slurm_answers = false;
    pc1.facts.now_ms = pc1.clock_ms + 10'000;
    CHECK(is<Wait>(pc1.step()));
    pc1.facts.now_ms += 60'000;
    CHECK(record_of(pc1.step(), "failed").payload["cause"] == "no_result");
  }
  SECTION("a bad end is not") {
    auto job = pc1.record(slurm::State::failed);
    job.exit_code = 66;
    pc1.facts.jobs = {job};
    CHECK(record_of(pc1.step(), "failed").payload["cause"] == "missing");
  }
  SECTION("the result cannot be read") {
    pc1.add("ended", {{"name", pc1.sector.job->name}, {"job", 40}});
    pc1.facts.now_ms += 60'000;
    pc1.facts.result_error = "no JSON";
    const auto step = pc1.step();
    CHECK_THAT(record_of(step, "failed").payload["text"].get<std::string>(),
               Catch::Matchers::Contains("no JSON"));
  }
  SECTION("slurmctld has forgotten, slurmdbd has not") {
    CHECK(is<AskHistory>(pc1.step()));
    slurm::Attempt first, last;
    first.name = last.name = pc1.sector.job->name;
    first.state = slurm::State::failed;
    first.exit_code = 75;
    first.requeued = true;
    first.submit_time = 1;
    last.state = slurm::State::node_fail;
    last.submit_time = 2;
    pc1.facts.history = {{first, last}};
    CHECK(record_of(pc1.step(), "failed").payload["cause"] == "node_fail");
  }
}

TEST_CASE("step: a job nobody knows is lost only after both could have forgotten it", "[step]") {
  Pc1 pc1;
  pc1.facts.history.emplace();
  auto step = pc1.step();
  pc1.add("missing", record_of(step, "missing").payload);
  pc1.facts.now_ms = pc1.clock_ms + kHorizonMs - 1;
  CHECK(is<Wait>(pc1.step()));
  SECTION("it turns up again") {
    pc1.facts.jobs = {pc1.record(slurm::State::running)};
    step = pc1.step();
    pc1.add("found", record_of(step, "found").payload);
    CHECK(is<Wait>(pc1.step()));
    CHECK(pc1.sector.job->missing_ms == 0);
  }
  SECTION("it does not") {
    pc1.facts.now_ms += 2;
    step = pc1.step();
    pc1.add("lost", record_of(step, "lost").payload);
    CHECK(is<Submit>(pc1.step()));
    CHECK(pc1.sector.job->generation == 1);  // the same name: Slurm never runs two of them at once
    pc1.sector.job->lost = pc1.settings.retry.attempts - 1;  // but not for ever
    pc1.sector.job->id = 41;
    pc1.sector.job->missing_ms = 1;
    CHECK(record_of(pc1.step(), "failed").payload["action"] == "hold");
  }
}

TEST_CASE("step: the same name under another id is adopted", "[step]") {
  Pc1 pc1;
  pc1.facts.jobs = {pc1.record(slurm::State::running, 77)};
  const auto step = pc1.step();
  const auto& submitted = record_of(step, "submitted");
  CHECK(submitted.payload["job"] == 77);
  CHECK(submitted.payload["adopted"] == true);
  pc1.add(submitted.kind, submitted.payload);
  CHECK(pc1.sector.job->id == 77);
}

TEST_CASE("step: while it runs", "[step]") {
  Pc1 pc1;
  auto job = pc1.record(slurm::State::running);
  pc1.facts.jobs = {job};
  CHECK(is<Wait>(pc1.step()));
  pc1.facts.jobs[0].restarts = 1;
  pc1.facts.jobs[0].nodes = {"n2"};
  const auto step = pc1.step();
  CHECK(record_of(step, "running").payload["node"] == "n2");
  pc1.add("running", record_of(step, "running").payload);
  CHECK(is<Wait>(pc1.step()));
}

TEST_CASE("step: a requeued job", "[step]") {
  Pc1 pc1;
  auto job = pc1.record(slurm::State::pending);
  job.restarts = 1;
  job.exit_code = 75;
  job.eligible_time = pc1.facts.now_ms / 1000 + 120;
  pc1.facts.jobs = {job};
  SECTION("is pulled forward when it only waits out its delay") {
    CHECK(is<PullForward>(pc1.step()));
  }
  SECTION("keeps its delay after an i/o error: the reason may pass") {
    pc1.facts.jobs[0].exit_code = 74;
    CHECK(is<Wait>(pc1.step()));
  }
  SECTION("keeps its delay when it comes back again and again") {
    pc1.facts.jobs[0].restarts = 11;
    CHECK(is<Wait>(pc1.step()));
  }
  SECTION("is held when there is no end to it") {
    pc1.facts.jobs[0].restarts = pc1.settings.retry.requeues + 1;
    const auto step = pc1.step();
    REQUIRE(is<HoldJob>(step));
    CHECK(std::get<HoldJob>(step).failed["action"] == "hold");
  }
}

TEST_CASE("step: a job no host would start is submitted again", "[step]") {
  Pc1 pc1;
  auto job = pc1.record(slurm::State::pending);
  job.held = true;
  pc1.facts.jobs = {job};
  CHECK(is<Wait>(pc1.step()));  // somebody holds it
  pc1.facts.jobs[0].description = "launch failed requeued held";
  const auto failed = record_of(pc1.step(), "failed").payload;
  CHECK(failed["action"] == "again");
  CHECK(failed["to"] == "PreCommit1");
  CHECK(failed["counts"] == true);
  pc1.add("failed", failed);
  CHECK_FALSE(pc1.sector.job);  // the daemon cancels what is superseded
}

TEST_CASE("step: a job Slurm holds for its exit code waits for an operator", "[step]") {
  Pc1 pc1;
  auto job = pc1.record(slurm::State::pending);
  job.held = job.special_exit = true;
  job.exit_code = 70;
  pc1.facts.jobs = {job};
  auto step = pc1.step();
  pc1.add("failed", record_of(step, "failed").payload);
  CHECK(pc1.sector.state == State::seal_pre_commit1_failed);
  REQUIRE(pc1.sector.job);  // kept: it may be released
  CHECK(is<Wait>(pc1.step()));
  SECTION("scontrol release: it goes on") {
    pc1.facts.jobs[0].held = pc1.facts.jobs[0].special_exit = false;
    step = pc1.step();
    pc1.add("released", record_of(step, "released").payload);
    CHECK(pc1.sector.state == State::pre_commit1);
    CHECK(pc1.sector.job->id == 40);
    CHECK(is<Wait>(pc1.step()));
  }
  SECTION("update-state: a new generation") {
    pc1.add("state", {{"to", "PreCommit1"}, {"reason", "cleaned the disk"}});
    pc1.facts.jobs.clear();
    CHECK(is<Submit>(pc1.step()));
    CHECK(pc1.sector.generation["pc1"] == 1);
  }
}

TEST_CASE("step: a failure is retried when it is due, not before", "[step]") {
  Pc1 pc1;
  auto job = pc1.record(slurm::State::node_fail);
  pc1.facts.jobs = {job};
  auto step = pc1.step();
  pc1.add("failed", record_of(step, "failed").payload);
  pc1.facts.jobs.clear();
  CHECK(is<Wait>(pc1.step()));
  pc1.facts.now_ms = pc1.sector.failure->again_ms;
  step = pc1.step();
  pc1.add("retry", record_of(step, "retry").payload);
  CHECK(pc1.sector.state == State::pre_commit1);
  CHECK(is<Submit>(pc1.step()));
}

TEST_CASE("step: after sealing it waits, and says for what", "[step]") {
  Story story;
  story.to_pc2();
  story.run("pc2", 13, {});
  const auto step = next_step(story.sector, {}, {});
  REQUIRE(is<Wait>(step));
  CHECK_THAT(std::get<Wait>(step).why, Catch::Matchers::Contains("waits for a chain"));
}
