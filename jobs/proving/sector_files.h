// The files of one sector, read for its proofs: never made, never changed, never waited for twice.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/post/reading.h"
#include "kernels/post/sector_proof.h"

namespace sealyard::proving {

/// What is asked of one sector, and where its files are.
struct Question {
  std::uint64_t number = 0, sector_bytes = 0;
  Node comm_r;
  std::filesystem::path sealed, cache;  ///< of an updated sector: update, update-cache
  std::vector<std::uint64_t> leaves;
  std::uint64_t gap_nodes = post::kGapNodes;
};

/// Either proofs or the reason why there are none, which begins with one of the words missing,
/// short, io, timeout, corrupt, commr-mismatch and a colon.
struct Answer {
  post::SectorProof proof;
  std::string reason;  ///< empty: the proof is good
  std::uint64_t reads = 0, read_bytes = 0;

  bool good() const { return reason.empty(); }
  bool missing() const { return reason.starts_with("missing"); }
};

/// Called before every call that may wait for a disk. May throw to end the reading.
using Alive = std::function<void()>;

/// p_aux first: a commitment that is not that of the chain costs no further read. Then the extents
/// of all files, by path and offset. The proofs are checked. Whatever is wrong with the sector is
/// the answer's reason; only what `alive` throws escapes.
Answer read_sector(const Question& question, const Alive& alive);

}  // namespace sealyard::proving
