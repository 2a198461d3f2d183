// What a site decides once: config.toml in the home folder, read when a program starts. What it may
// change while the daemon runs, the keys of [auto], lies beside it in live.toml, which wins.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sealyard::settings {

/// How one stage is asked for. Empty text means: leave it to Slurm's own default.
struct Stage {
  std::string slurm_partition = {};
  std::string account = {};
  std::string qos = {};
  std::string gres = {};        ///< added to what the stage itself needs: "pc1slot:1"
  std::string constraint = {};  ///< node features, besides the group's
  std::string backend = {};     ///< of the nodes, for the model: "sha-ni"; empty = portable
  std::uint64_t cores = 0;      ///< 0 = the stage's own model
  std::uint64_t memory_bytes = 0;
  std::uint64_t time_s = 0;
};

/// When a stage that failed is run again. Waits double from `wait_s` up to `longest_wait_s`.
struct Retry {
  unsigned attempts = 5;      ///< runs of one stage that end badly, before an operator must look
  unsigned reseals = 3;       ///< times a sector is sealed again from PC1
  unsigned requeues = 50;     ///< times Slurm may requeue one job before it is held
  std::uint64_t wait_s = 60;  ///< lotus waits a constant minute (MinRetryTime)
  std::uint64_t longest_wait_s = 3600;
};

/// The chain that sectors go to. Amounts as people write them: "0.02 FIL".
struct Chain {
  bool on = false;  ///< there is a [chain] in the file; without, sectors wait after PC2
  /// As FULLNODE_API_INFO, which holds where this is empty; a secret where there are tokens in it.
  std::string endpoints;
  /// Folder of keys (chain/wallet/store.h); empty: HOME/wallet. The node signs for keys not in it.
  std::filesystem::path wallet;
  std::string precommit_from, commit_from;  ///< senders; empty: the miner's worker
  std::uint64_t confidence = 5;             ///< epochs until a message counts
  std::uint64_t seed_confidence = 6;        ///< epochs until a seed counts
  std::uint64_t finality = 900;
  bool allow_unknown_network = false;  ///< of a version newer than all that are known here
  std::string precommit_fee = "0.02 FIL", commit_fee = "0.03 FIL";  ///< at most, of each sector
  std::string base_fee_ceiling;  ///< attoFIL a gas: messages wait above it; empty: none
  std::uint64_t precommit_batch = 256, commit_batch = 256;  ///< sectors in one message
  std::uint64_t precommit_wait_s = 86'400, commit_wait_s = 86'400;
  std::uint64_t precommit_slack = 360, commit_slack = 120;  ///< epochs before the last one possible
  std::uint64_t commits_an_epoch = 20;                      ///< prove-commit messages
  std::uint64_t sector_lifetime = 3'680'640;                ///< epochs
  std::uint64_t replace_after = 10;    ///< epochs until a pending message is outbid
  bool finalize_early = false;         ///< into long-term storage before the prove-commit
  bool collateral_from_miner = false;  ///< deposits from the miner actor's balance first
  bool window_post = true;             ///< proves every deadline; false: another program does
  bool declare_faults = true;          ///< of sectors that a check before the cutoff finds broken
  bool recover_faults = true;          ///< of faulty sectors that a check finds whole again
  std::string post_from;               ///< sender of proofs and declarations; empty: the worker
  std::string post_fee = "5 FIL";      ///< at most, of one such message
  std::uint64_t post_margin = 10;      ///< epochs before a deadline closes: alert when later
  std::uint64_t post_partitions = 1;   ///< of a deadline in one proof and message, 1 to 3
  /// Which batches of that many partitions this daemon proves, "0,2"; empty: all.
  std::string post_batches;
  std::uint64_t post_reserve = 0;  ///< epochs ahead that Slurm keeps cores for deadlines; 0: none
  bool winning_post = false;       ///< makes blocks; at most one program of a miner may do it
  /// Words before seal-winning-post, read by /bin/sh: a step of a standing allocation. Empty: here.
  std::string winning_run;
  bool winning_step = false;  ///< as a step of a job that the daemon keeps: [stage.winning_post]
};

/// Where an alert goes, besides the log. Empty: nowhere.
struct Alerts {
  std::string command;  ///< run by /bin/sh with SEALYARD_ALERT_KIND, _SUBJECT, _TEXT, _STATE
  std::string webhook;  ///< URL that gets JSON
  std::string dingtalk, dingtalk_secret;  ///< URL of a robot, and what it signs with
  std::uint64_t repeat_s = 3600;          ///< while it lasts
};

/// Automatic pledging (chain/autotask): live, whether they stand in config.toml or in live.toml.
struct Auto {
  bool pledge = false;
  std::uint64_t delay = 360;        ///< s from one pledge to the next check, besides 0 to 120
  double worker_disk_scale = 0.90;  ///< of a node's sealing disk; as full, it gets no sector
  double store_scale = 0.95;        ///< of long-term storage; as full, nobody does
  std::string blacklist = {};       ///< hostlist: "n[01-04],n7"
  std::string node = {};            ///< only this one; empty: all
  std::uint64_t max_pc1 = 0;        ///< sectors in AddPiece or PC1 on a node; 0: by its resources
  std::uint64_t pc2_backlog = 2;    ///< so many of a node's sectors waiting for PC2 are too many
  std::uint64_t max_sector = 0;     ///< last number to be pledged; 0: no limit
  std::uint64_t start_limit = 600;  ///< s until Slurm would start the first stage, at most
  std::string worker_balance = "5 FIL";  ///< of each sender, for each online node of PC1
};

/// What an hour costs, for `sealyard report cost`.
struct Prices {
  double core_hour = 0, gpu_hour = 0, gib_hour = 0;
  std::string currency = "USD";

  bool any() const { return core_hour > 0 || gpu_hour > 0 || gib_hour > 0; }
};

struct Settings {
  std::filesystem::path home;
  std::filesystem::path file;  ///< the config.toml these came from; empty = defaults only

  std::uint64_t miner = 1000;
  std::string proof_type = "StackedDrg32GiBV1_1";
  /// Whose chain the sectors are for. On any but "development" a proof counts only when it was made
  /// with official parameters.
  std::string network = "mainnet";
  std::uint64_t first_sector = 0;
  std::uint64_t max_sealing_sectors = 0;  ///< 0 = no limit; lotus: MaxSealingSectors

  std::filesystem::path storage_root;  ///< where sectors are sealed; the same path on every node
  std::filesystem::path store_root;    ///< where finished sectors go
  /// A job makes the zero file and tree_d of CC sectors once for each size under storage_root; the
  /// sectors take them from there. Three times the sector size on disk.
  bool templates = false;
  std::filesystem::path programs;                  ///< folder of the seal-* programs on the nodes
  std::map<std::string, std::string> environment;  ///< given to every job, besides what we set

  std::string slurm_conf;               ///< empty = SLURM_CONF, else Slurm's compiled default
  std::string cluster_tag;              ///< part of every job name; empty = the ledger's own id
  std::string default_group;            ///< used by a pledge that names none; empty = any node
  Stage all_stages;                     ///< for what [stage.<name>] does not say
  std::map<std::string, Stage> stages;  ///< by name: add_piece, pc1, pc2, c1, c2, finalize
  Retry retry;
  Chain chain;
  Alerts alerts;
  Prices report;
  Auto automatic;
  bool development() const { return network == "development"; }

  std::uint64_t poll_s = 10;
  std::uint64_t comment_s = 60;  ///< least time between two progress comments of one job
  std::string log_level = "info";

  std::filesystem::path ledger_file() const { return home / "ledger.sqlite"; }
  std::filesystem::path live_file() const { return home / "live.toml"; }
  std::filesystem::path outbox_file() const { return home / "outbox.sqlite"; }
  std::filesystem::path log_folder() const { return home / "log"; }
  /// `stage`'s own values with the gaps filled from all_stages.
  Stage stage(const std::string& name) const;
};

/// The home folder: `option` if not empty, else $SEALYARD_HOME, else ~/.sealyard.
/// @throws Error{configuration} none of the three is there.
std::filesystem::path home(const std::string& option);

/// Reads home/config.toml and home/live.toml when they are there, else gives the defaults. Relative
/// paths in the file are relative to the home folder. `program_folder` is the default for
/// `programs`.
/// @throws Error{configuration} bad TOML, an unknown key, a value of the wrong type or range:
/// "config.toml:12: slurm.poll_s: ..."
Settings load(const std::filesystem::path& home, const std::filesystem::path& program_folder);

/// The text of a config.toml with these values and a line on each.
std::string text(const Settings& settings);

/// A setting that may change while the daemon runs.
struct LiveKey {
  std::string_view name;   ///< "auto.delay"
  std::string_view alias;  ///< what the lotus world calls it; may be empty
  bool quoted;             ///< text: in quotes in the file
  std::string_view why;
  std::string (*value)(const Auto&);  ///< as it stands in the file
};
std::span<const LiveKey> live_keys();
/// @throws Error{configuration} this is no live.toml: "live.toml:2: auto.delay: want ..."
void check_live(const std::string& text);

/// "t01000", "f01000", "01000" or "1000".  @throws Error{usage}
std::uint64_t parse_miner(std::string_view text);

/// The folder this program was started from, links resolved.
std::filesystem::path program_folder();

}  // namespace sealyard::settings
