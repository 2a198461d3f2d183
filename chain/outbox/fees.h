// What may be paid for a message, and what a replacement must offer.
#pragma once
#include <cstdint>
#include <optional>

#include "chain/types/message.h"

namespace sealyard::outbox {

/// Rule of one kind of message. Epochs as in chain/types, fees in attoFIL.
struct FeeRule {
  types::BigInt max_fee;            ///< of a whole message: gas limit * fee cap never exceeds it
  bool maximize = false;            ///< fee cap = max_fee / gas limit: for what must land soon
  types::Epoch replace_after = 10;  ///< pending so long: outbid it
  /// Held back while the base fee is above, until the message's own cutoff.
  std::optional<types::BigInt> base_fee_ceiling{};
  /// So many new ones of a sender an epoch: gas is estimated before the others of the epoch ran,
  /// and too many of a heavy kind then run out of it.
  std::size_t most_an_epoch = SIZE_MAX;
};

/// Lowers fee cap, then premium, to what `max_fee` allows. False where not even 1 a gas is left.
bool limit_fees(types::Message& message, const types::BigInt& max_fee);

/// Gas fields for a message that outbids `old`: premium at least floor(old * ratio) + 1 and
/// `asked`, fee cap at least that and that of `fresh`, gas limit of `fresh`, an estimate.
/// Nothing where max_fee does not reach so far.
/// Source: lotus, chain/messagepool/messagepool.go, ComputeMinRBF(); cli/mpool.go, MpoolReplaceCmd.
std::optional<types::Message> outbid(const types::Message& old, const types::Message& fresh,
                                     double ratio, const types::BigInt& asked,
                                     const types::BigInt& max_fee);

/// What a message that ran has cost its sender: base fee burnt for the gas used and for what was
/// asked for far beyond it, and the tip for the whole limit.
/// Source: ref-fvm, fvm/src/gas/outputs.rs, GasOutputs::compute().
types::BigInt cost(const types::Message& message, std::int64_t gas_used,
                   const types::BigInt& base_fee);

}  // namespace sealyard::outbox
