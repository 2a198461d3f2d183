// Is a WindowPoSt or WinningPoSt one of these sectors, for this randomness?
// Source: rust-fil-proofs, filecoin-proofs/src/api/window_post.rs, verify_window_post();
// winning_post.rs, verify_winning_post(); storage-proofs-post/src/fallback/compound.rs.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/challenges/post.h"
#include "kernels/groth16/verify.h"

namespace sealyard::verify {

/// What the proof is said to prove: this miner still holds these replicas.
struct Post {
  challenges::Post kind = challenges::Post::window;
  std::uint64_t sector_bytes = 0;
  std::uint64_t miner = 0;  ///< stands for itself: no PoSt proof depends on it
  Node randomness;          ///< as the chain drew it, or trimmed
  /// CommR by sector number; a WinningPoSt is of one. The order of the proof is that of the
  /// numbers.
  std::map<std::uint64_t, Node> sectors;
};

/// Names the key to verify with: groth16::verifying_key_file().
/// @throws Error{usage} no such sector size.
std::string params_id(const Post& post);

/// How many proofs of one partition the whole proof is.
/// @throws Error{usage} no sector; a WinningPoSt of several.
std::size_t partitions(const Post& post);

/// The public inputs of each partition, without the constant 1. Sectors in order of number fill
/// partition after partition; the last sector of the last one stands for those that are missing.
/// @throws Error{usage} as partitions(); a commitment that is none: refusal() says which.
std::vector<std::vector<groth16::Fr>> inputs(const Post& post);

/// Why the proof does not show it, in words; nothing when it does.
/// @param proof  192 bytes a partition, one after another.
/// @throws Error{usage} as partitions(); Error{configuration} a key of another circuit.
std::optional<std::string> refusal(const groth16::VerifyingKey& key, const Post& post,
                                   std::span<const std::uint8_t> proof);

}  // namespace sealyard::verify
