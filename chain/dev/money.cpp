#include "chain/dev/money.h"

#include <algorithm>
#include <cmath>

namespace sealyard::dev {
namespace {

// builtin-actors, runtime/src/builtin/reward/smooth; reward and power actors, their constructors.
constexpr double kRewardAtto = 36'266'260'308'195'979'333.0;
constexpr double kPowerBytes = 750'000.0 * (1 << 30);
constexpr double kPowerVelocity = 3'840.0 * (1 << 30);  // bytes an epoch
constexpr std::int64_t kPledgeCapPerByte = 29'103'830;
constexpr std::int64_t kVestingDays = 20;

}  // namespace

// The integral of reward / (power + velocity t) over t in [0, epochs].
BigInt expected_reward(const BigInt& qa_bytes, Epoch epochs) {
  const double per_byte = kRewardAtto / kPowerVelocity *
                          std::log1p(kPowerVelocity * static_cast<double>(epochs) / kPowerBytes);
  return qa_bytes * BigInt(static_cast<std::int64_t>(per_byte * 1000)) / 1000;
}

BigInt precommit_deposit(std::uint64_t sector_bytes, const Policy& policy) {
  return std::max<BigInt>(1, expected_reward(BigInt(sector_bytes) * 10, kVestingDays * policy.day));
}

// The share of the circulating supply that is added to the reward of 20 days is above the cap in a
// network this small.
BigInt initial_pledge(const BigInt& qa_bytes, const Policy&) {
  return qa_bytes * kPledgeCapPerByte;
}

BigInt creation_deposit(const Policy& policy) {
  return initial_pledge(BigInt(policy.min_power_bytes / 10), policy);
}

BigInt daily_fee(const BigInt& qa_bytes) {
  static const BigInt kSupply = BigInt(560'000'000) * kFil;
  return qa_bytes * kSupply * 161'817 / boost::multiprecision::pow(BigInt(10), 30);
}

BigInt fault_fee(const BigInt& qa_bytes, const Policy& policy) {
  return expected_reward(qa_bytes, policy.day * 351 / 100);
}

BigInt termination_fee(const BigInt& pledge, const BigInt& qa_bytes, Epoch age,
                       const Policy& policy) {
  const BigInt full = pledge * 85 / 1000;
  const BigInt by_age = full * std::clamp<Epoch>(age, 0, 140 * policy.day) / (140 * policy.day);
  const BigInt by_fault = fault_fee(qa_bytes, policy) * 105 / 100;
  return std::max(by_age, std::max<BigInt>(pledge * 2 / 100, by_fault));
}

}  // namespace sealyard::dev
