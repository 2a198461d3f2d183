// Proving deadlines, decided: when they come, and the next step of a partition for every answer of
// chain, outbox, Slurm and files.
#include <array>
#include <cstdio>
#include <fstream>

#include "chain/deadline/files.h"
#include "chain/deadline/jobs.h"
#include "chain/deadline/usual.h"
#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using namespace sealyard::deadline;
using Catch::Matchers::Contains;

namespace {

rpc::DeadlineInfo period_of(Epoch start) {
  rpc::DeadlineInfo info;
  info.period_start = start;
  info.deadlines = 48;
  info.proving_period = 2880;
  info.challenge_window = 60;
  info.challenge_lookback = 20;
  info.declaration_cutoff = 70;
  return info;
}

/// Sectors 1 to 4 of partition 0 of a deadline that opens at 1440: 3 is faulty, 4 recovers.
struct Story {
  Story() {
    facts.now_ms = 1'700'000'000'000;
    facts.window = {1000, 3, 1440, 1500, 1420, 1370};
    facts.partition = {{1, 2, 3, 4}, {3, 4}, {4}, {1, 2, 3, 4}, {1, 2}};
    facts.partition_sectors = 2349;
    facts.slurm_answers = true;
    facts.predicted_s = 300;
    settings.network = "development";
    settings.retry.wait_s = 60;
  }

  Story& at(Epoch head) {
    facts.head = head;
    if (facts.task == Task::proof && head >= facts.window.prove()) facts.challenge = challenge;
    return *this;
  }

  Story& ordered(unsigned generation = 1) {
    facts.generation = generation;
    facts.ordered_ms = facts.now_ms;
    facts.order.emplace();
    facts.order->kind = "window";
    facts.order->miner = 1000;
    facts.order->sector_bytes = 2048;
    facts.order->randomness = challenge;
    for (const auto number : wanted(facts).members(100))
      facts.order->sectors.push_back({number, Node{{1}}, "/s", "/c"});
    return *this;
  }

  Story& result(std::vector<stage::PostResult::Skipped> skipped = {}) {
    facts.result.emplace();
    facts.result->kind = "window";
    facts.result->miner = 1000;
    facts.result->sector_bytes = 2048;
    facts.result->randomness = challenge;
    facts.result->randomness.bytes[31] &= 0x3f;
    facts.result->params = "official";
    for (const auto& sector : facts.order->sectors)
      if (std::none_of(skipped.begin(), skipped.end(),
                       [&](const auto& one) { return one.number == sector.number; }))
        facts.result->sectors.push_back(sector.number);
    if (facts.task == Task::proof && !facts.result->sectors.empty())
      facts.result->proof.assign(192, 1);
    facts.result->skipped = std::move(skipped);
    return *this;
  }

  slurm::JobState& job(slurm::State state, int exit_code = 0) {
    slurm::JobState made;
    made.id = {7, -1};
    made.state = state;
    made.exit_code = exit_code;
    facts.jobs = {made};
    facts.ended_ms = terminal(state) ? facts.now_ms : 0;
    return facts.jobs[0];
  }

  Step next() const { return next_step(facts, settings); }
  std::string state() const {
    const auto step = next();
    if (const auto* rest = std::get_if<Rest>(&step)) return std::string(row(rest->state).name);
    if (const auto* send = std::get_if<Send>(&step)) return "send " + std::string(send->what);
    return std::holds_alternative<Order>(step) ? "order" : "submit";
  }
  bool troubled(std::string_view kind) const {
    const auto step = next();
    const auto& all = std::get<Rest>(step).troubles;
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.kind == kind; });
  }

  Facts facts;
  settings::Settings settings;
  Node challenge = [] {
    Node made{{5}};
    made.bytes[31] = 0xff;  // the proof takes it without its two highest bits
    return made;
  }();
};

struct Check : Story {
  Check() {
    facts.task = Task::check;
    at(1300);
  }
};

}  // namespace

TEST_CASE("deadline: occurrences by the formula of the actor", "[deadline]") {
  for (const Epoch start : {0, 2880, -2880, 28800}) {  // whatever period the node speaks of
    const auto found = windows(1000, period_of(start), 1440 - 140);
    const auto last = found.back();
    CHECK(last == Window{1000, 24, 1440, 1500, 1420, 1370});
    CHECK(found.front().close + 60 > 1300);
    CHECK(found.front().close + 60 <= 1360);
  }
  const auto at = [](Epoch head) { return windows(1000, period_of(0), head); };
  CHECK(at(1299).back().index == 23);
  CHECK(at(1300).back().index == 24);
  CHECK(at(1559 + 2880).front().index == 24);
  CHECK(at(1560 + 2880).front().index == 25);
  CHECK(at(-130).back() == Window{1000, 0, 0, 60, -20, -70});
}

TEST_CASE("deadline: a partition from its challenge to its message", "[deadline]") {
  Story s;
  CHECK(s.at(1420).state() == "idle");
  CHECK(s.at(1421).state() == "order");
  CHECK(wanted(s.facts) == Bitfield{1, 2, 4});
  CHECK(s.ordered().state() == "submit");
  s.job(slurm::State::pending);
  CHECK(s.state() == "queued");
  s.job(slurm::State::running);
  CHECK(s.state() == "running");
  s.job(slurm::State::completed);
  CHECK(s.state() == "running");  // a result may take a while to be seen
  s.result();
  CHECK(s.at(1443).state() == "ready");
  CHECK(s.at(1444).state() == "send post");
  CHECK(std::get<Send>(s.next()).sectors.empty());
  s.facts.post = Message{1, outbox::State::pending, 0, ""};
  CHECK(s.state() == "sent");
  s.facts.posted = true;
  CHECK(s.state() == "done");
  CHECK(s.at(1500).state() == "done");
}

TEST_CASE("deadline: what is on chain is not proven again", "[deadline]") {
  Story s;
  s.at(1450);
  s.facts.posted = true;
  CHECK(s.state() == "done");
  s.facts.posted = false;
  s.facts.post = Message{1, outbox::State::confirmed, 0, ""};  // its files are lost
  CHECK(s.state() == "done");
  s.facts.post = Message{1, outbox::State::queued, 0, ""};
  CHECK(s.state() == "sent");
  CHECK_FALSE(s.troubled("post_failed"));
  s.facts.post->note = "not enough funds";
  CHECK(s.troubled("post_failed"));
  s.facts.post.reset();
  s.facts.partition.faulty = {1, 2, 3, 4};
  s.facts.partition.recovering = {};
  CHECK(s.state() == "idle");
}

TEST_CASE("deadline: another order when chain or message say no", "[deadline]") {
  Story s;
  s.at(1450).ordered().result();
  CHECK(s.state() == "send post");
  SECTION("a challenge of another chain") {
    s.facts.challenge = Node{{6}};
    CHECK(s.state() == "order");
  }
  SECTION("a recovery taken back") {
    s.facts.partition.recovering = {};
    CHECK(s.state() == "order");
  }
  SECTION("a message that never can, once some time has passed") {
    s.facts.post = Message{1, outbox::State::refused, 0, "invalid PoSt"};
    CHECK(s.state() == "failed");
    CHECK(s.troubled("post_failed"));
    s.facts.now_ms += 60'000;
    CHECK(s.state() == "order");
    s.ordered(2).result();
    CHECK(s.state() == "send post");
  }
  SECTION("one that ran and failed") {
    s.facts.post = Message{1, outbox::State::confirmed, 16, ""};
    s.facts.now_ms += 60'000;
    CHECK(s.state() == "order");
  }
  SECTION("a sector that lies elsewhere by now") {
    s.result({{2, "missing: /s"}}).facts.moved = true;
    CHECK(s.state() == "order");
  }
}

TEST_CASE("deadline: results that are not what was asked for", "[deadline]") {
  Story s;
  s.at(1450).ordered().result();
  const auto why = [&] { return flaw(s.facts, s.settings); };
  CHECK(why() == "");
  SECTION("other randomness") {
    s.facts.result->randomness = s.challenge;
    CHECK_THAT(why(), Contains("another order"));
  }
  SECTION("a sector left out") {
    s.facts.result->sectors.pop_back();
    CHECK_THAT(why(), Contains("names 2 sectors"));
  }
  SECTION("a sector proven and skipped") {
    s.facts.result->skipped = {{2, "io: x"}};
    CHECK_THAT(why(), Contains("names 4 sectors"));
  }
  SECTION("half a proof") {
    s.facts.result->proof.resize(96);
    CHECK_THAT(why(), Contains("want 192"));
  }
  SECTION("parameters of nobody") {
    s.facts.result->params = "development";
    CHECK(why() == "");
    s.settings.network = "mainnet";
    CHECK_THAT(why(), Contains("INSECURE"));
  }
  if (!why().empty()) {
    CHECK(s.state() == "failed");
    s.facts.now_ms += 60'000;
    CHECK(s.state() == "order");
  }
}

TEST_CASE("deadline: skipped sectors go with the message and are told", "[deadline]") {
  Story s;
  s.at(1430).ordered().result({{2, "timeout: /s"}});
  CHECK(s.state() == "ready");
  CHECK(s.troubled("post_skipped"));
  s.at(1450);
  CHECK(std::get<Send>(s.next()).sectors == Bitfield{2});
  s.facts.result.reset();
  s.result({{1, "io: x"}, {2, "io: x"}, {4, "io: x"}});
  CHECK(s.state() == "failed");
  s.facts.now_ms += 60'000;
  CHECK(s.state() == "order");  // a mount may come back
}

TEST_CASE("deadline: jobs that end badly are tried again until it closes", "[deadline]") {
  Story s;
  s.at(1430).ordered();
  s.job(slurm::State::out_of_memory, 1);
  CHECK(s.state() == "failed");
  s.facts.now_ms += 60'000;
  CHECK(s.state() == "order");
  s.ordered(3).job(slurm::State::failed, 74);
  s.facts.now_ms += 200'000;
  CHECK(s.state() == "failed");  // the third waits four times as long
  s.facts.now_ms += 40'000;
  CHECK(s.state() == "order");
  auto& job = s.job(slurm::State::pending, 70);
  CHECK(s.state() == "queued");
  job.held = true;
  CHECK(s.state() == "order");
  s.facts.jobs.clear();
  s.facts.ended_ms = 0;
  s.facts.slurm_answers = false;
  CHECK(s.state() == "ordered");
  s.facts.slurm_answers = true;
  CHECK(s.state() == "submit");
  s.facts.refusal = "Invalid qos";
  s.facts.ended_ms = s.facts.now_ms;
  CHECK(s.state() == "failed");
  s.facts.now_ms += 240'000;
  CHECK(s.state() == "submit");
  CHECK(s.at(1499).state() == "missed");
  CHECK(s.troubled("post_missed"));
}

TEST_CASE("deadline: an alert when the end comes too late", "[deadline]") {
  Story s;
  s.at(1430).ordered().job(slurm::State::running).start_time = s.facts.now_ms / 1000;
  CHECK(predicted_end(s.facts) == 1440);
  CHECK_FALSE(s.troubled("post_late"));
  s.facts.predicted_s = 60 * 30;
  CHECK(predicted_end(s.facts) == 1490);
  CHECK_FALSE(s.troubled("post_late"));
  s.facts.predicted_s = 61 * 30;
  CHECK(s.troubled("post_late"));
  s.facts.jobs[0].start_time -= 300;  // ten epochs of it are done
  CHECK(predicted_end(s.facts) == 1481);
  s.facts.jobs[0].state = slurm::State::pending;
  s.facts.jobs[0].start_time = s.facts.now_ms / 1000 + 600;
  CHECK(predicted_end(s.facts) == 1430 + 20 + 61);
  CHECK(s.troubled("post_late"));
}

TEST_CASE("deadline: closed without a proof", "[deadline]") {
  Story s;
  s.at(1430).ordered().at(1500);
  s.facts.partition.faulty = {3};
  CHECK(s.state() == "done");  // by somebody else: nothing is faulty that was not
  s.facts.partition.faulty = {1, 2, 3, 4};
  CHECK(s.state() == "missed");
  CHECK(s.troubled("post_missed"));
  s.result({{1, "io: x"}, {2, "io: x"}});
  s.facts.partition.faulty = {1, 2, 3};
  CHECK(s.state() == "done");
}

TEST_CASE("deadline: a check finds what to declare before the cutoff", "[deadline]") {
  Check s;
  CHECK(s.state() == "order");
  CHECK(wanted(s.facts) == Bitfield{1, 2, 3, 4});
  CHECK(s.ordered().state() == "submit");
  SECTION("nothing") {
    s.facts.partition.faulty = s.facts.partition.recovering = {};
    CHECK(s.result().state() == "done");
  }
  SECTION("a broken one, and one that is whole again") {
    s.result({{2, "missing: /s"}});
    CHECK(s.state() == "send faults");
    CHECK(std::get<Send>(s.next()).sectors == Bitfield{2});
    s.facts.faults = Message{1, outbox::State::queued, 0, ""};
    CHECK(s.state() == "send recoveries");
    CHECK(std::get<Send>(s.next()).sectors == Bitfield{3});
    s.facts.recoveries = s.facts.faults;
    CHECK(s.state() == "sent");
    s.facts.partition.faulty = {2, 3, 4};
    s.facts.partition.recovering = {3, 4};
    CHECK(s.state() == "done");
    CHECK(s.troubled("post_skipped"));
  }
  SECTION("one that was to recover is broken after all") {
    s.result({{3, "short: x"}, {4, "corrupt: x"}});
    CHECK(std::get<Send>(s.next()).sectors == Bitfield{4});
  }
  SECTION("a disk that is only slow costs no power") {
    s.facts.partition.faulty = s.facts.partition.recovering = {};
    CHECK(s.result({{1, "timeout: x"}, {2, "io: x"}}).state() == "done");
    CHECK(s.troubled("post_skipped"));
  }
  SECTION("nor a file system that is away") {
    CHECK(s.result({{1, "missing: x"}, {2, "missing: x"}, {3, "missing: x"}, {4, "missing: x"}})
              .state() == "done");
    CHECK(s.troubled("post_skipped"));
  }
  SECTION("settings say no") {
    s.settings.chain.declare_faults = s.settings.chain.recover_faults = false;
    CHECK(s.result({{2, "missing: /s"}}).state() == "done");
  }
  SECTION("a declaration that the actor refused is told, not repeated") {
    s.result().facts.recoveries = Message{1, outbox::State::confirmed, 19, ""};
    CHECK(s.state() == "failed");
    CHECK(s.troubled("post_failed"));
  }
  SECTION("too late") {
    CHECK(s.result({{2, "missing: /s"}}).at(1368).state() == "send faults");
    CHECK(s.at(1369).state() == "done");
  }
}

TEST_CASE("deadline: names and files", "[deadline]") {
  Scratch scratch;
  const Files files(scratch.path());
  const Part part{{1000, 3, 1440, 1500, 1420, 1370}, 2, Task::proof};
  CHECK(part.job_name("3f2a91bc", 1) == "sp.3f2a91bc.1000.1440.3.2.proof.1");
  CHECK(part.message_key("post", 4) == "post t01000 1440 3 2 4");
  CHECK(files.generation(part) == 0);

  Story s;
  s.at(1450).ordered().result({{2, "missing: /s"}});
  stage::write(files.order(part, 1), *s.facts.order);
  stage::write(files.order(part, 2), *s.facts.order);
  Facts read;
  files.read(part, read);
  CHECK(read.generation == 2);
  CHECK(read.order == s.facts.order);
  CHECK(read.ordered_ms > 0);
  CHECK_FALSE(read.result);
  for (int i = 1; i <= 10; ++i) {
    s.facts.result->seconds = i;
    auto other = part;
    other.partition = static_cast<std::uint64_t>(i);
    stage::write(files.result(other, 2), *s.facts.result);
  }
  files.read(part, read);
  CHECK(read.result->skipped == s.facts.result->skipped);
  CHECK(files.past(1000, Task::proof).size() == 2);
  CHECK(files.past(1000, Task::check).empty());
  std::ofstream(files.result(part, 2)) << "{";
  read = {};
  files.read(part, read);
  CHECK_FALSE(read.result);
  CHECK_THAT(read.result_error, Contains("result.json"));
  files.forget(1000, 1440);
  CHECK(files.generation(part) == 2);
  files.forget(1000, 1441);
  CHECK(files.generation(part) == 0);
}

TEST_CASE("deadline: a sector is where it was stored, else where it was sealed", "[deadline]") {
  Scratch scratch;
  settings::Settings settings;
  settings.storage_root = scratch.path() / "sealing";
  settings.store_root = scratch.path() / "store";
  const SectorId id{1000, 7};
  const auto sealed = [&](const std::filesystem::path& root, bool updated = false) {
    return place(settings, {}, id, updated).sealed ==
           root / (updated ? "update" : "sealed") / "s-t01000-7";
  };
  CHECK(sealed(settings.store_root));
  std::filesystem::create_directories(settings.storage_root / "sealed" / id.text());
  CHECK(sealed(settings.storage_root));
  std::filesystem::create_directories(settings.store_root / "sealed" / id.text());
  CHECK(sealed(settings.store_root));
  CHECK(sealed(settings.store_root, true));

  // A store of the past, which only the ledger knows.
  std::filesystem::remove_all(settings.store_root);
  const auto old = scratch.path() / "old";
  std::filesystem::create_directories(old / "sealed" / id.text());
  const auto stored = [&](SectorId) { return old.string(); };
  CHECK(place(settings, stored, id, false).sealed == old / "sealed" / id.text());
  std::filesystem::remove_all(old);
  CHECK(sealed(settings.storage_root));
}

TEST_CASE("deadline: the job of a part", "[deadline]") {
  settings::Settings settings;
  settings.proof_type = "StackedDrg2KiBV1_1";
  settings.programs = "/opt";
  settings.stages["window_post"].qos = "proof";
  settings.stages["window_post"].gres = "gpu:1";
  const Files files("/r");
  Part part{{1000, 3, 1440, 1500, 1420, 1370}, 0, Task::proof};
  const auto first = request(part, 1, "t", files, settings);
  CHECK(first.name == part.job_name("t", 1));
  CHECK(first.argv == std::vector<std::string>{"/opt/seal-window-post", "--order",
                                               "/r/post/t01000/1440-3/proof-0.1.order.json",
                                               "--out",
                                               "/r/post/t01000/1440-3/proof-0.1.result.json"});
  CHECK(first.qos == "proof");
  CHECK(first.gres.size() == 1);
  CHECK(request(part, 2, "t", files, settings).memory_bytes ==
        first.memory_bytes + first.memory_bytes / 2);
  // What such jobs took decides their limit, unless the site does.
  CHECK(request(part, 1, "t", files, settings, 1000).time_s == 4000);
  CHECK(request(part, 1, "t", files, settings, 0.5).time_s <= 300);
  settings.stages["window_post"].time_s = 77;
  CHECK(request(part, 1, "t", files, settings, 1000).time_s == 77);
  part.task = Task::check;
  const auto check = request(part, 1, "t", files, settings);
  CHECK(check.argv.back() == "--vanilla-only");
  CHECK(check.gres.empty());
}

TEST_CASE("deadline: the jobs of a deadline as one array", "[deadline]") {
  settings::Settings settings;
  settings.proof_type = "StackedDrg2KiBV1_1";
  settings.programs = "/bin";
  const Files files("/it's here");
  const Window window{1000, 3, 1440, 1500, 1420, 1370};
  const std::vector<Part> parts{{window, 0, Task::proof}, {window, 12, Task::proof}};
  auto wish = array_request(parts, "t", files, settings);
  CHECK(wish.name == "sp.t.1000.1440.3.all.proof.1");
  CHECK(wish.array == "0,12");
  CHECK(wish.output == "/it's here/post/t01000/1440-3/proof-%a.1.out");
  CHECK(wish.memory_bytes == request(parts[0], 1, "t", files, settings).memory_bytes);

  wish.argv.back() = "/bin/echo";
  std::string command = "SLURM_ARRAY_TASK_ID=12";
  for (const auto& word : wish.argv) command += " " + slurm::shell_quote(word);
  std::array<char, 512> said{};
  auto* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe);
  CHECK(std::fgets(said.data(), said.size(), pipe));
  CHECK(pclose(pipe) == 0);
  CHECK(said.data() == "--order " + files.order(parts[1], 1).string() + " --out " +
                           files.result(parts[1], 1).string() + "\n");

  slurm::JobState started, waiting;
  started.id = {7, 12};
  CHECK(covers(started, 12));
  CHECK_FALSE(covers(started, 0));
  waiting.id = {7, -1};
  CHECK_FALSE(covers(waiting, 0));
  waiting.array_tasks = "0,3-5%2";
  CHECK(covers(waiting, 0));
  CHECK(covers(waiting, 4));
  CHECK_FALSE(covers(waiting, 12));
}

TEST_CASE("deadline: what jobs took, by slurmdbd, else by their results", "[deadline]") {
  Scratch scratch;
  const Files files(scratch.path());
  Story s;
  s.at(1450).ordered().result();
  Part part{{1000, 3, 1440, 1500, 1420, 1370}, 0, Task::proof};
  for (part.partition = 0; part.partition < 10; ++part.partition) {
    stage::write(files.order(part, 1), *s.facts.order);
    s.facts.result->seconds = static_cast<double>(part.partition) + 1;
    s.facts.result->partitions = 1;
    if (part.partition < 9) stage::write(files.result(part, 1), *s.facts.result);
  }
  const auto past = files.past(1000, Task::proof);
  REQUIRE(past.size() == 10);
  CHECK(job_names(past, "t").size() == 11);  // and that of their array
  const auto usual = [&](const std::vector<slurm::Attempt>& attempts) {
    return usual_s(past, "t", files, attempts);
  };
  CHECK(usual({}) == 8);  // of nine

  slurm::Attempt attempt;
  attempt.name = "sp.t.1000.1440.3.all.proof.1";
  attempt.id = {7, 8};
  attempt.state = slurm::State::completed;
  attempt.elapsed_s = 5;
  CHECK(usual({attempt}) == 8);  // the result says more
  attempt.elapsed_s = 100;
  std::vector<slurm::Attempt> attempts{attempt};
  attempt.id = {};
  attempt.name = "sp.t.1000.1440.3.9.proof.1";
  attempt.state = slurm::State::timeout;  // no result, and it needs more
  attempt.elapsed_s = 300;
  attempts.push_back(attempt);
  CHECK(usual(attempts) == 100);
  attempts[1].state = slurm::State::preempted;
  CHECK(usual(attempts) == 8);
  attempts[1].name = "sp.other.1000.1440.3.9.proof.1";
  attempts[1].state = slurm::State::timeout;
  CHECK(usual(attempts) == 8);

  s.facts.result->partitions = 4;  // of a batch: each of them a quarter
  for (const auto& job : past) stage::write(files.result(job.part, 1), *s.facts.result);
  CHECK(usual({}) == 10.0 / 4);
  const Part batch{{1000, 3, 1440, 1500, 1420, 1370}, 0, Task::proof, 3};
  settings::Settings settings;
  settings.proof_type = "StackedDrg2KiBV1_1";
  CHECK(request(batch, 1, "t", files, settings, 1000).time_s == 12'000);
  CHECK(batch.message_key("post", 1) == "post t01000 1440 3 0-2 1");
  CHECK(batch.text() == "t01000 deadline 3 partitions 0-2 proof");
}

TEST_CASE("deadline: partitions in one message, by the limits of the network", "[deadline]") {
  CHECK(most_partitions(2) == 3);
  CHECK(most_partitions(2349) == 3);
  CHECK(most_partitions(12'000) == 2);
  CHECK(most_partitions(30'000) == 1);
}
