// The outbox's view of a real node.
#pragma once
#include "chain/outbox/pool.h"
#include "chain/rpc/node.h"

namespace sealyard::outbox {

class RpcPool : public Pool {
 public:
  explicit RpcPool(const rpc::Node& node) : node_(node) {}
  Head head() override;
  types::Message estimate(const types::Message& message, const types::BigInt& max_fee,
                          bool maximize) override;
  void push(const types::SignedMessage& message) override;
  std::uint64_t next_nonce(const types::Address& sender) override;
  Found search(const types::Cid& message) override;
  double replace_ratio() override;

 private:
  const rpc::Node& node_;
};

}  // namespace sealyard::outbox
