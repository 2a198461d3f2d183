#include "chain/winning/prover.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>
#include <vector>

#include "chain/ledger/spawn.h"
#include "jobs/stage/argv.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::winning {
namespace {

using namespace std::chrono_literals;

constexpr auto kGrace = 500ms, kLook = 10ms;
/// No program that proves may know them.
constexpr std::string_view kSecrets[] = {
    "FULLNODE_API_INFO=", "SEALYARD_WALLET_PASSWORD=", "LOTUS_WALLET_PASSWORD="};

std::vector<std::string> environment_words(const std::map<std::string, std::string>& more) {
  std::vector<std::string> words;
  for (char** one = environ; *one; ++one) {
    const std::string_view word(*one);
    const auto begins = [&](std::string_view secret) { return word.starts_with(secret); };
    if (std::none_of(std::begin(kSecrets), std::end(kSecrets), begins) &&
        !more.contains(std::string(word.substr(0, word.find('=')))))
      words.emplace_back(word);
  }
  for (const auto& [key, value] : more) words.push_back(key + "=" + value);
  return words;
}

}  // namespace

ProcessProver::ProcessProver(std::filesystem::path program, std::string run,
                             std::map<std::string, std::string> environment)
    : program_(std::move(program)), run_(std::move(run)), environment_(std::move(environment)) {}

ProcessProver::~ProcessProver() { stop(); }

void ProcessProver::start(const std::filesystem::path& order, const std::filesystem::path& result) {
  stop();
  // Paths are words of their own: none of their characters means anything to the shell.
  stage::Argv words{"/bin/sh", "-c", "exec " + run_ + " \"$@\"", "sh"};
  const auto argv_of_stage = stage::post_argv(stage::kWinningPost, order, {}, result);
  words.push_back(program_.string());
  words.insert(words.end(), argv_of_stage.begin() + 1, argv_of_stage.end());
  auto output = result;
  output.replace_extension(".out");
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  try {
    pid_ = ledger::spawn(std::move(words), environment_words(environment_), &files);
  } catch (...) {
    posix_spawn_file_actions_destroy(&files);
    throw;
  }
  posix_spawn_file_actions_destroy(&files);
}

bool ProcessProver::runs() {
  if (pid_ == 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = 0;
  return false;
}

void ProcessProver::stop() {
  if (pid_ == 0) return;
  const auto group = pid_;
  kill(-group, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + kGrace;
  while (runs() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(kLook);
  kill(-group, SIGKILL);
  if (pid_ != 0) waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

}  // namespace sealyard::winning
