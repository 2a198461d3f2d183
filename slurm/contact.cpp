#include "slurm/contact.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>

namespace sealyard::slurm {
namespace {

constexpr int kReady = 0, kSilent = 3, kNoSlurm = 4;
constexpr auto kPatience = std::chrono::seconds(20);

struct Library {
  std::mutex guard;
  bool ready = false;
  std::atomic<bool> doubtful = false;  // the last call got no answer
  std::atomic<int> controllers = 1;    // with backups
};
Library& library() {  // libslurm itself is one per process
  static Library one;
  return one;
}

// In the child: libslurm may call exit(), which must not run the parent's exit handlers.
[[noreturn]] void probe(int stderr_to) {
  const int null = open("/dev/null", O_RDWR);
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  dup2(stderr_to, STDERR_FILENO);
  std::atexit([] { _exit(kNoSlurm); });
  slurm_init(nullptr);
  library().controllers = 2;
  _exit(ping() ? kReady : kSilent);
}

// What the child wrote before it ended or the patience did; its last line.
std::string last_words(int from) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::string all;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd ready{from, POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
    char buffer[512];
    const ssize_t got = read(from, buffer, sizeof buffer);
    if (got <= 0) break;
    all.append(buffer, static_cast<std::size_t>(got));
  }
  while (!all.empty() && all.back() == '\n') all.pop_back();
  return all.substr(all.rfind('\n') + 1);
}

void preflight() {
  const char* const path = std::getenv("SLURM_CONF");
  if (path && access(path, R_OK) != 0)  // libslurm would retry for a minute
    throw Error(Fault::configuration, "no Slurm: SLURM_CONF={} cannot be read", path);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw Error(Fault::io, "no pipe for the Slurm probe");
  const pid_t child = fork();
  if (child == 0) probe(ends[1]);
  close(ends[1]);
  const std::string words = last_words(ends[0]);
  close(ends[0]);
  if (child < 0) throw Error(Fault::io, "no process for the Slurm probe");

  // The pipe is closed a moment before the process ends; longer than that, it hangs.
  int status = 0;
  bool ended = false;
  for (int i = 0; i < 50 && !ended; ++i) {
    ended = waitpid(child, &status, WNOHANG) == child;
    if (!ended) usleep(10'000);
  }
  if (!ended) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kReady) return;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoSlurm)
    throw Error(Fault::configuration, "no Slurm: {}; set SLURM_CONF or install slurm.conf",
                words.empty() ? "no configuration found" : words);
  throw Error(Fault::io, "slurmctld does not answer{}{}", path ? ": SLURM_CONF=" : "",
              path ? path : "");
}

bool unreachable(int code) {
  switch (code) {
    case SLURM_PROTOCOL_SOCKET_IMPL_TIMEOUT:
    case SLURM_COMMUNICATIONS_CONNECTION_ERROR:
    case SLURM_COMMUNICATIONS_SEND_ERROR:
    case SLURM_COMMUNICATIONS_RECEIVE_ERROR:
    case SLURM_COMMUNICATIONS_SHUTDOWN_ERROR:
    case SLURMCTLD_COMMUNICATIONS_CONNECTION_ERROR:
    case SLURMCTLD_COMMUNICATIONS_SEND_ERROR:
    case SLURMCTLD_COMMUNICATIONS_RECEIVE_ERROR:
    case SLURMCTLD_COMMUNICATIONS_SHUTDOWN_ERROR:
    case ESLURM_IN_STANDBY_MODE:
    case ECONNREFUSED:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

// Refusals that another request of the same form might not get: the request itself is wrong.
bool wrong_request(int code) {
  switch (code) {
    case ESLURM_REQUESTED_NODES_NOT_IN_PARTITION:
    case ESLURM_TOO_MANY_REQUESTED_CPUS:
    case ESLURM_INVALID_NODE_COUNT:
    case ESLURM_PATHNAME_TOO_LONG:
    case ESLURM_REQUESTED_NODE_CONFIG_UNAVAILABLE:
    case ESLURM_REQUESTED_PART_CONFIG_UNAVAILABLE:
    case ESLURM_INVALID_JOB_ID:
    case ESLURM_INVALID_NODE_NAME:
    case ESLURM_JOB_PENDING:
    case ESLURM_BAD_TASK_COUNT:
    case ESLURM_DEPENDENCY:
    case ESLURM_INVALID_TASK_MEMORY:
    case ESLURM_INVALID_TIME_LIMIT:
    case ESLURM_INVALID_TIME_VALUE:
    case ESLURM_INVALID_CPU_COUNT:
    case ESLURM_CIRCULAR_DEPENDENCY:
    case ESLURM_JOB_NOT_PENDING:
    case ESLURM_INVALID_ARRAY:
    case ESLURM_JOB_STARTED:
    case ESLURM_JOB_FINISHED:
    case ESLURM_JOB_NOT_RUNNING:
    case ESLURM_JOB_NOT_SUSPENDED:
    case ESLURM_INVALID_NICE:
    case ESLURM_ALREADY_DONE:
      return true;
    default:
      return false;
  }
}

bool passing(int code) {
  switch (code) {
    case 2007:  // the job could not be recorded; its name changes from release to release
    case ESLURM_NODES_BUSY:
    case ESLURM_WRITING_TO_FILE:
    case ESLURM_TRANSITION_STATE_NO_UPDATE:
    case ESLURM_ACCOUNTING_POLICY:
    case ESLURM_SUBMISSIONS_DISABLED:
    case EAGAIN:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool ping() {
  // Asking for a backup that is not configured makes libslurm complain on stderr.
  for (int i = 0; i < library().controllers; ++i)
    if (slurm_ping(i) == SLURM_SUCCESS) return true;
  return false;
}

void contact() {
  Library& lib = library();
  if (!lib.ready || lib.doubtful) {
    const std::lock_guard lock(lib.guard);
    if (!lib.ready) {
      preflight();
      slurm_init(nullptr);
      slurm_conf_t* conf = nullptr;
      if (slurm_load_ctl_conf(0, &conf) == SLURM_SUCCESS)
        lib.controllers = static_cast<int>(conf->control_cnt);
      if (conf) version::free_settings(conf);
      lib.ready = true;
    } else if (lib.doubtful && !ping()) {
      throw Error(Fault::io, "slurmctld does not answer");
    }
    lib.doubtful = false;
  }
  errno = 0;
}

bool outcome_unknown(int code) {
  // A refused connection has carried nothing; every other loss may have.
  return unreachable(code) && code != SLURM_COMMUNICATIONS_CONNECTION_ERROR &&
         code != SLURMCTLD_COMMUNICATIONS_CONNECTION_ERROR && code != ECONNREFUSED &&
         code != ESLURM_IN_STANDBY_MODE;
}

Error failure(int code, const std::string& what) {
  if (unreachable(code)) library().doubtful = true;
  const Fault fault = unreachable(code) || passing(code) ? Fault::io
                      : wrong_request(code)              ? Fault::usage
                                                         : Fault::configuration;
  return Error(fault, "{}: {} (Slurm error {})", what, text(slurm_strerror(code)), code);
}

void check(int rc, const std::string& what) {
  if (rc != SLURM_SUCCESS) throw failure(version::code(rc), what);
}

std::vector<std::string> expand_hosts(const char* hostlist) {
  std::vector<std::string> names;
  if (!hostlist || !*hostlist) return names;
  const auto list = slurm_hostlist_create(hostlist);
  while (char* const name = slurm_hostlist_shift(list)) {
    names.emplace_back(name);
    std::free(name);
  }
  slurm_hostlist_destroy(list);
  return names;
}

std::vector<std::string> split(std::string_view list, char separator) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const auto end = list.find(separator);
    if (end != 0) words.emplace_back(list.substr(0, end));
    list.remove_prefix(end == list.npos ? list.size() : end + 1);
  }
  return words;
}

}  // namespace sealyard::slurm
