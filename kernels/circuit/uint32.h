// 32-bit words of Booleans and their addition, several equations packed into one row.
// Source: bellperson 0.27, src/gadgets/uint32.rs, src/gadgets/multieq.rs.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/circuit/bits.h"

namespace sealyard::circuit {

/// Least significant bit first.
struct UInt32 {
  std::array<Boolean, 32> bits;

  static UInt32 constant(std::uint32_t value);
  /// @param bits  32 of them, most significant first.
  static UInt32 from_big_endian(std::span<const Boolean> bits);

  std::uint32_t value() const;
  bool is_constant() const;
  UInt32 rotated_right(unsigned by) const;
  UInt32 shifted_right(unsigned by) const;
};

UInt32 word_xor(Sink& sink, const UInt32& a, const UInt32& b);
UInt32 word_ch(Sink& sink, const UInt32& a, const UInt32& b, const UInt32& c);
UInt32 word_maj(Sink& sink, const UInt32& a, const UInt32& b, const UInt32& c);

/// Collects equations between sums of words and their bits, and states them as one row once no
/// further one fits into 254 bits. The row therefore comes after later variables and rows.
class PackedEquations {
 public:
  explicit PackedEquations(Sink& sink) : sink_(sink) {}
  PackedEquations(const PackedEquations&) = delete;
  PackedEquations& operator=(const PackedEquations&) = delete;

  /// Sum of the words = number of the `sum` bits, as integers.
  void add(std::span<const UInt32> words, std::span<const Boolean> sum);
  /// States what is left. To be called at the end: rows do not come out of a destructor.
  void flush();

 private:
  struct Side {
    std::array<std::uint64_t, 4> value{}, constant{};
    std::vector<Term> terms;

    void add_number(std::uint64_t number, unsigned shift);
    void add_bits(std::span<const Boolean> bits, unsigned shift);
    Lc lc();
  };

  Sink& sink_;
  unsigned used_ = 0;
  Side left_, right_;
};

/// The sum mod 2^32 of 2 to 10 words; the result has new bits unless all words are constant.
UInt32 add_words(Sink& sink, PackedEquations& equations, std::span<const UInt32> words);

}  // namespace sealyard::circuit
