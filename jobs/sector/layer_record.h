// Side records of layers: why a layer file found on the disk may be trusted.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/output.h"
#include "kernels/base/node.h"

namespace sealyard::sector {

/// work/<sector>/layer-<n>.json, written after the layer's bytes are on the disk. The reference
/// trusts a layer by its length alone and so takes labels of another ticket for its own; we want
/// the same replica id, the digest of the bytes, and a chain: each record names the digest of the
/// layer before, since a layer is a function of it.
struct LayerRecord {
  unsigned layer = 0;
  Node replica_id;
  std::uint64_t nodes = 0;  ///< written so far; fewer than the layer has: a checkpoint inside it
  Written written;          ///< of those nodes
  Node previous_sha256;     ///< of the whole layer before; zeros for layer 1

  /// A checkpoint's bytes lie in folder.layer_in_progress(layer), a whole layer's in
  /// folder.layer().
  bool whole(const Folder& folder) const { return nodes == folder.porep().nodes(); }
};

void write(const Folder& folder, const LayerRecord& record, const Lock& lock);
/// Absent, unreadable or of another form: no record (the layer is computed again).
std::optional<LayerRecord> read_layer_record(const Folder& folder, unsigned layer);

/// What PC1 need not compute again.
struct Resume {
  std::vector<LayerRecord> whole;         ///< layers 1, 2, ... in order, each proven
  std::optional<LayerRecord> checkpoint;  ///< of the layer after those
  std::string why;  ///< one line: "layers 1-4 kept, layer 5 from node 4194304", or what was refused
};

/// Reads every layer that has a fitting record and compares its digest; stops at the first that
/// does not fit. The checkpoint's own bytes are proven later by Output::resume.
/// @param threads  layers hashed at the same time.
Resume find_resume(const Folder& folder, const Node& replica_id, unsigned threads);

/// Removes layers (also in progress) and records from `first` on, by name; tree_d stays.
void remove_layers(const Folder& folder, unsigned first, const Lock& lock);

/// The digest of a whole layer against its record: PC2 and unseal before they believe the bytes.
/// @throws Error{corrupt} no record, another replica id, or another digest; "rerun seal-pc1".
void require_layer_record(const Folder& folder, unsigned layer, const Node& replica_id,
                          const Node& sha256);

}  // namespace sealyard::sector
