#include "chain/dev/gas.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace sealyard::dev {
namespace {

constexpr std::int64_t kStoreGas = 38'863, kActorUpdateGas = 475'000, kByteGas = 1'300;
constexpr std::int64_t kSecpGas = 1'637'292, kBlsGas = 16'598'605;
constexpr std::int64_t kPercentileIndex = 8'000'000'000 - 1;
constexpr int kStepDenominator = 8;

}  // namespace

std::int64_t inclusion_gas(const types::SignedMessage& m) {
  const auto bytes = static_cast<std::int64_t>(m.cbor().size());
  const auto signature = m.signature.type == types::SignatureType::secp256k1 ? kSecpGas : kBlsGas;
  return kStoreGas + kActorUpdateGas + kByteGas * (36 + bytes) + signature;
}

std::int64_t least_gas_limit(const types::SignedMessage& m) {
  return kStoreGas + kByteGas * static_cast<std::int64_t>(m.cbor().size());
}

OverEstimation over_estimation(std::int64_t used, std::int64_t limit) {
  if (used == 0) return {0, limit};
  const auto over = std::clamp<std::int64_t>(limit - 11 * used / 10, 0, used);
  const auto burned = static_cast<std::int64_t>(BigInt(limit - used) * over / used);
  return {limit - used - burned, burned};
}

GasOutputs gas_outputs(const types::Message& m, std::int64_t used, const BigInt& base_fee) {
  GasOutputs out;
  const BigInt price = std::min(base_fee, m.gas_fee_cap);
  const auto over = over_estimation(used, m.gas_limit);
  out.burn = price * used;
  out.over_estimation_burn = price * over.burned;
  const BigInt room = m.gas_fee_cap > base_fee ? BigInt(m.gas_fee_cap - base_fee) : BigInt(0);
  out.tip = std::min(m.gas_premium, room) * m.gas_limit;
  out.refund = m.gas_fee_cap * m.gas_limit - out.burn - out.over_estimation_burn - out.tip;
  if (m.gas_fee_cap < base_fee) out.penalty = (base_fee - m.gas_fee_cap) * (used + over.burned);
  return out;
}

BigInt next_base_fee(const BigInt& base_fee, std::span<const Bid> bids) {
  std::vector<const Bid*> order;
  for (const auto& bid : bids) order.push_back(&bid);
  std::stable_sort(order.begin(), order.end(),
                   [](const Bid* a, const Bid* b) { return a->premium > b->premium; });
  BigInt premium = 0;
  std::int64_t laid = 0;
  for (const auto* bid : order) {
    laid += bid->gas_limit;
    if (laid > kPercentileIndex) {
      premium = bid->premium;
      break;
    }
  }
  const BigInt step = (base_fee + kStepDenominator - 1) / kStepDenominator;
  return std::max<BigInt>(kLeastBaseFee, base_fee + std::min<BigInt>(step, premium - step));
}

}  // namespace sealyard::dev
