// A private real Slurm for the life of a test program (scripts/local-slurm).
#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "slurm/request.h"

namespace sealyard::tests {

/// The exit status of a shell command; -1 when it died by a signal.
inline int shell(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Asks every 50 ms until it is so; false when it is not so after `seconds`.
template <class Condition>
bool within(int seconds, Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

class PrivateSlurm {
 public:
  /// `options` of `local-slurm start`; `prepare` runs with the folder before the start.
  explicit PrivateSlurm(const std::string& options = "", const std::string& submit_lua = "") {
    const char* const base = std::getenv("TMPDIR");
    std::string name = std::string(base && std::string_view(base).size() < 30 ? base : "/tmp");
    name += "/sy.XXXXXX";
    if (!mkdtemp(name.data())) throw std::runtime_error("no scratch folder for a private Slurm");
    folder_ = name;
    if (!submit_lua.empty()) {
      std::filesystem::create_directories(folder_ / "etc");
      std::ofstream(folder_ / "etc/job_submit.lua") << submit_lua;
    }
    if (control("start", options) != 0) {
      control("stop");
      throw std::runtime_error("no private Slurm in " + name);
    }
    setenv("SLURM_CONF", (folder_ / "etc/slurm.conf").c_str(), 1);
  }
  ~PrivateSlurm() {
    control("stop");
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  PrivateSlurm(const PrivateSlurm&) = delete;
  PrivateSlurm& operator=(const PrivateSlurm&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  int control(const std::string& verb, const std::string& options = "") const {
    return shell(SEALYARD_SOURCE "/scripts/local-slurm " + verb + " " + folder_.string() + " " +
                 options);
  }

  /// Sends a signal to one of its daemons: "slurmctld", "slurmd-n1", "slurmdbd".
  void signal(const std::string& daemon, int number) const {
    const pid_t pid = std::stoi(read_file(folder_ / "run" / (daemon + ".pid")));
    if (kill(pid, number) != 0) throw std::runtime_error(daemon + " does not run");
  }

  /// A request that leaves its output in the folder.
  slurm::Request request(const std::string& name, std::vector<std::string> argv) const {
    slurm::Request request;
    request.name = name;
    request.argv = std::move(argv);
    request.time_s = 300;
    request.memory_bytes = 64u << 20;
    request.work_dir = folder_.string();
    request.output = (folder_ / (name + ".out")).string();
    return request;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace sealyard::tests
