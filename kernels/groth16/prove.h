// Makes a proof.
// Source: bellperson 0.27, src/groth16/prover/native.rs, create_proof_batch_priority_inner().
#pragma once
#include <span>
#include <string>
#include <vector>

#include "kernels/device/share.h"
#include "kernels/groth16/assignment.h"
#include "kernels/groth16/params.h"
#include "kernels/groth16/progress.h"
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
/// Circuit, values and blinding determine the bytes; threads, backend and memory do not.
///
/// @param params      must be of the circuit: params.require(query_sizes(density)).
/// @param density     of the circuit; of its rows, so of any witness.
/// @param assignment  finished. Its rows are worked on in place and gone afterwards.
///
/// @throws Error{usage}         the witness does not satisfy the circuit.
/// @throws Error{configuration} parameters of another circuit.
/// @throws Error{corrupt}       a point of the parameters that is none.
Proof prove(const Params& params, const circuit::Density& density, Assignment& assignment,
            const Blinding& blinding, const device::Share& share);

/// The proofs of several witnesses of one circuit. Each list of the parameters is gone through for
/// all of them before the next one, so that it is read from the disk once for the group and not
/// once for each.
/// @param blindings  one for each assignment.
/// @throws Error{usage} another number of blindings; as above.
std::vector<Proof> prove(const Params& params, const circuit::Density& density,
                         std::span<Assignment> assignments, std::span<const Blinding> blindings,
                         const device::Share& share, const Progress& progress = {});

/// The same proof in less memory: the circuit is written three times, each time for those values
/// that are wanted next. At most 80 bytes a row of the domain or 32 bytes a variable at a time,
/// where an assignment takes 112 and 32; an eighth of the memory for points.
/// @param circuit  with its witness.
Proof prove_lean(const Params& params, const circuit::Density& density,
                 const circuit::Synthesis& circuit, const Blinding& blinding,
                 const device::Share& share, const Progress& progress = {});

/// Points of the lists that one proof goes through: what `progress` counts.
std::uint64_t points_of_a_proof(const QuerySizes& sizes);

}  // namespace sealyard::groth16
