// Nodes and sectors for the tests of what a GPU runs, and what PC2 makes of them without slices.
#pragma once
#include <array>
#include <cstring>
#include <vector>

#include "kernels/field/fr.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/slice/slice.h"

namespace sealyard {

inline std::vector<std::uint8_t> sample(std::size_t n) {
  std::vector<std::uint8_t> out(n);
  std::uint64_t x = n + 1;
  for (auto& byte : out)
    byte = static_cast<std::uint8_t>((x = x * 6364136223846793005 + 1442695040888963407) >> 56);
  return out;
}

// Below 2^254, as all nodes of a sector.
inline std::vector<Node> sample_nodes(std::size_t n) {
  const auto bytes = sample(n * kNodeBytes);
  std::vector<Node> out(n);
  if (n > 0) std::memcpy(out.data(), bytes.data(), bytes.size());
  for (auto& node : out) node = trim(node);
  return out;
}

// What PC2 makes of some nodes, row by row.
struct Made {
  std::vector<Node> replica;
  std::array<std::vector<Node>, slice::kMostRows + 1> tree_c, tree_r;

  Made(std::size_t nodes, unsigned rows) : replica(nodes) {
    for (unsigned row = 0; row <= rows; ++row) tree_c[row].resize(nodes >> 3 * row);
    for (unsigned row = 1; row <= rows; ++row) tree_r[row].resize(nodes >> 3 * row);
  }
  slice::Output at(std::size_t first, unsigned rows) {
    slice::Output out;
    out.replica = replica.data() + first;
    for (unsigned row = 0; row <= rows; ++row) out.tree_c[row] = &tree_c[row][first >> 3 * row];
    for (unsigned row = 1; row <= rows; ++row) out.tree_r[row] = &tree_r[row][first >> 3 * row];
    return out;
  }
  friend bool operator==(const Made& a, const Made& b) {
    return a.replica == b.replica && a.tree_c == b.tree_c && a.tree_r == b.tree_r;
  }
};

struct Sector {
  std::vector<std::vector<Node>> layers;
  std::vector<Node> data;

  Sector(unsigned count, std::size_t nodes) : data(sample_nodes(nodes)) {
    for (unsigned k = 0; k < count; ++k) layers.push_back(sample_nodes(nodes + k));
  }
  slice::Input at(std::size_t first, std::size_t nodes) const {
    slice::Input in{{}, data.data() + first, nodes};
    for (const auto& layer : layers) in.layers.push_back(layer.data() + first);
    return in;
  }
};

// Row by row over the whole, without slices.
inline Made made_plainly(const Sector& sector, unsigned rows) {
  const std::size_t nodes = sector.data.size();
  Made made(nodes, rows);
  const auto in = sector.at(0, nodes);
  poseidon::hash_columns(in.layers, made.tree_c[0], Backend::portable);
  for (std::size_t i = 0; i < nodes; ++i)
    made.replica[i] = field::add(sector.data[i], sector.layers.back()[i]);
  for (unsigned row = 1; row <= rows; ++row) {
    poseidon::hash_groups(8, made.tree_c[row - 1], made.tree_c[row]);
    poseidon::hash_groups(8, row == 1 ? made.replica : made.tree_r[row - 1], made.tree_r[row]);
  }
  return made;
}

inline void make_in_slices(slice::Lane& lane, const slice::Shape& shape, const Sector& sector,
                           Made& made) {
  for (std::size_t at = 0; at < sector.data.size(); at += shape.most_nodes) {
    const auto nodes = std::min(shape.most_nodes, sector.data.size() - at);
    lane.start(sector.at(at, nodes), made.at(at, shape.rows));
    lane.finish();
  }
}

}  // namespace sealyard
