// Messages that wait for a block: lotus' rules and words, without gossip.
// Source: lotus, chain/messagepool/messagepool.go.
#pragma once
#include <map>
#include <stdexcept>
#include <vector>

#include "chain/dev/state.h"

namespace sealyard::dev {

/// A call that a node answers with an error object: code 1 and this text, unless another code is
/// given.
class Refused : public std::runtime_error {
 public:
  explicit Refused(const std::string& text, std::int64_t code = 1, types::Json data = {})
      : std::runtime_error(text), code_(code), data_(std::move(data)) {}
  std::int64_t code() const { return code_; }
  const types::Json& data() const { return data_; }

 private:
  std::int64_t code_;
  types::Json data_;
};

class Pool {
 public:
  /// Takes a message, or replaces the one with its sender and nonce when it bids enough more.
  /// Gives the identifier of the replaced one.
  /// @param state  after the messages of the head.
  /// @throws Refused in lotus' words.
  Cid push(const types::SignedMessage& message, const State& state);
  /// As it was taken before a restart or a reorganisation: without any check.
  void restore(const types::SignedMessage& message);
  bool remove(const Cid& cid);

  /// The first nonce that neither the state nor the pool has.
  std::uint64_t next_nonce(const Address& sender, const State& state) const;
  std::vector<types::SignedMessage> pending() const;
  std::size_t size() const;

  /// What the next block takes: each sender's messages in order as far as they can pay, the
  /// highest bids first, up to a full block.
  std::vector<types::SignedMessage> select(const State& state, const BigInt& base_fee) const;
  /// Those whose nonce the state has used: gone from the pool. Gives their identifiers.
  std::vector<Cid> drop_used(const State& state);

 private:
  std::map<Address, std::map<std::uint64_t, types::SignedMessage>> waiting_;
};

}  // namespace sealyard::dev
