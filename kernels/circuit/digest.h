// The name of a constraint system: one number that differs when any row does.
//   BLAKE2s-256 of BE64 inputs, aux, constraints; then for A, B, C of each row BE64 number of terms
//   and for each term 'I' or 'A', BE64 index, the coefficient as 32 big-endian bytes.
// Terms as normal() gives them. Independent of the witness.
// Source: bellperson 0.27, src/gadgets/test/mod.rs, TestConstraintSystem::hash().
#pragma once
#include <vector>

#include "kernels/circuit/blake2s.h"
#include "kernels/circuit/counter.h"

namespace sealyard::circuit {

/// Hashes the rows as they come: memory does not grow with the circuit.
class Digest : public Counter {
 public:
  /// @param counts  of the very circuit that follows; they are hashed first.
  explicit Digest(const Counts& counts);

  Variable bit(bool value) override;
  void enforce(const Lc& a, const Lc& b, const Lc& c) override;
  void enforce(const BitRow& row) override;

  /// The digest, to be asked for once.  @throws Error{internal} other counts than announced.
  Node finish();

 private:
  void put_count(std::uint64_t count);
  void put_term(Variable variable, const std::uint8_t* coefficient);
  void put(const Lc& lc);
  void put(const BitLc& lc);
  void make_room(std::size_t bytes);

  Counts announced_;
  Blake2s hasher_;
  std::vector<std::uint8_t> held_;
  std::size_t held_bytes_ = 0;
  std::vector<Term> scratch_;
};

/// Runs the circuit twice: counts, then hashes.
Node digest(const Synthesis& circuit);

}  // namespace sealyard::circuit
