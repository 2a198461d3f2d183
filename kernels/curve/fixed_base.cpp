#include "kernels/curve/fixed_base.h"

#include <sodium.h>

#include <array>

#include "kernels/base/bytes.h"
#include "kernels/curve/batch_add.h"
#include "kernels/device/share.h"

namespace sealyard::curve {
namespace {

constexpr unsigned kScalarBits = 256;  // 255 and room for the last carry
constexpr unsigned kMaxWindowBits = 16;
constexpr Entry kBatch = 1024;

// The fewest additions, those for the table included.
unsigned best_window_bits(std::size_t uses) {
  unsigned best = 2;
  std::size_t least = ~std::size_t{0};
  for (unsigned bits = 2; bits <= kMaxWindowBits; ++bits) {
    const std::size_t windows = (kScalarBits + bits - 1) / bits;
    const std::size_t additions = windows * (uses + (std::size_t{1} << (bits - 1)));
    if (additions < least) {
      least = additions;
      best = bits;
    }
  }
  return best;
}

// Signed digits, least significant first: each above half a window borrows from the next.
class Digits {
 public:
  Digits(const Fr& scalar, unsigned bits) : bits_(bits) {
    blst_scalar plain;
    blst_scalar_from_fr(&plain, &scalar.value);
    for (unsigned i = 0; i < 4; ++i) limbs_[i] = load_le<std::uint64_t>(plain.b + 8 * i);
    ::sodium_memzero(&plain, sizeof plain);
  }
  std::int32_t next() {
    std::uint64_t digit = limbs_[at_ / 64] >> (at_ % 64);
    if (at_ % 64 + bits_ > 64) digit |= limbs_[at_ / 64 + 1] << (64 - at_ % 64);
    digit = (digit & ((std::uint64_t{1} << bits_) - 1)) + carry_;
    at_ += bits_;
    carry_ = digit > std::uint64_t{1} << (bits_ - 1);
    return static_cast<std::int32_t>(digit) - static_cast<std::int32_t>(carry_ << bits_);
  }

 private:
  std::array<std::uint64_t, 5> limbs_{};
  std::uint64_t carry_ = 0;
  unsigned bits_, at_ = 0;
};

}  // namespace

template <typename Group>
FixedBase<Group>::FixedBase(const Affine<Group>& base, std::size_t uses, unsigned threads,
                            Backend backend)
    : backend_(backend),
      bits_(best_window_bits(uses)),
      windows_((kScalarBits + bits_ - 1) / bits_) {
  table_.resize(windows_ * entries());
  std::vector<Affine<Group>> bases;
  Point<Group> power(base);
  for (unsigned window = 0; window < windows_; ++window) {
    bases.push_back(power.affine());
    for (unsigned bit = 0; bit < bits_; ++bit) Group::twice(&power.value, &power.value);
  }
  device::for_ranges(threads, windows_, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) fill(static_cast<unsigned>(i), bases[i]);
  });
}

// Entries s + 1 ... 2s are entries 1 ... s plus entry s.
template <typename Group>
void FixedBase<Group>::fill(unsigned window, const Affine<Group>& base) {
  auto* const table = table_.data() + window * entries();
  BatchAdd<Group> add(backend_);
  std::vector<Pair> pairs;
  table[1] = base;
  for (Entry size = 1; size + 1 < entries(); size *= 2) {
    for (Entry at = 1; at <= size; at += kBatch) {
      pairs.clear();
      for (Entry i = at; i <= size && i < at + kBatch; ++i) pairs.push_back({i, size});
      add(table, table, pairs, table + size + at);
    }
  }
}

template <typename Group>
void FixedBase<Group>::multiply(std::span<const Fr> scalars,
                                std::span<Affine<Group>> products) const {
  BatchAdd<Group> add(backend_);
  std::vector<Pair> pairs(std::min<std::size_t>(kBatch, scalars.size()));
  std::vector<Digits> digits;
  for (std::size_t at = 0; at < scalars.size(); at += kBatch) {
    const std::size_t n = std::min<std::size_t>(kBatch, scalars.size() - at);
    auto* const sums = products.data() + at;
    digits.clear();
    for (const auto& scalar : scalars.subspan(at, n)) digits.emplace_back(scalar, bits_);
    for (unsigned window = 0; window < windows_; ++window) {
      const auto* table = table_.data() + window * entries();
      for (Entry i = 0; i < n; ++i) {
        const std::int32_t digit = digits[i].next();
        pairs[i] = {i,
                    digit < 0 ? static_cast<Entry>(-digit) | kNegative : static_cast<Entry>(digit)};
        if (window == 0) sums[i] = curve::at(table, pairs[i].right);
      }
      if (window > 0) add(sums, table, std::span(pairs).first(n), sums);
    }
    ::sodium_memzero(digits.data(), digits.size() * sizeof(Digits));
    ::sodium_memzero(pairs.data(), pairs.size() * sizeof(Pair));
  }
}

template class FixedBase<G1>;
template class FixedBase<G2>;

}  // namespace sealyard::curve
