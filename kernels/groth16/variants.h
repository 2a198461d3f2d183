// The implementations of the quotient polynomial. Included by CUDA code, so C++17.
// Contract: quotient.h.
#pragma once
#include <vector>

#include "kernels/field/fr.h"

namespace sealyard::groth16 {

/// a = row_product(a, b); b is used up. Both have 2^k elements.
using RowProduct = void(std::vector<field::Fr>& a, std::vector<field::Fr>& b, unsigned threads);
/// product = the n coefficients of (product - C) / Z; c is used up. Both have 2^k elements.
using DivideByZ = void(std::vector<field::Fr>& product, std::vector<field::Fr>& c,
                       unsigned threads);

namespace portable {
RowProduct row_product;
DivideByZ divide_by_z;
}  // namespace portable

namespace cuda {
RowProduct row_product;
DivideByZ divide_by_z;
}  // namespace cuda

}  // namespace sealyard::groth16
