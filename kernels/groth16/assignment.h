// What a proof is made of: the values of all variables and of both sides of all rows.
// Source: bellperson 0.27, src/groth16/prover/mod.rs, ProvingAssignment.
#pragma once
#include <vector>

#include "kernels/circuit/counter.h"

namespace sealyard::groth16 {

using field::Fr;

/// A sink that keeps values, never terms: 32 bytes a variable, 96 bytes a row.
class Assignment : public circuit::Sink {
 public:
  /// Which values are kept; inputs always are.
  struct Keep {
    bool aux = true, a = true, b = true, c = true;
  };

  /// @param counts  of the circuit to come; room is made for a domain of its rows.
  Assignment(const circuit::Counts& counts, Keep keep);
  explicit Assignment(const circuit::Counts& counts) : Assignment(counts, Keep()) {}

  circuit::Variable input(const Fr& value) override;
  circuit::Variable aux(const Fr& value) override;
  void enforce(const circuit::Lc& a, const circuit::Lc& b, const circuit::Lc& c) override;
  void enforce(const circuit::BitRow& row) override;

  /// Appends the rows <input i> <> = <> and zeros up to the size of the domain.
  /// @throws Error{internal} the circuit was not the one counted.
  void finish();

  const std::vector<Fr>& inputs() const { return inputs_; }  ///< the constant 1 first
  const std::vector<Fr>& aux_values() const { return aux_; }

  /// Values <A>, <B>, <C> of the rows; the prover works in their place and lets them go.
  std::vector<Fr> a, b, c;

 private:
  void row(const Fr& left, const Fr& right, const Fr& product);

  circuit::Counts counts_, found_;
  Keep keep_;
  std::vector<Fr> inputs_, aux_;
};

}  // namespace sealyard::groth16
