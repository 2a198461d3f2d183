// Programs that a daemon starts beside itself.
#pragma once
#include <spawn.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace sealyard::ledger {

/// Starts words[0] in a process group of its own, so that kill(-pid) ends all of it, and with no
/// signal blocked: the daemon blocks those that end it. Inherits its files but for `files`.
/// @param variables  the whole environment, "KEY=VALUE".
/// @throws Error{io} the program and the system's reason.
pid_t spawn(std::vector<std::string> words, std::vector<std::string> variables,
            const posix_spawn_file_actions_t* files = nullptr);

}  // namespace sealyard::ledger
