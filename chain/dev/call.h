// One execution of a method: what it may see and change, and how it ends early.
#pragma once
#include <functional>
#include <stdexcept>
#include <string>

#include "chain/dev/state.h"
#include "chain/types/randomness.h"
#include "kernels/base/node.h"
#include "kernels/verify/post.h"
#include "kernels/verify/seal.h"

namespace sealyard::dev {

/// Source: ref-fvm, shared/src/error; builtin-actors, runtime/src/lib.rs.
enum class Exit : std::int64_t {
  ok = 0,
  sender_invalid = 1,
  sender_state_invalid = 2,
  invalid_receiver = 5,
  no_funds_to_send = 6,
  out_of_gas = 7,
  illegal_argument = 16,
  not_found = 17,
  forbidden = 18,
  no_funds = 19,
  illegal_state = 20,
  serialization = 21,
  unhandled = 22,
};
inline constexpr auto kBad = Exit::illegal_argument;

inline constexpr std::size_t kMostPeerBytes = 128;  ///< of a miner's peer id
/// "ErrIllegalArgument": as lotus writes it.
std::string exit_name(Exit code);

/// Ends a method: nothing of what it changed stays.
class Abort : public std::runtime_error {
 public:
  Abort(Exit code, const std::string& text) : std::runtime_error(text), code_(code) {}
  Exit code() const { return code_; }

 private:
  Exit code_;
};

/// What a method asks of the chain around it.
struct Surroundings {
  enum class Source { tickets, beacon };
  /// @throws Abort{illegal_argument} an epoch that is not there yet.
  std::function<Node(Source, types::DrawTag, Epoch, const Bytes& entropy)> randomness;
  /// Why a proof is not valid; nothing when it is.
  std::function<std::optional<std::string>(const verify::Seal&, const Bytes& proof)> judge_seal;
  std::function<std::optional<std::string>(const verify::Post&, const Bytes& proof)> judge_post;
};

struct Call {
  State& state;
  const Policy& policy;
  const Surroundings& around;
  Epoch epoch = 0;  ///< of the tipset that holds the message
  ActorId caller = 0, receiver = 0;
  BigInt value;
  std::uint64_t method = 0;
  const Bytes& params;
  std::int64_t gas = 0;  ///< used by the method; it adds to it

  Miner& miner() { return state.edit_miner(receiver); }
  Actor& self() { return state.edit(receiver); }
  void send(ActorId to, const BigInt& amount);  ///< @throws Abort{no_funds_to_send}
  void burn(const BigInt& amount) { send(types::kBurntFundsActor, amount); }
  void require(bool holds, Exit code, const std::string& otherwise) const {
    if (!holds) throw Abort(code, otherwise);
  }
  /// @throws Abort{forbidden} the caller is none of owner, worker and control addresses.
  void only_operator();
  void only_owner();
};

/// Takes the parameters of a method; what cannot be read is Abort{serialization}.
template <typename Params>
Params read_params(const Call& call) {
  try {
    return Params::from_cbor(call.params);
  } catch (const std::exception& error) {
    throw Abort(Exit::serialization,
                std::string("Serialization error for Cbor protocol: ") + error.what());
  }
}

// Methods. Each gives what the receipt returns.
Bytes create_miner(Call& call);
Bytes precommit_sectors(Call& call);
Bytes prove_commit_sectors(Call& call);
Bytes submit_window_post(Call& call);
Bytes declare_faults(Call& call);
Bytes declare_recoveries(Call& call);
Bytes terminate_sectors(Call& call);
Bytes extend_sectors(Call& call);
Bytes withdraw_balance(Call& call);
Bytes change_worker(Call& call);
Bytes confirm_worker(Call& call);
Bytes change_owner(Call& call);
Bytes change_peer(Call& call);
Bytes change_multiaddrs(Call& call);
Bytes repay_debt(Call& call);

}  // namespace sealyard::dev
