// Which variables occur in A and in B: these have points in the parameters, and prover and
// parameters must agree about them. A matter of the circuit, not of the witness.
// Source: bellperson 0.27, src/groth16/prover/mod.rs, enforce(); src/lc.rs, eval_with_trackers().
#pragma once
#include <bit>
#include <cstdint>
#include <vector>

#include "kernels/circuit/counter.h"

namespace sealyard::circuit {

/// A set of indexes, 64 a word, the least significant bit first.
class IndexSet {
 public:
  void insert(std::uint64_t index) {
    if (index / 64 >= words_.size()) words_.resize(index / 64 + 1);
    words_[index / 64] |= std::uint64_t{1} << (index % 64);
  }
  bool contains(std::uint64_t index) const {
    return index / 64 < words_.size() && (words_[index / 64] >> (index % 64) & 1);
  }
  std::uint64_t size() const {
    std::uint64_t total = 0;
    for (const auto word : words_) total += static_cast<unsigned>(std::popcount(word));
    return total;
  }
  /// Words behind the last index in the set may be missing.
  const std::vector<std::uint64_t>& words() const { return words_; }

 private:
  std::vector<std::uint64_t> words_;
};

/// Of all inputs in A there is nothing to find out: the rows that prover and generator append hold
/// every input in A.
class Density : public Counter {
 public:
  Density() : Counter(true) {}

  Variable bit(bool value) override;
  void enforce(const Lc& a, const Lc& b, const Lc& c) override;
  void enforce(const BitRow& row) override;

  const IndexSet& a_aux() const { return a_aux_; }
  const IndexSet& b_aux() const { return b_aux_; }
  const IndexSet& b_input() const { return b_input_; }

  /// Points of the parameters' queries a, and b_g1 or b_g2.
  std::uint64_t a_points() const { return counts().inputs + a_aux_.size(); }
  std::uint64_t b_points() const { return b_input_.size() + b_aux_.size(); }

 private:
  void note_a(Variable variable) {
    if (!variable.is_input()) a_aux_.insert(variable.index());
  }
  void note_b(Variable variable) {
    (variable.is_input() ? b_input_ : b_aux_).insert(variable.index());
  }

  IndexSet a_aux_, b_aux_, b_input_;
  std::vector<Term> scratch_;
};

}  // namespace sealyard::circuit
