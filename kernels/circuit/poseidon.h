// Poseidon over numbers: 311 rows for 2 of them, 505 for 8, 598 for 11.
// Source: neptune v11.0.0, src/circuit.rs, poseidon_hash() (not circuit2.rs, whose rows differ).
#pragma once
#include <span>

#include "kernels/circuit/num.h"

namespace sealyard::circuit {

/// What is hashed; sets element 0 of the state.
enum class PoseidonDomain {
  tree,        ///< 2^arity - 1: nodes of trees, columns, commitments
  randomness,  ///< 2^40, arity 2 only: the random numbers of sector updates
};

/// The hash of 2, 4, 8, 11 or 16 numbers; a new aux as all in between.
/// @throws Error{usage} another number of them.
Num poseidon_hash(Sink& sink, std::span<const Num> preimage,
                  PoseidonDomain domain = PoseidonDomain::tree);

inline Num poseidon_hash(Sink& sink, const Num& a, const Num& b,
                         PoseidonDomain domain = PoseidonDomain::tree) {
  return poseidon_hash(sink, std::array{a, b}, domain);
}

}  // namespace sealyard::circuit
