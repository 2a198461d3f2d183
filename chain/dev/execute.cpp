#include "chain/dev/execute.h"

#include <fmt/format.h>

#include "chain/message/methods.h"
#include "kernels/base/error.h"

namespace sealyard::dev {
namespace {

using Method = Bytes (*)(Call&);

Method miner_method(std::uint64_t number) {
  using message::Miner;
  switch (static_cast<Miner>(number)) {
    case Miner::change_worker_address:
      return change_worker;
    case Miner::change_peer_id:
      return change_peer;
    case Miner::submit_windowed_post:
      return submit_window_post;
    case Miner::terminate_sectors:
      return terminate_sectors;
    case Miner::declare_faults:
      return declare_faults;
    case Miner::declare_faults_recovered:
      return declare_recoveries;
    case Miner::withdraw_balance:
      return withdraw_balance;
    case Miner::change_multiaddrs:
      return change_multiaddrs;
    case Miner::confirm_change_worker_address:
      return confirm_worker;
    case Miner::repay_debt:
      return repay_debt;
    case Miner::change_owner_address:
      return change_owner;
    case Miner::precommit_sector_batch2:
      return precommit_sectors;
    case Miner::extend_sector_expiration2:
      return extend_sectors;
    case Miner::prove_commit_sectors3:
      return prove_commit_sectors;
  }
  return nullptr;
}

Method method_of(const Actor& receiver, std::uint64_t number) {
  if (receiver.kind == Kind::miner) return miner_method(number);
  if (receiver.id == types::kPowerActor &&
      number == static_cast<std::uint64_t>(message::Power::create_miner))
    return create_miner;
  return nullptr;
}

/// Moves the value and runs the method; an Abort leaves `state` half changed, the caller drops it.
Bytes invoke(State& state, const Policy& policy, const Surroundings& around, Epoch epoch,
             ActorId caller, const types::Message& m, std::int64_t& gas) {
  auto receiver = state.resolve(m.to);
  if (!receiver) {
    if (m.method != message::kSend ||
        (m.to.protocol() != types::Protocol::secp256k1 && m.to.protocol() != types::Protocol::bls))
      throw Abort(Exit::invalid_receiver, "no such actor");
    receiver = state.account(m.to);
    gas += kSmallMethodGas;
  }
  Call call{state, policy, around, epoch, caller, *receiver, m.value, m.method, m.params};
  gas += kSendGas;
  if (m.value > 0) {
    Call transfer{state, policy, around, epoch, caller, caller, m.value, m.method, m.params};
    transfer.send(*receiver, m.value);
  }
  if (m.method == message::kSend) return {};
  const auto method = method_of(*state.find(*receiver), m.method);
  if (!method) throw Abort(Exit::unhandled, fmt::format("invalid method: {}", m.method));
  try {
    auto value = method(call);
    gas += call.gas;
    return value;
  } catch (...) {
    gas += call.gas;
    throw;
  }
}

/// Runs on a copy, which becomes the state where the message succeeds within its gas.
Result run(State& state, const Policy& policy, const Surroundings& around, Epoch epoch,
           ActorId caller, const types::Message& m, std::int64_t inclusion) {
  Result result;
  result.gas_used = inclusion;
  State trial = state;
  try {
    result.value = invoke(trial, policy, around, epoch, caller, m, result.gas_used);
    if (result.gas_used > m.gas_limit)
      throw Abort(Exit::out_of_gas,
                  fmt::format("out of gas: {} used, limit {}", result.gas_used, m.gas_limit));
    state = std::move(trial);
  } catch (const Abort& abort) {
    result.exit = abort.code();
    result.error = abort.what();
    result.value.clear();
    result.failed_at = state.resolve(m.to).value_or(0);
  } catch (const Error& error) {  // of what reads and judges parameters
    result.exit = Exit::illegal_argument;
    result.error = error.what();
    result.value.clear();
    result.failed_at = state.resolve(m.to).value_or(0);
  }
  if (result.gas_used > m.gas_limit) {
    result.exit = Exit::out_of_gas;
    result.gas_used = m.gas_limit;
  }
  return result;
}

}  // namespace

std::string exit_name(Exit code) {
  switch (code) {
    case Exit::ok:
      return "Ok";
    case Exit::sender_invalid:
      return "SysErrSenderInvalid";
    case Exit::sender_state_invalid:
      return "SysErrSenderStateInvalid";
    case Exit::invalid_receiver:
      return "SysErrInvalidReceiver";
    case Exit::no_funds_to_send:
      return "SysErrInsufficientFunds";
    case Exit::out_of_gas:
      return "SysErrOutOfGas";
    case Exit::illegal_argument:
      return "ErrIllegalArgument";
    case Exit::not_found:
      return "ErrNotFound";
    case Exit::forbidden:
      return "ErrForbidden";
    case Exit::no_funds:
      return "ErrInsufficientFunds";
    case Exit::illegal_state:
      return "ErrIllegalState";
    case Exit::serialization:
      return "ErrSerialization";
    case Exit::unhandled:
      return "ErrUnhandledMessage";
  }
  return fmt::format("{}", static_cast<std::int64_t>(code));
}

void Call::send(ActorId to, const BigInt& amount) {
  if (amount <= 0) return;
  auto& from = state.edit(receiver);
  if (from.balance < amount)
    throw Abort(Exit::no_funds_to_send,
                fmt::format("sender does not have funds to transfer (balance {}, transfer {})",
                            types::to_text(from.balance), types::to_text(amount)));
  from.balance -= amount;
  state.edit(to).balance += amount;
}

void Call::only_operator() {
  const auto& m = miner();
  bool known = caller == m.owner || caller == m.worker;
  for (const auto id : m.control) known = known || caller == id;
  if (!known)
    throw Abort(Exit::forbidden, fmt::format("caller f0{} is not one of supported", caller));
}

void Call::only_owner() {
  if (caller != miner().owner)
    throw Abort(Exit::forbidden, fmt::format("caller f0{} is not one of supported", caller));
}

Result execute(State& state, const Policy& policy, const Surroundings& around, Epoch epoch,
               const types::SignedMessage& signed_message, const BigInt& base_fee,
               ActorId producer) {
  const auto& m = signed_message.message;
  Result result;
  const auto refused = [&](Exit code, const std::string& why) {
    result.exit = code;
    result.error = why;
    return result;
  };
  const auto inclusion = inclusion_gas(signed_message);
  if (m.gas_limit < inclusion) return refused(Exit::out_of_gas, "gas limit below inclusion");
  const auto caller = state.resolve(m.from);
  if (!caller || state.find(*caller)->kind != Kind::account)
    return refused(Exit::sender_invalid, "the sender is no account");
  const BigInt reserve = m.gas_fee_cap * m.gas_limit;
  if (state.find(*caller)->nonce != m.nonce || state.find(*caller)->balance < reserve)
    return refused(Exit::sender_state_invalid, "the sender's nonce or balance is another");

  auto& sender = state.edit(*caller);
  sender.balance -= reserve;
  ++sender.nonce;
  result = run(state, policy, around, epoch, *caller, m, inclusion);
  result.fees = gas_outputs(m, result.gas_used, base_fee);
  state.edit(*caller).balance += result.fees.refund;
  state.edit(producer).balance += result.fees.tip;
  state.edit(types::kBurntFundsActor).balance +=
      result.fees.burn + result.fees.over_estimation_burn;
  return result;
}

Result try_message(State state, const Policy& policy, const Surroundings& around, Epoch epoch,
                   const types::Message& message, std::int64_t inclusion) {
  auto m = message;
  m.gas_limit = types::kBlockGasLimit;
  const auto caller = state.resolve(m.from);
  if (!caller) {
    Result result;
    result.exit = Exit::sender_invalid;
    return result;
  }
  return run(state, policy, around, epoch, *caller, m, inclusion);
}

}  // namespace sealyard::dev
