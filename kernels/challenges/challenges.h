// PoRep challenges: which nodes a proof opens. Node 0 is never challenged.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/challenges.rs.
//
// Challenges form one sequence; partition k of c challenges takes positions [c k, c k + c) of it.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"

namespace sealyard::challenges {

/// A part of the sequence, usually of one partition.
struct Positions {
  std::uint32_t first;
  std::uint32_t count;
};

/// Positions of one partition.  @throws Error{usage} there is no such partition.
Positions partition(const PorepConfig& config, unsigned number);
/// Positions of all partitions.
Positions all(const PorepConfig& config);

/// SHA-256(replica_id || seed || LE32(position)) mod (nodes - 1) + 1.
std::vector<std::uint64_t> interactive(const Node& replica_id, const Node& seed,
                                       std::uint64_t nodes, Positions positions);

/// The same with comm_r for the seed, and a domain tag before it all.
std::vector<std::uint64_t> non_interactive(const Node& replica_id, const Node& comm_r,
                                           std::uint64_t nodes, Positions positions);

/// The synthetic challenges, known before the seed: `count` nodes from a ChaCha20 stream keyed by
/// BLAKE2b of replica_id and comm_r. May repeat.
std::vector<std::uint64_t> synthetic(const Node& replica_id, const Node& comm_r,
                                     std::uint64_t nodes, std::uint64_t count);

/// Which of `count` synthetic challenges the seed selects: indexes into synthetic(). May repeat.
std::vector<std::uint64_t> synthetic_indexes(const Node& replica_id, const Node& seed,
                                             std::uint64_t count, Positions positions);

/// The challenged nodes of these positions by the rule of the proof's feature (plain, synthetic or
/// non-interactive). Plain ignores comm_r, non-interactive ignores the seed.
std::vector<std::uint64_t> derive(const PorepConfig& config, const Node& replica_id,
                                  const Node& comm_r, const Node& seed, Positions positions);

}  // namespace sealyard::challenges
