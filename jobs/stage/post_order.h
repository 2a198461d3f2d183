// The order of a PoSt proof: who asks, for which randomness and sectors. Written by the chain, read
// by the programs that prove and verify.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/node.h"

namespace sealyard::stage {

/// {"kind": "window", "sector_size": 2048, "miner": 1000, "randomness": "<64 hex>",
///  "sectors": [{"number": 1, "comm_r": "<64 hex>", "sealed": "PATH", "cache": "PATH"}]}
///
/// kind is window, window-v1 (the older rule of challenges) or winning; sealed and cache are for
/// who proves. A reader ignores keys it does not know.
struct PostOrder {
  struct Sector {
    std::uint64_t number = 0;
    Node comm_r;
    std::string sealed, cache;  ///< empty when not given
    friend bool operator==(const Sector&, const Sector&) = default;
  };

  std::string kind;
  std::uint64_t sector_bytes = 0;
  std::uint64_t miner = 0;
  Node randomness;
  std::vector<Sector> sectors;  ///< ascending by number, each once, at least one
  friend bool operator==(const PostOrder&, const PostOrder&) = default;
};

/// Sorts the sectors. One that stands there twice counts once, as for the chain, which puts a good
/// sector in the place of faulty ones.
/// @param what  names the text in messages: its file.
/// @throws Error{usage} naming the field: not JSON, another kind, a field missing or of the wrong
/// form, no sectors, twice the same number with different content.
PostOrder parse_post_order(std::string_view json, std::string_view what);

std::string to_json(const PostOrder& order);  ///< indented by two, newline at the end
/// Whole or not at all, on disk when it returns.  @throws Error{io}
void write(const std::filesystem::path& file, const PostOrder& order);
/// Nothing when the file is not there.  @throws Error{io}, Error{usage}
std::optional<PostOrder> read_post_order(const std::filesystem::path& file);

}  // namespace sealyard::stage
