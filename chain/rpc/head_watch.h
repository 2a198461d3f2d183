// Follows the chain's head by asking for it: every answer is complete in itself, so a lost one, a
// restart or another node changes nothing.
#pragma once
#include <optional>
#include <vector>

#include "chain/rpc/node.h"

namespace sealyard::rpc {

class HeadWatch {
 public:
  /// Refers to the node, which must outlive it.
  explicit HeadWatch(const Node& node) : node_(node) {}

  /// What changed since the last call: reverts, newest first, then applies, oldest first. The first
  /// call gives one `current`, as does a node that does not know the last head: then whatever is
  /// not final has to be looked at again. Nothing where the head is the same. Call it three times a
  /// block delay.  @throws as Client::call(); the next call catches up.
  std::vector<HeadChange> poll();

  const std::optional<Tipset>& head() const { return head_; }

 private:
  const Node& node_;
  std::optional<Tipset> head_;
};

/// Why a node is not fit to decide by, or "".
/// @param now_s          Unix time
/// @param since_s        Unix time at which this head was first seen
/// @param public_network a node without peers is cut off there, and epochs pass by the clock
/// A head older than three block delays counts, and a sync towards more than two epochs above it.
/// Networks of one's own may have begun long ago and catch up: there a head is as old as it is
/// known.
std::string sync_trouble(const Tipset& head, const std::vector<ActiveSync>& syncs,
                         std::size_t peers, bool public_network, std::uint64_t block_delay_s,
                         std::uint64_t now_s, std::uint64_t since_s);

}  // namespace sealyard::rpc
