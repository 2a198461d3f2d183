#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "slurm/cluster.h"
#include "slurm/contact.h"

namespace sealyard::slurm {
namespace {

using Configuration = Loaded<slurm_conf_t, version::free_settings>;

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// "Key = value" lines as scontrol prints them: the one form that no release has changed.
std::map<std::string, std::string> printed(slurm_conf_t* conf) {
  char* buffer = nullptr;
  std::size_t size = 0;
  std::FILE* const out = open_memstream(&buffer, &size);
  if (!out) throw Error(Fault::io, "no memory for the settings of slurmctld");
  slurm_print_ctl_conf(out, conf);
  std::fclose(out);
  std::map<std::string, std::string> all;
  for (const std::string& line : split({buffer, size}, '\n')) {
    const auto equals = line.find('=');
    if (equals == line.npos) continue;
    std::string value = trimmed(std::string_view(line).substr(equals + 1));
    if (value == "(null)") value.clear();
    all.emplace(trimmed(line.substr(0, equals)), std::move(value));
  }
  std::free(buffer);
  return all;
}

// The number a text begins with ("300 sec"), else `otherwise`.
std::int64_t leading_number(std::string_view text, std::int64_t otherwise) {
  std::int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "64,69-70" as numbers.
std::vector<int> exit_codes(const std::string& list) {
  std::vector<int> codes;
  for (const std::string& part : split(list)) {
    const auto dash = part.find('-');
    const auto first = leading_number(part, -1);
    const auto last = dash == part.npos ? first : leading_number(part.substr(dash + 1), first);
    for (auto code = first; code >= 0 && code <= last && code < 256; ++code)
      codes.push_back(static_cast<int>(code));
  }
  return codes;
}

std::string parameter(const std::string& list, std::string_view key) {
  for (const std::string& part : split(list))
    if (part.starts_with(key)) return part.substr(key.size());
  return "";
}

}  // namespace

Settings settings() {
  contact();
  slurm_conf_t* loaded = nullptr;
  const int rc = slurm_load_ctl_conf(0, &loaded);
  const Configuration conf(loaded);
  check(rc, "settings of slurmctld");

  Settings s;
  s.all = printed(conf.get());
  const auto value = [&](const char* key) {
    const auto found = s.all.find(key);
    return found == s.all.end() ? std::string() : found->second;
  };
  s.cluster_name = value("ClusterName");
  s.version = value("SLURM_VERSION");
  s.conf_path = value("SLURM_CONF");
  s.requeue_exit = exit_codes(value("RequeueExit"));
  s.requeue_exit_hold = exit_codes(value("RequeueExitHold"));
  s.preempt_type = value("PreemptType");
  s.preempt_mode = value("PreemptMode");
  s.mpi_default = value("MpiDefault");
  s.gres_types = split(value("GresTypes"));
  s.select_type = value("SelectType");
  s.select_parameters = value("SelectTypeParameters");
  s.accounting_storage_type = value("AccountingStorageType");
  s.accounting_storage_tres = value("AccountingStorageTRES");
  s.accounting_store_flags = value("AccountingStoreFlags");
  s.scheduler_parameters = value("SchedulerParameters");
  s.slurmctld_parameters = value("SlurmctldParameters");
  s.preempt_parameters = value("PreemptParameters");
  s.dependency_parameters = value("DependencyParameters");
  s.job_submit_plugins = value("JobSubmitPlugins");
  s.licences = value("Licenses");
  s.proctrack_type = value("ProctrackType");
  s.task_plugin = value("TaskPlugin");
  s.min_job_age_s = leading_number(value("MinJobAge"), 300);
  s.cred_expire_s = leading_number(parameter(value("AuthInfo"), "cred_expire="), 120);
  s.message_timeout_s = leading_number(value("MessageTimeout"), 10);
  s.kill_wait_s = leading_number(value("KillWait"), 30);
  s.slurmd_timeout_s = leading_number(value("SlurmdTimeout"), 300);
  s.max_array_size = static_cast<std::uint32_t>(leading_number(value("MaxArraySize"), 1001));
  s.max_job_count = static_cast<std::uint32_t>(leading_number(value("MaxJobCount"), 10000));
  s.accounting = s.accounting_storage_type.find("slurmdbd") != std::string::npos;
  s.appends_output = leading_number(value("JobFileAppend"), 0) != 0;
  s.sends_user_signal_on_preemption =
      s.slurmctld_parameters.find("preempt_send_user_signal") != std::string::npos ||
      s.preempt_parameters.find("send_user_signal") != std::string::npos;
  return s;
}

bool answers() {
  try {
    contact();
  } catch (const Error& error) {
    if (error.fault() == Fault::io) return false;
    throw;
  }
  return ping();
}

}  // namespace sealyard::slurm
