#include "chain/settings/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <string_view>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "kernels/base/backend.h"
#include "kernels/base/error.h"

namespace sealyard::settings {
namespace {

constexpr std::string_view kStages[] = {"add_piece", "pc1",      "pc2",         "c1",
                                        "c2",        "finalize", "window_post", "winning_post"};
constexpr std::string_view kNetworks[] = {"mainnet", "calibrationnet", "development"};
constexpr std::string_view kLevels[] = {"trace", "debug", "info", "warn", "error"};

/// One table of the file: takes known keys out, then refuses what is left over.
class Table {
 public:
  Table(const toml::table& table, std::string prefix, std::filesystem::path file)
      : table_(table), prefix_(std::move(prefix)), file_(std::move(file)) {}

  void get(std::string_view key, std::string& value) {
    if (const auto* node = take(key)) {
      const auto found = node->value_exact<std::string>();
      if (!found) refuse(*node, key, "want text in quotes");
      value = *found;
    }
  }

  void get(std::string_view key, std::uint64_t& value, std::uint64_t least = 0,
           std::uint64_t most = INT64_MAX) {
    if (const auto* node = take(key)) {
      const auto found = node->value_exact<std::int64_t>();
      if (!found || *found < 0 || static_cast<std::uint64_t>(*found) < least ||
          static_cast<std::uint64_t>(*found) > most)
        refuse(*node, key, fmt::format("want a whole number from {} to {}", least, most));
      value = static_cast<std::uint64_t>(*found);
    }
  }

  /// 3 is as good as 3.0.
  void get(std::string_view key, double& value, double least, double most) {
    if (const auto* node = take(key)) {
      const auto found = node->is_number() ? node->value<double>() : std::nullopt;
      if (!found || !(*found >= least) || *found > most)
        refuse(*node, key, fmt::format("want a number from {:.10g} to {:.10g}", least, most));
      value = *found;
    }
  }

  void get(std::string_view key, bool& value) {
    if (const auto* node = take(key)) {
      const auto found = node->value_exact<bool>();
      if (!found) refuse(*node, key, "want true or false");
      value = *found;
    }
  }

  void get(std::string_view key, unsigned& value, unsigned least, unsigned most) {
    std::uint64_t wide = value;
    get(key, wide, least, most);
    value = static_cast<unsigned>(wide);
  }

  void get(std::string_view key, std::filesystem::path& value, const std::filesystem::path& base) {
    std::string text;
    get(key, text);
    if (!text.empty()) value = (base / text).lexically_normal();
  }

  /// Calls `read` with the table named `key`, if there is one.
  void table(std::string_view key, const std::function<void(Table&)>& read) {
    if (const auto* node = take(key)) {
      if (!node->is_table()) refuse(*node, key, "want a table");
      Table inner(*node->as_table(), prefix_ + std::string(key) + ".", file_);
      read(inner);
      inner.refuse_rest();
    }
  }

  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    for (const auto& [key, node] : table_) keys.emplace_back(key.str());
    return keys;
  }

  void refuse_rest() const {
    for (const auto& [key, node] : table_)
      if (!taken_.contains(std::string(key.str()))) refuse(node, key.str(), "is no setting");
  }

  [[noreturn]] void refuse(const toml::node& node, std::string_view key,
                           std::string_view why) const {
    throw Error(Fault::configuration, "{}:{}: {}{}: {}", file_.string(), node.source().begin.line,
                prefix_, key, why);
  }

  const toml::node* take(std::string_view key) {
    taken_.emplace(key);
    return table_.get(key);
  }

 private:
  const toml::table& table_;
  std::string prefix_;
  std::filesystem::path file_;
  std::set<std::string> taken_;
};

void read_stage(Table& table, Stage& stage) {
  table.get("partition", stage.slurm_partition);
  table.get("account", stage.account);
  table.get("qos", stage.qos);
  table.get("gres", stage.gres);
  table.get("constraint", stage.constraint);
  if (const auto* node = table.take("backend")) {
    stage.backend = node->value_exact<std::string>().value_or("?");
    if (std::none_of(kBackends.begin(), kBackends.end(),
                     [&](Backend backend) { return name(backend) == stage.backend; }))
      table.refuse(*node, "backend", "want portable, sha-ni, avx512 or cuda");
  }
  table.get("cores", stage.cores, 0, 4096);
  table.get("memory_bytes", stage.memory_bytes);
  table.get("time_s", stage.time_s);
}

void read_miner(Table& table, Settings& settings) {
  if (const auto* node = table.take("id")) {
    if (const auto number = node->value_exact<std::int64_t>(); number && *number >= 0)
      settings.miner = static_cast<std::uint64_t>(*number);
    else if (const auto text = node->value_exact<std::string>())
      settings.miner = parse_miner(*text);
    else
      table.refuse(*node, "id", "want a number or \"f01000\"");
  }
  table.get("proof_type", settings.proof_type);
  if (const auto* node = table.take("network")) {
    settings.network = node->value_exact<std::string>().value_or("");
    if (std::find(std::begin(kNetworks), std::end(kNetworks), settings.network) ==
        std::end(kNetworks))
      table.refuse(*node, "network", "want mainnet, calibrationnet or development");
  }
  table.get("first_sector", settings.first_sector);
  table.get("max_sealing_sectors", settings.max_sealing_sectors);
}

void read_slurm(Table& table, Settings& settings) {
  table.get("conf", settings.slurm_conf);
  if (const auto* node = table.take("cluster_tag")) {
    const auto tag = node->value_exact<std::string>().value_or("");
    if (!node->is_string() || tag.size() > 32 ||
        tag.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
            tag.npos)
      table.refuse(*node, "cluster_tag", "want at most 32 of A-Z a-z 0-9 _ -");
    settings.cluster_tag = tag;
  }
  table.get("default_group", settings.default_group);
  read_stage(table, settings.all_stages);
}

/// "0,2", or nothing.
bool is_number_list(std::string_view text) {
  bool digit = text.empty();
  for (const char c : text) {
    if (c == ',' ? !digit : c < '0' || c > '9') return false;
    digit = c != ',';
  }
  return digit;
}

void read_chain(Table& table, Settings& settings) {
  auto& chain = settings.chain;
  chain.on = true;
  table.get("endpoints", chain.endpoints);
  table.get("wallet", chain.wallet, settings.home);
  table.get("precommit_from", chain.precommit_from);
  table.get("commit_from", chain.commit_from);
  table.get("confidence", chain.confidence, 1, 900);
  table.get("seed_confidence", chain.seed_confidence, 0, 900);
  table.get("finality", chain.finality, 1, 100'000);
  table.get("allow_unknown_network", chain.allow_unknown_network);
  table.get("precommit_fee", chain.precommit_fee);
  table.get("commit_fee", chain.commit_fee);
  table.get("base_fee_ceiling", chain.base_fee_ceiling);
  table.get("precommit_batch", chain.precommit_batch, 1, 256);
  table.get("commit_batch", chain.commit_batch, 1, 256);
  table.get("precommit_wait_s", chain.precommit_wait_s, 0, 604'800);
  table.get("commit_wait_s", chain.commit_wait_s, 0, 604'800);
  table.get("precommit_slack", chain.precommit_slack, 0, 100'000);
  table.get("commit_slack", chain.commit_slack, 0, 100'000);
  table.get("commits_an_epoch", chain.commits_an_epoch, 1, 10'000);
  table.get("sector_lifetime", chain.sector_lifetime, 1, 5'259'485);
  table.get("replace_after", chain.replace_after, 1, 100'000);
  table.get("finalize_early", chain.finalize_early);
  table.get("collateral_from_miner", chain.collateral_from_miner);
  table.get("window_post", chain.window_post);
  table.get("declare_faults", chain.declare_faults);
  table.get("recover_faults", chain.recover_faults);
  table.get("post_from", chain.post_from);
  table.get("post_fee", chain.post_fee);
  table.get("post_margin", chain.post_margin, 0, 10'000);
  table.get("post_reserve", chain.post_reserve, 0, 2880);
  table.get("post_partitions", chain.post_partitions, 1, 3);
  if (const auto* node = table.take("post_batches")) {
    chain.post_batches = node->value_exact<std::string>().value_or("-");
    if (!is_number_list(chain.post_batches))
      table.refuse(*node, "post_batches", "want numbers from 0 on with commas between, in quotes");
  }
  table.get("winning_post", chain.winning_post);
  table.get("winning_run", chain.winning_run);
  table.get("winning_step", chain.winning_step);
  if (chain.winning_step && !chain.winning_run.empty())
    table.refuse(*table.take("winning_step"), "winning_step", "want it or winning_run, not both");
  if (const auto* node = table.take("aggregate_commits"); node && node->value_or(true))
    table.refuse(*node, "aggregate_commits",
                 "want false: SnarkPack aggregation is not supported, every sector's proof goes on "
                 "chain by itself");
  if (chain.confidence > chain.finality)
    if (const auto* node = table.take("confidence"))
      table.refuse(*node, "confidence", "want at most finality");
}

void read_auto(Table& table, Auto& automatic) {
  table.get("pledge", automatic.pledge);
  table.get("delay", automatic.delay, 0, 604'800);
  table.get("worker_disk_scale", automatic.worker_disk_scale, 0.5, 1);
  table.get("store_scale", automatic.store_scale, 0.5, 1);
  table.get("blacklist", automatic.blacklist);
  table.get("node", automatic.node);
  table.get("max_pc1", automatic.max_pc1, 0, 100'000);
  table.get("pc2_backlog", automatic.pc2_backlog, 1, 100'000);
  table.get("max_sector", automatic.max_sector);
  table.get("start_limit", automatic.start_limit, 0, 604'800);
  table.get("worker_balance", automatic.worker_balance);
}

/// What a job sees, everybody on its node may see.
constexpr std::string_view kSecrets[] = {"FULLNODE_API_INFO", "SEALYARD_WALLET_PASSWORD",
                                         "LOTUS_WALLET_PASSWORD"};

void read_daemon(Table& table, Settings& settings) {
  table.get("poll_s", settings.poll_s, 1, 3600);
  table.get("comment_s", settings.comment_s, 1, 86400);
  if (const auto* node = table.take("log_level")) {
    settings.log_level = node->value_exact<std::string>().value_or("");
    if (std::find(std::begin(kLevels), std::end(kLevels), settings.log_level) == std::end(kLevels))
      table.refuse(*node, "log_level", "want trace, debug, info, warn or error");
  }
}

void read(const toml::table& root, Settings& settings) {
  Table table(root, "", settings.file);
  table.table("miner", [&](Table& t) { read_miner(t, settings); });
  table.table("storage", [&](Table& t) {
    t.get("root", settings.storage_root, settings.home);
    t.get("store", settings.store_root, settings.home);
    t.get("templates", settings.templates);
  });
  table.table("programs", [&](Table& t) { t.get("path", settings.programs, settings.home); });
  table.table("environment", [&](Table& t) {
    for (const auto& key : t.keys()) {
      if (std::find(std::begin(kSecrets), std::end(kSecrets), key) != std::end(kSecrets))
        t.refuse(*t.take(key), key, "is a secret: no job may have it");
      t.get(key, settings.environment[key]);
    }
  });
  table.table("slurm", [&](Table& t) { read_slurm(t, settings); });
  table.table("stage", [&](Table& t) {
    for (const auto name : kStages)
      t.table(name, [&](Table& s) { read_stage(s, settings.stages[std::string(name)]); });
  });
  table.table("retry", [&](Table& t) {
    t.get("attempts", settings.retry.attempts, 1, 1000);
    t.get("reseals", settings.retry.reseals, 0, 1000);
    t.get("requeues", settings.retry.requeues, 0, 100000);
    t.get("wait_s", settings.retry.wait_s, 0, 86400);
    t.get("longest_wait_s", settings.retry.longest_wait_s, 0, 604800);
  });
  table.table("chain", [&](Table& t) { read_chain(t, settings); });
  table.table("alerts", [&](Table& t) {
    t.get("command", settings.alerts.command);
    t.get("webhook", settings.alerts.webhook);
    t.get("dingtalk", settings.alerts.dingtalk);
    t.get("dingtalk_secret", settings.alerts.dingtalk_secret);
    t.get("repeat_s", settings.alerts.repeat_s, 1, 604'800);
  });
  table.table("report", [&](Table& t) {
    t.get("core_hour", settings.report.core_hour, 0, 1e9);
    t.get("gpu_hour", settings.report.gpu_hour, 0, 1e9);
    t.get("gib_hour", settings.report.gib_hour, 0, 1e9);
    t.get("currency", settings.report.currency);
  });
  table.table("auto", [&](Table& t) { read_auto(t, settings.automatic); });
  table.table("daemon", [&](Table& t) { read_daemon(t, settings); });
  table.refuse_rest();
}

/// live.toml: only keys of [auto], and how often it was changed.
void read_live(const toml::table& root, const std::filesystem::path& file, Auto& automatic) {
  Table table(root, "", file);
  table.take("revision");
  table.table("auto", [&](Table& t) { read_auto(t, automatic); });
  table.refuse_rest();
}

void parse(const std::filesystem::path& file, const std::function<void(const toml::table&)>& read) {
  if (!std::filesystem::exists(file)) return;
  try {
    read(toml::parse_file(file.string()));
  } catch (const toml::parse_error& error) {
    throw Error(Fault::configuration, "{}:{}: {}", file.string(), error.source().begin.line,
                error.description());
  }
}

/// Variables the lotus world already sets; the file wins over them.
void read_environment(Settings& settings) {
  if (const char* level = std::getenv("RUST_LOG"))
    if (std::find(std::begin(kLevels), std::end(kLevels), level) != std::end(kLevels))
      settings.log_level = level;
  for (const char* name : {"FIL_PROOFS_PARAMETER_CACHE", "FIL_PROOFS_PARENT_CACHE",
                           "YC_PC1_RECALCULATE", "YC_PARALLEL_NUM"})
    if (const char* value = std::getenv(name)) settings.environment[name] = value;
  if (const char* skip = std::getenv("YC_SKIP_RECOVERY"))
    settings.chain.recover_faults = std::string_view(skip) != "true";
  if (const char* batches = std::getenv("YC_CUSTOM_BATCH")) {
    if (!is_number_list(batches))
      throw Error(Fault::configuration, "YC_CUSTOM_BATCH={}: want numbers as 0,1", batches);
    settings.chain.post_batches = batches;
  }
}

}  // namespace

Stage Settings::stage(const std::string& name) const {
  Stage stage = all_stages;
  const auto found = stages.find(name);
  if (found == stages.end()) return stage;
  const auto& own = found->second;
  const auto take = [](auto& value, const auto& better) {
    if (better != std::decay_t<decltype(better)>{}) value = better;
  };
  take(stage.slurm_partition, own.slurm_partition);
  take(stage.account, own.account);
  take(stage.qos, own.qos);
  take(stage.gres, own.gres);
  take(stage.constraint, own.constraint);
  take(stage.backend, own.backend);
  take(stage.cores, own.cores);
  take(stage.memory_bytes, own.memory_bytes);
  take(stage.time_s, own.time_s);
  return stage;
}

std::filesystem::path home(const std::string& option) {
  if (!option.empty()) return std::filesystem::absolute(option).lexically_normal();
  if (const char* named = std::getenv("SEALYARD_HOME"); named && *named)
    return std::filesystem::absolute(named).lexically_normal();
  if (const char* user = std::getenv("HOME"); user && *user)
    return std::filesystem::path(user) / ".sealyard";
  throw Error(Fault::configuration, "no home folder: give --home DIR or set SEALYARD_HOME");
}

Settings load(const std::filesystem::path& home, const std::filesystem::path& program_folder) {
  Settings settings;
  settings.home = home;
  settings.storage_root = home / "storage";
  settings.store_root = home / "store";
  settings.programs = program_folder;
  read_environment(settings);
  parse(home / "config.toml", [&](const toml::table& root) {
    settings.file = home / "config.toml";
    read(root, settings);
  });
  parse(settings.live_file(), [&](const toml::table& root) {
    read_live(root, settings.live_file(), settings.automatic);
  });
  return settings;
}

void check_live(const std::string& text) {
  Auto automatic;
  try {
    read_live(toml::parse(text), "live.toml", automatic);
  } catch (const toml::parse_error& error) {
    throw Error(Fault::configuration, "live.toml:{}: {}", error.source().begin.line,
                error.description());
  }
}

std::uint64_t parse_miner(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with("t0") || digits.starts_with("f0")) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
      value > INT64_MAX)
    throw Error(Fault::usage, "miner '{}' is no actor id; want f01000, t01000 or 1000", text);
  return value;
}

std::filesystem::path program_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace sealyard::settings
