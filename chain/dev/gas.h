// What messages cost: gas of an execution, what becomes of the fee, the next base fee.
#pragma once
#include <cstdint>
#include <span>

#include "chain/types/amount.h"
#include "chain/types/message.h"

namespace sealyard::dev {

using types::BigInt;

inline constexpr std::int64_t kLeastBaseFee = 100;

/// Gas that a message takes before it does anything: being stored, being signed.
/// Source: ref-fvm, fvm/src/gas/price_list.rs.
std::int64_t inclusion_gas(const types::SignedMessage& message);
/// What the pool asks of a gas limit at least. Source: lotus, chain/vm/gas_v0.go, OnChainMessage().
std::int64_t least_gas_limit(const types::SignedMessage& message);

/// Gas of what is done. State access parts are chosen, not measured.
inline constexpr std::int64_t kSendGas = 81'000, kPrecommitGas = 16'000'000,
                              kPrecommitSectorGas = 12'000'000, kSealProofGas = 42'000'000,
                              kProveCommitSectorGas = 20'000'000, kPostGas = 20'000'000,
                              kPostPartitionGas = 5'000'000, kPostProofGas = 117'680'921,
                              kPostSectorGas = 43'780, kDeclareGas = 20'000'000,
                              kDeclarationGas = 1'000'000, kDeclaredSectorGas = 20'000,
                              kSmallMethodGas = 5'000'000, kCreateMinerGas = 40'000'000;

/// Where GasLimit * GasFeeCap goes.
struct GasOutputs {
  BigInt burn, over_estimation_burn, tip, refund, penalty;
  friend bool operator==(const GasOutputs&, const GasOutputs&) = default;
};
/// Source: ref-fvm, fvm/src/gas/outputs.rs.
GasOutputs gas_outputs(const types::Message& message, std::int64_t used, const BigInt& base_fee);

/// Gas refunded and burned of a limit that was too high.
struct OverEstimation {
  std::int64_t refunded = 0, burned = 0;
};
OverEstimation over_estimation(std::int64_t used, std::int64_t limit);

struct Bid {
  BigInt premium;  ///< effective: min(premium, fee cap - base fee), at least 0
  std::int64_t gas_limit = 0;
};
/// The base fee after a tipset of these messages: it follows the premium at four fifths of a full
/// block.  Source: FIP-0115; lotus, chain/store/basefee.go.
BigInt next_base_fee(const BigInt& base_fee, std::span<const Bid> bids);

}  // namespace sealyard::dev
