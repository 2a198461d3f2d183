// The implementations behind label.h.
#pragma once
#include "kernels/label/label.h"

namespace sealyard::label {

/// Nodes that a preimage holds behind its 64-byte header: the parents over and over.
/// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/proof.rs, TOTAL_PARENTS.
inline constexpr std::size_t kHashedParents = 37;
inline constexpr std::size_t kBaseParents = 6;

namespace portable {
void fill(const Range& range);
}
namespace sha_ni {
void fill(const Range& range);
}

}  // namespace sealyard::label
