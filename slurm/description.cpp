#include "slurm/description.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "kernels/base/error.h"

namespace sealyard::slurm {
namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestScript = 4u << 20;  // slurm.conf(5), max_script_size

void check_name(const std::string& name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (name.empty() || name.size() > kLongestName || name.find_first_not_of(kAllowed) != name.npos)
    throw Error(Fault::usage, "job name \"{}\": want 1 to {} of A-Z a-z 0-9 . _ -", name,
                kLongestName);
}

std::string joined(const std::vector<Counted>& counted, std::string_view prefix) {
  std::string list;
  for (const Counted& one : counted) {
    if (!list.empty()) list += ',';
    list += fmt::format("{}{}:{}", prefix, one.name, one.count);
  }
  return list;
}

// What sbatch would set and the job needs, unless the request says otherwise.
std::map<std::string, std::string> with_defaults(const Request& request) {
  auto environment = request.environment;
  const auto set = [&](const char* key, std::string value) {
    environment.try_emplace(key, std::move(value));
  };
  const char* const path = std::getenv("PATH");
  set("PATH", path ? path : "/usr/local/bin:/usr/bin:/bin");
  if (const passwd* const user = getpwuid(getuid())) {
    set("HOME", user->pw_dir);
    set("USER", user->pw_name);
    set("LOGNAME", user->pw_name);
    set("SHELL", user->pw_shell);
  }
  set("LANG", "C.UTF-8");
  if (const char* const conf = std::getenv("SLURM_CONF")) set("SLURM_CONF", conf);
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  set("SLURM_SUBMIT_HOST", host);
  set("SLURM_SUBMIT_DIR", request.work_dir);
  set("SLURM_JOB_NAME", request.name);
  set("SLURM_CPUS_PER_TASK", std::to_string(request.cores));
  set("SLURM_PRIO_PROCESS", "0");
  set("SLURM_UMASK", "0022");
  return environment;
}

}  // namespace

std::uint32_t to_minutes(std::int64_t seconds) {
  return static_cast<std::uint32_t>((seconds + 59) / 60);
}

std::uint64_t to_mib(std::uint64_t bytes) { return (bytes + (1u << 20) - 1) >> 20; }

std::string to_gres(const std::vector<Counted>& gres) { return joined(gres, version::kGresPrefix); }

std::string to_licences(const std::vector<Counted>& licences) { return joined(licences, ""); }

char* Description::keep(std::string text) { return strings_.emplace_back(std::move(text)).data(); }

Description::Description(const Request& request) {
  check_name(request.name);
  std::string script = batch_script(request);
  if (script.size() > kLongestScript)
    throw Error(Fault::usage, "job {}: its command line is {} bytes, want at most {}", request.name,
                script.size(), kLongestScript);
  if (request.work_dir.empty() || request.work_dir.front() != '/')
    throw Error(Fault::usage, "job {}: work folder \"{}\", want an absolute path", request.name,
                request.work_dir);

  slurm_init_job_desc_msg(&message_);
  message_.name = keep(request.name);
  message_.script = keep(std::move(script));
  message_.user_id = getuid();
  message_.group_id = getgid();
  message_.work_dir = keep(request.work_dir);
  message_.std_in = keep("/dev/null");
  message_.std_out = keep(request.output.empty() ? "/dev/null" : request.output);
  message_.open_mode = OPEN_MODE_APPEND;
  if (!request.comment.empty()) message_.comment = keep(request.comment);
  if (!request.array.empty()) {
    array_indices(request.array);
    message_.array_inx = keep(request.array);
  }
  message_.requeue = request.requeue ? 1 : 0;
  message_.bitflags |= KILL_INV_DEP;
  if (request.hold) {
    message_.priority = 0;
    message_.alloc_sid = ALLOC_SID_USER_HOLD;
  }
  if (request.nice != 0)
    message_.nice = static_cast<std::uint32_t>(std::int64_t{NICE_OFFSET} + request.nice);
  if (request.begin) message_.begin_time = request.begin;
  if (request.deadline) message_.deadline = request.deadline;
  if (request.warn_s > 0) {
    message_.warn_signal = SIGUSR1;
    message_.warn_time = static_cast<std::uint16_t>(std::min<std::int64_t>(request.warn_s, 65535));
  }
  fill_resources(request);
  fill_place(request);
  fill_environment(request);
}

void Description::fill_resources(const Request& request) {
  message_.num_tasks = static_cast<std::uint32_t>(request.tasks);
  message_.min_nodes = message_.max_nodes = static_cast<std::uint32_t>(request.nodes);
  message_.cpus_per_task = static_cast<std::uint16_t>(request.cores);
  message_.pn_min_cpus = message_.cpus_per_task;  // refuses what no host has, as sbatch does
  message_.min_cpus = static_cast<std::uint32_t>(request.tasks * request.cores);
  if (request.memory_bytes) message_.pn_min_memory = to_mib(request.memory_bytes);
  message_.time_limit = to_minutes(request.time_s);
  if (!request.gres.empty()) message_.tres_per_node = keep(to_gres(request.gres));
  if (!request.licences.empty()) message_.licenses = keep(to_licences(request.licences));
}

void Description::fill_place(const Request& request) {
  const auto set = [this](char*& field, const std::string& value) {
    if (!value.empty()) field = keep(value);
  };
  set(message_.partition, request.slurm_partition);
  set(message_.features, request.constraint);
  set(message_.prefer, request.prefer);
  set(message_.req_nodes, request.hosts);
  set(message_.account, request.account);
  set(message_.qos, request.qos);
  set(message_.reservation, request.reservation);

  std::string dependency = request.dependency;
  if (request.singleton && request.array.empty()) {  // tasks of one array share its name
    if (dependency.find('?') != dependency.npos)
      throw Error(Fault::usage, "job {}: dependency \"{}\" cannot be joined with singleton",
                  request.name, dependency);
    dependency += dependency.empty() ? "singleton" : ",singleton";
  }
  set(message_.dependency, dependency);
}

void Description::fill_environment(const Request& request) {
  for (const auto& [key, value] : with_defaults(request)) {
    if (key.empty() || key.find_first_of(std::string_view("=\0", 2)) != key.npos ||
        value.find('\0') != value.npos)
      throw Error(Fault::usage, "job {}: environment variable \"{}\" cannot be passed",
                  request.name, key);
    environment_.push_back(keep(key + '=' + value));
  }
  message_.environment = environment_.data();
  message_.env_size = static_cast<std::uint32_t>(environment_.size());
}

}  // namespace sealyard::slurm
