// A development network in one process: the chain, its clock, its faucet, and the answers of a full
// node. Everything here may be called from any thread.
#pragma once
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "chain/dev/chain.h"
#include "chain/dev/money.h"

namespace sealyard::dev {

/// What makes the next epoch come.
enum class ClockMode {
  steady,  ///< time alone
  gated,   ///< time, but none passes while a window proof that is due is missing
  jump     ///< nothing but Sealyard.Advance and Sealyard.Jump
};
std::string_view text(ClockMode mode);
/// @throws Error{usage}
ClockMode parse_clock_mode(std::string_view text);

/// Milliseconds of the clock that leases end by, which nobody can set.
std::int64_t steady_ms();

struct Options {
  std::filesystem::path folder;  ///< of the state; must exist
  std::filesystem::path params;  ///< of verifying keys
  Policy policy;                 ///< of a chain that is new
  ClockMode clock = ClockMode::steady;
  std::uint64_t epoch_ms = 1000;
  BigInt faucet_amount = 50 * kFil;   ///< attoFIL a request
  std::uint64_t faucet_wait_s = 600;  ///< between two requests for one address
};

/// Answers that go wrong on purpose: the next `count` calls of `method` ("" = every one).
struct Trouble {
  std::string kind;  ///< "http500", "unauthorized", "truncate", "cut", "slow"
  std::string method;
  std::int64_t count = 0, ms = 0;
};

class Devnet {
 public:
  explicit Devnet(const Options& options);
  ~Devnet();
  Devnet(const Devnet&) = delete;

  /// One call of the API. `method` without its namespace, in whichever of both it is.
  /// @throws Refused; Error{usage}, Error{corrupt} parameters of another type.
  types::Json call(std::string_view method, const types::Json& params);
  /// The trouble that this call is to have, if any.
  std::optional<Trouble> trouble(std::string_view method);

  const std::string& admin_token() const { return token_; }
  /// What a token allows: every permission of lotus that it names; none where it is not ours.
  std::vector<std::string> permissions(std::string_view token) const;

  /// Ends the clock and every wait.
  void stop();

  // For the methods, which hold the lock.
  Chain& chain() { return chain_; }
  const Options& options() const { return options_; }
  /// The tipset that clients take for the head: an older one while the node is out of sync.
  Tipset visible_head() const;
  /// The tipset of a key; the visible head for none.
  Tipset at(const types::JsonView& key) const;
  std::uint64_t block_delay_s() const {
    return std::max<std::uint64_t>(1, options_.epoch_ms / 1000);
  }
  bool frozen = false;
  Epoch behind = 0;
  std::vector<Trouble> troubles;
  std::map<std::string, std::int64_t> leases;  ///< name -> until, ms of the steady clock
  void set_clock(ClockMode mode, std::uint64_t epoch_ms);
  /// Why no epoch may come now in gated mode, or "".
  std::string gate();
  /// Lets others in until something changed. False when all is to end.
  bool wait_for_change();
  void grow(Epoch nulls = 0);
  void changed() { change_.notify_all(); }

 private:
  void run_clock();

  Options options_;
  Chain chain_;
  std::string token_secret_, token_;
  mutable std::mutex mutex_;
  std::condition_variable change_;
  bool stopping_ = false;
  std::thread clock_;
};

}  // namespace sealyard::dev
