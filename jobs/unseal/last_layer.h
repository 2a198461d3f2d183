// The labels of the last layer: what was added to the data.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "jobs/parent_cache/parent_cache.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/layer_memory.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/node.h"
#include "kernels/device/share.h"

namespace sealyard::unseal {

/// Labels computed of those to compute, and the layer; may throw to stop.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Either PC1's file or memory.
class LastLayer {
 public:
  /// The layer in the sector's cache, when its record names this replica id and its bytes are those
  /// on record. Reads it once.
  static std::optional<LastLayer> find(const sector::Folder& folder, const Node& replica_id);

  /// All layers again, in two layers of memory; writes no file. The reference overwrites tree_d or
  /// leaves layers in the cache (rust-fil-proofs, filecoin-proofs/src/api/mod.rs, unseal_range).
  static LastLayer compute(const PorepConfig& porep, const Node& replica_id,
                           parent_cache::Parents& parents, device::Share share,
                           const Progress& progress);

  std::span<const Node> nodes() const { return file_ ? file_->nodes() : memory_->nodes(); }

 private:
  std::optional<sector::Mapping> file_;
  std::optional<sector::LayerMemory> memory_;
};

}  // namespace sealyard::unseal
