// Replica encoding: sector data plus the labels of the last PC1 layer, node by node, in Fr.
#pragma once
#include <cstddef>
#include <span>

#include "kernels/base/node.h"
#include "kernels/device/backend_table.h"

namespace sealyard::replica {

/// Encodes sector data into its replica:  replica[i] = (data[i] + label[i]) mod r,
/// r = order of the BLS12-381 scalar field.
/// Source: rust-fil-proofs, storage-proofs-porep/src/encode.rs, encode_fr().
///
/// @param data     n nodes of 32 bytes, little-endian, each below r (Fr32 padding ensures it).
/// @param label    n nodes, same form: the last layer (11 for 32 GiB, 2 for 2 KiB).
/// @param replica  n nodes, all written; may be `data` itself, may not otherwise overlap.
/// @param backend  every backend writes the same bytes; choose it once, in main().
///
/// n is any number, 0 included; a sector may be encoded in ranges, in any order, in parallel.
/// Keeps no state. Moves 96 n bytes. CPU backends allocate nothing; cuda takes 192 MiB of GPU.
///
/// @throws Error{usage}        lengths differ; nothing written.
/// @throws Error{unsupported}  this host cannot run `backend`; nothing written.
/// @throws Error{io}           the GPU failed (cuda only); `replica` is then undefined.
void encode(std::span<const Node> data, std::span<const Node> label, std::span<Node> replica,
            Backend backend);

/// Decodes a replica, the reverse:  data[i] = (replica[i] - label[i]) mod r.
/// Source: rust-fil-proofs, storage-proofs-porep/src/encode.rs, decode().
///
/// Sizes, forms, aliasing (`data` may be `replica` itself), cost and errors as in encode().
void decode(std::span<const Node> replica, std::span<const Node> label, std::span<Node> data,
            Backend backend);

using Encode = void(const Node* data, const Node* label, Node* replica, std::size_t n);
extern const BackendTable<Encode> encode_backends;  // tests and benches walk these

using Decode = void(const Node* replica, const Node* label, Node* data, std::size_t n);
extern const BackendTable<Decode> decode_backends;

}  // namespace sealyard::replica
