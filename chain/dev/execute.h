// Executes a message on a state.
#pragma once
#include "chain/dev/call.h"
#include "chain/dev/gas.h"

namespace sealyard::dev {

struct Result {
  Exit exit = Exit::ok;
  Bytes value;
  std::int64_t gas_used = 0;
  std::string error;  ///< why it failed, in words
  GasOutputs fees;
  ActorId failed_at = 0;  ///< the actor that refused
};

/// Checks the sender, takes the fee, runs the method and gives back what is left of the fee. A
/// message that fails pays and uses its nonce all the same.
/// Source: ref-fvm, fvm/src/executor/default.rs.
Result execute(State& state, const Policy& policy, const Surroundings& around, Epoch epoch,
               const types::SignedMessage& message, const BigInt& base_fee, ActorId producer);

/// Runs a message without nonce, signature or fee: what gas estimates and StateCall do.
Result try_message(State state, const Policy& policy, const Surroundings& around, Epoch epoch,
                   const types::Message& message, std::int64_t inclusion);

}  // namespace sealyard::dev
