// Poseidon for one thread of a GPU: the optimised form of poseidon_portable.cpp, with its
// constants. Included by CUDA code, so C++17.
#pragma once
#include <cstddef>
#include <utility>

#include "kernels/device/words.h"
#include "kernels/field/fr_device.h"
#include "kernels/poseidon/constants.h"

namespace sealyard::poseidon::gpu {

using field::gpu::Fr;
static_assert(sizeof(Fr) == sizeof(field::Fr));

/// The element of a node; a node of r or more is taken mod r.
SEALYARD_HOST_DEVICE inline Fr from_node(const Node* node) {
  // 2^512 mod r.  Source: zkcrypto/bls12_381, src/scalar.rs, R2.
  constexpr std::uint32_t factor[8] = {0xf3f29c6d, 0xc999e990, 0x87925c23, 0x2b6cedcb,
                                       0x7254398f, 0x05d31496, 0x9f59ff11, 0x0748d9d9};
  const device::Words words = device::load(node);
  Fr number, to_montgomery;
  SEALYARD_UNROLL
  for (int i = 0; i < 8; ++i) {
    number.limb[i] = words.at[i];
    to_montgomery.limb[i] = factor[i];
  }
  return field::gpu::mul(to_montgomery, number);  // only the first has to be below r
}

SEALYARD_HOST_DEVICE inline void to_node(Node* node, const Fr& a) {
  const Fr number = field::gpu::plain(a);
  device::Words words;
  SEALYARD_UNROLL
  for (int i = 0; i < 8; ++i) words.at[i] = number.limb[i];
  device::store(node, words);
}

/// Constants of one arity where a thread finds them; what they are: constants.h.
struct ConstantsAt {
  unsigned partial_rounds;
  const Fr *tag, *compressed, *mds, *pre_sparse_columns, *sparse;
};

/// Thread i hashes input i. Loops are not unrolled, so that the code fits the GPU's instruction
/// cache; the state then lies in the thread's own memory, in the first-level cache.
template <unsigned kArity>
struct Hash {
  static constexpr unsigned kWidth = kArity + 1;
  const Node* in[kArity];  ///< element k of input i: in[k][i * stride]
  std::size_t stride;
  Node* out;
  ConstantsAt constants;

  SEALYARD_HOST_DEVICE void operator()(std::size_t i) const {
    Fr state[kWidth];
    state[0] = *constants.tag;
    SEALYARD_ROLLED
    for (unsigned k = 0; k < kArity; ++k) state[k + 1] = from_node(in[k] + i * stride);
    to_node(out + i, permute(state));
  }

 private:
  using State = Fr[kWidth];

  // Source: neptune, src/poseidon.rs, hash_optimized_static().
  SEALYARD_HOST_DEVICE Fr permute(State& state) const {
    const ConstantsAt& c = constants;
    const Fr* add = c.compressed;
    SEALYARD_ROLLED
    for (unsigned j = 0; j < kWidth; ++j) state[j] = field::gpu::add(state[j], *add++);
    SEALYARD_ROLLED
    for (unsigned round = 0; round + 1 < kFullRounds; ++round) {
      SEALYARD_ROLLED
      for (unsigned j = 0; j < kWidth; ++j)
        state[j] = field::gpu::add(field::gpu::pow5(state[j]), add[j]);
      add += kWidth;
      const bool last = round + 1 == kHalfFullRounds;
      mix(state, last ? c.pre_sparse_columns : c.mds);
      if (last) partial_rounds(state, add);
    }
    SEALYARD_ROLLED
    for (unsigned j = 0; j < kWidth; ++j) state[j] = field::gpu::pow5(state[j]);
    return dot(state, c.mds + kWidth);  // only element 1
  }

  SEALYARD_HOST_DEVICE void partial_rounds(State& state, const Fr*& add) const {
    const Fr* sparse = constants.sparse;
    SEALYARD_ROLLED
    for (unsigned round = 0; round < constants.partial_rounds; ++round) {
      state[0] = field::gpu::add(field::gpu::pow5(state[0]), *add++);
      mix_sparse(state, sparse);
      sparse += 2 * kWidth - 1;
    }
  }

  SEALYARD_HOST_DEVICE static Fr dot(const State& state, const Fr* factors) {
    Fr sum = field::gpu::mul(state[0], factors[0]);
    SEALYARD_ROLLED
    for (unsigned j = 1; j < kWidth; ++j)
      sum = field::gpu::add(sum, field::gpu::mul(state[j], factors[j]));
    return sum;
  }

  // state * M, M by columns.
  SEALYARD_HOST_DEVICE static void mix(State& state, const Fr* columns) {
    State mixed;
    SEALYARD_ROLLED
    for (unsigned j = 0; j < kWidth; ++j) mixed[j] = dot(state, columns + j * kWidth);
    SEALYARD_ROLLED
    for (unsigned j = 0; j < kWidth; ++j) state[j] = mixed[j];
  }

  // state * S, S zero but for its first column, its first row and ones on the diagonal.
  SEALYARD_HOST_DEVICE static void mix_sparse(State& state, const Fr* sparse) {
    const Fr first = dot(state, sparse);
    SEALYARD_ROLLED
    for (unsigned j = 1; j < kWidth; ++j)
      state[j] = field::gpu::add(state[j], field::gpu::mul(state[0], sparse[kWidth + j - 1]));
    state[0] = first;
  }
};

/// The constants of one arity in the memory of a Grid.
template <typename Grid>
class HeldConstants {
 public:
  HeldConstants(Grid& grid, unsigned arity) : HeldConstants(grid, poseidon::constants(arity)) {}

  ConstantsAt at() const {
    return {partial_rounds_,           tag_.get(),   compressed_.get(), mds_.get(),
            pre_sparse_columns_.get(), sparse_.get()};
  }

 private:
  using Held = decltype(std::declval<Grid&>().template allocate<Fr>(0));

  HeldConstants(Grid& grid, const Constants& c)
      : partial_rounds_(c.partial_rounds),
        tag_(grid.template upload<Fr>(&c.tag, 1)),
        compressed_(grid.template upload<Fr>(c.compressed.data(), c.compressed.size())),
        mds_(grid.template upload<Fr>(c.mds.data(), c.mds.size())),
        pre_sparse_columns_(
            grid.template upload<Fr>(c.pre_sparse_columns.data(), c.pre_sparse_columns.size())),
        sparse_(grid.template upload<Fr>(c.sparse.data(), c.sparse.size())) {}

  unsigned partial_rounds_;
  Held tag_, compressed_, mds_, pre_sparse_columns_, sparse_;
};

/// The arities that a GPU hashes: those of sealing.
constexpr bool has_arity(unsigned arity) {
  return arity == 2 || arity == 4 || arity == 8 || arity == 11;
}

template <unsigned kArity, typename Grid>
void hash_of(Grid& grid, const ConstantsAt& constants, const Node* const* in, std::size_t stride,
             Node* out, std::size_t n) {
  Hash<kArity> hash{{}, stride, out, constants};
  for (unsigned k = 0; k < kArity; ++k) hash.in[k] = in[k];
  grid.run(n, hash);
}

/// Queues n hashes of nodes that are in the Grid's memory.
template <typename Grid>
void hash_on(Grid& grid, unsigned arity, const ConstantsAt& constants, const Node* const* in,
             std::size_t stride, Node* out, std::size_t n) {
  switch (arity) {
    case 2:
      return hash_of<2>(grid, constants, in, stride, out, n);
    case 4:
      return hash_of<4>(grid, constants, in, stride, out, n);
    case 8:
      return hash_of<8>(grid, constants, in, stride, out, n);
    case 11:
      return hash_of<11>(grid, constants, in, stride, out, n);
  }
}

/// One row from the row below it.
template <typename Grid>
void hash_row_on(Grid& grid, unsigned arity, const ConstantsAt& constants, const Node* below,
                 Node* out, std::size_t n) {
  const Node* in[11];
  for (unsigned k = 0; k < arity; ++k) in[k] = below + k;
  hash_on(grid, arity, constants, in, arity, out, n);
}

/// From host to host, slice by slice. Contract: poseidon.h, HashMany.
template <typename Grid>
void hash_many(Grid& grid, unsigned arity, const Node* const* in, std::size_t stride, Node* out,
               std::size_t n, std::size_t slice) {
  const HeldConstants<Grid> constants(grid, arity);
  const bool rows = stride == arity;  // else columns
  for (std::size_t at = 0; at < n; at += slice) {
    const std::size_t count = n - at < slice ? n - at : slice;
    const auto nodes = grid.template allocate<Node>(arity * count);
    const auto hashes = grid.template allocate<Node>(count);
    const Node* from[11];
    for (unsigned k = 0; k < arity; ++k) {
      from[k] = nodes.get() + (rows ? k : k * count);
      if (!rows) grid.upload_to(nodes.get() + k * count, in[k] + at, count);
    }
    if (rows) grid.upload_to(nodes.get(), in[0] + arity * at, arity * count);
    hash_on(grid, arity, constants.at(), from, rows ? arity : 1, hashes.get(), count);
    grid.download_later(hashes.get(), count, out + at);
  }
  grid.wait();
}

}  // namespace sealyard::poseidon::gpu
