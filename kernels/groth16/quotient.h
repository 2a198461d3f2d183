// The quotient polynomial H = (A B - C) / Z, where A, B, C go through the values of the rows and
// Z = X^n - 1 is zero at all of them.
// Source: bellperson 0.27, src/groth16/prover/native.rs, execute_fft().
#pragma once
#include <vector>

#include "kernels/device/backend_table.h"
#include "kernels/device/share.h"
#include "kernels/field/fr.h"
#include "kernels/groth16/variants.h"

namespace sealyard::groth16 {

/// The n - 1 coefficients of H, made in the place of `a`. On a GPU where share.backend is cuda: it
/// then holds one list of rows and a slice, 4.3 GiB for 2^27 rows.
/// @param a,b,c  n = 2^k values of the rows each.
/// @throws Error{usage} A B - C is not zero at all rows: the witness does not fit the circuit.
std::vector<field::Fr> quotient(std::vector<field::Fr> a, std::vector<field::Fr> b,
                                std::vector<field::Fr> c, const device::Share& share);

// The same in two steps, for who does not want all three in memory.

/// The n coefficients of A B mod (X^n - 7^n), made in the place of `a`; `b` is let go.
/// @param a,b  n = 2^k values of the rows each.
std::vector<field::Fr> row_product(std::vector<field::Fr> a, std::vector<field::Fr> b,
                                   const device::Share& share);

/// The n - 1 coefficients of H, made in the place of `product`.
/// @param product  row_product() of the same rows.
/// @param c        n values of the rows.
/// @throws Error{usage} as above.
std::vector<field::Fr> quotient(std::vector<field::Fr> product, std::vector<field::Fr> c,
                                const device::Share& share);

/// Tests walk these.
extern const BackendTable<RowProduct> row_product_backends;
extern const BackendTable<DivideByZ> divide_by_z_backends;

}  // namespace sealyard::groth16
