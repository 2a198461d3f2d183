// Deposits, pledges and fees of sectors, in attoFIL.
// Source: builtin-actors v18, actors/miner/src/monies.rs and policy.rs. The smoothed filters of
// reward and power stay at their initial values here, so that amounts can be told in advance.
#pragma once
#include "chain/dev/policy.h"
#include "chain/types/amount.h"

namespace sealyard::dev {

using types::BigInt;

/// What `qa_bytes` of quality-adjusted power are expected to earn in `epochs`.
BigInt expected_reward(const BigInt& qa_bytes, Epoch epochs);
/// Of a pre-commit: that of 20 days at ten times the size, whatever the sector holds.
BigInt precommit_deposit(std::uint64_t sector_bytes, const Policy& policy);
BigInt initial_pledge(const BigInt& qa_bytes, const Policy& policy);
/// What CreateMiner locks: the pledge of a tenth of the least power.
BigInt creation_deposit(const Policy& policy);
BigInt daily_fee(const BigInt& qa_bytes);
/// Of a day of a faulty sector.
BigInt fault_fee(const BigInt& qa_bytes, const Policy& policy);
BigInt termination_fee(const BigInt& pledge, const BigInt& qa_bytes, Epoch age,
                       const Policy& policy);

inline const BigInt kFil = BigInt(1'000'000'000) * BigInt(1'000'000'000);

}  // namespace sealyard::dev
