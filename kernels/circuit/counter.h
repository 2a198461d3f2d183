// How large a circuit is.
#pragma once
#include <cstdint>
#include <functional>

#include "kernels/circuit/sink.h"

namespace sealyard::circuit {

/// Numbers of variables (input 0 included) and rows. Rows are those of the circuit: the one row per
/// input that prover and generator append is not counted.
struct Counts {
  std::uint64_t inputs = 1, aux = 0, constraints = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

/// A whole circuit with its witness, as something that can be written into any sink.
using Synthesis = std::function<void(Sink&)>;

/// A sink that numbers the variables and counts; others are made from it.
class Counter : public Sink {
 public:
  Counter() : Counter(false) {}
  const Counts& counts() const { return counts_; }

  Variable input(const Fr& /*value*/) override {
    return Variable::input(static_cast<std::uint32_t>(counts_.inputs++));
  }
  Variable aux(const Fr& /*value*/) override { return next_aux(); }
  Variable aux_bit(bool /*value*/) override { return next_aux(); }
  Variable bit(bool /*value*/) override {
    ++counts_.constraints;
    return next_aux();
  }
  void enforce(const Lc& /*a*/, const Lc& /*b*/, const Lc& /*c*/) override {
    ++counts_.constraints;
  }
  void enforce(const BitRow& /*row*/) override { ++counts_.constraints; }

 protected:
  explicit Counter(bool reads_terms) : Sink(reads_terms) {}
  Variable next_aux() { return Variable::aux(static_cast<std::uint32_t>(counts_.aux++)); }
  void count_row() { ++counts_.constraints; }

 private:
  Counts counts_;
};

/// Runs the circuit once, without terms.
Counts count(const Synthesis& circuit);

}  // namespace sealyard::circuit
