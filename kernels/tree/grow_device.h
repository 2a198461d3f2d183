// Subtrees of tree_d on a GPU, from padded nodes or from a client's bytes. Included by CUDA code,
// so C++17.
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/device/words.h"
#include "kernels/sha256/pair_device.h"

namespace sealyard::tree::gpu {

using device::Words;

/// Word `number` of a block of 127 bytes that lie anywhere; the last word has 3 bytes.
SEALYARD_HOST_DEVICE inline std::uint32_t word_of(const std::uint8_t* block, unsigned number) {
  const std::uint8_t* at = block + 4 * number;
  const std::uint32_t low = at[0] | std::uint32_t{at[1]} << 8 | std::uint32_t{at[2]} << 16;
  return number == 31 ? low : low | std::uint32_t{at[3]} << 24;
}

/// Node k of a block: its bits 254 k to 254 k + 253, two zero bits behind them.
/// Source: rust-fil-proofs, fr32/src/reader.rs.
template <unsigned k>
SEALYARD_HOST_DEVICE inline Words padded(const std::uint8_t* block) {
  constexpr unsigned kWord = 254 * k / 32, kShift = 254 * k % 32;
  Words node;
  SEALYARD_UNROLL
  for (unsigned i = 0; i < 8; ++i) {
    node.at[i] = word_of(block, kWord + i) >> kShift;
    if (kShift != 0) node.at[i] |= word_of(block, kWord + i + 1) << (32 - kShift) % 32;
  }
  node.at[7] &= 0x3fffffff;
  return node;
}

/// Thread i pads block i to leaves 4i .. 4i + 3 and hashes them, two rows up.
struct PadAndHash {
  const std::uint8_t* unpadded;
  Node *leaves, *row_1, *row_2;

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    const std::uint8_t* block = unpadded + 127 * i;
    const Words left = pair(2 * i, padded<0>(block), padded<1>(block));
    const Words right = pair(2 * i + 1, padded<2>(block), padded<3>(block));
    device::store(row_2 + i, sha256::gpu::hash_pair(left, right));
  }

 private:
  SEALYARD_HOST_DEVICE Words pair(std::size_t i, const Words& a, const Words& b) const {
    device::store(leaves + 2 * i, a);
    device::store(leaves + 2 * i + 1, b);
    const Words parent = sha256::gpu::hash_pair(a, b);
    device::store(row_1 + i, parent);
    return parent;
  }
};

/// Contract: tree.h, GrowData. The leaves go to the GPU once, every row comes back once.
template <typename Grid>
void grow_data(Grid& grid, const std::uint8_t* unpadded, Node* const* rows, unsigned height,
               std::size_t leaves) {
  const auto all = grid.template allocate<Node>(2 * leaves);
  Node* row = all.get();
  std::size_t count = leaves;
  unsigned done = 0;  // rows of `all` that are made
  if (unpadded && height >= 2) {
    const auto blocks = grid.template upload<std::uint8_t>(unpadded, leaves / 4 * 127);
    Node *row_1 = row + leaves, *row_2 = row_1 + leaves / 2;
    grid.run(leaves / 4, PadAndHash{blocks.get(), row, row_1, row_2});
    done = 2;
  } else {
    grid.upload_to(row, rows[0], leaves);
  }
  for (unsigned r = 0; r <= height; ++r, row += count, count /= 2) {
    if (r > 0 || done > 0) grid.download_later(row, count, rows[r]);
    if (r < height && r >= done) grid.run(count / 2, sha256::gpu::HashPairs{row, row + count});
  }
  grid.wait();
}

}  // namespace sealyard::tree::gpu
