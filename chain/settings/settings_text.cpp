#include <fmt/format.h>

#include <string>

#include "chain/settings/settings.h"

namespace sealyard::settings {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string stage_lines(const Stage& stage) {
  std::string out;
  const auto line = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) out += fmt::format("{} = {}\n", key, quoted(value));
  };
  const auto number = [&](std::string_view key, std::uint64_t value) {
    if (value) out += fmt::format("{} = {}\n", key, value);
  };
  line("partition", stage.slurm_partition);
  line("account", stage.account);
  line("qos", stage.qos);
  line("gres", stage.gres);
  line("constraint", stage.constraint);
  line("backend", stage.backend);
  number("cores", stage.cores);
  number("memory_bytes", stage.memory_bytes);
  number("time_s", stage.time_s);
  return out;
}

std::string chain_lines(const Chain& c) {
  std::string out =
      "\n[chain]                    # sectors go on: pre-commit, seed, prove-commit\n";
  const auto line = [&](std::string_view key, const auto& value, std::string_view why) {
    out += fmt::format("{:26} # {}\n", fmt::format("{} = {}", key, value), why);
  };
  line("endpoints", quoted(c.endpoints), "TOKEN:ADDRESS,...; empty = FULLNODE_API_INFO");
  line("wallet", quoted(c.wallet.string()), "folder of keys; empty = wallet");
  line("precommit_from", quoted(c.precommit_from), "empty = the worker");
  line("commit_from", quoted(c.commit_from), "empty = the worker");
  line("confidence", c.confidence, "epochs until a message counts");
  line("seed_confidence", c.seed_confidence, "epochs until a seed counts");
  line("finality", c.finality, "epochs until nothing is looked up again");
  line("allow_unknown_network", c.allow_unknown_network, "versions newer than this program");
  line("precommit_fee", quoted(c.precommit_fee), "at most, of each sector");
  line("commit_fee", quoted(c.commit_fee), "at most, of each sector");
  line("base_fee_ceiling", quoted(c.base_fee_ceiling), "attoFIL; messages wait above it");
  line("precommit_batch", c.precommit_batch, "sectors in one message");
  line("commit_batch", c.commit_batch, "sectors in one message");
  line("precommit_wait_s", c.precommit_wait_s, "until a batch goes without being full");
  line("commit_wait_s", c.commit_wait_s, "until a batch goes without being full");
  line("precommit_slack", c.precommit_slack, "epochs before the last possible one");
  line("commit_slack", c.commit_slack, "epochs before the last possible one");
  line("commits_an_epoch", c.commits_an_epoch, "messages");
  line("sector_lifetime", c.sector_lifetime, "epochs");
  line("replace_after", c.replace_after, "epochs until a pending message is outbid");
  line("finalize_early", c.finalize_early, "into long-term storage before the prove-commit");
  line("collateral_from_miner", c.collateral_from_miner, "deposits from the miner's balance first");
  line("window_post", c.window_post, "proves every deadline; false: another program does");
  line("declare_faults", c.declare_faults, "sectors found broken before the cutoff");
  line("recover_faults", c.recover_faults, "faulty sectors found whole again");
  line("post_from", quoted(c.post_from), "proofs and declarations; empty = the worker");
  line("post_fee", quoted(c.post_fee), "at most, of one such message");
  line("post_margin", c.post_margin, "epochs before a deadline closes: alert when later");
  line("post_partitions", c.post_partitions, "of a deadline in one proof and message, 1 to 3");
  line("post_batches", quoted(c.post_batches),
       "which of a deadline's batches are proven here, \"0,2\"; empty = all");
  line("post_reserve", c.post_reserve,
       "epochs ahead that Slurm keeps cores for deadlines, by an operator's right; 0 = none");
  line("winning_post", c.winning_post, "makes blocks; one program of a miner at most may do it");
  line("winning_run", quoted(c.winning_run),
       "words before seal-winning-post; empty = on this host");
  line("winning_step", c.winning_step, "as a step of a job kept for it: [stage.winning_post]");
  return out;
}

std::string auto_lines(const Auto& a) {
  std::string out = "\n[auto]                     # automatic pledging; live: `sealyard env set`\n";
  for (const auto& key : live_keys())
    out += fmt::format("{:26} # {}\n", fmt::format("{} = {}", key.name.substr(5), key.value(a)),
                       key.why);
  return out;
}

std::string alert_lines(const Alerts& a) {
  const Alerts none;
  if (a.command == none.command && a.webhook == none.webhook && a.dingtalk == none.dingtalk &&
      a.dingtalk_secret == none.dingtalk_secret && a.repeat_s == none.repeat_s)
    return {};
  return fmt::format(
      "\n[alerts]\ncommand = {}\nwebhook = {}\ndingtalk = {}\ndingtalk_secret = {}\n"
      "repeat_s = {}\n",
      quoted(a.command), quoted(a.webhook), quoted(a.dingtalk), quoted(a.dingtalk_secret),
      a.repeat_s);
}

}  // namespace

std::span<const LiveKey> live_keys() {
  static const LiveKey keys[] = {
      {"auto.pledge", "autoGarbage", false, "pledges empty sectors by itself",
       [](const Auto& a) { return fmt::format("{}", a.pledge); }},
      {"auto.delay", "", false, "s from one pledge to the next check, and 0 to 120 more",
       [](const Auto& a) { return fmt::format("{}", a.delay); }},
      {"auto.worker_disk_scale", "", false, "a node whose sealing disk is as full gets none",
       [](const Auto& a) { return fmt::format("{}", a.worker_disk_scale); }},
      {"auto.store_scale", "YC_STORE_SCALE", false, "none while the store is as full",
       [](const Auto& a) { return fmt::format("{}", a.store_scale); }},
      {"auto.blacklist", "", true, "nodes that get none, n[01-04],n7",
       [](const Auto& a) { return quoted(a.blacklist); }},
      {"auto.node", "", true, "the only node that gets any; empty = all",
       [](const Auto& a) { return quoted(a.node); }},
      {"auto.max_pc1", "FORCE_BUILDER_P1_WORKERS", false,
       "sectors in AddPiece or PC1 on a node; 0 = what fits",
       [](const Auto& a) { return fmt::format("{}", a.max_pc1); }},
      {"auto.pc2_backlog", "", false, "none for a node with as many waiting for PC2",
       [](const Auto& a) { return fmt::format("{}", a.pc2_backlog); }},
      {"auto.max_sector", "", false, "last number to be pledged; 0 = no limit",
       [](const Auto& a) { return fmt::format("{}", a.max_sector); }},
      {"auto.start_limit", "", false, "s until Slurm would start the first stage, at most",
       [](const Auto& a) { return fmt::format("{}", a.start_limit); }},
      {"auto.worker_balance", "", true, "each sender has it for each node of PC1; empty = any",
       [](const Auto& a) { return quoted(a.worker_balance); }},
  };
  return keys;
}

std::string text(const Settings& s) {
  std::string out = fmt::format(
      R"(# Settings of sealyard. Read when a program starts; relative paths are relative to this folder.

[miner]
id = "f0{}"
proof_type = {}            # a registered proof, by name or number
network = {}               # mainnet, calibrationnet: official parameters only; development: any
first_sector = {}          # numbers below are never given out
max_sealing_sectors = {}   # a pledge beyond it is refused; 0 = no limit

[storage]                  # the same paths on every node
root = {}                  # sectors while they are sealed
store = {}                 # finished sectors
templates = {}             # true: a job makes what CC sectors of a size share, once, 3 x the size

[programs]
path = {}                  # folder of the seal-* programs on the nodes

[slurm]                    # for every stage; [stage.add_piece], .pc1, .pc2, .c1, .c2, .finalize: what differs
conf = {}                  # slurm.conf; empty = SLURM_CONF, else Slurm's default
cluster_tag = {}           # part of every job name; empty = the id of the ledger
default_group = {}         # pledges without a group run on nodes with the feature grp_<group>
)",
      s.miner, quoted(s.proof_type), quoted(s.network), s.first_sector, s.max_sealing_sectors,
      quoted(s.storage_root.string()), quoted(s.store_root.string()), s.templates,
      quoted(s.programs.string()), quoted(s.slurm_conf), quoted(s.cluster_tag),
      quoted(s.default_group));
  out += stage_lines(s.all_stages);
  out +=
      "# keys: partition, account, qos, gres, constraint, backend (of the nodes), cores, "
      "memory_bytes,\n# time_s\n";
  for (const auto& [name, stage] : s.stages)
    out += fmt::format("\n[stage.{}]\n{}", name, stage_lines(stage));
  out += fmt::format(
      R"(
[retry]
attempts = {}              # runs of one stage that end badly before an operator must look
reseals = {}               # times a sector is sealed again from PC1
requeues = {}              # times Slurm may requeue one job before it is held
wait_s = {}                # doubles with every failure
longest_wait_s = {}

[daemon]
poll_s = {}
comment_s = {}             # least time between two progress comments of one job
log_level = {}

[report]                   # prices for `sealyard report cost`
core_hour = {}             # of one core for one hour
gpu_hour = {}
gib_hour = {}              # of one GiB of memory for one hour
currency = {}
)",
      s.retry.attempts, s.retry.reseals, s.retry.requeues, s.retry.wait_s, s.retry.longest_wait_s,
      s.poll_s, s.comment_s, quoted(s.log_level), s.report.core_hour, s.report.gpu_hour,
      s.report.gib_hour, quoted(s.report.currency));
  out += auto_lines(s.automatic);
  out += alert_lines(s.alerts);
  if (s.chain.on) out += chain_lines(s.chain);
  if (!s.environment.empty()) out += "\n[environment]            # given to every job\n";
  for (const auto& [key, value] : s.environment)
    out += fmt::format("{} = {}\n", quoted(key), quoted(value));
  return out;
}

}  // namespace sealyard::settings
