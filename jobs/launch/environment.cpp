#include "jobs/launch/environment.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <string_view>
#include <system_error>

#include "jobs/stage/resources.h"
#include "kernels/base/error.h"

namespace sealyard::launch {
namespace {

using Get = std::function<const char*(const char*)>;

std::optional<std::uint64_t> number(const Get& get, const char* variable) {
  const char* value = get(variable);
  if (!value || !*value) return std::nullopt;
  const std::string_view text = value;
  std::uint64_t result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc() || end != text.data() + text.size())
    throw Error(Fault::configuration, "{}={}: want a whole number", variable, text);
  return result;
}

// Leading number of "2(x3),1": tasks on the first hosts of a step.
unsigned tasks_on_host(const Get& get) {
  if (const auto local = number(get, "OMPI_COMM_WORLD_LOCAL_SIZE"))
    return static_cast<unsigned>(*local);
  const char* tasks = get("SLURM_STEP_TASKS_PER_NODE");
  unsigned count = 1;
  if (tasks && get("PMIX_RANK")) {
    const std::string_view text = tasks;
    std::from_chars(text.data(), text.data() + text.size(), count);
  }
  return std::max(count, 1u);
}

unsigned cpus(const Get& get, const Machine& machine) {
  std::uint64_t count = machine.allowed_cpus;
  if (const auto per_task = number(get, "SLURM_CPUS_PER_TASK"))
    return static_cast<unsigned>(std::clamp<std::uint64_t>(*per_task, 1, count));
  if (const auto on_host = number(get, "SLURM_CPUS_ON_NODE")) count = std::min(count, *on_host);
  // A launcher that binds has divided the cores already; one that does not leaves it to us.
  if (machine.allowed_cpus == machine.online_cpus) count /= tasks_on_host(get);
  return static_cast<unsigned>(std::max<std::uint64_t>(count, 1));
}

std::optional<std::uint64_t> memory_bytes(const Get& get) {
  constexpr std::uint64_t kMiB = 1 << 20;
  const auto limit = [](std::uint64_t mib) -> std::optional<std::uint64_t> {
    if (mib == 0) return std::nullopt;  // --mem=0: all there is
    return mib * kMiB;
  };
  if (const auto per_host = number(get, "SLURM_MEM_PER_NODE")) return limit(*per_host);
  const auto per_cpu = number(get, "SLURM_MEM_PER_CPU");
  if (!per_cpu) return std::nullopt;
  return limit(*per_cpu * number(get, "SLURM_CPUS_ON_NODE").value_or(1));
}

// RUST_LOG may hold one level per module, "info,storage_proofs=debug": the plain one counts.
std::string log_level(const Get& get) {
  const char* value = get("RUST_LOG");
  if (!value) return "info";
  const std::string_view text = value;
  for (const std::string_view level : {"trace", "debug", "info", "warn", "error"})
    if (text == level || text.starts_with(std::string(level) + ",")) return std::string(level);
  return "info";
}

}  // namespace

Machine this_machine() {
  Machine machine;
  char host[HOST_NAME_MAX + 1] = {};
  if (::gethostname(host, sizeof host - 1) == 0) machine.host = host;
  machine.pid = ::getpid();
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    machine.allowed_cpus = static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
  machine.online_cpus = static_cast<unsigned>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L));
  return machine;
}

Environment read_environment(const Get& get, const Machine& machine) {
  Environment environment;
  const auto job_id = number(get, "SLURM_JOB_ID");
  environment.in_slurm = job_id.has_value();
  environment.attempt.job_id = job_id.value_or(0);
  environment.attempt.restart =
      static_cast<unsigned>(number(get, "SLURM_RESTART_COUNT").value_or(0));
  environment.attempt.host = machine.host;
  const char* slurm_name = get("SLURMD_NODENAME");
  environment.attempt.node = slurm_name && *slurm_name ? slurm_name : machine.host;
  environment.attempt.pid = machine.pid;
  environment.cpus = cpus(get, machine);
  // Slurm's share is one already: the job was given what it asked for.
  if (const auto percent = number(get, "YC_PARALLEL_NUM"); percent && !environment.in_slurm)
    environment.cpus = stage::thread_share(
        environment.cpus, static_cast<unsigned>(std::min<std::uint64_t>(*percent, 101)));
  environment.memory_bytes = memory_bytes(get);
  environment.log_level = log_level(get);
  const char* parents = get("FIL_PROOFS_PARENT_CACHE");
  environment.parents_folder = parents && *parents ? parents : "/var/tmp/filecoin-parents";
  if (const auto seconds = number(get, "SEALYARD_PROGRESS_S")) {
    if (*seconds < 1 || *seconds > 86400)
      throw Error(Fault::configuration, "SEALYARD_PROGRESS_S={}: want 1 to 86400", *seconds);
    environment.progress_s = static_cast<unsigned>(*seconds);
  }
  return environment;
}

}  // namespace sealyard::launch
