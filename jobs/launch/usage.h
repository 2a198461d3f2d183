// What this process has used so far. Private to this folder.
#pragma once
#include <cstdint>

namespace sealyard::launch {

struct Usage {
  std::uint64_t peak_memory_bytes = 0;  ///< VmHWM: highest resident set, mapped files included
  /// The larger of what calls moved and what the disk moved: the first misses mapped files, the
  /// second what stayed in memory. 0 where /proc/self/io may not be read.
  std::uint64_t read_bytes = 0, written_bytes = 0;
};
Usage usage_now();

}  // namespace sealyard::launch
