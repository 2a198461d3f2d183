// The implementations of poseidon::hash_backends, and the plain form that all are tested against.
#pragma once
#include <span>

#include "kernels/poseidon/poseidon.h"

namespace sealyard::poseidon::portable {

/// Compressed constants and sparse matrices, over blst's multiplication.
HashMany hash_many;

/// One permutation of the same form: element 1 of the result.
field::Fr permute(std::span<const field::Fr> elements);

/// The permutation as it is defined: t constants, S-box, M, in every round. Slow; for tests.
field::Fr permute_plain(std::span<const field::Fr> elements);

}  // namespace sealyard::poseidon::portable

namespace sealyard::poseidon::avx512 {

/// Sixteen at a time for arity 2, 4, 8 and 11; the portable variant for the others.
HashMany hash_many;

}  // namespace sealyard::poseidon::avx512
