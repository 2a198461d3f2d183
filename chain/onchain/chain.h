// What the life of a sector needs to know of a chain.
#pragma once
#include <optional>
#include <string>

#include "chain/outbox/outbox.h"
#include "chain/rpc/answers.h"

namespace sealyard::onchain {

using types::Address;
using types::BigInt;
using types::Epoch;

struct View {
  rpc::TipsetKey key;
  Epoch height = 0;
  BigInt base_fee;           ///< attoFIL a gas
  std::string trouble_kind;  ///< "node_out_of_sync", "network_version"; empty: fit to decide by
  std::string trouble;
};

struct Sender {
  Address address;      ///< f1 or f3
  std::string trouble;  ///< why the miner actor would not take its messages; empty: it does
};

struct Landing {
  Epoch epoch = 0;  ///< of inclusion
  BigInt fee;       ///< attoFIL, burnt and tipped
};

/// Every call but look() answers for the head that look() saw last. Each throws rpc::NoAnswer where
/// no node answers, rpc::RpcError where one says no.
class Chain {
 public:
  virtual ~Chain() = default;
  virtual View look() = 0;
  virtual Epoch challenge_delay() = 0;
  virtual sealyard::Node ticket(Epoch epoch) = 0;
  virtual sealyard::Node seed(Epoch epoch) = 0;
  virtual std::optional<rpc::PreCommitOnChain> precommit(std::uint64_t number) = 0;
  virtual std::optional<rpc::SectorOnChain> sector(std::uint64_t number) = 0;
  virtual bool allocated(std::uint64_t number) = 0;
  virtual BigInt deposit(const message::SectorPreCommit& sector) = 0;
  virtual BigInt pledge(Epoch duration, std::uint64_t sector_bytes) = 0;
  virtual BigInt available() = 0;  ///< of the miner actor
  virtual BigInt balance(const Address& account) = 0;
  /// Who sends messages of this kind: "precommit", "commit" or "post".
  virtual Sender sender(std::string_view what) = 0;
  /// Of a message with a receipt.
  virtual Landing landing(const outbox::Entry& entry) = 0;
};

}  // namespace sealyard::onchain
