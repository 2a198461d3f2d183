#include "jobs/launch/usage.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace sealyard::launch {
namespace {

// "name: 123 ..." lines.
std::uint64_t value_of(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string word; in >> word;) {
    std::uint64_t value = 0;
    if (word == name && in >> value) return value;
    in.clear();
    in.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

}  // namespace

Usage usage_now() {
  constexpr const char* kIo = "/proc/self/io";
  return {.peak_memory_bytes = 1024 * value_of("/proc/self/status", "VmHWM:"),
          .read_bytes = std::max(value_of(kIo, "rchar:"), value_of(kIo, "read_bytes:")),
          .written_bytes = std::max(value_of(kIo, "wchar:"), value_of(kIo, "write_bytes:"))};
}

}  // namespace sealyard::launch
