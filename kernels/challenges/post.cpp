#include "kernels/challenges/post.h"

#include <array>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::challenges {
namespace {

void add_number(sha256::Hasher& hasher, std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  store_le(bytes.data(), number);
  hasher.update(bytes);
}

std::uint64_t first_number(const sha256::Hasher& hasher) {
  auto copy = hasher;
  return load_le<std::uint64_t>(copy.finish().bytes.data());
}

}  // namespace

std::string_view text(Post kind) {
  return kind == Post::window ? "window" : kind == Post::window_v1 ? "window-v1" : "winning";
}

Post parse_post(std::string_view word) {
  for (const auto kind : {Post::window, Post::window_v1, Post::winning})
    if (word == text(kind)) return kind;
  throw Error(Fault::usage, "kind \"{}\", want window, window-v1 or winning", word);
}

Positions post_positions(Post kind, std::size_t sector_index) {
  if (kind == Post::winning) return {0, kWinningChallenges};
  const auto before = kind == Post::window_v1 ? sector_index * kWindowChallenges : 0;
  return {static_cast<std::uint32_t>(before), kWindowChallenges};
}

std::vector<std::uint64_t> post_leaves(const Node& randomness, std::uint64_t sector,
                                       std::uint64_t first, unsigned count, std::uint64_t leaves) {
  if (leaves == 0) throw Error(Fault::usage, "challenges: leaves of a sector of 0 nodes");
  sha256::Hasher begun;
  begun.update(randomness);
  add_number(begun, sector);
  std::vector<std::uint64_t> made;
  made.reserve(count);
  for (unsigned i = 0; i < count; ++i) {
    auto hasher = begun;
    add_number(hasher, first + i);
    made.push_back(first_number(hasher) % leaves);
  }
  return made;
}

std::uint64_t winning_sector(const Node& prover_id, const Node& randomness, std::uint64_t sectors) {
  if (sectors == 0) throw Error(Fault::usage, "challenges: a WinningPoSt of a miner of no sectors");
  sha256::Hasher hasher;
  hasher.update(prover_id);
  hasher.update(randomness);
  add_number(hasher, 0);
  return first_number(hasher) % sectors;
}

}  // namespace sealyard::challenges
