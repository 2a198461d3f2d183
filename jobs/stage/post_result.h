// What came of the order of a PoSt proof: the proof, and which sectors are not in it. Written by
// the programs that prove, read by the chain.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/stage/attempt.h"
#include "jobs/stage/post_order.h"

namespace sealyard::stage {

/// {"schema": "sealyard.post.1", "kind": "window", "sector_size": 2048, "miner": 1000,
///  "randomness": "<64 hex>", "partitions": 2, "partition": 1, "proof": "<hex>",
///  "sectors": [1, 2, 5], "skipped": [{"number": 3, "reason": "missing: ..."}],
///  "params": "official", "reads": 12, "read_bytes": 9000, "attempt": {...},
///  "started": "2024-05-01T10:00:00Z", "ended": "...", "seconds": 1.25, "version": "sealyard
///  0.1.0"}
///
/// A reader ignores keys it does not know.
struct PostResult {
  struct Skipped {
    std::uint64_t number = 0;
    std::string reason;  ///< missing, short, io, timeout, corrupt or commr-mismatch, a colon, more
    friend bool operator==(const Skipped&, const Skipped&) = default;
  };

  std::string kind;
  std::uint64_t sector_bytes = 0;
  std::uint64_t miner = 0;
  Node randomness;                         ///< trimmed, as the proof takes it
  std::uint64_t partitions = 0;            ///< that what could be read makes up
  std::optional<std::uint64_t> partition;  ///< the only one that was asked for
  std::vector<std::uint8_t> proof;         ///< 192 bytes a partition; none when nothing was proven
  std::vector<std::uint64_t> sectors;      ///< that the proof is of, ascending
  std::vector<Skipped> skipped;            ///< ascending
  std::string params;                      ///< "official" or "development"; empty without a proof
  std::uint64_t reads = 0, read_bytes = 0;
  Attempt attempt;
  std::string started, ended;  ///< UTC, RFC 3339, whole seconds
  double seconds = 0;
  std::string version;
  friend bool operator==(const PostResult&, const PostResult&) = default;
};

std::string to_json(const PostResult& result);  ///< indented by two, newline at the end
/// @throws Error{corrupt} not JSON, another schema, a field missing or of the wrong form.
PostResult parse_post_result(std::string_view json, std::string_view what);

/// Whole or not at all.  @throws Error{io}
void write(const std::filesystem::path& file, const PostResult& result);
/// Nothing when the file is not there.  @throws Error{io}, Error{corrupt}
std::optional<PostResult> read_post_result(const std::filesystem::path& file);

}  // namespace sealyard::stage
