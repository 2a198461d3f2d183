// Which sectors of an order can be proven, and their proofs, read by all ranks of the job.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/proving/readers.h"
#include "jobs/stage/post_order.h"
#include "jobs/stage/post_result.h"
#include "kernels/challenges/post.h"
#include "kernels/post/sector_proof.h"

namespace sealyard::proving {

struct Reading {
  const stage::PostOrder& order;
  challenges::Post kind;
  /// Stop when so many can be proven; the first of the order are tried first.
  std::size_t enough;
  Limits limits;
  std::uint64_t gap_nodes;
};

/// On the first rank; on the others empty.
struct Readable {
  std::vector<post::SectorProof> proofs;  ///< ascending by number, `enough` at most
  std::vector<stage::PostResult::Skipped> skipped;
  std::uint64_t reads = 0, read_bytes = 0;
};

/// Each rank reads its share; a sector whose files it lacks is tried by the next rank, for the
/// folders of hosts may differ. With window-v1 a sector that follows a skipped one has other
/// challenges than it was read for and is read again. Collective.
/// @throws Error{busy} stopped; Error{usage} a sector without paths.
Readable read_sectors(launch::Job& job, const Reading& reading);

}  // namespace sealyard::proving
