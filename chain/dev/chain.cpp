#include "chain/dev/chain.h"

#include <fmt/format.h>

#include <chrono>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::dev {
namespace {

constexpr std::size_t kRecentStates = 32;

}  // namespace

std::int64_t now_s() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

Chain::Chain(const std::filesystem::path& file, const std::filesystem::path& params,
             const Policy& policy_of_new)
    : store_(file), proofs_(params), policy_(policy_of_new) {
  if (const auto kept = store_.meta("policy")) {
    policy_ = Policy::parse(types::Json::parse(*kept));
  } else {
    make_genesis();
  }
  if (policy_.stand_ins) proofs_.take_stand_ins();
  producer_ = std::make_unique<wallet::Key>(
      wallet::KeyType::bls, wallet::Secret(from_hex(*store_.meta("secret"), "secret")));
  genesis_time_ = std::stoull(*store_.meta("genesis_time"));
  fork_ = std::stoull(store_.meta("fork").value_or("0"));
  injected_ = types::Json::parse(store_.meta("injected").value_or("{}"));
  head_ = *store_.head();
  for (const auto& m : store_.pool()) pool_.restore(m);
  if (const auto kept = store_.meta("candidate").value_or(""); !kept.empty()) {
    const auto json = types::Json::parse(kept);
    candidate_ = election::Block::parse({json, "candidate"});
  }
}

void Chain::make_genesis() {
  const auto key = wallet::Key::generate(wallet::KeyType::bls);
  const auto time = static_cast<std::uint64_t>(now_s());
  State state;
  for (const auto id :
       {types::kInitActor, types::kRewardActor, types::kPowerActor, types::kMarketActor,
        types::kVerifiedRegistryActor, types::kDatacapActor, kProducer, types::kBurntFundsActor}) {
    Actor actor;
    actor.id = id;
    actor.kind = Kind::system;
    state.add(std::move(actor));
  }
  Header header;
  header.miner = Address::of_id(0);
  header.win_count = 0;
  header.beacons = {{kFirstRound, beacon_entry(key, kFirstRound)}};
  header.ticket =
      key.sign(election::ticket_of(header.miner, 0, header.beacons[0].data, {}).node().bytes).data;
  header.state_root = header.receipts = header.messages = root_of({});
  header.timestamp = time;
  header.parent_base_fee = kLeastBaseFee;
  Tipset t;
  t.cid = header.cid();
  t.ticket = header.ticket;
  t.beacon = header.beacons[0].data;
  t.beacon_round = kFirstRound;
  t.timestamp = time;
  t.base_fee = t.next_base_fee = kLeastBaseFee;
  t.json = tipset_json(header, t.cid).dump();
  t.state_root = t.receipts = root_of({});
  store_.transact([&] {
    store_.set_meta("policy", policy_.json().dump());
    store_.set_meta("secret", to_hex(key.secret().bytes()));
    store_.set_meta("genesis_time", std::to_string(time));
    store_.add(t);
    for (const auto id : state.take_changed()) store_.put_actor(*state.find(id), 0);
  });
}

std::uint64_t Chain::network_version(Epoch epoch) const {
  auto version = policy_.network_version;
  if (const auto set = injected_.find("versions"); set != injected_.end())
    for (const auto& change : *set)
      if (epoch >= change.at(0).get<Epoch>()) version = change.at(1);
  return version;
}

std::shared_ptr<const State> Chain::state_after(Epoch height) const {
  if (const auto found = recent_.find(height); found != recent_.end()) return found->second;
  auto state = std::make_shared<const State>(store_.state_after(height));
  keep(height, state);
  return state;
}

void Chain::keep(Epoch height, std::shared_ptr<const State> state) const {
  recent_[height] = std::move(state);
  while (recent_.size() > kRecentStates) recent_.erase(recent_.begin());
}

std::shared_ptr<const State> Chain::before(const Tipset& t) const {
  if (!t.live)
    throw Refused(fmt::format("failed to load state tree {}: tipset {} is not on this chain",
                              t.state_root.text(), t.cid.text()));
  const auto parent = t.parent.defined() ? store_.tipset(t.parent)->height : 0;
  if (parent < head_.height - kKeptStates + kForgetEvery)
    throw Refused(
        fmt::format("failed to load state tree {}: states of more than {} epochs ago are "
                    "not kept",
                    t.state_root.text(), kKeptStates - kForgetEvery));
  return state_after(parent);
}

Node Chain::digest(Source source, Epoch epoch, Epoch up_to) const {
  const auto t = store_.at_or_after(std::max<Epoch>(epoch, 0));
  if (epoch > up_to || !t || t->height > up_to)
    throw Refused(fmt::format("getting {} randomness: cannot draw randomness from the future",
                              source == Source::tickets ? "chain" : "beacon"));
  return types::randomness_digest(source == Source::tickets ? t->ticket : t->beacon);
}

Node Chain::randomness(Source source, types::DrawTag tag, Epoch epoch, const Bytes& entropy,
                       Epoch up_to) const {
  if (const auto set = set_randomness(source, tag, epoch)) return *set;
  return types::draw(tag, digest(source, epoch, up_to), epoch, entropy);
}

std::optional<Node> Chain::set_randomness(Source source, types::DrawTag tag, Epoch epoch) const {
  const auto set = store_.draw(static_cast<int>(source), static_cast<std::int64_t>(tag), epoch);
  if (!set) return std::nullopt;
  Node node;
  std::copy_n(set->begin(), kNodeBytes, node.bytes.begin());
  return node;
}

election::BeaconEntry Chain::beacon(Epoch epoch) const {
  const auto round = kFirstRound + static_cast<std::uint64_t>(epoch);
  return {round, beacon_entry(*producer_, round)};
}

void Chain::submit(const election::Block& block) {
  check_block(*this, proofs_, block);
  if (candidate_ && candidate_->header.height == block.header.height &&
      candidate_->header.cid() != block.header.cid()) {
    const auto& other = candidate_->header;
    if (other.miner == block.header.miner)
      throw Refused(fmt::format("<!!> SLASH FILTER DETECTED FAULT due to blocks {} and {}",
                                block.header.cid().text(), other.cid().text()));
    // A tipset has one block here: that with the better ticket.
    if (other.parents == block.header.parents &&
        election::smaller(other.ticket, block.header.ticket))
      return;
  }
  store_.transact([&] { store_.set_meta("candidate", block.json().dump()); });
  candidate_ = block;
  const auto base = *store_.tipset(block.header.parents[0]);
  if (base.cid == head_.cid) return;
  const auto nulls = head_.height - base.height - 1;
  take_back_to(base, true);
  advance(nulls);
}

Surroundings Chain::surroundings(Epoch up_to) {
  Surroundings around;
  around.randomness = [this, up_to](Source source, types::DrawTag tag, Epoch epoch,
                                    const Bytes& entropy) {
    try {
      return randomness(source, tag, epoch, entropy, up_to);
    } catch (const Refused& refused) {
      throw Abort(Exit::illegal_argument, refused.what());
    }
  };
  around.judge_seal = [this](const verify::Seal& seal, const Bytes& proof) {
    return proofs_.judge(seal, proof);
  };
  around.judge_post = [this](const verify::Post& post, const Bytes& proof) {
    return proofs_.judge(post, proof);
  };
  return around;
}

Cid Chain::push(const types::SignedMessage& m) {
  const auto replaced = pool_.push(m, *now());
  const auto cid = m.cid();
  store_.transact([&] {
    store_.know(m);
    if (replaced.defined()) store_.pool_remove(replaced);
    store_.pool_add(cid);
  });
  return cid;
}

bool Chain::drop(const Cid& cid) {
  if (!pool_.remove(cid)) return false;
  store_.transact([&] { store_.pool_remove(cid); });
  return true;
}

std::optional<Landed> Chain::find(const Cid& cid, Epoch above, bool replaced, Epoch up_to) const {
  const auto wanted = store_.message(cid);
  if (!wanted)
    throw Refused(
        fmt::format("%!w(*errors.errorString=&{{failed to load message}}): ipld: could "
                    "not find {}",
                    cid.text()));
  std::vector<Cid> candidates{wanted->cid()};
  if (replaced)
    for (const auto& other : store_.messages_of(wanted->message.from, wanted->message.nonce)) {
      const auto &a = wanted->message, &b = other.message;
      if (a.to == b.to && a.value == b.value && a.method == b.method && a.params == b.params)
        candidates.push_back(other.cid());
    }
  for (const auto& candidate : candidates) {
    const auto included = store_.included(candidate);
    if (!included || included->height <= above) continue;
    auto child = store_.at_or_after(included->height + 1);
    if (child && child->height <= up_to) return Landed{*included, *child};
  }
  return std::nullopt;
}

Result Chain::trial(const types::Message& m, std::int64_t inclusion) {
  return try_message(*now(), policy_, surroundings(head_.height), head_.height + 1, m, inclusion);
}

void Chain::give(const Address& to, const BigInt& amount) {
  auto after = *now();
  const auto id = after.account(to);
  after.edit(id).balance += amount;
  const auto parent = head_.parent.defined() ? store_.tipset(head_.parent)->height : 0;
  store_.transact([&] {
    // Seen at once: State* calls answer with the state before the head's messages.
    if (parent != head_.height) {
      auto earlier = *state_after(parent);
      if (!earlier.find(id)) {
        Actor actor;
        actor.id = id;
        actor.address = to;
        earlier.add(std::move(actor));
      }
      earlier.edit(id).balance += amount;
      store_.put_actor(*earlier.find(id), parent);
      earlier.take_changed();
      keep(parent, std::make_shared<const State>(std::move(earlier)));
    }
    store_.put_actor(*after.find(id), head_.height);
    store_.add(Grant{to, amount}, head_.height);
  });
  after.take_changed();
  keep(head_.height, std::make_shared<const State>(std::move(after)));
}

void Chain::force_base_fee(const BigInt& fee, Epoch epochs) {
  injected_["fee"] = {types::to_text(fee), head_.height + epochs};
  store_.transact([&] { store_.set_meta("injected", injected_.dump()); });
}

void Chain::set_network_version(std::uint64_t version, Epoch from) {
  injected_["versions"].push_back({from, version});
  store_.transact([&] { store_.set_meta("injected", injected_.dump()); });
}

void Chain::set_randomness(Source source, types::DrawTag tag, Epoch epoch, const Node& value) {
  store_.transact([&] {
    store_.set_draw(static_cast<int>(source), static_cast<std::int64_t>(tag), epoch,
                    {value.bytes.begin(), value.bytes.end()});
  });
}

BigInt Chain::base_fee_at(Epoch height, const BigInt& ruled) const {
  const auto forced = injected_.find("fee");
  if (forced == injected_.end() || height > forced->at(1).get<Epoch>()) return ruled;
  return types::big_int_from_text(forced->at(0).get<std::string>(), "fee");
}

}  // namespace sealyard::dev
