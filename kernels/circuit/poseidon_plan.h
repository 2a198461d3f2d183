// What all Poseidon hashes of one arity and domain share: the linear combinations that stand before
// the S-boxes, over the variables of the hash itself.
#pragma once
#include <cstdint>
#include <vector>

#include "kernels/circuit/poseidon.h"
#include "kernels/poseidon/constants.h"

namespace sealyard::circuit {

struct PoseidonPlan {
  /// Stands for the constant 1; other slots count the new variables of a hash from 0.
  static constexpr std::uint32_t kOneSlot = ~std::uint32_t{0};
  struct SlotTerm {
    std::uint32_t slot;
    Fr coefficient;
  };

  const poseidon::Constants& constants;
  Fr folded;  ///< element 0 after the first S-box, a constant: (tag + c0)^5 + c_t
  std::uint32_t slots = 0;
  /// For each row <L> <1> = <x>, in order: where L begins in `terms`; one more than rows.
  std::vector<std::uint32_t> starts{0};
  std::vector<SlotTerm> terms;  ///< of each L: the constant first, then by slot
};

/// @throws Error{usage} as poseidon_hash().
const PoseidonPlan& poseidon_plan(std::size_t arity, PoseidonDomain domain);

}  // namespace sealyard::circuit
