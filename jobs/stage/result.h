// What a stage declares when it is done: the only thing the chain reads of its work.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/stage/attempt.h"
#include "kernels/base/node.h"
#include "kernels/base/sector_id.h"

namespace sealyard::stage {

struct Artefact {
  std::string name;  ///< path under the storage root: "cache/s-t01000-7/p_aux"
  std::uint64_t bytes = 0;
  Node sha256;
  friend bool operator==(const Artefact&, const Artefact&) = default;
};

/// ROOT/work/<sector>/<stage>.result.json, written last of all:
///
///   {"schema": "sealyard.result.1", "stage": "pc1", "sector": "s-t01000-7",
///    "proof_type": "StackedDrg2KiBV1_1",
///    "inputs": {"ticket": "<64 hex>"}, "commitments": {"comm_d": "<64 hex>"},
///    "artefacts": [{"name": "...", "bytes": 2048, "sha256": "<64 hex>"}],
///    "attempt": {"job_id": 4711, "restart": 0, "node": "n03", "host": "n03", "pid": 812},
///    "backend": "sha-ni", "threads": 4, "started": "2024-05-01T10:00:00Z", "ended": "...",
///    "seconds": 1.25, "peak_memory_bytes": 1, "read_bytes": 1, "written_bytes": 1,
///    "version": "sealyard 0.1.0"}
///
/// Text, numbers and order are stable; a reader ignores keys it does not know.
struct Result {
  std::string stage;
  std::optional<SectorId> sector;  ///< absent for seal-parents and seal-template
  std::string proof_type;          ///< PorepConfig::name()
  std::map<std::string, std::string> inputs;
  std::map<std::string, Node> commitments;  ///< comm_d, comm_c, comm_r_last, comm_r, replica_id
  std::vector<Artefact> artefacts;
  // From here on filled by launch::Job::finish.
  Attempt attempt;
  std::string backend;
  unsigned threads = 0;
  std::string started, ended;  ///< UTC, RFC 3339, whole seconds
  double seconds = 0;
  std::uint64_t peak_memory_bytes = 0, read_bytes = 0, written_bytes = 0;
  std::string version;
  friend bool operator==(const Result&, const Result&) = default;
};

std::string to_json(const Result& result);  ///< indented by two, newline at the end
/// @param what  names the text in messages: its file.
/// @throws Error{corrupt} not JSON, another schema, a field missing or of the wrong form.
Result parse_result(std::string_view json, std::string_view what);

/// Written under a temporary name, fsynced, renamed, folder fsynced.
/// @param fence  called right before the rename; throws when the sector is no longer ours.
/// @throws Error{io}
void write(const std::filesystem::path& root, const Result& result,
           const std::function<void()>& fence = {});
/// Absent: the stage is not done.  @throws Error{corrupt}, Error{io}
std::optional<Result> read_result(const std::filesystem::path& root, SectorId sector,
                                  std::string_view stage);
/// A stage that starts (again) takes its old result away first.  @throws Error{io}
void remove_result(const std::filesystem::path& root, SectorId sector, std::string_view stage);

}  // namespace sealyard::stage
