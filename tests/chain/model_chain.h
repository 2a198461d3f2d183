// A model of a chain with a miner actor on top of the model pool: what the messages on it did is
// worked out anew from its tipsets each time, so reorgs need no care.
#pragma once
#include <map>
#include <optional>

#include "chain/message/batch_return.h"
#include "chain/message/methods.h"
#include "chain/message/miner.h"
#include "chain/onchain/chain.h"
#include "chain/onchain/policy.h"
#include "kernels/base/hex.h"
#include "tests/chain/model_pool.h"

class ModelChain : public sealyard::onchain::Chain {
 public:
  using Epoch = sealyard::types::Epoch;
  static constexpr Epoch kDelay = 10;

  explicit ModelChain(ModelPool& pool) : pool_(pool) {
    pool.receipt = [this](const ModelPool::Signed& m) { return run().receipts.at(m.cid()); };
  }

  struct State {
    std::map<std::uint64_t, sealyard::rpc::PreCommitOnChain> precommits;
    std::map<std::uint64_t, sealyard::rpc::SectorOnChain> sectors;
    std::map<sealyard::types::Cid, sealyard::rpc::Receipt> receipts;
    std::map<std::uint64_t, unsigned> tried;  ///< messages that named the sector, by number
  };

  std::string trouble_kind, trouble, sender_trouble;
  sealyard::types::BigInt money = sealyard::types::parse_fil("1000 FIL");
  std::set<std::uint64_t> used;  ///< numbers that were used before
  std::set<std::uint64_t> bad;   ///< sectors whose proofs the actor refuses
  std::int64_t exit_code = 0;    ///< of every message up to `until`, when not 0
  Epoch until = INT64_MAX;
  std::uint8_t beacon = 0;  ///< part of every seed
  std::function<void()> before_call = [] {};
  sealyard::types::Address worker;

  /// The miner actor after all tipsets but the head's.
  State run() const {
    State state;
    for (std::size_t i = 0; i + 1 < pool_.chain.size(); ++i)
      for (const auto& m : pool_.chain[i].messages) execute(state, m, pool_.chain[i].height);
    return state;
  }

  sealyard::onchain::View look() override {
    before_call();
    seen_ = run();
    // Two null rounds in a row are one head.
    const auto& head = pool_.chain.back();
    sealyard::types::Bytes key{static_cast<std::uint8_t>(head.height),
                               static_cast<std::uint8_t>(head.height >> 8),
                               static_cast<std::uint8_t>(head.messages.size())};
    return {
        {sealyard::types::Cid::of_cbor(key)}, pool_.height, pool_.base_fee, trouble_kind, trouble};
  }
  Epoch challenge_delay() override { return kDelay; }
  sealyard::Node ticket(Epoch epoch) override { return node(1, epoch); }
  sealyard::Node seed(Epoch epoch) override {
    before_call();
    return seed_of(epoch);
  }
  /// What a proof with this seed is here.
  static sealyard::types::Bytes proof_of(const sealyard::Node& seed) {
    const auto hex = sealyard::to_hex(seed);
    sealyard::types::Bytes proof;
    for (int i = 0; i < 3; ++i) proof.insert(proof.end(), hex.begin(), hex.end());
    return proof;
  }
  std::optional<sealyard::rpc::PreCommitOnChain> precommit(std::uint64_t number) override {
    before_call();
    const auto found = seen_.precommits.find(number);
    if (found == seen_.precommits.end()) return std::nullopt;
    return found->second;
  }
  std::optional<sealyard::rpc::SectorOnChain> sector(std::uint64_t number) override {
    before_call();
    const auto found = seen_.sectors.find(number);
    if (found == seen_.sectors.end()) return std::nullopt;
    return found->second;
  }
  bool allocated(std::uint64_t number) override {
    return used.contains(number) || seen_.precommits.contains(number) ||
           seen_.sectors.contains(number);
  }
  sealyard::types::BigInt deposit(const sealyard::message::SectorPreCommit&) override {
    before_call();
    return sealyard::types::parse_fil("0.1 FIL");
  }
  sealyard::types::BigInt pledge(Epoch, std::uint64_t) override {
    return sealyard::types::parse_fil("0.25 FIL");
  }
  sealyard::types::BigInt available() override { return 0; }
  sealyard::types::BigInt balance(const sealyard::types::Address&) override { return money; }
  sealyard::onchain::Sender sender(std::string_view) override { return {worker, sender_trouble}; }
  sealyard::onchain::Landing landing(const sealyard::outbox::Entry& entry) override {
    before_call();
    for (const auto& tipset : pool_.chain)
      for (const auto& m : tipset.messages)
        if (m.cid() == entry.landed)
          return {tipset.height, sealyard::outbox::cost(m.message, 900'000, pool_.base_fee)};
    return {};
  }

 private:
  sealyard::Node seed_of(Epoch epoch) const {
    return node(static_cast<std::uint8_t>(2 + beacon), epoch);
  }
  static sealyard::Node node(std::uint8_t kind, Epoch epoch) {
    sealyard::Node made{{kind}};
    for (int i = 0; i < 8; ++i)
      made.bytes[8 + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(epoch) >> (8 * i));
    return made;
  }

  void execute(State& state, const ModelPool::Signed& m, Epoch epoch) const {
    using namespace sealyard;
    auto& receipt = state.receipts[m.cid()];
    receipt = {epoch <= until ? exit_code : 0, {}, 900'000};
    if (m.message.method == static_cast<std::uint64_t>(message::Miner::precommit_sector_batch2)) {
      const auto params = message::PreCommitSectorBatch2::from_cbor(m.message.params);
      if (m.message.value < types::parse_fil("0.1 FIL") * params.sectors.size())
        receipt.exit_code = 19;
      for (const auto& one : params.sectors) {
        ++state.tried[one.number];
        if (used.contains(one.number) || state.precommits.contains(one.number) ||
            state.sectors.contains(one.number) ||
            epoch - one.seal_rand_epoch > onchain::kTicketLife)
          receipt.exit_code = 16;
      }
      if (receipt.exit_code == 0)
        for (const auto& one : params.sectors)
          state.precommits[one.number] = {one, types::parse_fil("0.09 FIL"), epoch};
      return;
    }
    const auto params = message::ProveCommitSectors3::from_cbor(m.message.params);
    message::BatchReturn result;
    for (std::size_t i = 0; i < params.sectors.size() && receipt.exit_code == 0; ++i) {
      const auto number = params.sectors[i].number;
      const auto found = state.precommits.find(number);
      if (found == state.precommits.end() || epoch <= found->second.epoch + kDelay ||
          params.proofs.at(i) != proof_of(seed_of(found->second.epoch + kDelay)) ||
          bad.contains(number)) {
        result.failures.push_back({i, 16});
        continue;
      }
      ++result.successes;
      auto& made = state.sectors[number];
      made.number = number;
      made.comm_r = found->second.info.comm_r;
      made.activation = epoch;
      made.expiration = found->second.info.expiration;
      state.precommits.erase(found);
    }
    if (receipt.exit_code == 0 && result.successes == 0) receipt.exit_code = 16;
    if (receipt.exit_code == 0) receipt.result = result.cbor();
  }

  ModelPool& pool_;
  State seen_;
};
