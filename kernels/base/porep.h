// What a seal proof type means: sizes, layers, tree shapes, challenges. The one place they come from.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernels/base/node.h"

namespace sealyard {

/// Graph rules changed between 1.0.0 and 1.1.0.
/// Source: rust-fil-proofs, storage-proofs-core/src/api_version.rs.
enum class ApiVersion { v1_0_0, v1_1_0, v1_2_0 };

enum class PorepFeature { none, synthetic, non_interactive };

/// Shape of the Poseidon trees over n leaves: `base_trees` trees of arity 8 side by side, their
/// roots joined by one node of arity `sub_arity` each `sub_arity` trees, those by `top_arity`.
/// An arity of 0 means the level does not exist.
struct TreeShape {
  std::uint64_t base_trees;            ///< 1, 2, 8 or 16
  std::uint64_t leaves_per_base_tree;  ///< power of 8
  unsigned sub_arity;                  ///< 0, 2 or 8
  unsigned top_arity;                  ///< 0 or 2
};

/// Everything that follows from a registered proof or from (sector size, porep id, api version).
struct PorepConfig {
  std::uint64_t sector_bytes = 0;  ///< padded; one of the ten sizes
  Node porep_id;                   ///< seeds the graph and the replica id
  ApiVersion api = ApiVersion::v1_1_0;
  PorepFeature feature = PorepFeature::none;
  std::optional<unsigned> registered;  ///< 0..19; absent for the sizes without a registered proof

  std::uint64_t nodes() const { return sector_bytes / kNodeBytes; }
  std::uint64_t unpadded_bytes() const { return sector_bytes / 128 * 127; }
  unsigned layers() const;
  TreeShape tree() const;
  unsigned partitions() const;
  unsigned challenges_per_partition() const;
  /// Number of synthetic challenges, min(nodes, 2^18).
  std::uint64_t synthetic_challenges() const;

  /// "StackedDrg2KiBV1_1", or "porep 8080..:16384:1.1.0" for sizes without a registered proof.
  std::string name() const;
  /// "StackedDrg2KiBV1": the key of the reference's JSON, the V1 name of the size whatever the proof.
  std::string size_key() const;

  friend bool operator==(const PorepConfig&, const PorepConfig&) = default;
};

/// Registered seal proof 0..19.
/// Source: rust-filecoin-proofs-api, src/registry.rs; go-state-types, abi/sector.go.
/// @throws Error{usage} any other number.
PorepConfig registered_porep(unsigned number);

/// A number "0".."19", a name of the reference or of Go ("StackedDrg32GiBV1_1",
/// "StackedDrg32GiBV1_2_Feat_NiPoRep").  @throws Error{usage} with the list of what exists.
PorepConfig parse_porep(std::string_view text);

/// A size without a registered proof (or any other porep id).
/// @throws Error{usage} the size is none of the ten.
PorepConfig raw_porep(std::uint64_t sector_bytes, const Node& porep_id, ApiVersion api,
                      PorepFeature feature = PorepFeature::none);

std::string_view text(ApiVersion api);  ///< "1.1.0"
/// @throws Error{usage}
ApiVersion parse_api_version(std::string_view text);

/// "2KiB", "512MiB", "32GiB"; as lotus writes sector sizes.
std::string size_text(std::uint64_t bytes);
/// "2KiB", "8 MiB", "2048".  @throws Error{usage} not a size.
std::uint64_t parse_size(std::string_view text);

}  // namespace sealyard
