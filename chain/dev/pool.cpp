#include "chain/dev/pool.h"

#include <fmt/format.h>

#include <algorithm>

#include "chain/dev/gas.h"
#include "chain/dev/money.h"
#include "chain/wallet/key.h"
#include "kernels/base/error.h"

namespace sealyard::dev {
namespace {

constexpr std::size_t kMostPerSender = 1000, kMostPerBlock = 10'000;
constexpr std::int64_t kLeastFeeCap = 100;

// Source: lotus, chain/types/message.go, ValidForBlockInclusion().
std::string flaw_in_lotus_words(const types::Message& m) {
  if (!m.to.defined()) return "'To' address cannot be empty";
  if (!m.from.defined()) return "'From' address cannot be empty";
  if (m.value < 0) return "'Value' field cannot be negative";
  if (m.value > BigInt(2'000'000'000) * kFil)
    return "'Value' field cannot be greater than total filecoin supply";
  if (m.gas_fee_cap < 0) return "'GasFeeCap' field cannot be negative";
  if (m.gas_premium < 0) return "'GasPremium' field cannot be negative";
  if (m.gas_premium > m.gas_fee_cap) return "'GasFeeCap' less than 'GasPremium'";
  if (m.gas_limit > types::kBlockGasLimit)
    return fmt::format("'GasLimit' field cannot be greater than a block's gas limit ({} > {})",
                       m.gas_limit, types::kBlockGasLimit);
  if (m.gas_limit <= 0) return fmt::format("'GasLimit' field {} is not positive", m.gas_limit);
  return types::flaw(m);
}

void check_signature(const types::SignedMessage& m) {
  const bool sized = m.signature.type != types::SignatureType::bls || m.signature.data.size() == 96;
  if (!sized) throw Refused("signature verification failed: bls signature incorrectly sized");
  bool right = false;
  try {
    right = wallet::verify(m);
  } catch (const Error& error) {
    throw Refused(fmt::format("signature verification failed: {}", error.what()));
  }
  if (!right)
    throw Refused(
        fmt::format("signature verification failed: failed to validate signature: invalid "
                    "signature for message {} (type {}): signature did not match",
                    m.message.cid().text(), static_cast<int>(m.signature.type)));
}

const Actor& sender_of(const types::Message& m, const State& state) {
  const auto* actor = state.find(m.from);
  if (!actor)
    throw Refused(
        fmt::format("failed to look up actor state nonce: resolution lookup failed ({0}): "
                    "resolve address {0}: actor not found: validation failure",
                    name_of(m.from)));
  return *actor;
}

BigInt most_cost(const types::Message& m) { return m.gas_fee_cap * m.gas_limit; }

}  // namespace

Cid Pool::push(const types::SignedMessage& signed_message, const State& state) {
  const auto& m = signed_message.message;
  const auto bytes = signed_message.cbor().size();
  if (bytes > types::kMaxMessageBytes)
    throw Refused(fmt::format("mpool message too large ({}B): message too big", bytes));
  if (const auto why = flaw_in_lotus_words(m); !why.empty())
    throw Refused("message not valid for block inclusion: " + why);
  if (m.gas_fee_cap < kLeastFeeCap) throw Refused("gas fee cap too low");
  check_signature(signed_message);
  const auto least = least_gas_limit(signed_message);
  if (m.gas_limit < least)
    throw Refused(
        fmt::format("verify msg failed: message will not be included in a block: "
                    "'GasLimit' field cannot be less than the cost of storing a message "
                    "on chain {} < {}",
                    m.gas_limit, least));
  const auto& sender = sender_of(m, state);
  if (m.nonce < sender.nonce)
    throw Refused(fmt::format("minimum expected nonce is {}, got {}: message nonce too low",
                              sender.nonce, m.nonce));
  const auto place = waiting_.find(m.from);
  BigInt required = most_cost(m);
  if (place != waiting_.end())
    for (const auto& [nonce, other] : place->second)
      if (nonce != m.nonce) required += most_cost(other.message);
  if (required > sender.balance)
    throw Refused(
        fmt::format("failed to check balance: not enough funds (required: {}, balance: "
                    "{}): not enough funds to execute transaction",
                    types::fil_text(required), types::fil_text(sender.balance)));
  Cid replaced;
  if (place != waiting_.end()) {
    if (const auto old = place->second.find(m.nonce); old != place->second.end()) {
      replaced = old->second.cid();
      const auto where =
          fmt::format("failed to add locked: message from {} with nonce {} already in mpool",
                      name_of(m.from), m.nonce);
      if (replaced == signed_message.cid())
        throw Refused(where + ": message with nonce already exists");
      const BigInt least_premium = old->second.message.gas_premium * 110 / 100 + 1;
      if (m.gas_premium < least_premium)
        throw Refused(
            fmt::format("{}, increase GasPremium to {} from {} to trigger replace by fee: "
                        "replace by fee has too low GasPremium",
                        where, types::to_text(least_premium), types::to_text(m.gas_premium)));
    } else if (place->second.size() >= kMostPerSender) {
      throw Refused(fmt::format("failed to add locked: too many pending messages for actor {}",
                                name_of(m.from)));
    }
  }
  restore(signed_message);
  return replaced;
}

void Pool::restore(const types::SignedMessage& m) {
  waiting_[m.message.from].insert_or_assign(m.message.nonce, m);
}

bool Pool::remove(const Cid& cid) {
  for (auto& [sender, messages] : waiting_)
    for (auto m = messages.begin(); m != messages.end(); ++m)
      if (m->second.cid() == cid) {
        messages.erase(m);
        return true;
      }
  return false;
}

std::uint64_t Pool::next_nonce(const Address& sender, const State& state) const {
  const auto* actor = state.find(sender);
  if (!actor) throw Refused("actor not found");
  auto nonce = actor->nonce;
  const auto place = waiting_.find(actor->address);
  if (place != waiting_.end())
    while (place->second.contains(nonce)) ++nonce;
  return nonce;
}

std::vector<types::SignedMessage> Pool::pending() const {
  std::vector<types::SignedMessage> all;
  for (const auto& [sender, messages] : waiting_)
    for (const auto& [nonce, m] : messages) all.push_back(m);
  return all;
}

std::size_t Pool::size() const {
  std::size_t size = 0;
  for (const auto& [sender, messages] : waiting_) size += messages.size();
  return size;
}

std::vector<types::SignedMessage> Pool::select(const State& state, const BigInt& base_fee) const {
  struct Chain {
    BigInt bid;
    std::vector<const types::SignedMessage*> messages;
  };
  std::vector<Chain> chains;
  for (const auto& [sender, messages] : waiting_) {
    const auto* actor = state.find(sender);
    if (!actor) continue;
    Chain chain;
    auto nonce = actor->nonce;
    BigInt left = actor->balance;
    for (auto m = messages.find(nonce); m != messages.end(); m = messages.find(++nonce)) {
      const auto& message = m->second.message;
      left -= most_cost(message);
      if (message.gas_fee_cap < base_fee || left < 0) break;
      chain.messages.push_back(&m->second);
    }
    if (chain.messages.empty()) continue;
    const auto& first = chain.messages.front()->message;
    chain.bid = std::min<BigInt>(first.gas_premium, first.gas_fee_cap - base_fee);
    chains.push_back(std::move(chain));
  }
  std::stable_sort(chains.begin(), chains.end(),
                   [](const Chain& a, const Chain& b) { return a.bid > b.bid; });
  std::vector<types::SignedMessage> taken;
  std::int64_t gas = 0;
  for (const auto& chain : chains)
    for (const auto* m : chain.messages) {
      if (taken.size() == kMostPerBlock || gas + m->message.gas_limit > types::kBlockGasLimit)
        break;
      gas += m->message.gas_limit;
      taken.push_back(*m);
    }
  return taken;
}

std::vector<Cid> Pool::drop_used(const State& state) {
  std::vector<Cid> dropped;
  for (auto place = waiting_.begin(); place != waiting_.end();) {
    const auto* actor = state.find(place->first);
    std::erase_if(place->second, [&](const auto& item) {
      const bool used = actor && item.first < actor->nonce;
      if (used) dropped.push_back(item.second.cid());
      return used;
    });
    place = place->second.empty() ? waiting_.erase(place) : std::next(place);
  }
  return dropped;
}

}  // namespace sealyard::dev
