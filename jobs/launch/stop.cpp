#include "jobs/launch/stop.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>

#include "kernels/base/error.h"

namespace sealyard::launch {
namespace {

std::atomic<int> noted{0};
static_assert(std::atomic<int>::is_always_lock_free, "written by a signal handler");

// Written before the handler is set, read by it: a handler may neither format nor allocate.
std::array<char, 256> mapped_file_line;
std::size_t mapped_file_length = 0;

}  // namespace

void watch_mapped_files(std::string_view program) {
  constexpr std::string_view kReason =
      ": a mapped file could not be read: the disk failed, or it was cut short while in use\n";
  program = program.substr(0, mapped_file_line.size() - kReason.size());
  auto end = std::copy(program.begin(), program.end(), mapped_file_line.begin());
  end = std::copy(kReason.begin(), kReason.end(), end);
  mapped_file_length = static_cast<std::size_t>(end - mapped_file_line.begin());
  struct sigaction action {};
  action.sa_handler = [](int) {
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, mapped_file_line.data(), mapped_file_length);
    ::_exit(exit_code(Fault::io));
  };
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = [](int signal) { noted.store(signal, std::memory_order_relaxed); };
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;  // calls go on: the job looks at its next safe point
  for (const int signal : {SIGTERM, SIGUSR1, SIGUSR2}) ::sigaction(signal, &action, nullptr);
  action.sa_flags |= static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
}

int stop_signal() { return noted.load(std::memory_order_relaxed); }

std::string_view signal_name(int signal) {
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case SIGUSR1:
      return "SIGUSR1";
    case SIGUSR2:
      return "SIGUSR2";
    case SIGINT:
      return "SIGINT";
  }
  return "no signal";
}

}  // namespace sealyard::launch
