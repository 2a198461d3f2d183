#include "kernels/circuit/digest.h"

#include <algorithm>
#include <utility>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"

namespace sealyard::circuit {
namespace {

constexpr std::size_t kHeldBytes = 64 * 1024;
constexpr std::size_t kCountBytes = 8, kTermBytes = 1 + 8 + kNodeBytes;

using Coefficient = std::array<std::uint8_t, kNodeBytes>;

Coefficient big_endian(const Fr& value) {
  Coefficient bytes = field::to_node(value).bytes;
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

constexpr int kMaxSmall = 8;

const std::uint8_t* small_coefficient(int number) {
  static const std::array<Coefficient, 2 * kMaxSmall + 1> coefficients = [] {
    std::array<Coefficient, 2 * kMaxSmall + 1> made;
    for (int i = -kMaxSmall; i <= kMaxSmall; ++i)
      made[static_cast<std::size_t>(i + kMaxSmall)] = big_endian(small(i));
    return made;
  }();
  return coefficients[static_cast<std::size_t>(number + kMaxSmall)].data();
}

}  // namespace

Digest::Digest(const Counts& counts) : Counter(true), announced_(counts), held_(kHeldBytes) {
  put_count(counts.inputs);
  put_count(counts.aux);
  put_count(counts.constraints);
}

void Digest::make_room(std::size_t bytes) {
  if (held_bytes_ + bytes <= held_.size()) return;
  hasher_.update({held_.data(), held_bytes_});
  held_bytes_ = 0;
}

void Digest::put_count(std::uint64_t count) {
  make_room(kCountBytes);
  store_be<std::uint64_t>(held_.data() + held_bytes_, count);
  held_bytes_ += kCountBytes;
}

void Digest::put_term(Variable variable, const std::uint8_t* coefficient) {
  make_room(kTermBytes);
  std::uint8_t* to = held_.data() + held_bytes_;
  to[0] = variable.is_input() ? 'I' : 'A';
  store_be<std::uint64_t>(to + 1, variable.index());
  std::copy_n(coefficient, kNodeBytes, to + 9);
  held_bytes_ += kTermBytes;
}

void Digest::put(const Lc& lc) {
  const auto terms = normal(lc.terms, scratch_);
  put_count(terms.size());
  for (const auto& term : terms) {
    if (term.coefficient == kOne)
      put_term(term.variable, small_coefficient(1));
    else
      put_term(term.variable, big_endian(term.coefficient).data());
  }
}

void Digest::put(const BitLc& lc) {
  std::array<BitLc::Part, 3> parts;
  const auto size = lc.parts().size();
  std::copy(lc.parts().begin(), lc.parts().end(), parts.begin());
  for (std::size_t i = 1; i < size; ++i)
    for (std::size_t j = i; j > 0 && parts[j].variable < parts[j - 1].variable; --j)
      std::swap(parts[j], parts[j - 1]);
  put_count(size + (lc.constant() != 0));
  if (lc.constant() != 0) put_term(Variable(), small_coefficient(lc.constant()));
  for (std::size_t i = 0; i < size; ++i)
    put_term(parts[i].variable, small_coefficient(parts[i].coefficient));
}

Variable Digest::bit(bool value) { return Sink::bit(value); }

void Digest::enforce(const Lc& a, const Lc& b, const Lc& c) {
  count_row();
  put(a);
  put(b);
  put(c);
}

void Digest::enforce(const BitRow& row) {
  count_row();
  put(row.a);
  put(row.b);
  put(row.c);
}

Node Digest::finish() {
  if (counts() != announced_)
    throw Error(Fault::internal,
                "circuit: {} inputs, {} aux, {} constraints, where {}, {}, {} were counted before",
                counts().inputs, counts().aux, counts().constraints, announced_.inputs,
                announced_.aux, announced_.constraints);
  make_room(held_.size());
  return hasher_.finish();
}

Node digest(const Synthesis& circuit) {
  Digest sink(count(circuit));
  circuit(sink);
  return sink.finish();
}

}  // namespace sealyard::circuit
