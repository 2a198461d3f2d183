#include "chain/outbox/refusal.h"

#include "chain/rpc/client.h"

namespace sealyard::outbox {
namespace {

struct Row {
  std::string_view part;
  Refusal refusal;
};

// The first row that fits counts: "validation failure" also ends texts of other kinds.
constexpr Row kRows[] = {
    {"message with nonce already exists", Refusal::already_there},
    {"message nonce too low", Refusal::nonce_too_low},
    {"replace by fee has too low GasPremium", Refusal::premium_too_low},
    {"unfulfilled nonce gap", Refusal::nonce_gap},
    {"gas fee cap too low", Refusal::fee_cap_too_low},
    {"not enough funds", Refusal::no_funds},
    {"too many pending messages", Refusal::pool_full},
    {"message too big", Refusal::too_big},
    {"message not valid for block inclusion", Refusal::invalid},
    {"message will not be included in a block", Refusal::invalid},
    {"signature verification failed", Refusal::invalid},
    {"invalid to address", Refusal::invalid},
    {"cannot send more filecoin than will ever exist", Refusal::invalid},
};

}  // namespace

Refusal refusal_of_push(std::string_view text) {
  for (const auto& row : kRows)
    if (text.find(row.part) != text.npos) return row.refusal;
  return Refusal::unknown;
}

std::optional<types::BigInt> premium_asked(std::string_view text) {
  constexpr std::string_view kBefore = "increase GasPremium to ";
  const auto at = text.find(kBefore);
  if (at == text.npos) return std::nullopt;
  const auto digits = text.substr(at + kBefore.size());
  const auto count = digits.find_first_not_of("0123456789");
  if (count == 0 || count == digits.npos || count > 60) return std::nullopt;
  return types::big_int_from_text(digits.substr(0, count), "premium");
}

Estimate refusal_of_estimate(std::int64_t code, std::string_view text) {
  if (code == rpc::kErrorOutOfGas) return Estimate::never;
  for (const std::string_view transient :
       {"SysErrInsufficientFunds", "ErrInsufficientFunds", "SysErrSenderStateInvalid",
        "sender validation failed", "not enough funds"})
    if (text.find(transient) != text.npos) return Estimate::wait;
  return text.find("message execution failed") != text.npos || code == rpc::kErrorReverted
             ? Estimate::never
             : Estimate::wait;
}

}  // namespace sealyard::outbox
