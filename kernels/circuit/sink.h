// What a circuit is written into. A circuit is a rank-1 constraint system: variables, and rows
// <A> <B> = <C> of linear combinations of them. A gadget allocates variables and states rows in the
// order of the reference; what becomes of them is the sink's business: counted, hashed, dumped,
// checked, made into parameters or into a proof. Nothing keeps the rows.
// Source: bellpepper-core 0.2.1, src/constraint_system.rs, src/lc.rs.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/field/fr.h"

namespace sealyard::circuit {

using field::Fr;

/// 1 in Montgomery form, known when compiling.
inline constexpr Fr kOne{
    {{0x00000001fffffffe, 0x5884b7fa00034802, 0x998c4fefecbc4ff5, 0x1824b159acc5056f}}};

/// Input i (public; input 0 is the constant 1) or aux j (private), each numbered in the order of
/// allocation. Ordered as in a digest: inputs before aux, then by index.
class Variable {
 public:
  constexpr Variable() = default;  ///< the constant 1
  static constexpr Variable input(std::uint32_t index) { return Variable(index); }
  static constexpr Variable aux(std::uint32_t index) { return Variable(index | kAux); }

  constexpr bool is_input() const { return code_ < kAux; }
  constexpr std::uint32_t index() const { return code_ & ~kAux; }
  constexpr auto operator<=>(const Variable&) const = default;

 private:
  static constexpr std::uint32_t kAux = std::uint32_t{1} << 31;
  constexpr explicit Variable(std::uint32_t code) : code_(code) {}
  std::uint32_t code_ = 0;
};

struct Term {
  Variable variable;
  Fr coefficient;
};

/// A linear combination and its value under the witness. A variable may occur in several terms (the
/// coefficients add up) and a coefficient may be 0: normal() tells what counts. Borrows its terms.
struct Lc {
  std::span<const Term> terms;
  Fr value;
};

/// The constant 1 as a linear combination: B of every row that is linear.
inline constexpr Term kOneTerm{{}, kOne};
inline Lc one_lc() { return {{&kOneTerm, 1}, kOne}; }

/// A linear combination of a few bits with coefficients -2 to 2: 98.7 % of the rows of PoRep have
/// no others. No variable occurs twice and no coefficient is 0.
class BitLc {
 public:
  struct Part {
    Variable variable;
    std::int32_t coefficient;
  };

  void add(Variable bit, int coefficient, bool value) {
    value_ += value ? coefficient : 0;
    for (unsigned i = 0; i < size_; ++i) {
      if (parts_[i].variable != bit) continue;
      parts_[i].coefficient += coefficient;
      if (parts_[i].coefficient == 0) parts_[i] = parts_[--size_];
      return;
    }
    parts_[size_++] = {bit, coefficient};
  }
  void add_constant(int number) {
    constant_ += number;
    value_ += number;
  }

  std::span<const Part> parts() const { return {parts_.data(), size_}; }
  int constant() const { return constant_; }  ///< coefficient of input 0
  int value() const { return value_; }

 private:
  std::array<Part, 3> parts_;
  unsigned size_ = 0;
  int constant_ = 0, value_ = 0;
};

/// <A> <B> = <C> over bits.
struct BitRow {
  BitLc a, b, c;
};

/// The receiver of a circuit. Input 0 exists from the start; it is not allocated.
class Sink {
 public:
  virtual ~Sink() = default;

  /// False: only values are read, and gadgets may leave out the terms of their Lc.
  bool reads_terms() const { return reads_terms_; }

  virtual Variable input(const Fr& value) = 0;
  virtual Variable aux(const Fr& value) = 0;
  /// An aux that is 0 or 1, without a row.
  virtual Variable aux_bit(bool value) { return aux(value ? kOne : Fr{}); }
  /// An aux and the row that makes it a bit: <1 - b> <b> = <>.
  virtual Variable bit(bool value);

  virtual void enforce(const Lc& a, const Lc& b, const Lc& c) = 0;
  /// Becomes the row above unless a sink has something faster.
  virtual void enforce(const BitRow& row);

 protected:
  explicit Sink(bool reads_terms) : reads_terms_(reads_terms) {}
  Sink(const Sink&) = default;
  Sink& operator=(const Sink&) = default;

 private:
  bool reads_terms_;
};

/// A small number as an element.  @param number  -8 to 8.
Fr small(int number);

/// The terms that count: by variable in ascending order, each once, none 0. Terms that are so
/// already are given back as they are, others are put into `scratch`.
std::span<const Term> normal(std::span<const Term> terms, std::vector<Term>& scratch);

}  // namespace sealyard::circuit
