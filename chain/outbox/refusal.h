// Why a node refuses a message. Pools answer with text only, so texts are what there is to compare.
// Source: lotus, chain/messagepool/messagepool.go, the Err... values; node/impl/gasutils.
#pragma once
#include <optional>
#include <string_view>

#include "chain/types/amount.h"

namespace sealyard::outbox {

enum class Refusal {
  already_there,    ///< the very same message waits: a success
  nonce_too_low,    ///< that nonce is on chain already
  premium_too_low,  ///< another message with this nonce waits and is not outbid
  nonce_gap,        ///< the pool lacks an earlier message
  fee_cap_too_low,  ///< below what the pool takes
  no_funds,         ///< the sender's balance does not cover its pending messages
  pool_full,        ///< too many messages of this sender
  too_big,          ///< more than 64 KiB
  invalid,          ///< no node would ever take it: a mistake of ours
  unknown,          ///< none of these; tried again
};

Refusal refusal_of_push(std::string_view text);

/// The premium that the text of premium_too_low asks for.
std::optional<types::BigInt> premium_asked(std::string_view text);

/// What a failed gas estimate says about the message.
enum class Estimate {
  never,  ///< its execution fails: another message is needed
  wait,   ///< funds are missing, or the node has another trouble: tried again
};
Estimate refusal_of_estimate(std::int64_t code, std::string_view text);

}  // namespace sealyard::outbox
