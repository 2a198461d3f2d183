// The polynomials of a circuit's variables, each at one point tau: all that parameters need to know
// of its rows. Rows are taken as they come and not kept.
// Source: bellperson 0.27, src/groth16/generator.rs, KeypairAssembly, eval().
#pragma once
#include "kernels/circuit/counter.h"
#include "kernels/groth16/scalars.h"

namespace sealyard::groth16 {

/// values[j] = L_j(tau) for j below 2^log_size: the polynomial that is 1 at omega^j and 0 at the
/// other powers of omega.  @throws Error{usage} tau is a power of omega.
void lagrange_at(const Fr& tau, unsigned log_size, std::span<Fr> values, unsigned threads);

/// For every variable: the sum over rows of its coefficient times L_row(tau), in A, B and C.
class AtTau : public circuit::Counter {
 public:
  /// @param counts    of the circuit to come.
  /// @param lagrange  a value per row, those of the inputs behind those of the circuit.
  AtTau(const circuit::Counts& counts, std::span<const Fr> lagrange);

  circuit::Variable bit(bool value) override;
  void enforce(const circuit::Lc& a, const circuit::Lc& b, const circuit::Lc& c) override;
  void enforce(const circuit::BitRow& row) override;

  /// Appends the rows of prover and generator: <input i> <> = <>, for every i.
  /// @throws Error{internal} the circuit was not the one counted.
  void finish();

  /// Inputs first, then aux.
  const SecretScalars& a() const { return a_; }
  const SecretScalars& b() const { return b_; }
  const SecretScalars& c() const { return c_; }

 private:
  std::size_t place(circuit::Variable variable) const;
  const Fr& row() const;
  void add(SecretScalars& to, const circuit::Lc& lc);
  void add(SecretScalars& to, const circuit::BitLc& lc);

  circuit::Counts expected_;
  std::span<const Fr> lagrange_;
  SecretScalars a_, b_, c_;
};

}  // namespace sealyard::groth16
