// Inclusion proofs in trees.
// Source: rust-fil-proofs, storage-proofs-core/src/gadgets/insertion.rs, por.rs;
// storage-proofs-update/src/gadgets.rs, por_no_challenge_input().
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "kernels/circuit/bits.h"
#include "kernels/circuit/num.h"
#include "kernels/tree/proof.h"

namespace sealyard::circuit {

using Nums = std::vector<Num>;

/// The children of a node in order: `element` at the position that the bits give, the siblings
/// around it. 2, 8 or 22 rows.
/// @throws Error{usage} not 1, 3 or 7 siblings with 1, 2 or 3 bits.
Nums insert(Sink& sink, const Num& element, std::span<const Boolean> bits,
            std::span<const Num> siblings);

/// The element of the list at the position that the bits give: a row for each but one.
/// @throws Error{usage} not 2^bits elements.
Num select(Sink& sink, std::span<const Num> elements, std::span<const Boolean> bits);

/// The node above an element and its siblings.
Num climb_level(Sink& sink, tree::Hash hash, const Num& element, std::span<const Boolean> bits,
                std::span<const Num> siblings);

/// @throws Error{usage} the path of `found`, called `name` in the message, has other levels than
/// `want`.
void require_shape(const tree::InclusionProof& found, const tree::InclusionProof& want,
                   std::string_view name);

/// The root above a leaf. Allocates index bits and siblings level by level, and makes the index of
/// the leaf the next input.
Num climb(Sink& sink, const tree::InclusionProof& proof, const Num& leaf);

/// climb() from the leaf and <computed> <1> = <root>.
void include(Sink& sink, const tree::InclusionProof& proof, const Num& leaf, const Num& root);

/// Allocates all siblings of a proof; climb_known() is given them with the bits of the index, of
/// which it allocates none. Without levels the leaf is the root.
Nums new_siblings(Sink& sink, const tree::InclusionProof& proof);
Num climb_known(Sink& sink, const tree::InclusionProof& proof, const Num& leaf,
                std::span<const Boolean> bits, std::span<const Num> siblings);

}  // namespace sealyard::circuit
