// What the operator sees, held against what lotus-miner printed: same words, columns, gaps.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "chain/cli/doctor.h"
#include "chain/cli/layout.h"
#include "chain/cli/sealing.h"
#include "chain/cli/status.h"
#include "chain/cli/stuck.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/chain/story.h"

using namespace sealyard;

namespace {

/// The lines lotus-miner printed, without the command line and the exit code around them.
std::vector<std::string> recorded(const std::string& name) {
  std::ifstream file(std::string(SEALYARD_VECTORS) + "/lotus-cli/" + name + ".txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  REQUIRE(lines.size() >= 2);
  return {lines.begin() + 1, lines.end() - 1};
}

std::vector<std::string> lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> all;
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

pledge::Sector sealed() {
  Story story;
  story.to_pc2();
  story.run("pc2", 13,
            {{"comm_d", "fc7e928296e516faade986b28f92d44a4f24b935485223376a799027bc18f833"},
             {"comm_r", to_hex(Node{{2}})}});
  return story.sector;
}

}  // namespace

TEST_CASE("layout: durations as Go prints them", "[cli]") {
  CHECK(cli::duration_text(34'900) == "34.9s");
  CHECK(cli::duration_text(63'270) == "1m3.2s");
  CHECK(cli::duration_text(5'100) == "5.1s");
  CHECK(cli::duration_text(133'000) == "2m13s");
  CHECK(cli::duration_text(7'200'000) == "2h0m0s");
  CHECK(cli::duration_text(300) == "300ms");
  CHECK(cli::duration_text(0) == "0s");
}

TEST_CASE("layout: sizes with four digits", "[cli]") {
  CHECK(cli::size_text(0) == "0 B");
  CHECK(cli::size_text(2048) == "2 KiB");
  CHECK(cli::size_text(1'303'522'574) == "1.214 GiB");
  CHECK(cli::size_text(25'275'846'820) == "23.54 GiB");
}

TEST_CASE("sectors list: the recorded columns", "[cli]") {
  // Rows 3 to 6 of the recording: sectors of a running pipeline, not on chain, without deals.
  const auto wanted = recorded("sectors-list-while-committing");
  Story story;
  story.to_pc2();
  auto sector = story.sector;
  const auto shown = lines(cli::list_text({sector}, {}));
  REQUIRE(shown.size() == 2);
  const auto words = [](const std::string& line) {
    std::istringstream stream(line);
    return std::vector<std::string>(std::istream_iterator<std::string>(stream), {});
  };
  CHECK(words(shown[0]) == words(wanted[0]));
  CHECK(shown[0] == "ID  State       OnChain  Active  Expiration  Deals  ");
  CHECK(shown[1] == "7   PreCommit2  NO       NO      n/a         CC     ");
  CHECK(words(wanted[4]) == std::vector<std::string>{"3", "Committing", "NO", "NO", "n/a", "CC"});
}

TEST_CASE("sectors list: --fast, --events, --seal-time, errors", "[cli]") {
  auto sector = sealed();
  CHECK(lines(cli::list_text({sector}, {.fast = true}))[0] ==
        "ID  State      OnChain  Active  Deals  ");
  const auto all = lines(cli::list_text({sector}, {.events = true, .seal_time = true}));
  CHECK(all[0] == "ID  State      OnChain  Active  Expiration  SealTime  Events  Deals  ");
  CHECK(all[1] == "7   WaitChain  NO       NO      n/a         13s       14      CC     ");
  sector.failure = pledge::Failure{"io", "pc2: exit 74 on n1", "again", {}, 5};
  CHECK(lines(cli::list_text({sector}, {}))[2] == "  Error: pc2: exit 74 on n1");
  sector.pieces = {{"a", {}}, {"b", {}}};
  CHECK_THAT(cli::list_text({sector}, {}), Catch::Matchers::Contains("DDO:2  \n"));
}

TEST_CASE("sectors list --stuck: longer in a state than it takes", "[cli]") {
  constexpr std::int64_t kHour = 3'600'000;
  Story story;
  story.to_pc2();
  auto running = story.sector;  // in PreCommit2
  REQUIRE(running.state == pledge::State::pre_commit2);
  settings::Settings settings;
  settings.miner = running.id.miner;
  pledge::Sectors all{{running.id, running}};
  const auto found = [&](std::int64_t after_ms, const cli::StuckOptions& options = {}) {
    return cli::stuck(all, settings, options, running.state_ms + after_ms);
  };
  CHECK(found(600'000).empty());  // no PC2 is done: ten minutes
  REQUIRE(found(601'000).size() == 1);
  CHECK(found(601'000)[0].for_s == 601);
  CHECK(found(601'000, {602, ""}).empty());
  CHECK(found(10'000, {9, ""}).size() == 1);
  CHECK(found(kHour, {{}, "pc1"}).empty());
  CHECK(found(kHour, {{}, "pc2"}).size() == 1);

  // What others took: three times the median.
  std::uint64_t number = 100;
  for (const double seconds : {400.0, 300.0, 9000.0}) {
    auto done = running;
    done.id.number = ++number;
    done.state = pledge::State::proving;
    done.runs.push_back({"pc2", 1, 1, 0, "n1", 0, 0, 0, seconds, "done"});
    all[done.id] = done;
  }
  CHECK(found(1'200'000).empty());
  CHECK(found(1'201'000).size() == 1);
  CHECK(found(1'201'000)[0].limit_s == 1200);

  // A message may wait for its batch; a held sector is told with its reason.
  auto waiting = running;
  waiting.id.number = 50;
  waiting.state = pledge::State::pre_committing;
  waiting.state_ms = running.state_ms;
  all[waiting.id] = waiting;
  CHECK(found(25 * kHour).size() == 1);
  CHECK(found(27 * kHour).size() == 2);
  all[running.id].failure = pledge::Failure{"io", "pc2: exit 70 on n1", "hold", {}, 0};
  CHECK_THAT(cli::stuck_text(found(kHour)), Catch::Matchers::Contains("pc2: exit 70 on n1"));
  CHECK(cli::stuck_json(found(kHour))[0]["Why"] == "pc2: exit 70 on n1");
  settings.miner += 1;
  CHECK(found(kHour).empty());
}

TEST_CASE("sectors status: the recorded lines, then ours", "[cli]") {
  const auto wanted = recorded("sectors-status-2");
  const auto shown = lines(cli::status_text(sealed()));
  REQUIRE(shown.size() > wanted.size());
  const auto label = [](const std::string& line) {  // "Status:\t\t": the key and its gap
    return line.substr(0, line.find_last_of('\t') == std::string::npos
                              ? line.size()
                              : line.find_last_of('\t') + 1);
  };
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(label(shown[i]) == label(wanted[i]));
  CHECK(shown[1] == "Status:\t\tWaitChain");
  CHECK(shown[2] == wanted[2]);  // CommD of a 2 KiB sector of zeros
  CHECK_THAT(shown[3], Catch::Matchers::StartsWith("CIDcommR:\tbagboea4b5abc"));
  CHECK_THAT(cli::status_text(sealed()), Catch::Matchers::Contains("waits for a chain"));
  CHECK_THAT(cli::status_text(sealed()), Catch::Matchers::Contains("pc1        12   0        n1"));
}

TEST_CASE("sectors status --log: lotus' names where it has them", "[cli]") {
  Story story;
  story.to_pc1();
  const auto shown = lines(cli::log_text(story.events));
  CHECK(shown[0] == "--------");
  CHECK(shown[1] == "Event Log:");
  CHECK(shown[2] ==
        "0.\t2023-11-14 22:13:21 +0000 UTC:\t[event;sealing.SectorStartCC]\t"
        R"({"User":{"proof_type":"StackedDrg2KiBV1_1"}})");
  CHECK_THAT(shown[3], Catch::Matchers::Contains("[event;sealyard.intent]"));
  CHECK_THAT(shown[6], Catch::Matchers::Contains("[event;sealing.SectorPacked]"));
  CHECK_THAT(shown[7], Catch::Matchers::Contains("[event;sealing.SectorTicket]"));
}

TEST_CASE("sealing jobs: the recorded columns", "[cli]") {
  CHECK(cli::jobs_text({}, "c", "", false) == "ID  Sector  Worker  Hostname  Task  State  Time\n");
  const std::vector<cli::StageView> jobs{{4711, 5, "pc2", "vm", "running", 63'200},
                                         {4712, 3, "pc1", "", "queued(Resources)", 900}};
  const auto wanted = recorded("sealing-jobs-two-commits-waiting");
  const auto shown = lines(cli::jobs_text(jobs, "c", "", false));
  const auto id = cli::worker_id("c", "vm").substr(0, 8);
  CHECK(shown[1] == "4711  5       " + id + "  vm        PC2   running            1m3.2s");
  CHECK(shown[2] == "4712  3       -         -         PC1   queued(Resources)  900ms");
  const std::regex gaps(" +");
  CHECK(std::regex_replace(shown[0], gaps, " ") == std::regex_replace(wanted[0], gaps, " "));
  CHECK(lines(cli::jobs_text(jobs, "c", "pc2", false)).size() == 2);
  CHECK(lines(cli::jobs_text(jobs, "c", "VM", false)).size() == 2);
  CHECK(lines(cli::jobs_text(jobs, "c", "nowhere", false)).size() == 1);
}

TEST_CASE("sealing jobs: only jobs of this ledger that have not ended", "[cli]") {
  slurm::JobState job;
  job.raw_id = 9;
  job.name = "sl.tag.1000.7.pc1.1";
  job.state = slurm::State::running;
  job.nodes = {"n1"};
  job.start_time = 100;
  auto other = job, done = job, foreign = job;
  other.name = "sl.other.1000.7.pc1.1";
  done.state = slurm::State::completed;
  foreign.name = "bash";
  const auto views = cli::stage_views({other, done, job, foreign}, "tag", 160);
  REQUIRE(views.size() == 1);
  CHECK(views[0].job == 9);
  CHECK(views[0].elapsed_ms == 60'000);
}

TEST_CASE("sealing workers: the recorded layout", "[cli]") {
  const auto wanted = recorded("sealing-workers-two-commits-waiting");
  slurm::Host host;
  host.name = "vm";
  host.state = slurm::HostState::allocated;
  host.cpus = host.cpus_used = 2;
  host.memory_bytes = 25'275'846'820;
  host.memory_used_bytes = 1'190'779'617;
  const std::vector<cli::StageView> jobs{{1, 5, "pc2", "vm", "running", 0},
                                         {2, 3, "pc2", "vm", "running", 0},
                                         {3, 4, "pc1", "vm", "prepared", 0}};
  const auto shown = lines(cli::workers_text({host}, jobs, "c", {}));
  REQUIRE(shown.size() == wanted.size());
  CHECK(shown[0] == "Worker " + cli::worker_id("c", "vm") + ", host vm");
  CHECK(shown[0].size() == wanted[0].size());
  CHECK(shown[1] == std::regex_replace(wanted[1], std::regex("C2"), "PC2"));
  for (std::size_t i = 2; i < wanted.size(); ++i) CHECK(shown[i] == wanted[i]);
}

TEST_CASE("sealing workers: hosts that take no jobs, GPUs, Processing", "[cli]") {
  slurm::Host host;
  host.name = "n1";
  host.state = slurm::HostState::idle;
  host.cpus = 4;
  host.memory_bytes = 1 << 30;
  host.gres = {{"gpu:a100", 2}, {"pc1slot", 3}};
  host.gres_used = {{"gpu:a100", 1}};
  host.active_features = {"grp_east", "nvme"};
  auto gone = host;
  gone.name = "n2";
  gone.drain = true;
  gone.reason = "disk";
  CHECK(lines(cli::workers_text({host, gone}, {}, "c", {}))[0].find("host n1") !=
        std::string::npos);
  CHECK_THAT(cli::workers_text({host, gone}, {}, "c", {}), !Catch::Matchers::Contains("n2"));
  const auto all = cli::workers_text({host, gone}, {{1, 5, "pc2", "n1", "running", 0}}, "c",
                                     {.all = true, .grep = "", .colour = false});
  CHECK_THAT(all, Catch::Matchers::Contains("host n2 (disabled)"));
  CHECK_THAT(all, Catch::Matchers::Contains("50% 1.00/2 gpu(s) in use"));
  CHECK_THAT(all, Catch::Matchers::Contains("\tGPU: a100, used\n\tGPU: a100, not used\n"));
  CHECK_THAT(all, Catch::Matchers::Contains("NODE: idle, group east, Processing 1\n"));
  CHECK_THAT(all, Catch::Matchers::Contains("reason: disk"));
  cli::WorkerOptions options;
  options.blacklist = {"n0", "n1"};
  CHECK_THAT(all, !Catch::Matchers::Contains("blacklisted"));
  CHECK_THAT(cli::workers_text({host}, {}, "c", options),
             Catch::Matchers::Contains("host n1 (blacklisted)\n"));
  CHECK(cli::workers_json({host}, {}, "c", options)[0]["Blacklisted"] == true);
  CHECK(cli::workers_json({host}, {}, "c", {})[0]["Blacklisted"] == false);
  CHECK(cli::worker_id("c", "n1") == cli::worker_id("c", "n1"));
  CHECK(cli::worker_id("c", "n1") != cli::worker_id("c", "n2"));
}

namespace {

slurm::Settings good_slurm() {
  slurm::Settings s;
  s.conf_path = "/etc/slurm/slurm.conf";
  s.requeue_exit = {74, 75};
  s.requeue_exit_hold = {64, 69, 70, 78};
  s.preempt_type = "preempt/partition_prio";
  s.mpi_default = "pmix";
  s.gres_types = {"gpu", "pc1slot"};
  s.select_parameters = "CR_CORE_MEMORY";
  s.accounting = true;
  s.accounting_storage_type = "accounting_storage/slurmdbd";
  s.accounting_store_flags = "job_comment";
  s.proctrack_type = "proctrack/cgroup";
  s.task_plugin = "task/cgroup,task/affinity";
  s.min_job_age_s = 300;
  s.cred_expire_s = 15;
  s.all["KillOnBadExit"] = "1";
  s.all["EnforcePartLimits"] = "ALL";
  return s;
}

std::vector<slurm::SlurmPartition> good_partitions() {
  slurm::SlurmPartition pc1, pc2;
  pc1.name = "pc1";
  pc1.priority_tier = 200;
  pc1.is_default = true;
  pc2.name = "pc2";
  pc2.priority_tier = 300;
  return {pc1, pc2};
}

std::vector<slurm::Host> good_hosts() {
  slurm::Host host;
  host.name = "n1";
  host.state = slurm::HostState::idle;
  host.features = {"grp_east"};
  host.gres = {{"pc1slot", 2}};
  return {host};
}

settings::Settings site() {
  settings::Settings s;
  s.home = "/home/x/.sealyard";
  s.stages["pc1"].slurm_partition = "pc1";
  s.stages["pc1"].gres = "pc1slot:1";
  s.stages["pc2"].slurm_partition = "pc2";
  return s;
}

std::string changes(const slurm::Settings& slurm, const std::vector<slurm::SlurmPartition>& parts,
                    const std::vector<slurm::Host>& hosts, const settings::Settings& settings) {
  std::string out;
  for (const auto& one : cli::examine_cluster(slurm, parts, hosts, settings))
    if (one.kind != cli::Finding::Kind::ok) out += cli::text(one) + "\n";
  return out;
}

}  // namespace

TEST_CASE("doctor: nothing to say about a good cluster", "[cli][doctor]") {
  CHECK(changes(good_slurm(), good_partitions(), good_hosts(), site()).empty());
}

TEST_CASE("doctor: each defect has its line and its remedy", "[cli][doctor]") {
  auto slurm = good_slurm();
  auto partitions = good_partitions();
  auto hosts = good_hosts();
  auto settings = site();
  std::string wanted;
  SECTION("exit codes not requeued") {
    slurm.requeue_exit = {75};
    wanted = "CHANGE  RequeueExit: 75; write RequeueExit=74,75 in /etc/slurm/slurm.conf";
  }
  SECTION("exit codes not held") {
    slurm.requeue_exit_hold = {};
    wanted = "ADVICE  RequeueExitHold: none; write RequeueExitHold=64,69,70,78";
  }
  SECTION("an exit code the daemon repairs is held") {
    slurm.requeue_exit_hold.push_back(65);
    wanted = "CHANGE  exit code 65";
  }
  SECTION("jobs are forgotten too soon") {
    slurm.accounting = false;
    slurm.min_job_age_s = 5;
    wanted = "CHANGE  MinJobAge: 5 s; write MinJobAge=300";
  }
  SECTION("memory is not counted") {
    slurm.select_parameters = "CR_CORE";
    wanted = "CHANGE  SelectTypeParameters: CR_CORE";
  }
  SECTION("memory is not enforced") {
    slurm.task_plugin = "task/none";
    wanted = "ADVICE  memory enforced: TaskPlugin=task/none";
  }
  SECTION("requeue delay") {
    slurm.cred_expire_s = 120;
    wanted = "ADVICE  AuthInfo cred_expire: 120 s";
  }
  SECTION("a stage's partition is missing") {
    partitions.pop_back();
    wanted = "CHANGE  Slurm partition of pc2: pc2, which does not exist";
  }
  SECTION("tiers the wrong way round") {
    partitions[1].priority_tier = 100;
    wanted = "ADVICE  pc2 starts before waiting pc1: same tier";
  }
  SECTION("GRES unknown") {
    slurm.gres_types = {"gpu"};
    wanted = "CHANGE  GRES pc1slot of pc1: unknown to the cluster";
  }
  SECTION("GRES too few") {
    settings.stages["pc1"].gres = "pc1slot:3";
    wanted = "CHANGE  GRES pc1slot of pc1: at most 2 on a host, 3 wanted";
  }
  SECTION("preemption kills") {
    partitions[0].preempt_mode = "CANCEL";
    wanted = "CHANGE  PreemptMode of pc1: CANCEL";
  }
  SECTION("no MPI") {
    slurm.mpi_default = "none";
    wanted = "ADVICE  MpiDefault: none; write MpiDefault=pmix";
  }
  SECTION("jobs that can never run are queued") {
    slurm.all["EnforcePartLimits"] = "NO";
    wanted = "ADVICE  EnforcePartLimits: NO; write EnforcePartLimits=ALL";
  }
  SECTION("no PMIx plugin") {
    slurm.all["PluginDir"] = "/nonexistent:" SEALYARD_VECTORS;
    wanted = "ADVICE  PMIx plugin: none on this host in /nonexistent";
  }
  SECTION("the default group has no host") {
    settings.default_group = "west";
    wanted = "CHANGE  default_group: west";
  }
  SECTION("no host takes jobs") {
    hosts[0].drain = true;
    wanted = "CHANGE  hosts: 0 of 1 take jobs";
  }
  CHECK_THAT(changes(slurm, partitions, hosts, settings), Catch::Matchers::Contains(wanted));
}

TEST_CASE("cli: a sector on chain shows its messages, epochs and fees", "[cli]") {
  Story story;
  story.to_pc2();
  story.run("pc2", 13, {{"comm_r", std::string(64, '1')}});
  const std::string cid = "bafy2bzaceaxm23epjsmh75yvzcecsrbavlmkcxnva66bkdebdcnyw3bjrc74u";
  const nlohmann::json sent{{"what", "precommit"}, {"key", "k"},     {"cid", cid}, {"epoch", 1234},
                            {"fee", "1500000000"}, {"exit_code", 0}, {"count", 2}};
  story.add("queued", nlohmann::json::object());
  CHECK_THAT(cli::status_text(story.sector),
             Catch::Matchers::Contains("WaitsFor:\tthe chain: a place in a pre-commit message"));
  story.add("note", {{"text", "funds: t3x has 0 FIL"}});
  CHECK_THAT(cli::status_text(story.sector), Catch::Matchers::Contains("WaitsFor:\tfunds: t3x"));
  story.add("wished", {{"what", "precommit"}, {"key", "k"}, {"count", 2}, {"item", {}}});
  CHECK_THAT(cli::status_text(story.sector), Catch::Matchers::Contains("Precommit:\t<nil>"));
  story.add("precommitted", {{"epoch", 1234}, {"deposit", "1"}, {"message", sent}});
  CHECK(story.sector.state == pledge::State::wait_seed);
  const auto text = cli::status_text(story.sector);
  CHECK_THAT(text, Catch::Matchers::Contains("Precommit:\t" + cid));
  CHECK_THAT(text, Catch::Matchers::Contains("\nMessages\n"));
  CHECK_THAT(text, Catch::Matchers::Contains("0.0000000015 FIL"));
  const auto json = cli::to_json(story.sector);
  CHECK(json["PreCommitEpoch"] == 1234);
  CHECK(json["Messages"][0]["cid"] == cid);
  CHECK(json["Messages"][0]["sectors"] == 2);
}

TEST_CASE("cli: every word has its help", "[cli]") {
  std::set<std::vector<std::string>> all{{}};
  for (const auto& command : cli::all_commands())
    for (std::size_t n = 1; n <= command.words.size(); ++n)
      all.insert({command.words.begin(), command.words.begin() + static_cast<std::ptrdiff_t>(n)});
  for (const auto& words : all) {
    std::vector<const char*> argv{"sealyard"};
    for (const auto& word : words) argv.push_back(word.c_str());
    argv.push_back("--help");
    CAPTURE(words);
    CHECK(cli::run(static_cast<int>(argv.size()), argv.data()) == 0);
  }
}
