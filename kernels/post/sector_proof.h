// Vanilla proofs of PoSt: what a sector shows of its replica, and the bytes the reference hands
// around: bincode 1.3.3, integers little-endian, lengths of 8 bytes, tags of 4.
// Source: rust-fil-proofs, filecoin-proofs/src/types/mod.rs, FallbackPoStSectorProof;
// storage-proofs-post/src/fallback/vanilla.rs; storage-proofs-core/src/merkle/proof.rs.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/base/porep.h"
#include "kernels/circuit/post.h"

namespace sealyard::post {

/// A sector and its proofs, one for each challenge, in their order. One of WinningPoSt has 66.
struct SectorProof {
  std::uint64_t number = 0;
  circuit::PostSector sector;
};

/// The bytes a worker that read the sector gives to the one that proves.
std::vector<std::uint8_t> encode(const SectorProof& proof);
/// Of every proof of so many challenges in trees of this shape.
std::size_t encoded_bytes(const TreeShape& tree, unsigned challenges);
/// @throws Error{corrupt} another length; lengths, tags or positions of another shape.
SectorProof decode(std::span<const std::uint8_t> bytes, const TreeShape& tree, unsigned challenges);

/// The sectors of one partition together, as the circuit takes them; the last one stands for those
/// that are missing. @throws Error{usage} no sector, too many.
std::vector<std::uint8_t> encode_partition(const circuit::PostShape& shape,
                                           std::span<const circuit::PostSector> sectors);

/// The first thing wrong with a sector's proofs, in words; nothing when all is right. Every path is
/// hashed and every node looked at; more than the reference, which takes comm_c as it comes.
///   P_2(comm_c, comm_r_last) = comm_r;  of each path: leaf = challenge, root = comm_r_last
std::optional<std::string> flaw(const SectorProof& proof, const TreeShape& tree, const Node& comm_r,
                                std::span<const std::uint64_t> leaves);

}  // namespace sealyard::post
