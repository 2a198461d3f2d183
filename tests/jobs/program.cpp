#include "tests/jobs/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace sealyard::test {
namespace {

[[noreturn]] void become(const std::vector<std::string>& argv,
                         const std::vector<std::string>& environment) {
  for (const auto& word : environment) {
    const auto at = word.find('=');
    setenv(word.substr(0, at).c_str(), word.substr(at + 1).c_str(), 1);
  }
  std::vector<std::string> words = argv;
  if (words[0].find('/') == std::string::npos && words[0] != "mpiexec")
    words[0] = std::string(SEALYARD_BIN) + "/" + words[0];
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execvp(pointers[0], pointers.data());
  _exit(127);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

Run run(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
  std::array<std::array<int, 2>, 2> pipes{};
  for (auto& ends : pipes)
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  const int pid = fork();
  if (pid < 0) throw std::runtime_error("fork");
  if (pid == 0) {
    dup2(pipes[0][1], 1);
    dup2(pipes[1][1], 2);
    become(argv, environment);
  }
  for (auto& ends : pipes) close(ends[1]);
  Run result{};
  std::array<std::string*, 2> texts{&result.out, &result.err};
  std::array<pollfd, 2> wait_for{{{pipes[0][0], POLLIN, 0}, {pipes[1][0], POLLIN, 0}}};
  for (int open = 2; open > 0;) {
    if (poll(wait_for.data(), wait_for.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < wait_for.size(); ++i) {
      if (wait_for[i].revents == 0) continue;
      char buffer[65536];
      const auto got = ::read(wait_for[i].fd, buffer, sizeof buffer);
      if (got > 0) {
        texts[i]->append(buffer, static_cast<std::size_t>(got));
      } else {
        close(wait_for[i].fd);
        wait_for[i].fd = -1;
        --open;
      }
    }
  }
  int status = 0;
  waitpid(pid, &status, 0);
  result.code = code_of(status);
  return result;
}

Run mpiexec(unsigned ranks, const std::vector<std::string>& argv) {
  std::vector<std::string> words{"mpiexec", "--oversubscribe", "-n", std::to_string(ranks),
                                 std::string(SEALYARD_BIN) + "/" + argv[0]};
  words.insert(words.end(), argv.begin() + 1, argv.end());
  // Leaks of OpenMPI itself are not ours.
  return run(words, {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
                     "ASAN_OPTIONS=detect_leaks=0"});
}

Process::Process(const std::vector<std::string>& argv) : pid_(fork()) {
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, 1);
    dup2(null, 2);
    become(argv, {});
  }
}

Process::~Process() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const { kill(pid_, number); }

int Process::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return code_of(status);
}

Scratch::Scratch() {
  auto name = (std::filesystem::temp_directory_path() / "sealyard-test-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
  path_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.string() + ": cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace sealyard::test
