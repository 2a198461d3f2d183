// Pushing, outbidding and signing: everything that gives bytes to a node. Each step is on disk
// before the node hears of it.
#include <algorithm>

#include "chain/outbox/outbox.h"
#include "chain/outbox/refusal.h"
#include "chain/outbox/store.h"
#include "chain/rpc/client.h"
#include "kernels/base/error.h"

namespace sealyard::outbox {
namespace {

/// True where `epoch` is `after` or more behind the head, or above it (the head went back).
bool due(types::Epoch epoch, types::Epoch after, const Head& head) {
  return epoch < 0 || epoch > head.height || head.height - epoch >= after;
}

types::Message without_gas(const Entry& entry) {
  types::Message m;
  m.from = entry.wish.from;
  m.to = entry.wish.to;
  m.value = entry.wish.value;
  m.method = entry.wish.method;
  m.params = entry.wish.params;
  m.nonce = entry.nonce.value_or(0);
  return m;
}

}  // namespace

types::SignedMessage Outbox::signed_by_us(const types::Message& message) const {
  if (const auto why = types::flaw(message); !why.empty())
    throw Error(Fault::internal, "a message that no block takes: {}", why);
  auto signed_message = sign_(message);
  if (signed_message.message != message)
    throw Error(Fault::internal, "the signer signed another message");
  return signed_message;
}

void Outbox::send(Pool& pool, const Head& head, std::vector<Entry> of_sender) {
  std::stable_sort(of_sender.begin(), of_sender.end(), [](const Entry& a, const Entry& b) {
    return a.nonce.value_or(UINT64_MAX) < b.nonce.value_or(UINT64_MAX);
  });
  std::size_t pending = 0;
  bool lowest = true;
  std::map<std::string, std::size_t> begun;  // of each kind, in this epoch
  for (const auto& entry : of_sender)
    if (entry.attempts.size() == 1 && entry.signed_at == head.height) ++begun[entry.wish.kind];
  for (auto& entry : of_sender) {
    if (entry.state == State::pending) {
      ++pending;
      if (entry.taken_since >= 0) continue;
      if (due(entry.pushed, settings_.repush, head) && !push(pool, head, entry)) return;
      // Later nonces wait for the lowest: outbidding any other moves nothing.
      if (lowest && ours(entry) &&
          (due(entry.signed_at, rule(entry).replace_after, head) ||
           entry.premium_asked > entry.attempts.back().message.gas_premium) &&
          !replace(pool, head, entry))
        return;
      lowest = false;
    } else if (ours(entry) && pending < settings_.most_pending &&
               begun[entry.wish.kind] < rule(entry).most_an_epoch) {
      if (!prepare(pool, head, entry)) continue;
      ++pending;
      ++begun[entry.wish.kind];
      if (!push(pool, head, entry)) return;
    }
  }
}

/// False where the sender's later messages had better wait.
bool Outbox::push(Pool& pool, const Head& head, Entry& entry) {
  try {
    pool.push(entry.attempts.back());
  } catch (const rpc::RpcError& error) {
    const auto refusal = refusal_of_push(error.message());
    if (refusal != Refusal::already_there) {
      entry.note = error.message();
      // Too low a nonce: it landed, or somebody else's did; the next look-up tells.
      if (refusal == Refusal::nonce_too_low) entry.pushed = head.height;
      if (refusal == Refusal::premium_too_low)
        entry.premium_asked = premium_asked(error.message()).value_or(0);
      if (refusal == Refusal::fee_cap_too_low)
        entry.premium_asked = entry.attempts.back().message.gas_premium + 1;
      if (refusal == Refusal::nonce_gap) repush_before(db_.get(), entry);
      update(db_.get(), entry);
      return refusal == Refusal::nonce_too_low || refusal == Refusal::premium_too_low ||
             refusal == Refusal::fee_cap_too_low;
    }
  }
  entry.pushed = head.height;
  entry.note.clear();
  update(db_.get(), entry);
  return true;
}

bool Outbox::replace(Pool& pool, const Head& head, Entry& entry) {
  const FeeRule fees = rule(entry);
  const types::Message& old = entry.attempts.back().message;
  types::Message fresh = old;
  try {
    auto bare = without_gas(entry);
    fresh = pool.estimate(bare, fees.max_fee, fees.maximize);
  } catch (const rpc::RpcError&) {
    // The pool's own copy may be in the way of a dry run; the old limit was good enough.
  }
  const auto better = outbid(old, fresh, pool.replace_ratio(), entry.premium_asked, fees.max_fee);
  if (!better) {
    entry.signed_at = head.height;
    entry.note =
        fmt::format("pending; the fee is at its limit of {}", types::fil_text(fees.max_fee));
    update(db_.get(), entry);
    return true;
  }
  types::SignedMessage signed_message;
  try {
    signed_message = signed_by_us(*better);
  } catch (const Error& error) {
    entry.note = error.what();
    update(db_.get(), entry);
    return true;
  }
  ledger::transact(db_.get(), [&] {
    add_attempt(db_.get(), entry, signed_message);
    entry.signed_at = head.height;
    entry.premium_asked = 0;
    entry.pushed = -1;
    update(db_.get(), entry);
  });
  return push(pool, head, entry);
}

/// From a wish to signed bytes on disk. False where it stays a wish.
bool Outbox::prepare(Pool& pool, const Head& head, Entry& entry) {
  const FeeRule fees = rule(entry);
  const auto wait = [&](std::string note) {
    entry.note = std::move(note);
    update(db_.get(), entry);
    return false;
  };
  if (fees.base_fee_ceiling && head.base_fee > *fees.base_fee_ceiling &&
      (entry.wish.cutoff < 0 || head.height < entry.wish.cutoff))
    return wait(fmt::format("waits for a base fee of {} or less, now {}",
                            types::to_text(*fees.base_fee_ceiling), types::to_text(head.base_fee)));
  types::Message message;
  try {
    message = pool.estimate(without_gas(entry), fees.max_fee, fees.maximize);
  } catch (const rpc::RpcError& error) {
    if (refusal_of_estimate(error.code(), error.message()) == Estimate::never) {
      const auto now = std::chrono::steady_clock::now();
      if (now - failing_.try_emplace(entry.wish.key, now).first->second >= settings_.pool_lag)
        entry.state = State::refused;
    }
    return wait(error.message());
  }
  failing_.erase(entry.wish.key);
  const auto from_node = pool.next_nonce(entry.wish.from);
  auto filled = without_gas(entry);
  filled.gas_limit = message.gas_limit;
  filled.gas_fee_cap = message.gas_fee_cap;
  filled.gas_premium = message.gas_premium;
  if (!limit_fees(filled, fees.max_fee))
    return wait(
        fmt::format("its gas costs more than the limit of {}", types::fil_text(fees.max_fee)));
  try {
    ledger::transact(db_.get(), [&] {
      take_nonce(db_.get(), entry, from_node);
      filled.nonce = *entry.nonce;
      add_attempt(db_.get(), entry, signed_by_us(filled));
      entry.state = State::pending;
      entry.signed_at = head.height;
      entry.pushed = -1;
      update(db_.get(), entry);
    });
  } catch (const Error& error) {
    entry = *outbox::find(db_.get(), entry.wish.key);
    if (error.fault() == Fault::io) throw;
    return wait(error.what());
  }
  return true;
}

}  // namespace sealyard::outbox
