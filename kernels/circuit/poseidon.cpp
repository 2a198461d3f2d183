#include "kernels/circuit/poseidon.h"

#include <algorithm>

#include "kernels/circuit/poseidon_plan.h"

namespace sealyard::circuit {
namespace {

using poseidon::kHalfFullRounds;
constexpr std::size_t kMaxWidth = 17;

// One hash: values are computed as numbers, the combinations come from the plan.
class Hash {
 public:
  Hash(Sink& sink, const PoseidonPlan& plan) : sink_(sink), plan_(plan), c_(plan.constants) {
    if (sink_.reads_terms()) slots_.reserve(plan.slots);
  }

  Num run(std::span<const Num> preimage) {
    first_round(preimage);
    mix(c_.mds);
    for (unsigned round = 1; round < kHalfFullRounds; ++round) {
      full_round(true);
      mix(round + 1 < kHalfFullRounds ? c_.mds : c_.pre_sparse_columns);
    }
    for (unsigned round = 0; round < c_.partial_rounds; ++round) {
      state_[0] = sbox(ensure(state_[0]), next_key());
      mix_sparse(c_.sparse.data() + std::size_t{round} * (2 * c_.width - 1));
    }
    for (unsigned round = 1; round < kHalfFullRounds; ++round) {
      full_round(true);
      mix(c_.mds);
    }
    full_round(false);
    mix(c_.mds);
    return ensure(state_[1]);
  }

 private:
  const Fr* next_key() { return &c_.compressed[key_++]; }

  Num new_slot(const Fr& value) {
    const Num made = new_num(sink_, value);
    if (sink_.reads_terms()) slots_.push_back(made.variable);
    return made;
  }

  // A variable for an element of the state: new x, then <L> <1> = <x>.
  Num ensure(const Fr& value) {
    const Num x = new_slot(value);
    if (sink_.reads_terms()) {
      terms_.clear();
      for (auto i = plan_.starts[row_]; i < plan_.starts[row_ + 1]; ++i) {
        const auto& term = plan_.terms[i];
        terms_.push_back({term.slot == PoseidonPlan::kOneSlot ? Variable() : slots_[term.slot],
                          term.coefficient});
      }
      ++row_;
    }
    sink_.enforce({terms_, value}, one_lc(), lc(x));
    return x;
  }

  // y = <x + k>, then y^5 + post: three new variables, three rows. No post key: nothing is added.
  Fr sbox_of(const Lc& y, const Fr* post) {
    const Num l2 = new_slot(field::sqr(y.value));
    sink_.enforce(y, y, lc(l2));
    const Num l4 = new_slot(field::sqr(l2.value));
    sink_.enforce(lc(l2), lc(l2), lc(l4));
    const Fr fifth = field::mul(y.value, l4.value);
    const Num l5 = new_slot(post ? field::add(fifth, *post) : fifth);
    if (post)
      sink_.enforce(y, lc(l4), Sum<2>().plus(field::sub(Fr{}, *post)).plus(l5));
    else
      sink_.enforce(y, lc(l4), lc(l5));
    return l5.value;
  }
  Fr sbox(const Num& x, const Fr* post) { return sbox_of(lc(x), post); }

  // Constants are added before the S-box too. Element 0 is constant and costs nothing.
  void first_round(std::span<const Num> preimage) {
    state_[0] = plan_.folded;
    for (std::size_t i = 0; i < preimage.size(); ++i)
      state_[i + 1] = sbox_of(Sum<2>().plus(c_.compressed[i + 1]).plus(preimage[i]),
                              &c_.compressed[c_.width + i + 1]);
    key_ = 2 * c_.width;
  }

  void full_round(bool keys) {
    for (std::size_t i = 0; i < c_.width; ++i) {
      const Num x = ensure(state_[i]);
      state_[i] = sbox(x, keys ? next_key() : nullptr);
    }
  }

  void mix(const std::vector<Fr>& columns) {
    std::array<Fr, kMaxWidth> mixed;
    for (std::size_t j = 0; j < c_.width; ++j)
      mixed[j] = field::dot(state_.data(), columns.data() + j * c_.width, c_.width);
    state_ = mixed;
  }

  void mix_sparse(const Fr* sparse) {
    const Fr first = field::dot(state_.data(), sparse, c_.width);
    for (std::size_t j = 1; j < c_.width; ++j)
      state_[j] = field::add(state_[j], field::mul(state_[0], sparse[c_.width + j - 1]));
    state_[0] = first;
  }

  Sink& sink_;
  const PoseidonPlan& plan_;
  const poseidon::Constants& c_;
  std::array<Fr, kMaxWidth> state_;
  std::size_t key_ = 0, row_ = 0;
  std::vector<Variable> slots_;  // where the sink reads terms
  std::vector<Term> terms_;
};

}  // namespace

Num poseidon_hash(Sink& sink, std::span<const Num> preimage, PoseidonDomain domain) {
  return Hash(sink, poseidon_plan(preimage.size(), domain)).run(preimage);
}

}  // namespace sealyard::circuit
