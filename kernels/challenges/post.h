// PoSt challenges: which sector a WinningPoSt is about, which leaves of tree_r_last a proof opens.
// Source: rust-fil-proofs, storage-proofs-post/src/fallback/vanilla.rs, generate_leaf_challenge(),
// generate_sector_challenge().
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/challenges/challenges.h"

namespace sealyard::challenges {

/// The three rules. What the chain calls WindowPoSt V1_1 is `window`, V1 is `window_v1`.
enum class Post { window, window_v1, winning };

std::string_view text(Post kind);  ///< "window", "window-v1", "winning"
/// @throws Error{usage} another word.
Post parse_post(std::string_view text);

inline constexpr unsigned kWindowChallenges = 10, kWinningChallenges = 66;

/// Randomness as the proofs take it: its two top bits cleared, so that it is a field element. A
/// draw of the chain and one that was trimmed before give the same.
/// Source: filecoin-ffi, proofs.go; lotus, storage/sealer/manager_post.go; ref-fvm, verify_post().
inline Node post_randomness(const Node& drawn) { return trim(drawn); }

/// Positions of a sector's challenges in its sequence. With window_v1 they depend on the place of
/// the sector among all sectors of the proof, in order of number; else all sectors have the same.
/// Source: rust-fil-proofs, storage-proofs-post/src/fallback/utils.rs, get_challenge_index();
/// FIP-0061.
Positions post_positions(Post kind, std::size_t sector_index);

/// LE64(SHA-256(randomness || LE64(sector) || LE64(position))) mod leaves, of the first 8 bytes.
/// @param randomness  of post_randomness().
/// @param first, count  positions in the sector's sequence.
/// @param leaves        of tree_r_last: nodes of a sector.
/// @throws Error{usage} of none.
std::vector<std::uint64_t> post_leaves(const Node& randomness, std::uint64_t sector,
                                       std::uint64_t first, unsigned count, std::uint64_t leaves);

/// Which of `sectors` active sectors, in order of number, a WinningPoSt is about:
/// LE64(SHA-256(prover_id || randomness || LE64(0))) mod sectors, of the first 8 bytes.
/// @param randomness  of post_randomness().
/// @throws Error{usage} of none.
std::uint64_t winning_sector(const Node& prover_id, const Node& randomness, std::uint64_t sectors);

}  // namespace sealyard::challenges
