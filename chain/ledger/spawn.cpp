#include "chain/ledger/spawn.h"

#include <signal.h>

#include <cstring>

#include "kernels/base/error.h"

namespace sealyard::ledger {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

pid_t spawn(std::vector<std::string> words, std::vector<std::string> variables,
            const posix_spawn_file_actions_t* files) {
  const auto argv = pointers(words), environment = pointers(variables);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  pid_t pid = 0;
  const int failed =
      posix_spawn(&pid, argv[0], files, &attributes, argv.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  if (failed) throw Error(Fault::io, "{}: {}", words[0], std::strerror(failed));
  return pid;
}

}  // namespace sealyard::ledger
