// A sealed sector's files as what vanilla proofs are made from.
#pragma once
#include <memory>

#include "jobs/sector/folder.h"
#include "kernels/base/node.h"
#include "kernels/device/share.h"
#include "kernels/vanilla/proof.h"

namespace sealyard::sector {

/// Layers, trees and replica mapped, the trees' sources over them. Nothing is copied; files are
/// read where a proof needs them.
class VanillaSector {
 public:
  /// @param held_nodes  upper rows of each tree kept in memory: for proofs by the thousand. 0: only
  ///                    the roots; each proof hashes its paths.
  /// @throws Error{missing}, Error{corrupt} a file is not there or has another length, naming the
  ///         stage that makes it; an upper row that does not hash.
  VanillaSector(const Folder& folder, const Node& replica_id, std::uint64_t held_nodes,
                const device::Share& share);
  ~VanillaSector();
  VanillaSector(const VanillaSector&) = delete;

  const vanilla::Sector& sector() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealyard::sector
