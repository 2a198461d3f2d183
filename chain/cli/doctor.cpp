#include "chain/cli/doctor.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "chain/cli/command.h"
#include "chain/pledge/order.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

using Kind = Finding::Kind;

constexpr std::string_view kStages[] = {stage::kAddPiece, stage::kPc1, stage::kPc2,
                                        stage::kC1,       stage::kC2,  stage::kFinalize};

std::string list(const std::vector<int>& numbers) {
  std::string out;
  for (const int one : numbers) out += (out.empty() ? "" : ",") + std::to_string(one);
  return out.empty() ? "none" : out;
}

bool holds(const std::vector<int>& codes, std::initializer_list<Fault> faults) {
  return std::all_of(faults.begin(), faults.end(), [&](Fault fault) {
    return std::find(codes.begin(), codes.end(), exit_code(fault)) != codes.end();
  });
}

bool has_word(std::string_view text, std::string_view word) { return text.find(word) != text.npos; }

class Examination {
 public:
  Examination(const slurm::Settings& slurm, const settings::Settings& settings)
      : slurm_(slurm), settings_(settings) {
    const auto slash = slurm.conf_path.rfind('/');
    folder_ = slash == std::string::npos ? "/etc/slurm" : slurm.conf_path.substr(0, slash);
    conf_ = slurm.conf_path.empty() ? folder_ + "/slurm.conf" : slurm.conf_path;
  }

  void exit_codes() {
    const bool again = holds(slurm_.requeue_exit, {Fault::io, Fault::busy});
    add(again ? Kind::ok : Kind::change, "RequeueExit", list(slurm_.requeue_exit),
        in_conf("RequeueExit=74,75"));
    const bool hold = holds(slurm_.requeue_exit_hold, {Fault::usage, Fault::unsupported,
                                                       Fault::internal, Fault::configuration});
    add(hold ? Kind::ok : Kind::advice, "RequeueExitHold", list(slurm_.requeue_exit_hold),
        in_conf("RequeueExitHold=64,69,70,78") +
            " (without it the daemon holds the sector itself)");
    for (const Fault repaired : {Fault::corrupt, Fault::missing})
      if (holds(slurm_.requeue_exit, {repaired}) || holds(slurm_.requeue_exit_hold, {repaired}))
        add(Kind::change, fmt::format("exit code {}", exit_code(repaired)),
            "requeued or held by Slurm",
            fmt::format(
                "take {} out of RequeueExit and RequeueExitHold in {}: the daemon repairs it",
                exit_code(repaired), conf_));
  }

  // Jobs of ours say it themselves; a stage that an operator starts with srun has only the default.
  void steps() {
    const auto value = setting("KillOnBadExit");
    add(value.starts_with('1') ? Kind::ok : Kind::advice, "KillOnBadExit", or_none(value),
        in_conf("KillOnBadExit=1") + ": a dead rank ends its step");
  }

  void timing() {
    const auto poll = static_cast<std::int64_t>(settings_.poll_s);
    const bool age = slurm_.min_job_age_s >= 3 * poll || slurm_.accounting;
    add(age ? Kind::ok : Kind::change, "MinJobAge", fmt::format("{} s", slurm_.min_job_age_s),
        in_conf(fmt::format("MinJobAge={}", std::max<std::int64_t>(300, 3 * poll))) +
            ": the daemon must see every end");
    add(slurm_.cred_expire_s <= 30 ? Kind::ok : Kind::advice, "AuthInfo cred_expire",
        fmt::format("{} s", slurm_.cred_expire_s),
        in_conf("AuthInfo=cred_expire=30") + ": a requeued job waits that long");
    add(slurm_.accounting ? Kind::ok : Kind::advice, "accounting",
        slurm_.accounting ? slurm_.accounting_storage_type : "no slurmdbd",
        in_conf("AccountingStorageType=accounting_storage/slurmdbd") +
            ": finds jobs that slurmctld has forgotten");
    add(has_word(slurm_.accounting_store_flags, "job_comment") || !slurm_.accounting ? Kind::ok
                                                                                     : Kind::advice,
        "AccountingStoreFlags", or_none(slurm_.accounting_store_flags),
        in_conf("AccountingStoreFlags=job_comment"));
  }

  void memory() {
    const bool counted = has_word(slurm_.select_parameters, "MEMORY");
    add(counted ? Kind::ok : Kind::change, "SelectTypeParameters",
        or_none(slurm_.select_parameters),
        in_conf("SelectType=select/cons_tres, SelectTypeParameters=CR_Core_Memory") +
            ": else PC1 jobs pack by cores alone and run out of memory");
    const bool enforced = has_word(slurm_.task_plugin, "cgroup") || limit_by_polling();
    add(enforced ? Kind::ok : Kind::advice, "memory enforced",
        enforced ? "yes" : "TaskPlugin=" + or_none(slurm_.task_plugin),
        in_conf("TaskPlugin=task/cgroup,task/affinity, ProctrackType=proctrack/cgroup") + " and " +
            folder_ + "/cgroup.conf: ConstrainRAMSpace=yes");
    add(has_word(slurm_.proctrack_type, "cgroup") ? Kind::ok : Kind::advice, "ProctrackType",
        or_none(slurm_.proctrack_type),
        in_conf("ProctrackType=proctrack/cgroup") + ": stray processes end with their job");
  }

  void preemption(const std::vector<slurm::SlurmPartition>& partitions) {
    const bool on =
        has_word(slurm_.preempt_type, "partition_prio") || has_word(slurm_.preempt_type, "qos");
    add(on ? Kind::ok : Kind::advice, "PreemptType", or_none(slurm_.preempt_type),
        in_conf("PreemptType=preempt/partition_prio, PreemptMode=REQUEUE") +
            ": proofs take hosts from sealing");
    for (const auto& partition : partitions)
      if (on && has_word(partition.preempt_mode, "CANCEL"))
        add(Kind::change, "PreemptMode of " + partition.name, partition.preempt_mode,
            in_conf(fmt::format("PartitionName={} ... PreemptMode=REQUEUE", partition.name)) +
                ": a cancelled stage does not come back by itself");
  }

  void stages(const std::vector<slurm::SlurmPartition>& partitions,
              const std::vector<slurm::Host>& hosts) {
    std::map<std::string, std::uint32_t> tiers;
    std::string fallback;
    for (const auto& one : partitions) {
      tiers[one.name] = one.priority_tier;
      if (one.is_default) fallback = one.name;
    }
    std::map<std::string_view, std::string> of;
    for (const auto stage : kStages) {
      const auto wanted = settings_.stage(std::string(stage));
      auto name = wanted.slurm_partition.empty() ? fallback : wanted.slurm_partition;
      const auto what = fmt::format("Slurm partition of {}", stage);
      if (name.empty())
        add(Kind::change, what, "none, and the cluster has no default",
            own(fmt::format("[stage.{}] partition = \"...\"", stage)));
      else if (!tiers.contains(name) && name.find(',') == name.npos)
        add(Kind::change, what, name + ", which does not exist",
            in_conf(
                fmt::format("PartitionName={} Nodes=... PriorityTier={}", name, tier_of(stage))));
      else
        add(Kind::ok, what, fmt::format("{} (tier {})", name, tiers[name]), "");
      of[stage] = name;
      gres(stage, wanted.gres, hosts);
    }
    const auto pc1 = of[stage::kPc1], pc2 = of[stage::kPc2];
    const bool reserve = has_word(slurm_.scheduler_parameters, "bf_min_age_reserve");
    const bool tiered = tiers.contains(pc1) && tiers.contains(pc2) && tiers[pc2] > tiers[pc1];
    add(tiered || reserve ? Kind::ok : Kind::advice, "pc2 starts before waiting pc1",
        tiered ? "yes, by tier" : (reserve ? "by bf_min_age_reserve" : "same tier"),
        in_conf("a PriorityTier for pc2 above that of pc1 (300, 200), or "
                "SchedulerParameters=bf_min_age_reserve=1800") +
            ": a waiting job else reserves its whole host");
  }

  void mpi() {
    add(has_word(slurm_.mpi_default, "pmix") ? Kind::ok : Kind::advice, "MpiDefault",
        or_none(slurm_.mpi_default),
        in_conf("MpiDefault=pmix") + ": stages of several ranks run by hand under srun");
    const auto plugins = setting("PluginDir");
    if (plugins.empty()) return;
    add(has_plugin(plugins, "mpi_pmix") ? Kind::ok : Kind::advice, "PMIx plugin",
        has_plugin(plugins, "mpi_pmix") ? "there" : "none on this host in " + plugins,
        "install Slurm's mpi_pmix plugin on every host ('srun --mpi=list' shows it): srun starts "
        "stages of several ranks with it");
  }

  void limits() {
    const auto value = setting("EnforcePartLimits");
    const bool at_once = value == "ALL" || value == "ANY" || value == "YES";
    add(at_once ? Kind::ok : Kind::advice, "EnforcePartLimits", or_none(value),
        in_conf("EnforcePartLimits=ALL") +
            ": a job that no partition of its will ever take is else queued for ever");
  }

  void groups(const std::vector<slurm::Host>& hosts) {
    std::set<std::string> found;
    unsigned usable = 0;
    for (const auto& host : hosts) {
      usable += host.usable();
      for (const auto& feature : host.features)
        if (feature.starts_with("grp_")) found.insert(feature.substr(4));
    }
    add(usable > 0 ? Kind::ok : Kind::change, "hosts",
        fmt::format("{} of {} take jobs", usable, hosts.size()),
        "scontrol update NodeName=... State=RESUME");
    const auto& wanted = settings_.default_group;
    if (!wanted.empty() && !found.contains(wanted))
      add(Kind::change, "default_group", wanted + ", which no host has",
          in_conf("NodeName=... Features=" + pledge::group_feature(wanted)));
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void add(Kind kind, std::string what, std::string found, std::string write) {
    if (kind == Kind::ok) write.clear();
    findings_.push_back({kind, std::move(what), std::move(found), std::move(write)});
  }

  std::string in_conf(const std::string& line) const {
    return fmt::format("write {} in {}", line, conf_);
  }
  std::string own(const std::string& line) const {
    return fmt::format("write {} in {}", line, (settings_.home / "config.toml").string());
  }
  static std::string or_none(const std::string& text) { return text.empty() ? "none" : text; }

  bool limit_by_polling() const {
    return has_word(setting("JobAcctGatherParams"), "OverMemoryKill");
  }

  std::string setting(const std::string& name) const {
    const auto found = slurm_.all.find(name);
    return found == slurm_.all.end() ? std::string() : found->second;
  }

  // PluginDir is a list of folders, as PATH is.
  static bool has_plugin(const std::string& folders, std::string_view name) {
    std::istringstream list(folders);
    for (std::string folder; std::getline(list, folder, ':');) {
      std::error_code none;
      for (const auto& file : std::filesystem::directory_iterator(folder, none))
        if (file.path().filename().string().starts_with(name)) return true;
    }
    return false;
  }

  static int tier_of(std::string_view stage) {
    if (stage == stage::kFinalize) return 500;
    if (stage == stage::kC1) return 600;
    if (stage == stage::kPc2) return 300;
    if (stage == stage::kC2) return 290;
    return stage == stage::kPc1 ? 200 : 100;
  }

  void gres(std::string_view stage, const std::string& wanted,
            const std::vector<slurm::Host>& hosts) {
    for (const auto& one : pledge::parse_gres(wanted)) {
      const auto type = one.name.substr(0, one.name.find(':'));
      std::uint32_t most = 0;
      for (const auto& host : hosts)
        for (const auto& there : host.gres)
          if (there.name == one.name || there.name.starts_with(one.name + ":"))
            most = std::max(most, there.count);
      const auto what = fmt::format("GRES {} of {}", one.name, stage);
      if (std::find(slurm_.gres_types.begin(), slurm_.gres_types.end(), type) ==
          slurm_.gres_types.end())
        add(Kind::change, what, "unknown to the cluster",
            in_conf(fmt::format("GresTypes=...,{} and NodeName=... Gres={}:N", type, one.name)));
      else
        add(most >= one.count ? Kind::ok : Kind::change, what,
            fmt::format("at most {} on a host, {} wanted", most, one.count),
            in_conf(fmt::format("NodeName=... Gres={}:{}", one.name, one.count)));
    }
  }

  const slurm::Settings& slurm_;
  const settings::Settings& settings_;
  std::string folder_, conf_;
  std::vector<Finding> findings_;
};

int doctor(const Context& context) {
  const auto settings = context.settings();
  auto findings = examine_host(settings);
  try {
    const auto slurm = slurm::settings();
    findings.push_back(
        {Kind::ok, "slurmctld",
         fmt::format("answers: cluster {}, version {}", slurm.cluster_name, slurm.version), ""});
    for (auto& one : examine_cluster(slurm, slurm::slurm_partitions(), slurm::hosts(), settings))
      findings.push_back(std::move(one));
  } catch (const Error& error) {
    findings.push_back({Kind::change, "slurmctld", error.what(),
                        error.fault() == Fault::configuration
                            ? "set SLURM_CONF, or slurm.conf in config.toml"
                            : "start slurmctld, or look at its log"});
  }
  const bool good = std::none_of(findings.begin(), findings.end(),
                                 [](const Finding& one) { return one.kind == Kind::change; });
  if (context.json) {
    Json out = Json::array();
    for (const auto& one : findings)
      out.push_back({{"kind", one.kind == Kind::ok       ? "ok"
                              : one.kind == Kind::advice ? "advice"
                                                         : "change"},
                     {"what", one.what},
                     {"found", one.found},
                     {"write", one.write}});
    print(out);
  } else {
    for (const auto& one : findings) std::cout << text(one) << '\n';
  }
  return good ? 0 : 1;
}

}  // namespace

std::vector<Finding> examine_cluster(const slurm::Settings& slurm,
                                     const std::vector<slurm::SlurmPartition>& partitions,
                                     const std::vector<slurm::Host>& hosts,
                                     const settings::Settings& settings) {
  Examination examination(slurm, settings);
  examination.groups(hosts);
  examination.stages(partitions, hosts);
  examination.exit_codes();
  examination.steps();
  examination.preemption(partitions);
  examination.memory();
  examination.timing();
  examination.limits();
  examination.mpi();
  return examination.take();
}

std::vector<Finding> examine_host(const settings::Settings& settings) {
  std::vector<Finding> findings;
  const auto conf = (settings.home / "config.toml").string();
  findings.push_back({settings.file.empty() ? Kind::advice : Kind::ok, "settings",
                      settings.file.empty() ? "none, defaults are used" : settings.file.string(),
                      settings.file.empty() ? "run 'sealyard config init'" : ""});
  std::string missing;
  for (const auto stage : kStages)
    if (access((settings.programs / stage::program(stage)).c_str(), X_OK) != 0)
      missing += " " + stage::program(stage);
  findings.push_back({missing.empty() ? Kind::ok : Kind::change, "programs",
                      missing.empty()
                          ? settings.programs.string()
                          : fmt::format("{} lacks{}", settings.programs.string(), missing),
                      missing.empty() ? "" : "write [programs] path = \"...\" in " + conf});
  auto root = settings.storage_root;
  while (!std::filesystem::exists(root) && root.has_relative_path()) root = root.parent_path();
  const bool writable = access(root.c_str(), W_OK) == 0;
  findings.push_back(
      {writable ? Kind::ok : Kind::change, "storage",
       fmt::format("{}{}", settings.storage_root.string(), writable ? "" : ", cannot be written"),
       writable ? "" : "write [storage] root = \"...\" in " + conf});
  return findings;
}

std::string text(const Finding& finding) {
  const std::string_view word = finding.kind == Kind::ok       ? "OK     "
                                : finding.kind == Kind::advice ? "ADVICE "
                                                               : "CHANGE ";
  auto out = fmt::format("{} {}: {}", word, finding.what, finding.found);
  if (!finding.write.empty()) out += "; " + finding.write;
  return out;
}

std::vector<Command> doctor_commands() {
  return {{{"doctor"},
           "Check the cluster and say what to write where; exit 0 when nothing must change",
           "",
           [](CLI::App&) { return [](const Context& context) { return doctor(context); }; }}};
}

}  // namespace sealyard::cli
