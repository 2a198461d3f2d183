// Rows as text, to be compared line by line with those of another implementation.
#pragma once
#include <functional>
#include <string_view>
#include <vector>

#include "kernels/circuit/counter.h"

namespace sealyard::circuit {

/// Gives each row as a line "row<TAB>A<TAB>B<TAB>C", rows from 0; a combination is a
/// comma-separated list of I<index>:<hex> and A<index>:<hex>, ordered as in a digest, coefficients
/// without leading zeros.
class Dump : public Counter {
 public:
  explicit Dump(std::function<void(std::string_view)> line)
      : Counter(true), line_(std::move(line)) {}

  Variable bit(bool value) override { return Sink::bit(value); }
  void enforce(const Lc& a, const Lc& b, const Lc& c) override;
  void enforce(const BitRow& row) override { Sink::enforce(row); }

 private:
  std::function<void(std::string_view)> line_;
  std::vector<Term> scratch_;
};

}  // namespace sealyard::circuit
