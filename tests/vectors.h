// The reference sectors of tests/vectors/seal and the data they were made from.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"

namespace sealyard::vectors {

/// A whole file of tests/vectors ("seal/2k-data-v1_1/sealed").  @throws std::runtime_error absent.
std::vector<std::uint8_t> bytes(const std::string& path);
/// The same, as nodes.
std::vector<Node> nodes(const std::string& path);
bool exists(const std::string& path);

/// 64 hex digits as a node; for golden values in tests.
Node node(std::string_view hex);
/// SHA-256 of nodes as they lie in a file, as hex.
std::string sha256(std::span<const Node> nodes);
std::string sha256(std::span<const std::uint8_t> bytes);

struct Piece {
  std::string label;  ///< empty: zeros
  std::uint64_t unpadded_bytes;
  Node comm_p;

  /// SHA-256(label || LE64(i)) for i = 0, 1, ..., cut to size; zeros without a label.
  std::vector<std::uint8_t> data() const;
};

/// One folder of tests/vectors/seal.
struct Case {
  std::string name;
  PorepConfig config;
  std::uint64_t miner, sector;
  Node prover_id, ticket, seed, replica_id, comm_d, comm_r;
  std::vector<Piece> pieces;
  nlohmann::json json;  ///< the whole case.json, for what is not named here

  std::string path(const std::string& file) const { return "seal/" + name + "/" + file; }
  /// SHA-256 of a cache file, as hex ("sc-02-data-layer-1.dat").
  std::string cache_sha256(const std::string& file) const;
  /// The unsealed sector: padded pieces one after another; they fill it.
  std::vector<Node> unsealed() const;
};

Case seal_case(const std::string& name);
/// Every case folder whose sector has at most `max_bytes`, in order of name.
std::vector<Case> seal_cases(std::uint64_t max_bytes);

}  // namespace sealyard::vectors
