// A slice: neighbouring nodes of a sector, on their way through PC2. One pass over the layers gives
// column hashes, replica, and the low rows of the trees over both. Included by CUDA code, so C++17.
#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "kernels/base/node.h"

namespace sealyard::slice {

/// Rows above the leaves that a slice gives: few enough that its last row still fills a GPU, enough
/// that the first row that a tree_r_last stores is among them.
inline constexpr unsigned kMostRows = 3;

struct Shape {
  unsigned layers;         ///< an arity of Poseidon
  unsigned rows;           ///< above the leaves: kMostRows, fewer where the trees are lower
  std::size_t most_nodes;  ///< of a slice; a multiple of group()

  std::size_t group() const { return std::size_t{1} << 3 * rows; }  ///< leaves under a top node
};

/// What is read. Pointers are to the slice's first node.
struct Input {
  std::vector<const Node*> layers;  ///< layer 1 first
  const Node* data;
  std::size_t nodes;  ///< a multiple of group()
};

/// Where it goes: row r of the slice has nodes / 8^r nodes. A row at nullptr is not written; when
/// the top row of a tree is at nullptr, the tree is not made at all.
struct Output {
  Node* replica = nullptr;                       ///< data[i] + label[i]: row 0 of tree_r
  std::array<Node*, kMostRows + 1> tree_c = {};  ///< row 0: the column hashes
  std::array<Node*, kMostRows + 1> tree_r = {};  ///< row 0 is not used
};

/// Makes one slice at a time; several lanes take turns, so that one is filled while another's slice
/// is hashed.
class Lane {
 public:
  virtual ~Lane() = default;
  /// @param in, out  their memory must live until finish(), or until the lane is gone.
  virtual void start(const Input& in, const Output& out) = 0;
  /// Returns when the rows are written.
  virtual void finish() = 0;
};

namespace cuda {
std::unique_ptr<Lane> make_lane(const Shape& shape, unsigned threads);
}

}  // namespace sealyard::slice
