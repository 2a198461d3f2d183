// Side records of tree files: why one that is found on the disk may be trusted.
#pragma once
#include <optional>
#include <string_view>

#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/output.h"
#include "kernels/base/node.h"

namespace sealyard::sector {

/// work/<sector>/<name>.json, written after the file's bytes are on the disk.
struct DigestRecord {
  Node key;         ///< what the file is a function of: CommD for tree_d, the replica id for others
  Node root;        ///< of the tree in it
  Written written;  ///< the file
};

/// @param name  "tree-d", "tree-c-3", "tree-r-last-0", "sealed".
/// @param lock  nullptr: one of several ranks, whose first one holds it.
void write_digest_record(const Folder& folder, std::string_view name, const DigestRecord& record,
                         const Lock* lock);
/// Absent or unreadable: no record (the file is made again).
std::optional<DigestRecord> read_digest_record(const Folder& folder, std::string_view name);
/// @throws Error{io}
void remove_digest_record(const Folder& folder, std::string_view name);

/// The record of a file that is there, was made from `key` and still has its digest; reads the
/// whole file. Anything else: nothing, the file is made again.
std::optional<DigestRecord> find_trusted(const Folder& folder, const File& file,
                                         std::string_view name, const Node& key);

}  // namespace sealyard::sector
