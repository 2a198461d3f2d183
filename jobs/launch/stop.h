// Signals that ask the job to stop. Private to this folder.
#pragma once
#include <string_view>

namespace sealyard::launch {

/// SIGTERM, SIGUSR1, SIGUSR2, SIGINT are noted; a second SIGINT ends the process at once.
void watch_signals();
/// SIGBUS: a mapped file could not be read, or was cut short under us. One line and exit code 74
/// (io) instead of a death by signal; leaves at once, outputs keep their temporary names.
void watch_mapped_files(std::string_view program);
/// The signal noted, 0 when none.
int stop_signal();
std::string_view signal_name(int signal);

}  // namespace sealyard::launch
