// Nodes for the tests of replica encoding: the reference's sectors, edges and fixed random ones.
#pragma once
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/base/bytes.h"
#include "kernels/base/node.h"

namespace sealyard {

inline std::vector<Node> read_nodes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty() || bytes.size() % kNodeBytes != 0)
    throw std::runtime_error(path + ": missing or not whole nodes");
  std::vector<Node> nodes(bytes.size() / kNodeBytes);
  std::memcpy(nodes.data(), bytes.data(), bytes.size());
  return nodes;
}

struct ReplicaVector {
  std::vector<Node> data, label, replica;
};

/// A sealed sector of tests/vectors/seal: two layers in every size that is kept whole there.
inline ReplicaVector replica_vector(const std::string& name) {
  const std::string folder = std::string(SEALYARD_VECTORS) + "/seal/" + name;
  return {read_nodes(folder + "/unsealed"), read_nodes(folder + "/cache/sc-02-data-layer-2.dat"),
          read_nodes(folder + "/sealed")};
}

inline Node node_of_limbs(std::uint64_t l0, std::uint64_t l1, std::uint64_t l2, std::uint64_t l3) {
  Node node;
  store_le(node.bytes.data(), l0);
  store_le(node.bytes.data() + 8, l1);
  store_le(node.bytes.data() + 16, l2);
  store_le(node.bytes.data() + 24, l3);
  return node;
}

/// r - k for small k.
inline Node order_minus(std::uint64_t k) {
  return node_of_limbs(0xffffffff00000001 - k, 0x53bda402fffe5bfe, 0x3339d80809a1d805,
                       0x73eda753299d7d48);
}

/// n nodes below 2^254, as Fr32 padding leaves them.
inline std::vector<Node> random_nodes(std::size_t n, std::uint64_t rng_seed) {
  std::mt19937_64 rng(rng_seed);
  std::vector<Node> nodes(n);
  for (auto& node : nodes) node = trim(node_of_limbs(rng(), rng(), rng(), rng()));
  return nodes;
}

}  // namespace sealyard
