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
constexpr std::size_t kBatch = 1024;

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
FixedBase<Group>::FixedBase(const Affine<Group>& base, std::size_t uses, unsigned threads)
    : bits_(best_window_bits(uses)), windows_((kScalarBits + bits_ - 1) / bits_) {
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
  const std::span table(table_.data() + window * entries(), entries());
  BatchAdd<Group> add;
  std::vector<Affine<Group>> addends;
  table[0] = base;
  for (std::size_t size = 1; size < table.size(); size *= 2) {
    addends.assign(size, table[size - 1]);
    const auto upper = table.subspan(size, size);
    std::copy_n(table.begin(), size, upper.begin());
    for (std::size_t at = 0; at < size; at += kBatch)
      add(upper.subspan(at, std::min(kBatch, size - at)),
          std::span(addends).subspan(at, std::min(kBatch, size - at)));
  }
}

template <typename Group>
void FixedBase<Group>::multiply(std::span<const Fr> scalars,
                                std::span<Affine<Group>> products) const {
  BatchAdd<Group> add;
  std::vector<Affine<Group>> addends(std::min(kBatch, scalars.size()));
  std::vector<Digits> digits;
  for (std::size_t at = 0; at < scalars.size(); at += kBatch) {
    const std::size_t n = std::min(kBatch, scalars.size() - at);
    const auto sums = products.subspan(at, n);
    std::fill(sums.begin(), sums.end(), Affine<Group>{});
    digits.clear();
    for (const auto& scalar : scalars.subspan(at, n)) digits.emplace_back(scalar, bits_);
    for (unsigned window = 0; window < windows_; ++window) {
      const auto* table = table_.data() + window * entries();
      for (std::size_t i = 0; i < n; ++i) {
        const std::int32_t digit = digits[i].next();
        if (digit == 0)
          addends[i] = {};
        else
          addends[i] = digit > 0 ? table[digit - 1] : -table[-digit - 1];
      }
      add(sums, std::span(addends).first(n));
    }
    ::sodium_memzero(digits.data(), digits.size() * sizeof(Digits));
  }
}

template class FixedBase<G1>;
template class FixedBase<G2>;

}  // namespace sealyard::curve
