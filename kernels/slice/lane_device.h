// A lane whose slices are made on a Grid. Included by CUDA code, so C++17.
#pragma once
#include <cstring>

#include "kernels/poseidon/hash_device.h"
#include "kernels/replica/limbs.h"
#include "kernels/slice/copy.h"
#include "kernels/slice/lane.h"

namespace sealyard::slice::gpu {

/// Thread i encodes node i, where its data lies.
struct Encode {
  const Node* label;
  Node* nodes;  ///< data, then replica

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    const auto sum = replica::add(limbs(device::load(nodes + i)), limbs(device::load(label + i)));
    device::Words words;
    SEALYARD_UNROLL
    for (int j = 0; j < 4; ++j) {
      words.at[2 * j] = static_cast<std::uint32_t>(sum.at[j]);
      words.at[2 * j + 1] = static_cast<std::uint32_t>(sum.at[j] >> 32);
    }
    device::store(nodes + i, words);
  }

 private:
  SEALYARD_HOST_DEVICE static replica::Limbs limbs(const device::Words& words) {
    replica::Limbs out;
    SEALYARD_UNROLL
    for (int j = 0; j < 4; ++j)
      out.at[j] = words.at[2 * j] | std::uint64_t{words.at[2 * j + 1]} << 32;
    return out;
  }
};

/// Nodes of rows 0 .. rows over `leaves`.
inline std::size_t rows_nodes(std::size_t leaves, unsigned rows) {
  std::size_t nodes = 0;
  for (unsigned row = 0; row <= rows; ++row) nodes += leaves >> 3 * row;
  return nodes;
}

/// Room for a slice of `shape`, in nodes: on the GPU and in locked memory of the host. One is the
/// image of the other: layers, then data (replica) with the rows of tree_r, then those of tree_c.
inline std::size_t lane_nodes(const Shape& shape) {
  return shape.layers * shape.most_nodes + 2 * rows_nodes(shape.most_nodes, shape.rows);
}

template <typename Grid>
class GridLane : public Lane {
 public:
  GridLane(const Shape& shape, unsigned threads)
      : shape_(shape),
        threads_(threads),
        host_(lane_nodes(shape)),
        column_constants_(grid_, shape.layers),
        tree_constants_(grid_, 8),
        nodes_(grid_.template allocate<Node>(lane_nodes(shape))) {}

  void start(const Input& in, const Output& out) override {
    count_ = in.nodes;
    out_ = out;
    const bool tree_c = out.tree_c[shape_.rows], tree_r = out.tree_r[shape_.rows];
    if (tree_c) {
      for (unsigned k = 0; k < shape_.layers; ++k) bring(in.layers[k], layer(k));
      make_tree_c();
    }
    if (tree_r || out.replica) {
      if (!tree_c) bring(in.layers.back(), layer(shape_.layers - 1));
      bring(in.data, tree_r_at());
      grid_.run(count_,
                Encode{nodes_.get() + layer(shape_.layers - 1), nodes_.get() + tree_r_at()});
      if (out.replica) take(tree_r_at(), count_);
      if (tree_r) raise(tree_r_at(), out.tree_r, 1);
    }
  }

  void finish() override {
    grid_.wait();
    if (out_.replica) copy(threads_, host_.get() + tree_r_at(), out_.replica, count_);
    deliver(tree_c_at(), out_.tree_c, 0);
    deliver(tree_r_at(), out_.tree_r, 1);
  }

 private:
  // Where things begin, in nodes, on both sides.
  std::size_t layer(unsigned k) const { return k * count_; }
  std::size_t tree_r_at() const { return shape_.layers * count_; }
  std::size_t tree_c_at() const { return tree_r_at() + rows_nodes(count_, shape_.rows); }

  // From the caller to locked memory to the GPU, and back to locked memory.
  void bring(const Node* from, std::size_t at) {
    copy(threads_, from, host_.get() + at, count_);
    grid_.upload_to(nodes_.get() + at, host_.get() + at, count_);
  }
  void take(std::size_t at, std::size_t count) {
    grid_.download_later(nodes_.get() + at, count, host_.get() + at);
  }

  void make_tree_c() {
    std::vector<const Node*> columns;
    for (unsigned k = 0; k < shape_.layers; ++k) columns.push_back(nodes_.get() + layer(k));
    poseidon::gpu::hash_on(grid_, shape_.layers, column_constants_.at(), columns.data(), 1,
                           nodes_.get() + tree_c_at(), count_);
    if (out_.tree_c[0]) take(tree_c_at(), count_);
    raise(tree_c_at(), out_.tree_c, 1);
  }

  // Rows `first` to the top, each from the one below it.
  void raise(std::size_t at, const std::array<Node*, kMostRows + 1>& wanted, unsigned first) {
    for (unsigned row = first; row <= shape_.rows; ++row) {
      const std::size_t below = at + below_nodes(row - 1), here = at + below_nodes(row);
      poseidon::gpu::hash_row_on(grid_, 8, tree_constants_.at(), nodes_.get() + below,
                                 nodes_.get() + here, row_nodes(row));
      if (wanted[row]) take(here, row_nodes(row));
    }
  }

  void deliver(std::size_t at, const std::array<Node*, kMostRows + 1>& wanted, unsigned first) {
    for (unsigned row = first; row <= shape_.rows; ++row)
      if (wanted[row])
        copy(threads_, host_.get() + at + below_nodes(row), wanted[row], row_nodes(row));
  }

  std::size_t row_nodes(unsigned row) const { return count_ >> 3 * row; }
  std::size_t below_nodes(unsigned row) const { return row == 0 ? 0 : rows_nodes(count_, row - 1); }

  // In this order: what is freed last comes first, the grid waits before it goes.
  Shape shape_;
  unsigned threads_;
  typename Grid::template Pinned<Node> host_;
  Grid grid_;
  poseidon::gpu::HeldConstants<Grid> column_constants_, tree_constants_;
  decltype(std::declval<Grid&>().template allocate<Node>(0)) nodes_;
  std::size_t count_ = 0;
  Output out_;
};

}  // namespace sealyard::slice::gpu
