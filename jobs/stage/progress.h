// How far a running stage is, for the operator and for the job's comment.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "jobs/stage/attempt.h"
#include "kernels/base/sector_id.h"

namespace sealyard::stage {

/// ROOT/work/<sector>/progress.json, replaced as a whole, once a second at most. Advice only: it
/// may be old, and a stage that is done removes it.
struct Progress {
  std::string stage;
  SectorId sector;
  Attempt attempt;
  std::string what;  ///< "layer 3 of 11"
  std::string unit;  ///< "nodes", "bytes"
  std::uint64_t done = 0, total = 0;
  double rate = 0;      ///< units a second since this attempt started
  double eta_s = 0;     ///< -1: not known yet
  std::string updated;  ///< UTC, RFC 3339

  double percent() const;
  /// "pc1 42% layer 3 of 11, 1.02 M nodes/s, 1 h 20 min left"
  std::string text() const;
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// Not fsynced: losing it costs nothing.  @throws Error{io}
void write(const std::filesystem::path& root, const Progress& progress);
/// Absent or unreadable: no progress is known.
std::optional<Progress> read_progress(const std::filesystem::path& root, SectorId sector);

std::string now_text();  ///< UTC, RFC 3339, whole seconds

}  // namespace sealyard::stage
