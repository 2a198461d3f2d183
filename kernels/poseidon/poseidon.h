// Poseidon over Fr as the reference uses it: strength "Standard", hash type "MerkleTree".
//   P_k(x1 .. xk) = element 1 of the permutation of (2^k - 1, x1, .., xk), width k + 1.
// Source: neptune v11.0.0, src/poseidon.rs, src/hash_type.rs; rust-fil-proofs,
// filecoin-hashers/src/poseidon.rs.
#pragma once
#include <array>
#include <cstddef>
#include <span>

#include "kernels/base/node.h"
#include "kernels/device/backend_table.h"
#include "kernels/field/fr.h"

namespace sealyard::poseidon {

/// The arities that exist. PoRep uses 2 (sub trees, CommR, columns of 2 layers), 8 (trees) and 11
/// (columns of 11 layers).
inline constexpr std::array<unsigned, 7> kArities{2, 4, 8, 11, 16, 24, 36};

/// P_k of k nodes, k = nodes.size(). Thread-safe. The first call of an arity computes its constants
/// (2 ms for arity 8); later calls allocate nothing.
/// @throws Error{usage} k is no arity of the list.
Node hash(std::span<const Node> nodes);
field::Fr hash(std::span<const field::Fr> elements);

/// out[i] = P_k(in[k*i], .., in[k*i + k-1]): one row of a tree from the row below it.
///
/// @param in       k * out.size() nodes below r (a node of r or more is taken mod r).
/// @param out      all written; may not overlap `in`, but out may be in + something of a tree
///                 buffer behind the row.
/// @throws Error{usage} arity or lengths; nothing written.
void hash_groups(unsigned arity, std::span<const Node> in, std::span<Node> out,
                 Backend backend = Backend::portable);

/// Column hashes: out[i] = P_L(layer_1[i], .., layer_L[i]), L = layers.size(), layer 1 first.
/// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/hash.rs, hash_single_column().
///
/// @param layers   L pointers to out.size() nodes each (a range of every layer).
/// @throws Error{usage} L is no arity; nothing written.
void hash_columns(std::span<const Node* const> layers, std::span<Node> out,
                  Backend backend = Backend::portable);

/// Chained P_36 over any number (1 or more) of nodes: the first, then 35 at a time, zero-filled.
/// Source: rust-fil-proofs, filecoin-hashers/src/poseidon.rs, hash_md().
Node hash_md(std::span<const Node> nodes);

/// Element k of input i lies at in[k][i * stride]: rows have stride = arity, columns stride 1.
using HashMany = void(unsigned arity, const Node* const* in, std::size_t stride, Node* out,
                      std::size_t n);
extern const BackendTable<HashMany> hash_backends;  // tests and benches walk this

}  // namespace sealyard::poseidon
