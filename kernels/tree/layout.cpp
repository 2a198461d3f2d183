#include "kernels/tree/layout.h"

#include <algorithm>
#include <bit>

#include "kernels/base/error.h"

namespace sealyard::tree {

namespace {

constexpr unsigned kBaseArity = 8;

unsigned log2_of(std::uint64_t power_of_two) {
  return static_cast<unsigned>(std::countr_zero(power_of_two));
}

bool power_of(std::uint64_t n, unsigned arity) {
  return std::has_single_bit(n) && log2_of(n) % log2_of(arity) == 0;
}

}  // namespace

unsigned Layout::rows() const { return log2_of(leaves) / log2_of(arity) + 1; }

std::uint64_t Layout::row_nodes(unsigned row) const { return leaves >> row * log2_of(arity); }

std::uint64_t Layout::row_start(unsigned row) const {
  std::uint64_t start = 0;
  for (unsigned below = 0; below < row; ++below) start += row_nodes(below);
  return start;
}

Layout data_tree(std::uint64_t nodes) {
  if (!power_of(nodes, 2))
    throw Error(Fault::usage, "tree-d: {} leaves, want a power of two", nodes);
  return {Hash::sha256, 2, nodes};
}

Layout base_tree(const TreeShape& shape) {
  if (!power_of(shape.leaves_per_base_tree, kBaseArity))
    throw Error(Fault::usage, "base tree: {} leaves, want a power of {}",
                shape.leaves_per_base_tree, kBaseArity);
  return {Hash::poseidon, kBaseArity, shape.leaves_per_base_tree};
}

unsigned rows_to_discard(const Layout& layout, unsigned setting) {
  if (setting > kDefaultRowsToDiscard)
    throw Error(Fault::configuration,
                "rows to discard: {}, want 0, 1 or 2; the reference cannot read others back",
                setting);
  const unsigned rows = layout.rows();
  if (rows <= 2) return 0;
  return std::min(rows - 2, rows == 3 ? 1 : setting);
}

}  // namespace sealyard::tree
