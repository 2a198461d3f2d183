// Scalars out of nowhere and out of names, and memory that forgets them.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/field/fr.h"

namespace sealyard::groth16 {

using field::Fr;

/// Uniform over Fr, from the system's CSPRNG.
Fr random_scalar();
/// Uniform over 1 ... 2^128 - 1, from the system's CSPRNG.
Fr random_short_scalar();

/// SHA-256 of a text as a little-endian number, its two top bits cleared. Known to everybody who
/// knows the text: for development only.
Fr named_scalar(std::string_view text);

void wipe(void* from, std::size_t bytes);

/// Scalars that are overwritten with zeros when they go. Of fixed length: a vector that grows
/// leaves copies behind.
class SecretScalars {
 public:
  explicit SecretScalars(std::size_t n) : scalars_(n) {}
  ~SecretScalars() { wipe(scalars_.data(), scalars_.size() * sizeof(Fr)); }
  SecretScalars(const SecretScalars&) = delete;
  SecretScalars& operator=(const SecretScalars&) = delete;

  std::size_t size() const { return scalars_.size(); }
  Fr& operator[](std::size_t i) { return scalars_[i]; }
  const Fr& operator[](std::size_t i) const { return scalars_[i]; }
  std::span<Fr> all() { return scalars_; }
  std::span<const Fr> all() const { return scalars_; }

 private:
  std::vector<Fr> scalars_;
};

}  // namespace sealyard::groth16
