// A model of a full node's chain and message pool for tests of the outbox: it judges messages as
// lotus does, answers with lotus' texts, forgets, reorganises and fails on request.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "chain/outbox/pool.h"
#include "chain/rpc/client.h"
#include "chain/wallet/key.h"
#include "kernels/base/error.h"

struct Crash {};  // the daemon dies here

class ModelPool : public sealyard::outbox::Pool {
 public:
  using Message = sealyard::types::Message;
  using Signed = sealyard::types::SignedMessage;
  using Cid = sealyard::types::Cid;
  using Address = sealyard::types::Address;

  struct Tipset {
    sealyard::types::Epoch height;
    std::vector<Signed> messages;
  };

  explicit ModelPool(std::uint64_t seed) : rng(seed) {}

  std::mt19937_64 rng;
  std::vector<Tipset> chain{{0, {}}};
  std::map<Address, std::map<std::uint64_t, Signed>> pool;
  std::set<Cid> known;  ///< messages that this node has ever seen
  sealyard::types::BigInt base_fee = 100;
  sealyard::types::Epoch height = 0;
  double trouble = 0;  ///< chance of a failure at each call
  std::string estimate_error, push_error;
  std::int64_t estimate_code = 1;
  std::function<void(const Signed&)> on_push;  ///< before the pool looks at it
  unsigned pushes = 0;
  Cid refuse_search;  ///< asked for this one, the node has trouble
  /// What running a message gives.
  std::function<sealyard::rpc::Receipt(const Signed&)> receipt = [](const Signed&) {
    return sealyard::rpc::Receipt{0, {}, 900'000};
  };

  bool chance(double p) { return std::uniform_real_distribution<>(0, 1)(rng) < p; }

  std::uint64_t account_nonce(const Address& sender) const {
    std::uint64_t nonce = 0;
    for (const auto& tipset : chain)
      for (const auto& m : tipset.messages)
        if (m.message.from == sender) nonce = std::max(nonce, m.message.nonce + 1);
    return nonce;
  }

  /// One epoch: a null round or a tipset with up to `room` messages that can pay.
  void mine(std::size_t room = 4) {
    ++height;
    if (chance(0.1)) return;
    Tipset tipset{height, {}};
    for (auto& [sender, waiting] : pool) {
      auto nonce = account_nonce(sender);
      std::erase_if(waiting, [&](const auto& item) { return item.first < nonce; });
      for (auto next = waiting.find(nonce);
           next != waiting.end() && tipset.messages.size() < room &&
           next->second.message.gas_fee_cap >= base_fee;
           next = waiting.find(++nonce)) {
        tipset.messages.push_back(next->second);
        waiting.erase(next);
      }
    }
    chain.push_back(std::move(tipset));
  }

  /// Takes back `depth` epochs; most of their messages return to the pool, the others are lost.
  void reorg(sealyard::types::Epoch depth) {
    const auto back_to = std::max<sealyard::types::Epoch>(height - depth, 0);
    while (chain.size() > 1 && chain.back().height > back_to) {
      for (auto& m : chain.back().messages)
        if (chance(0.7)) pool[m.message.from].try_emplace(m.message.nonce, m);
      chain.pop_back();
    }
    height = back_to;
  }

  void forget_some() {
    for (auto& [sender, waiting] : pool)
      std::erase_if(waiting, [&](const auto&) { return chance(0.5); });
  }

  sealyard::outbox::Head head() override {
    return guarded([&] { return sealyard::outbox::Head{height, base_fee}; });
  }

  Message estimate(const Message& message, const sealyard::types::BigInt& max_fee,
                   bool maximize) override {
    return guarded([&] {
      if (!estimate_error.empty()) refuse(estimate_error, estimate_code);
      Message m = message;
      m.gas_limit = 1'000'000;
      m.gas_premium = 1000 + rng() % 100;
      m.gas_fee_cap = base_fee * 3 / 2 + m.gas_premium;
      if (maximize) m.gas_fee_cap = max_fee / m.gas_limit;
      m.gas_fee_cap = std::min<sealyard::types::BigInt>(m.gas_fee_cap, max_fee / m.gas_limit);
      m.gas_premium = std::min(m.gas_premium, m.gas_fee_cap);
      return m;
    });
  }

  void push(const Signed& m) override {
    ++pushes;
    if (on_push) on_push(m);
    guarded([&] {
      if (!push_error.empty()) refuse(push_error);
      if (!sealyard::wallet::verify(m))
        refuse("signature verification failed: signature did not match");
      if (const auto why = sealyard::types::flaw(m.message); !why.empty())
        refuse("message not valid for block inclusion: " + why);
      if (m.message.gas_fee_cap < 100) refuse("gas fee cap too low");
      known.insert(m.cid());
      const auto next = account_nonce(m.message.from);
      if (m.message.nonce < next)
        refuse(fmt::format("minimum expected nonce is {}, got {}: message nonce too low", next,
                           m.message.nonce));
      auto& waiting = pool[m.message.from];
      if (const auto there = waiting.find(m.message.nonce); there != waiting.end()) {
        if (there->second.cid() == m.cid()) refuse("message with nonce already exists");
        const auto& old = there->second.message.gas_premium;
        const sealyard::types::BigInt least = old * 110 / 100 + 1;
        if (m.message.gas_premium < least)
          refuse(
              fmt::format("increase GasPremium to {} from {} to trigger replace by fee: replace by "
                          "fee has too low GasPremium",
                          least.str(), old.str()));
      }
      waiting.insert_or_assign(m.message.nonce, m);
      return 0;
    });
  }

  std::uint64_t next_nonce(const Address& sender) override {
    return guarded([&] {
      auto nonce = account_nonce(sender);
      for (const auto& waiting = pool[sender]; waiting.contains(nonce);) ++nonce;
      return nonce;
    });
  }

  sealyard::outbox::Found search(const Cid& cid) override {
    return guarded([&]() -> sealyard::outbox::Found {
      using Where = sealyard::outbox::Found::Where;
      if (cid == refuse_search) refuse("blockstore: block was corrupt");
      if (!known.contains(cid)) return {};  // "could not find" of a real node
      const Signed* wanted = nullptr;
      for (const auto& m : seen_)
        if (m.cid() == cid) wanted = &m;
      // The receipt lies in the next tipset: a message in the head has none yet.
      for (std::size_t i = 0; i + 1 < chain.size(); ++i)
        for (const auto& m : chain[i].messages) {
          if (m.cid() == cid || (wanted && same_slot(m, *wanted))) {
            if (wanted && !same_call(m, *wanted)) return {Where::taken, {}};
            return {Where::on_chain, {m.cid(), receipt(m), {}, chain[i + 1].height}};
          }
        }
      return {};
    });
  }

  double replace_ratio() override {
    return guarded([] { return 1.25; });
  }

  /// So that a search knows sender and nonce of what it is asked for.
  void remember(const Signed& m) { seen_.push_back(m); }

 private:
  static bool same_slot(const Signed& a, const Signed& b) {
    return a.message.from == b.message.from && a.message.nonce == b.message.nonce;
  }
  static bool same_call(const Signed& a, const Signed& b) {
    return a.message.to == b.message.to && a.message.value == b.message.value &&
           a.message.method == b.message.method && a.message.params == b.message.params;
  }
  [[noreturn]] static void refuse(const std::string& text, std::int64_t code = 1) {
    throw sealyard::rpc::RpcError("model", code, text, {});
  }

  /// Before or after the work, the node may go away or the daemon may die.
  template <typename F>
  auto guarded(F&& work) -> decltype(work()) {
    const auto stumble = [&] {
      if (chance(trouble)) throw Crash{};
      if (chance(trouble)) throw sealyard::rpc::NoAnswer("the model is away");
    };
    stumble();
    auto result = work();
    stumble();
    return result;
  }

  std::vector<Signed> seen_;
};
