// A label of SDR: label = trim(SHA-256(replica_id || BE32(layer) || BE64(node) || 20 zero bytes ||
// 37 parents)). 522,269 rows.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/circuit/create_label.rs.
#pragma once
#include <cstdint>
#include <span>

#include "kernels/circuit/bits.h"

namespace sealyard::circuit {

/// @param replica_id  256 bits in the order of SHA-256, as are those of the parents.
/// @param parents     37 labels.
/// @param layer       1 or above; a constant of the circuit.
/// @param node        64 bits, least significant first.
/// @throws Error{usage} other numbers of bits or parents.
Num create_label(Sink& sink, std::span<const Boolean> replica_id,
                 std::span<const std::span<const Boolean>> parents, std::uint32_t layer,
                 std::span<const Boolean> node);

}  // namespace sealyard::circuit
