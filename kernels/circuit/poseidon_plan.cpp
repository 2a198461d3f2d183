#include "kernels/circuit/poseidon_plan.h"

#include <map>

#include "kernels/base/error.h"

namespace sealyard::circuit {
namespace {

using poseidon::kHalfFullRounds;

// Runs the permutation over linear combinations instead of numbers.
class Planner {
 public:
  Planner(const poseidon::Constants& constants, const Fr& tag)
      : plan_{constants,
              field::add(field::pow5(field::add(tag, constants.compressed[0])),
                         constants.compressed[constants.width]),
              0,
              {0},
              {}} {}

  PoseidonPlan make() {
    const auto& c = plan_.constants;
    state_.assign(c.width, {});
    first_round();
    for (unsigned round = 1; round < kHalfFullRounds; ++round) {
      full_round();
      mix(round + 1 < kHalfFullRounds ? c.mds : c.pre_sparse_columns);
    }
    for (unsigned round = 0; round < c.partial_rounds; ++round) {
      state_[0] = sbox(state_[0]);
      mix_sparse(c.sparse.data() + std::size_t{round} * (2 * c.width - 1));
    }
    for (unsigned round = 0; round < kHalfFullRounds; ++round) {
      full_round();
      mix(c.mds);
    }
    ensure(state_[1]);
    return std::move(plan_);
  }

 private:
  using Combination = std::map<std::uint32_t, Fr>;

  static void add(Combination& to, const Combination& from, const Fr& factor) {
    for (const auto& [slot, coefficient] : from) {
      auto& sum = to[slot];
      sum = field::add(sum, field::mul(coefficient, factor));
    }
  }

  std::uint32_t ensure(const Combination& combination) {
    if (const auto one = combination.find(PoseidonPlan::kOneSlot); one != combination.end())
      plan_.terms.push_back({one->first, one->second});
    for (const auto& [slot, coefficient] : combination)
      if (slot != PoseidonPlan::kOneSlot) plan_.terms.push_back({slot, coefficient});
    plan_.starts.push_back(static_cast<std::uint32_t>(plan_.terms.size()));
    return plan_.slots++;
  }

  // x is a variable: two squares and a product more.
  Combination sbox_of_variable() {
    plan_.slots += 3;
    return {{plan_.slots - 1, kOne}};
  }
  Combination sbox(const Combination& combination) {
    ensure(combination);
    return sbox_of_variable();
  }

  void first_round() {
    state_[0] = {{PoseidonPlan::kOneSlot, plan_.folded}};
    for (std::size_t i = 1; i < state_.size(); ++i) state_[i] = sbox_of_variable();
    mix(plan_.constants.mds);
  }
  void full_round() {
    for (auto& element : state_) element = sbox(element);
  }

  void mix(const std::vector<Fr>& columns) {
    std::vector<Combination> mixed(state_.size());
    for (std::size_t j = 0; j < state_.size(); ++j)
      for (std::size_t i = 0; i < state_.size(); ++i)
        add(mixed[j], state_[i], columns[j * state_.size() + i]);
    state_ = std::move(mixed);
  }

  void mix_sparse(const Fr* sparse) {
    Combination first;
    for (std::size_t i = 0; i < state_.size(); ++i) add(first, state_[i], sparse[i]);
    for (std::size_t j = 1; j < state_.size(); ++j)
      add(state_[j], state_[0], sparse[state_.size() + j - 1]);
    state_[0] = std::move(first);
  }

  PoseidonPlan plan_;
  std::vector<Combination> state_;
};

template <unsigned kArity>
const PoseidonPlan& tree_plan() {
  static const PoseidonPlan plan = [] {
    const auto& c = poseidon::constants(kArity);
    return Planner(c, c.tag).make();
  }();
  return plan;
}

// Source: neptune v11.0.0, src/hash_type.rs, Custom(Arbitrary(1)).
const PoseidonPlan& randomness_plan() {
  static const PoseidonPlan plan =
      Planner(poseidon::constants(2), field::from_u64(std::uint64_t{1} << 40)).make();
  return plan;
}

}  // namespace

const PoseidonPlan& poseidon_plan(std::size_t arity, PoseidonDomain domain) {
  if (domain == PoseidonDomain::randomness) {
    if (arity != 2) throw Error(Fault::usage, "circuit: randomness of {} numbers, want 2", arity);
    return randomness_plan();
  }
  switch (arity) {
    case 2:
      return tree_plan<2>();
    case 4:
      return tree_plan<4>();
    case 8:
      return tree_plan<8>();
    case 11:
      return tree_plan<11>();
    case 16:
      return tree_plan<16>();
    default:
      throw Error(Fault::usage, "circuit: Poseidon of {} numbers, want 2, 4, 8, 11 or 16", arity);
  }
}

}  // namespace sealyard::circuit
