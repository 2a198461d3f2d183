// Constants of Poseidon: made by rule, not from a table. Computed at first use, once per arity.
#pragma once
#include <vector>

#include "kernels/field/fr.h"

namespace sealyard::poseidon {

inline constexpr unsigned kFullRounds = 8;
inline constexpr unsigned kHalfFullRounds = kFullRounds / 2;  // before and after the partial ones

/// All constants of one arity. Vectors are rows and multiply from the left: v * M. A matrix is t*t
/// elements, row by row.
struct Constants {
  unsigned arity, width;    ///< width t = arity + 1
  unsigned partial_rounds;  ///< RP
  field::Fr tag;            ///< 2^arity - 1, element 0 of the state

  std::vector<field::Fr> round;               ///< (8 + RP) * t of the plain form
  std::vector<field::Fr> mds;                 ///< M
  std::vector<field::Fr> compressed;          ///< 8t + RP of the optimised form, in order of use
  std::vector<field::Fr> pre_sparse_columns;  ///< the mix before the partial rounds, by columns
  /// RP sparse matrices in order of use, 2t - 1 elements each: first column, then first row from 1.
  std::vector<field::Fr> sparse;
};

/// @throws Error{usage} no such arity.
const Constants& constants(unsigned arity);

}  // namespace sealyard::poseidon
