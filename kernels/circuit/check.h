// Does a witness satisfy every row?
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kernels/circuit/counter.h"

namespace sealyard::circuit {

/// Keeps the values of all variables and computes every row from its terms, which also holds the
/// values that gadgets state against their terms. 32 bytes a variable.
class Check : public Counter {
 public:
  Check() : Counter(true), inputs_{kOne} {}

  Variable input(const Fr& value) override;
  Variable aux(const Fr& value) override;
  Variable aux_bit(bool value) override { return aux(value ? kOne : Fr{}); }
  Variable bit(bool value) override { return Sink::bit(value); }
  void enforce(const Lc& a, const Lc& b, const Lc& c) override;
  void enforce(const BitRow& row) override { Sink::enforce(row); }

  /// The first row that does not hold, in words; nothing when all do.
  const std::optional<std::string>& failure() const { return failure_; }
  /// Values in order of allocation; input 0 is 1.
  std::span<const Fr> inputs() const { return inputs_; }
  std::span<const Fr> aux_values() const { return aux_; }

 private:
  Fr evaluate(const Lc& lc, char side);

  std::vector<Fr> inputs_, aux_;
  std::optional<std::string> failure_;
};

}  // namespace sealyard::circuit
