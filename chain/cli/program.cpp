#include "chain/cli/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "kernels/base/error.h"

namespace sealyard::cli {

Ended run_program(std::vector<std::string> words) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(Fault::io, "pipe: {}", std::strerror(errno));
  const int pid = fork();
  if (pid < 0) throw Error(Fault::io, "fork: {}", std::strerror(errno));
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  std::string out;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto got = read(ends[0], buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (code == 127)
    throw Error(Fault::configuration,
                "{} cannot be run; programs.path in config.toml names its folder", words[0]);
  return {code, std::move(out)};
}

}  // namespace sealyard::cli
