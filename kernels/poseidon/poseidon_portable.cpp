#include <array>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/poseidon/constants.h"
#include "kernels/poseidon/variants.h"

namespace sealyard::poseidon::portable {
namespace {

using field::Fr;

template <std::size_t kWidth>
using State = std::array<Fr, kWidth>;

// state * M, M by columns.
template <std::size_t kWidth>
void mix(State<kWidth>& state, const Fr* columns) {
  State<kWidth> mixed;
  for (std::size_t j = 0; j < kWidth; ++j)
    mixed[j] = field::dot(state.data(), columns + j * kWidth, kWidth);
  state = mixed;
}

// state * S, S zero but for its first column, its first row and ones on the diagonal.
template <std::size_t kWidth>
void mix_sparse(State<kWidth>& state, const Fr* sparse) {
  const Fr first = field::dot(state.data(), sparse, kWidth);
  for (std::size_t j = 1; j < kWidth; ++j)
    state[j] = field::add(state[j], field::mul(state[0], sparse[kWidth + j - 1]));
  state[0] = first;
}

// S-box, then the constants of the next round; `add` is moved behind them.
template <std::size_t kWidth>
void full_round(State<kWidth>& state, const Fr*& add) {
  for (auto& x : state) x = field::add(field::pow5(x), *add++);
}

// Source: neptune, src/poseidon.rs, hash_optimized_static().
template <std::size_t kWidth>
Fr permute_state(State<kWidth>& state, const Constants& c) {
  const Fr* add = c.compressed.data();
  for (auto& x : state) x = field::add(x, *add++);
  for (unsigned i = 0; i < kHalfFullRounds; ++i) {
    full_round(state, add);
    mix(state, i + 1 < kHalfFullRounds ? c.mds.data() : c.pre_sparse_columns.data());
  }
  const Fr* sparse = c.sparse.data();
  for (unsigned i = 0; i < c.partial_rounds; ++i) {
    state[0] = field::add(field::pow5(state[0]), *add++);
    mix_sparse(state, sparse);
    sparse += 2 * kWidth - 1;
  }
  for (unsigned i = 0; i + 1 < kHalfFullRounds; ++i) {
    full_round(state, add);
    mix(state, c.mds.data());
  }
  for (auto& x : state) x = field::pow5(x);
  return field::dot(state.data(), c.mds.data() + kWidth, kWidth);  // only element 1
}

template <unsigned kArity>
void hash_many_of(const Node* const* in, std::size_t stride, Node* out, std::size_t n) {
  const Constants& c = constants(kArity);
  State<kArity + 1> state;
  for (std::size_t i = 0; i < n; ++i) {
    state[0] = c.tag;
    for (unsigned k = 0; k < kArity; ++k) state[k + 1] = field::from_node(in[k][i * stride]);
    out[i] = field::to_node(permute_state(state, c));
  }
}

template <unsigned kArity>
Fr permute_of(std::span<const Fr> elements) {
  const Constants& c = constants(kArity);
  State<kArity + 1> state;
  state[0] = c.tag;
  for (unsigned k = 0; k < kArity; ++k) state[k + 1] = elements[k];
  return permute_state(state, c);
}

// Calls work.template operator()<arity>() for one of the arities that exist.
template <typename Work>
auto dispatch(std::size_t arity, Work&& work) {
  switch (arity) {
    case 2:
      return work.template operator()<2>();
    case 4:
      return work.template operator()<4>();
    case 8:
      return work.template operator()<8>();
    case 11:
      return work.template operator()<11>();
    case 16:
      return work.template operator()<16>();
    case 24:
      return work.template operator()<24>();
    case 36:
      return work.template operator()<36>();
    default:
      throw Error(Fault::internal, "poseidon: no code for arity {}", arity);
  }
}

}  // namespace

void hash_many(unsigned arity, const Node* const* in, std::size_t stride, Node* out,
               std::size_t n) {
  dispatch(arity, [&]<unsigned kArity>() { hash_many_of<kArity>(in, stride, out, n); });
}

Fr permute(std::span<const Fr> elements) {
  return dispatch(elements.size(), [&]<unsigned kArity>() { return permute_of<kArity>(elements); });
}

Fr permute_plain(std::span<const Fr> elements) {
  const Constants& c = constants(static_cast<unsigned>(elements.size()));
  std::vector<Fr> state{c.tag};
  state.insert(state.end(), elements.begin(), elements.end());
  for (unsigned round = 0; round < kFullRounds + c.partial_rounds; ++round) {
    const bool full = round < kHalfFullRounds || round >= kHalfFullRounds + c.partial_rounds;
    for (unsigned i = 0; i < c.width; ++i) {
      state[i] = field::add(state[i], c.round[round * c.width + i]);
      if (full || i == 0) state[i] = field::pow5(state[i]);
    }
    std::vector<Fr> mixed(c.width);
    for (unsigned i = 0; i < c.width; ++i)
      for (unsigned j = 0; j < c.width; ++j)
        mixed[i] = field::add(mixed[i], field::mul(c.mds[i * c.width + j], state[j]));
    state = std::move(mixed);
  }
  return state[1];
}

}  // namespace sealyard::poseidon::portable
