// The two small files of a sector's cache folder: p_aux and t_aux.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/params.rs, PersistentAux,
// TemporaryAux; bincode 1.3.3.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"

namespace sealyard::vanilla {

inline constexpr std::size_t kPAuxBytes = 64;

/// p_aux: CommC || CommRLast.
struct PAux {
  Node comm_c, comm_r_last;
  friend bool operator==(const PAux&, const PAux&) = default;
};

std::vector<std::uint8_t> encode_p_aux(const PAux& aux);
/// @throws Error{corrupt} not 64 bytes, or a commitment that is no field element.
PAux decode_p_aux(std::span<const std::uint8_t> bytes);

/// Where and how one tree or layer is stored: the file is <path>/sc-02-data-<id>.dat.
struct StoreConfig {
  std::string path;                   ///< the cache folder as recorded when sealing
  std::string id;                     ///< "layer-1", "tree-d", "tree-r-last", "tree-c"
  std::optional<std::uint64_t> size;  ///< nodes; of one base tree where there are several
  std::uint64_t rows_to_discard = 0;
  friend bool operator==(const StoreConfig&, const StoreConfig&) = default;
};

/// t_aux. The paths are those of sealing time; readers use the folder the file lies in.
struct TAux {
  std::vector<StoreConfig> labels;  ///< one per layer
  StoreConfig tree_d, tree_r_last, tree_c;
  friend bool operator==(const TAux&, const TAux&) = default;
};

/// What the reference records for this sector.
TAux t_aux(const PorepConfig& config, std::string_view recorded_cache_path,
           unsigned rows_to_discard);

std::vector<std::uint8_t> encode_t_aux(const TAux& aux);
/// @throws Error{corrupt} cut off, trailing bytes, or an impossible length.
TAux decode_t_aux(std::span<const std::uint8_t> bytes);

}  // namespace sealyard::vanilla
