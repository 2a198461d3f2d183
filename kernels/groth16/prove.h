// Makes a proof.
// Source: bellperson 0.27, src/groth16/prover/native.rs, create_proof_batch_priority_inner().
#pragma once
#include <string>

#include "kernels/groth16/assignment.h"
#include "kernels/groth16/params.h"
#include "kernels/groth16/proof.h"

namespace sealyard::groth16 {

/// The two numbers that hide the witness. Never use a pair twice.
struct Blinding {
  Fr r, s;

  /// From the system's CSPRNG.
  static Blinding random();
  /// Known to everybody, for proofs that can be compared: named_scalar("sealyard fixed r|NAME|k").
  static Blinding named(const std::string& name, unsigned partition);
};

///   A = alpha + sum_A + r delta                      sum_X: query x times the variables' values
///   B = beta + sum_B + s delta                       (in G2)
///   C = s A + r (beta + sum_B) + sum_L + sum_H       (in G1)
/// Circuit, values and blinding determine the bytes; threads do not.
///
/// @param params      must be of the circuit: params.require(query_sizes(density)).
/// @param density     of the circuit; of its rows, so of any witness.
/// @param assignment  finished. Its rows are worked on in place and gone afterwards.
///
/// @throws Error{usage}         the witness does not satisfy the circuit.
/// @throws Error{configuration} parameters of another circuit.
/// @throws Error{corrupt}       a point of the parameters that is none.
Proof prove(const Params& params, const circuit::Density& density, Assignment& assignment,
            const Blinding& blinding, unsigned threads);

}  // namespace sealyard::groth16
