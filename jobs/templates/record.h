// The record beside a template. Private to this folder.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>

#include "jobs/sector/output.h"

namespace sealyard::templates {

/// "<name>.sha256", one line: "sealyard.template.1 <bytes> <SHA-256> <time of change in ns>".
struct Record {
  sector::Written written;
  std::int64_t changed_ns = 0;
};

/// Length and time of change of a file; nothing when it is not there.  @throws Error{io}
struct Look {
  std::uint64_t bytes = 0;
  std::int64_t changed_ns = 0;
};
std::optional<Look> look_at(const std::filesystem::path& file);

void write(const std::filesystem::path& file, const Record& record);
/// Absent or of another form: nothing.
std::optional<Record> read(const std::filesystem::path& file);

}  // namespace sealyard::templates
