// What commands that touch the chain work with: a full node, the wallet, the outbox.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "chain/cli/command.h"
#include "chain/cli/password.h"
#include "chain/outbox/outbox.h"
#include "chain/rpc/node.h"
#include "chain/wallet/store.h"

namespace sealyard::cli {

/// f on mainnet, t elsewhere.
types::Network network_of(const settings::Settings& settings);
/// Of `settings` or, where they name none, FULLNODE_API_INFO; nothing where neither does.
std::string endpoints_of(const settings::Settings& settings);
wallet::Store wallet_of(const settings::Settings& settings);

class Chain {
 public:
  /// @throws Error{configuration} no full node is named.
  Chain(const Context& context, PasswordWords password);

  const rpc::Node& node() const { return node_; }
  const wallet::Store& wallet() const { return wallet_; }
  const settings::Settings& settings() const { return settings_; }
  std::string text(const types::Address& address) const { return address.text(network_); }

  /// The miner of --actor or of the settings, as f0....
  types::Address miner() const;
  /// The key address (f1, f3) of any address of an account.
  types::Address key_of(const types::Address& address) const;

  /// Sends a message once, whatever dies; asks for the password where the wallet wants it. A wish
  /// whose key the outbox has already is that message. Gives the identifier of what was pushed.
  /// @throws Refusal no node takes it, its gas cannot be estimated: nothing is left behind.
  types::Cid send(const outbox::Wish& wish);
  /// Until it lies `confidence` epochs deep.  @throws Refusal it ended with another code than 0.
  outbox::Entry wait(const std::string& key, std::uint64_t confidence, std::string_view what);
  /// What was sent under a key before.
  std::optional<outbox::Entry> sent(const std::string& key) const;

 private:
  outbox::Outbox open_outbox(std::uint64_t confidence) const;
  void require_known_network() const;

  settings::Settings settings_;
  std::optional<std::uint64_t> actor_;
  types::Network network_;
  wallet::Store wallet_;
  PasswordWords password_words_;
  /// Given for one message, outbidding it included, and used for no other.
  std::optional<wallet::Password> password_;
  outbox::Wish asked_for_;
  mutable rpc::Client client_;
  rpc::Node node_;
};

/// A name that no other message has: "send 5f0c1d...".
std::string fresh_key(std::string_view what);

}  // namespace sealyard::cli
