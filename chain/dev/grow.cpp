// How the chain grows, and how it takes epochs back.
#include <fmt/format.h>

#include <chrono>

#include "chain/dev/chain.h"
#include "chain/dev/deadline.h"
#include "chain/types/cbor.h"
#include "kernels/base/bytes.h"

namespace sealyard::dev {
namespace {

constexpr int kWeightOfTipset = 1000;

Cid receipts_root(const std::vector<Included>& included) {
  types::CborWriter w;
  w.array(included.size());
  for (const auto& one : included)
    w.array(3).number(one.exit_code).bytes(one.value).number(one.gas_used);
  return Cid::of_cbor(w.take());
}

/// Of what changed and what was before: the same changes give the same root.
Cid state_root(const Cid& before, const State& state, const std::set<ActorId>& changed) {
  types::CborWriter w;
  w.array(changed.size() + 1).cid(before);
  for (const auto id : changed) {
    const auto text = to_json(*state.find(id)).dump();
    w.bytes(types::blake2b_256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  }
  return Cid::of_cbor(w.take());
}

}  // namespace

Header Chain::next_header(Epoch height, const std::vector<types::SignedMessage>& messages) const {
  Header h;
  h.miner = Address::of_id(kProducer);
  h.win_count = 1;
  h.beacons = {beacon(height)};
  const auto& entry = h.beacons[0].data;
  h.election = producer_->sign(election::election_of(h.miner, height, entry).node().bytes).data;
  Bytes parent_ticket = head_.ticket;
  // A fork has other tickets than the chain that it replaces.
  types::append_varint(parent_ticket, fork_);
  const auto draw = election::ticket_of(h.miner, height, entry, std::move(parent_ticket));
  h.ticket = producer_->sign(draw.node().bytes).data;
  h.parents = {head_.cid};
  h.parent_weight = head_.weight;
  h.height = height;
  h.state_root = head_.state_root;
  h.receipts = head_.receipts;
  std::vector<Cid> cids;
  for (const auto& m : messages) cids.push_back(m.cid());
  h.messages = root_of(cids);
  h.timestamp = std::max(static_cast<std::uint64_t>(now_s()), head_.timestamp);
  h.parent_base_fee = base_fee_at(height, head_.next_base_fee);
  h.aggregate = no_signatures();
  h.signature = producer_->sign(h.signed_bytes());
  return h;
}

/// The miner's block for this epoch, if there is one that fits.
std::optional<election::Block> Chain::take_candidate(Epoch height) const {
  if (!candidate_ || candidate_->header.height != height ||
      candidate_->header.parents != std::vector{head_.cid})
    return std::nullopt;
  return candidate_;
}

void Chain::advance(Epoch nulls) {
  const auto height = head_.height + 1 + nulls;
  const auto before = now();
  const auto base_fee = base_fee_at(height, head_.next_base_fee);
  const auto mined = take_candidate(height);
  const auto messages = mined ? messages_of(*this, *mined) : pool_.select(*before, base_fee);
  const auto header = mined ? mined->header : next_header(height, messages);
  const ActorId producer = header.miner.id();
  Tipset t;
  t.cid = header.cid();
  t.parent = head_.cid;
  t.height = height;
  t.ticket = header.ticket;
  t.beacon = header.beacons.back().data;
  t.beacon_round = header.beacons.back().round;
  t.timestamp = header.timestamp;
  t.json = tipset_json(header, t.cid).dump();
  t.weight = head_.weight + kWeightOfTipset;
  t.base_fee = base_fee;
  State state = *before;
  Pool pool = pool_;
  store_.transact([&] {
    store_.add(t);  // draws at this epoch are of this tipset
    for (auto epoch = head_.height + 1; epoch < height; ++epoch) cron(state, epoch, policy_);
    const auto around = surroundings(height);
    std::vector<Included> included;
    std::vector<Bid> bids;
    for (const auto& m : messages) {
      const auto result = execute(state, policy_, around, height, m, base_fee, producer);
      included.push_back(
          {m.cid(), height, static_cast<std::int64_t>(result.exit), result.gas_used, result.value});
      store_.include(included.back(), included.size() - 1);
      const BigInt room = m.message.gas_fee_cap - base_fee;
      bids.push_back(
          {std::max<BigInt>(0, std::min(m.message.gas_premium, room)), m.message.gas_limit});
    }
    cron(state, height, policy_);
    t.next_base_fee = next_base_fee(base_fee, bids);
    t.receipts = receipts_root(included);
    const auto changed = state.take_changed();
    t.state_root = state_root(head_.state_root, state, changed);
    for (const auto id : changed) store_.put_actor(*state.find(id), height);
    store_.set_outcome(t);
    for (const auto& cid : pool.drop_used(state)) store_.pool_remove(cid);
    if (candidate_ && candidate_->header.height <= height) store_.set_meta("candidate", "");
    if (height % kForgetEvery < 1 + nulls) store_.forget_states_before(height - kKeptStates);
  });
  head_ = std::move(t);
  pool_ = std::move(pool);
  if (candidate_ && candidate_->header.height <= height) candidate_.reset();
  keep(height, std::make_shared<const State>(std::move(state)));
}

void Chain::reorganise(Epoch depth, bool keep_messages) {
  const auto base = *store_.at_or_before(std::max<Epoch>(0, head_.height - depth));
  const auto again = head_.height - base.height + 1;
  take_back_to(base, keep_messages);
  for (Epoch i = 0; i < again; ++i) advance();
}

void Chain::take_back_to(const Tipset& base, bool keep_messages) {
  store_.transact([&] {
    for (const auto& one : store_.included_above(base.height)) {
      const auto m = store_.message(one.cid);
      if (!keep_messages || !m) continue;
      pool_.restore(*m);
      store_.pool_add(one.cid);
    }
    store_.take_back(base.height);
    store_.set_meta("fork", std::to_string(++fork_));
    const auto grants = store_.move_grants_above(base.height);
    auto state = store_.state_after(base.height);
    for (const auto& grant : grants) state.edit(state.account(grant.to)).balance += grant.amount;
    for (const auto id : state.take_changed()) store_.put_actor(*state.find(id), base.height);
  });
  recent_.clear();
  head_ = base;
}

}  // namespace sealyard::dev
