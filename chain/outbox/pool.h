// What the outbox needs of a full node.
#pragma once
#include <optional>
#include <string>

#include "chain/rpc/answers.h"
#include "chain/types/message.h"

namespace sealyard::outbox {

struct Head {
  types::Epoch height = 0;
  types::BigInt base_fee;  ///< attoFIL a unit of gas
};

/// Where a message is, or another one with its sender and nonce.
struct Found {
  enum class Where { nowhere, on_chain, taken } where = Where::nowhere;  ///< taken: by another one
  rpc::MessageLookup lookup;                                             ///< on_chain only
};

/// A full node as seen by the outbox. Each call throws rpc::RpcError where the node says no and
/// rpc::NoAnswer where nothing is known; a push that ended so may have arrived.
class Pool {
 public:
  virtual ~Pool() = default;
  virtual Head head() = 0;
  /// The message with its gas fields filled; `max_fee` attoFIL bounds limit * fee cap.
  virtual types::Message estimate(const types::Message& message, const types::BigInt& max_fee,
                                  bool maximize) = 0;
  virtual void push(const types::SignedMessage& message) = 0;
  /// The nonce after those on chain and in the node's pool.
  virtual std::uint64_t next_nonce(const types::Address& sender) = 0;
  /// Looks on the present chain for the message or a replacement of it.
  virtual Found search(const types::Cid& message) = 0;
  /// New premium / old premium that a replacement needs.
  virtual double replace_ratio() = 0;
};

}  // namespace sealyard::outbox
