// The record beside a parents cache: digests of the whole and of its blocks. Private.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "jobs/sector/output.h"
#include "kernels/base/node.h"

namespace sealyard::parent_cache {

/// Text, a line each: "sealyard.parents.1 <nodes> <nodes of a block> <SHA-256 of the file>", the
/// SHA-256 of each block, and the SHA-256 of all these lines.
struct BlockRecord {
  std::uint64_t nodes = 0;
  Node sha256;
  std::vector<Node> blocks;
};

void write(const std::filesystem::path& path, const BlockRecord& record);
/// Absent, damaged, or of another number of nodes: no record.
std::optional<BlockRecord> read_record(const std::filesystem::path& path, std::uint64_t nodes);

}  // namespace sealyard::parent_cache
