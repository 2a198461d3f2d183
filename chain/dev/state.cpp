#include "chain/dev/state.h"

#include <algorithm>
#include <iterator>

#include "kernels/base/error.h"

namespace sealyard::dev {
namespace {

constexpr std::uint64_t kMostAddressed = 25'000;

}  // namespace

BigInt Miner::locked() const {
  BigInt sum = 0;
  for (const auto& part : vesting) sum += part.amount;
  return sum;
}

BigInt Miner::deposits() const {
  BigInt sum = 0;
  for (const auto& [number, precommit] : precommits) sum += precommit.deposit;
  return sum;
}

BigInt Miner::pledged() const {
  BigInt sum = 0;
  for (const auto& [number, sector] : sectors) sum += sector.pledge;
  return sum;
}

std::uint64_t Miner::power_bytes() const {
  std::uint64_t proven = 0;
  for (const auto& deadline : deadlines)
    for (const auto& p : deadline.partitions)
      proven += p.live.size() - (p.faulty | p.unproven).size();
  return proven * sector_bytes;
}

const Actor* State::find(ActorId id) const {
  const auto found = actors_.find(id);
  return found == actors_.end() ? nullptr : found->second.get();
}

const Actor* State::find(const Address& address) const {
  const auto id = resolve(address);
  return id ? find(*id) : nullptr;
}

std::optional<ActorId> State::resolve(const Address& address) const {
  if (!address.defined()) return std::nullopt;
  if (address.protocol() == types::Protocol::id)
    return actors_.contains(address.id()) ? std::optional(address.id()) : std::nullopt;
  const auto found = ids_.find(address);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

Actor& State::edit(ActorId id) {
  auto& shared = actors_.at(id);
  // Changed in this epoch: the copy is this state's own, unless a trial run copied the state.
  if (!changed_.contains(id) || shared.use_count() > 1) {
    shared = std::make_shared<Actor>(*shared);
    changed_.insert(id);
  }
  return const_cast<Actor&>(*shared);
}

Actor& State::add(Actor actor) {
  const auto id = actor.id;
  put(std::make_shared<Actor>(std::move(actor)));
  return edit(id);
}

void State::put(Shared actor) {
  if (actor->address.defined()) ids_[actor->address] = actor->id;
  actors_[actor->id] = std::move(actor);
}

ActorId State::next_id() const {
  return std::max(types::kFirstOrdinaryActor,
                  actors_.empty() ? 0 : std::prev(actors_.end())->first + 1);
}

ActorId State::account(const Address& address) {
  if (const auto id = resolve(address)) return *id;
  Actor actor;
  actor.id = next_id();
  actor.address = address;
  return add(std::move(actor)).id;
}

BigInt available_balance(const Actor& actor) {
  const auto& m = *actor.miner;
  return actor.balance - m.locked() - m.deposits() - m.pledged() - m.fee_debt;
}

types::Bitfield bitfield(const Numbers& numbers) {
  return types::Bitfield::of({numbers.begin(), numbers.end()});
}

Numbers numbers(const types::Bitfield& set) {
  const auto members = set.members(kMostAddressed);
  return {members.begin(), members.end()};
}

Numbers operator|(const Numbers& a, const Numbers& b) {
  Numbers out = a;
  out.insert(b.begin(), b.end());
  return out;
}

Numbers operator&(const Numbers& a, const Numbers& b) {
  Numbers out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
  return out;
}

Numbers operator-(const Numbers& a, const Numbers& b) {
  Numbers out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
  return out;
}

}  // namespace sealyard::dev
