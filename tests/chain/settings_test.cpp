#include "chain/settings/settings.h"

#include <fstream>

#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/chain/scratch.h"

using namespace sealyard;

namespace {

settings::Settings load(const std::filesystem::path& home, const std::string& text) {
  std::ofstream(home / "config.toml") << text;
  return settings::load(home, "/opt/sealyard/bin");
}

}  // namespace

TEST_CASE("settings: a home without a file gives the defaults", "[settings]") {
  const Scratch scratch;
  const auto s = settings::load(scratch.path(), "/opt/sealyard/bin");
  CHECK(s.file.empty());
  CHECK(s.miner == 1000);
  CHECK(s.storage_root == scratch.path() / "storage");
  CHECK(s.programs == "/opt/sealyard/bin");
}

TEST_CASE("settings: batches of a deadline are a list of numbers", "[settings]") {
  const Scratch scratch;
  const auto s = load(scratch.path(), "[chain]\npost_partitions = 3\npost_batches = \"0,2\"\n");
  CHECK(s.chain.post_partitions == 3);
  CHECK(s.chain.post_batches == "0,2");
  CHECK(load(scratch.path(), settings::text(s)).chain.post_batches == "0,2");
  for (const std::string bad : {"\"0,\"", "\",1\"", "\"a\"", "\"0 1\"", "3"})
    CHECK_THROWS_AS(load(scratch.path(), "[chain]\npost_batches = " + bad + "\n"), Error);
}

TEST_CASE("settings: what is written is what is read", "[settings]") {
  const Scratch scratch;
  settings::Settings s = settings::load(scratch.path(), "/opt/sealyard/bin");
  s.miner = 9007199254740993;
  s.proof_type = "StackedDrg2KiBV1_1";
  s.network = "development";
  s.cluster_tag = "north";
  s.all_stages.account = "f01000";
  s.stages["window_post"].qos = "proof";
  s.stages["pc1"] = {.slurm_partition = "pc1", .gres = "pc1slot:1", .cores = 4};
  s.environment["FIL_PROOFS_PARENT_CACHE"] = "/nvme/\"parents\"";
  s.retry.attempts = 7;
  s.report = {.core_hour = 0.0125, .gpu_hour = 3, .gib_hour = 1e-7, .currency = "EUR"};
  const auto back = load(scratch.path(), settings::text(s));
  CHECK(back.miner == s.miner);
  CHECK(back.proof_type == s.proof_type);
  CHECK(back.network == "development");
  CHECK(back.cluster_tag == "north");
  CHECK(back.stage("pc1").slurm_partition == "pc1");
  CHECK(back.stage("pc1").account == "f01000");
  CHECK(back.stage("window_post").qos == "proof");
  CHECK(back.stage("pc1").cores == 4);
  CHECK(back.stage("pc2").slurm_partition.empty());
  CHECK(back.environment == s.environment);
  CHECK(back.retry.attempts == 7);
  CHECK(back.report.core_hour == 0.0125);
  CHECK(back.report.gpu_hour == 3);
  CHECK(back.report.gib_hour == 1e-7);
  CHECK(back.report.currency == "EUR");
  CHECK(settings::text(back) == settings::text(s));
}

TEST_CASE("settings: the chain is off where the file has no [chain]", "[settings]") {
  const Scratch scratch;
  CHECK_FALSE(load(scratch.path(), "[miner]\nid = 1000\n").chain.on);
  CHECK(load(scratch.path(), "[chain]\n").chain.on);
}

TEST_CASE("settings: chain and alerts come back as they were written", "[settings]") {
  const Scratch scratch;
  auto s = load(scratch.path(), R"([chain]
endpoints = "token:/ip4/127.0.0.1/tcp/1234/http"
wallet = "keys"
commit_from = "t3abc"
confidence = 3
precommit_fee = "0.5 FIL"
finalize_early = true
window_post = false
post_from = "t3def"
post_margin = 20
winning_post = true
winning_run = "srun --overlap --jobid=7"
[alerts]
command = "logger \"$SEALYARD_ALERT_TEXT\""
webhook = "http://127.0.0.1:1/x"
)");
  CHECK(s.chain.wallet == scratch.path() / "keys");
  CHECK(s.chain.confidence == 3);
  CHECK(s.chain.finalize_early);
  CHECK(s.chain.commit_batch == 256);
  const auto back = load(scratch.path(), settings::text(s));
  CHECK(settings::text(back) == settings::text(s));
  CHECK(back.chain.precommit_fee == "0.5 FIL");
  CHECK_FALSE(back.chain.window_post);
  CHECK(back.chain.recover_faults);
  CHECK(back.chain.post_from == "t3def");
  CHECK(back.chain.post_margin == 20);
  CHECK(back.chain.winning_post);
  CHECK(back.chain.winning_run == "srun --overlap --jobid=7");
  CHECK(back.alerts.command == s.alerts.command);
}

TEST_CASE("settings: each mistake is named with its line", "[settings]") {
  const Scratch scratch;
  const auto [text, wanted] = GENERATE(table<std::string, std::string>({
      {"[daemon]\npoll_s = \"ten\"\n", "config.toml:2: daemon.poll_s: want a whole number"},
      {"[daemon]\npoll_s = 0\n", "config.toml:2: daemon.poll_s: want a whole number from 1"},
      {"[daemon]\n\npool_s = 4\n", "config.toml:3: daemon.pool_s: is no setting"},
      {"[stage.pc9]\npartition = \"x\"\n", "stage.pc9: is no setting"},
      {"[miner]\nnetwork = \"mainet\"\n", "config.toml:2: miner.network: want mainnet"},
      {"[slurm]\ncluster_tag = \"a.b\"\n", "config.toml:2: slurm.cluster_tag: want at most 32"},
      {"[miner\n", "config.toml:1: "},
      {"[environment]\nFULLNODE_API_INFO = \"x\"\n", "FULLNODE_API_INFO: is a secret"},
      {"[chain]\nconfidence = 901\nfinality = 20\n", "chain.confidence: want a whole number"},
      {"[chain]\nconfidence = 30\nfinality = 20\n", "chain.confidence: want at most finality"},
      {"[chain]\nfinalize_early = 1\n", "chain.finalize_early: want true or false"},
      {"[chain]\naggregate_commits = true\n", "SnarkPack aggregation is not supported"},
      {"[miner]\nid = \"x1\"\n", "miner 'x1' is no actor id"},
      {"[daemon]\nlog_level = \"loud\"\n", "log_level: want trace"},
      {"[report]\ncore_hour = -1\n", "config.toml:2: report.core_hour: want a number from 0"},
      {"[report]\ngpu_hour = \"3\"\n", "config.toml:2: report.gpu_hour: want a number from 0"},
  }));
  CAPTURE(text);
  CHECK_THROWS_WITH(load(scratch.path(), text), Catch::Matchers::Contains(wanted));
}

TEST_CASE("settings: actor ids", "[settings]") {
  CHECK(settings::parse_miner("f01000") == 1000);
  CHECK(settings::parse_miner("t01000") == 1000);
  CHECK(settings::parse_miner("1000") == 1000);
  CHECK_THROWS_AS(settings::parse_miner("f1abc"), Error);
  CHECK_THROWS_AS(settings::parse_miner("t0"), Error);
  CHECK_THROWS_AS(settings::parse_miner("99999999999999999999"), Error);
}
