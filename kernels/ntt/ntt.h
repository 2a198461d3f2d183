// Number-theoretic transforms over Fr: between the coefficients of a polynomial and its values at
// the powers of a root of unity.
// Source: bellperson 0.27, src/domain.rs, EvaluationDomain.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/device/cpu.h"
#include "kernels/field/fr.h"
#include "kernels/ntt/variants.h"

namespace sealyard::ntt {

inline constexpr unsigned kMaxLogSize = 31;  ///< bellperson refuses 2^32
/// Generator of the multiplicative group: shifts a domain to a coset that has no root of unity.
inline constexpr std::uint64_t kGenerator = 7;

/// omega of a domain of 2^log_size: 7^((r - 1) / 2^log_size).
Fr root_of_unity(unsigned log_size);
Fr power(const Fr& base, std::uint64_t exponent);

/// log2 of the smallest domain with room for `rows`, at least 0.
/// @throws Error{usage} more than 2^31.
unsigned log_size_for(std::uint64_t rows);

/// n = 2^log_size points 1, omega, omega^2, ... and a table of n / 2 elements for its transforms.
/// Transforms work in place, on exactly n elements; several may run at a time.
class Domain {
 public:
  /// @throws Error{usage} log_size above kMaxLogSize.
  Domain(unsigned log_size, unsigned threads, Backend backend = device::best_cpu());

  std::size_t size() const { return std::size_t{1} << log_size_; }
  const Fr& omega() const { return omega_; }

  /// Coefficient i at index i -> value at omega^i at index i.
  void evaluate(std::span<Fr> polynomial) const;
  /// The reverse.
  void interpolate(std::span<Fr> polynomial) const;

  /// The same without putting values in order: the value at omega^i is at index reversed(i), the
  /// reversal of the log_size bits of i. Coefficients are in order.
  void evaluate_scrambled(std::span<Fr> polynomial) const;
  void interpolate_scrambled(std::span<Fr> polynomial) const;
  /// Moves index i to reversed(i): order into scrambled order and back.
  void scramble(std::span<Fr> values) const;

  /// polynomial[i] *= first * ratio^i.
  void scale(std::span<Fr> polynomial, const Fr& first, const Fr& ratio) const;

 private:
  unsigned log_size_, threads_;
  Twice *split_, *join_;
  Scale* scale_;
  Fr omega_, inverse_size_;
  std::vector<Fr> roots_;  // omega^(n/2 * 0.b0b1b2...) for b = ...b2b1b0
};

}  // namespace sealyard::ntt
