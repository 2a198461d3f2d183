// Messages of several sectors: when they go, what they are made of, what became of them.
#include <algorithm>

#include "chain/message/batch_return.h"
#include "chain/message/methods.h"
#include "chain/message/miner.h"
#include "chain/onchain/driver.h"
#include "chain/onchain/policy.h"
#include "chain/outbox/refusal.h"
#include "chain/rpc/client.h"
#include "kernels/base/error.h"
#include "kernels/base/porep.h"

namespace sealyard::onchain {

struct Driver::Kind {
  std::string_view what;
  std::uint64_t method;
  std::uint64_t settings::Chain::*most;
  std::uint64_t settings::Chain::*wait_s;
  std::uint64_t settings::Chain::*slack;
  std::string settings::Chain::*fee;
  nlohmann::json (Driver::*item)(const Sector&, BigInt&);
  types::Bytes (*params)(const std::vector<Sector*>&);
};

namespace {

using nlohmann::json;
using pledge::Sector;
using pledge::State;
namespace event = pledge::event;

/// Exit codes of actors.  Source: go-state-types, exitcode/common.go.
constexpr std::int64_t kOk = 0, kOutOfGas = 7;
/// What the items of a message may take together: 64 KiB are the pool's limit.
constexpr std::size_t kMostItemBytes = types::kMaxMessageBytes - 1024;

std::string text(const std::vector<Sector*>& members) {
  std::string all;
  for (const auto* member : members) all += (all.empty() ? "" : " ") + member->id.text();
  return all;
}

/// The newest wish of each member holds what the message says of it.
const json& item_of(const Sector& sector, std::string_view what) {
  return sector.sent(what)->wish.at("item");
}

types::Bytes precommit_params(const std::vector<Sector*>& members) {
  message::PreCommitSectorBatch2 all;
  for (const auto* member : members) {
    const auto& item = item_of(*member, "precommit");
    message::SectorPreCommit one;
    one.seal_proof = item.at("seal_proof");
    one.number = member->id.number;
    one.comm_r = types::Cid::parse(item.at("comm_r").get<std::string>());
    one.seal_rand_epoch = item.at("ticket_epoch");
    one.expiration = item.at("expiration");
    if (const std::string comm_d = item.at("comm_d"); !comm_d.empty())
      one.comm_d = types::Cid::parse(comm_d);
    all.sectors.push_back(std::move(one));
  }
  return all.cbor();
}

types::Bytes commit_params(const std::vector<Sector*>& members) {
  message::ProveCommitSectors3 all;
  all.require_activation = false;  // a sector that fails takes no other with it
  for (const auto* member : members) {
    const auto& item = item_of(*member, "commit");
    message::SectorActivation one;
    one.number = member->id.number;
    for (const auto& piece : item.at("pieces"))
      one.pieces.push_back({types::Cid::parse(piece.at("comm_p").get<std::string>()),
                            piece.at("padded_bytes"),
                            {},
                            {}});
    all.sectors.push_back(std::move(one));
    all.proofs.push_back(types::from_base64(item.at("proof").get<std::string>(), "proof"));
  }
  return all.cbor();
}

/// What trouble the outbox met, as a note's first word; empty: none that lasts.
std::string trouble(const outbox::Entry& entry) {
  if (entry.note.empty()) return {};
  const auto has = [&](std::string_view part) {
    return entry.note.find(part) != std::string::npos;
  };
  if (has("ufficient") || has("not enough funds")) return "funds";
  if (has("no key") || has("wallet") || has("signature") || has("key not found")) return "key";
  if (has("fee") || has("gas costs")) return "fee";
  return "node";
}

bool out_of_gas(std::string_view note) {
  for (const std::string_view part : {"out of gas", "OutOfGas", "RetCode=7", "exceeds block gas"})
    if (note.find(part) != note.npos) return true;
  return false;
}

}  // namespace

outbox::Settings outbox_settings(const settings::Chain& chain) {
  outbox::Settings made;
  made.confidence = static_cast<Epoch>(chain.confidence);
  made.finality = static_cast<Epoch>(chain.finality);
  std::optional<BigInt> ceiling;
  if (!chain.base_fee_ceiling.empty())
    ceiling = types::big_int_from_text(chain.base_fee_ceiling, "chain.base_fee_ceiling");
  const auto after = static_cast<Epoch>(chain.replace_after);
  made.rules["precommit"] = {.max_fee = types::parse_fil(chain.precommit_fee),
                             .replace_after = after,
                             .base_fee_ceiling = ceiling};
  made.rules["commit"] = {.max_fee = types::parse_fil(chain.commit_fee),
                          .replace_after = after,
                          .base_fee_ceiling = ceiling,
                          .most_an_epoch = chain.commits_an_epoch};
  // Of a deadline: they wait for no fee, and are outbid before a window is over.
  for (const char* kind : {"post", "faults", "recoveries"})
    made.rules[kind] = {.max_fee = types::parse_fil(chain.post_fee),
                        .maximize = true,
                        .replace_after = std::min<Epoch>(after, 5)};
  return made;
}

const Driver::Kind& Driver::kind_of(State state) {
  using message::Miner;
  using settings::Chain;
  static const Kind kinds[] = {
      {"precommit", static_cast<std::uint64_t>(Miner::precommit_sector_batch2),
       &Chain::precommit_batch, &Chain::precommit_wait_s, &Chain::precommit_slack,
       &Chain::precommit_fee, &Driver::precommit_item, precommit_params},
      {"commit", static_cast<std::uint64_t>(Miner::prove_commit_sectors3), &Chain::commit_batch,
       &Chain::commit_wait_s, &Chain::commit_slack, &Chain::commit_fee, &Driver::commit_item,
       commit_params},
  };
  return kinds[state == State::submit_commit || state == State::commit_wait ? 1 : 0];
}

std::string_view Driver::what_of(State state) { return kind_of(state).what; }

/// Lets go what is due: full, near its cutoff, or waiting for long; on its own what failed before.
void Driver::fire(const Kind& kind) {
  auto& chain = settings_.chain;
  const std::string what(kind.what);
  const auto cutoff = [&](const Sector& sector) {
    return what == "commit" ? sector.precommit_epoch + max_prove_commit(chain_.challenge_delay())
                            : sector.ticket_epoch + kTicketLife;
  };
  const auto limit = [&](const Sector& sector) {
    const auto found = sector.batch_limit.find(what);
    return found == sector.batch_limit.end() ? UINT64_MAX : found->second;
  };
  auto ready = std::move(candidates_[what]);
  candidates_.erase(what);
  std::stable_sort(ready.begin(), ready.end(), [&](const Sector* a, const Sector* b) {
    return limit(*a) != limit(*b) ? limit(*a) < limit(*b) : a->state_ms < b->state_ms;
  });
  for (std::size_t at = 0; at < ready.size();) {
    const auto own = limit(*ready[at]);
    const auto most = std::min<std::uint64_t>(chain.*kind.most, own);
    std::vector<Sector*> batch;
    std::size_t bytes = 0;
    bool full = false;
    while (at < ready.size() && limit(*ready[at]) == own && !full) {
      const auto more = 256 + ready[at]->proof.size() * 3 / 4 + ready[at]->data.size() * 64;
      full = batch.size() >= most || bytes + more > kMostItemBytes;
      if (full && !batch.empty()) break;
      bytes += more;
      batch.push_back(ready[at++]);
    }
    full = full || batch.size() >= most;
    Epoch last = INT64_MAX;
    std::int64_t oldest = INT64_MAX;
    for (const auto* sector : batch) {
      last = std::min(last, cutoff(*sector));
      oldest = std::min(oldest, sector->state_ms);
    }
    const bool late = view_.height >= last - static_cast<Epoch>(chain.*kind.slack);
    const bool waited = now_ms_ >= oldest + static_cast<std::int64_t>(chain.*kind.wait_s) * 1000;
    if (!late && !full && !waited && own == UINT64_MAX) continue;
    guarded(text(batch), [&] { wish(kind, batch); });
  }
}

json Driver::precommit_item(const Sector& sector, BigInt& value) {
  const auto delay = chain_.challenge_delay();
  message::SectorPreCommit one;
  one.seal_proof = parse_porep(sector.proof_type).registered.value();
  one.number = sector.id.number;
  one.comm_r = types::Cid::of_comm_r(sector.comm_r.value());
  one.seal_rand_epoch = sector.ticket_epoch;
  one.expiration = expiration(view_.height, sector.ticket_epoch,
                              static_cast<Epoch>(settings_.chain.sector_lifetime), delay);
  if (!sector.cc()) one.comm_d = types::Cid::of_comm_d(sector.comm_d.value());
  value = chain_.deposit(one);
  return {{"seal_proof", one.seal_proof},        {"comm_r", one.comm_r.text()},
          {"ticket_epoch", one.seal_rand_epoch}, {"expiration", one.expiration},
          {"comm_d", one.comm_d.text()},         {"deposit", types::to_text(value)}};
}

json Driver::commit_item(const Sector& sector, BigInt& value) {
  const auto there = chain_.precommit(sector.id.number);
  if (!there) throw Error(Fault::missing, "its pre-commit is not on chain any more");
  const auto porep = parse_porep(sector.proof_type);
  value = chain_.pledge(there->info.expiration - view_.height, porep.sector_bytes) - there->deposit;
  if (value < 0) value = 0;
  auto pieces = json::array();
  for (const auto& piece : sector.data)
    pieces.push_back({{"comm_p", types::Cid::of_comm_d(piece.comm_p).text()},
                      {"padded_bytes", piece.padded_bytes}});
  return {{"proof", sector.proof}, {"pieces", pieces}, {"pledge", types::to_text(value)}};
}

void Driver::wish(const Kind& kind, std::vector<Sector*> members) {
  const auto sender = chain_.sender(kind.what);
  const auto waits = [&](const std::string& word, const std::string& why) {
    for (auto* member : members) note(*member, word + ": " + why);
    alerts_.raise(word, std::string(kind.what), why, now_ms_);
  };
  if (!sender.trouble.empty()) return waits("wrong_key", sender.trouble);
  alerts_.clear("wrong_key", std::string(kind.what), now_ms_);
  // Since they became candidates the chain may have moved on.
  const bool commit = kind.what == "commit";
  std::erase_if(members, [&](Sector* member) {
    return commit ? adopt_sector(*member) || gone(*member) : adopt_precommit(*member);
  });
  if (members.empty()) return;
  std::sort(members.begin(), members.end(),
            [](const Sector* a, const Sector* b) { return a->id < b->id; });

  BigInt value = 0;
  std::vector<json> items;
  for (const auto* member : members) {
    BigInt own;
    items.push_back((this->*kind.item)(*member, own));
    value += own;
  }
  if (settings_.chain.collateral_from_miner) value -= std::min(value, chain_.available());
  const BigInt max_fee = types::parse_fil(settings_.chain.*kind.fee) * members.size();
  const auto balance = chain_.balance(sender.address);
  const BigInt needed = value + max_fee;
  if (balance < needed)
    return waits("funds", fmt::format("{} has {}, {} of {} sectors needs up to {}; sent when the "
                                      "money is there",
                                      sender.address.text(types::Network::mainnet),
                                      types::fil_short(balance), kind.what, members.size(),
                                      types::fil_short(needed)));
  alerts_.clear("funds", std::string(kind.what), now_ms_);

  const auto slack = static_cast<Epoch>(settings_.chain.*kind.slack);
  const auto key = fmt::format("{} {} {} {}", kind.what, members.front()->id.text(),
                               members.front()->last_seq, members.size());
  std::vector<pledge::Journal::Line> lines;
  Epoch cutoff = INT64_MAX;
  for (const auto* member : members)
    cutoff = std::min(cutoff,
                      commit ? member->precommit_epoch + max_prove_commit(chain_.challenge_delay())
                             : member->ticket_epoch + kTicketLife);
  for (std::size_t i = 0; i < members.size(); ++i)
    lines.push_back({members[i],
                     event::kWished,
                     {{"what", kind.what},
                      {"key", key},
                      {"count", members.size()},
                      {"index", i},
                      {"from", sender.address.text(types::Network::mainnet)},
                      {"value", types::to_text(value)},
                      {"max_fee", types::to_text(max_fee)},
                      {"cutoff", cutoff - slack},
                      {"item", items[i]}}});
  journal_.write(std::move(lines), now_ms_);
  enqueue(kind, members);
}

/// From what the events say, and from nothing else: after a crash the same message again.
void Driver::enqueue(const Kind& kind, std::vector<Sector*>& members) {
  std::sort(members.begin(), members.end(), [&](const Sector* a, const Sector* b) {
    return a->sent(kind.what)->wish.at("index") < b->sent(kind.what)->wish.at("index");
  });
  const auto& wish = members.front()->sent(kind.what)->wish;
  outbox_.enqueue(
      {.key = wish.at("key"),
       .kind = std::string(kind.what),
       .from = Address::parse(wish.at("from").get<std::string>()),
       .to = Address::of_id(members.front()->id.miner),
       .value = types::big_int_from_text(wish.at("value").get<std::string>(), "value"),
       .method = kind.method,
       .params = kind.params(members),
       .cutoff = wish.at("cutoff"),
       .max_fee = types::big_int_from_text(wish.at("max_fee").get<std::string>(), "fee")});
  wished_ = true;
}

void Driver::settle(const Kind& kind, const std::string& key, std::vector<Sector*> members) {
  const auto entry = outbox_.find(key);
  if (!entry) {
    // Killed between event and message. It can be made again only of all its sectors.
    if (members.size() == members.front()->sent(kind.what)->count) return enqueue(kind, members);
    for (auto* member : members) write(*member, event::kCalledOff, {{"key", key}});
    return;
  }
  if (entry->state == outbox::State::confirmed || entry->state == outbox::State::final)
    return landed(kind, *entry, members);
  if (entry->state == outbox::State::refused) {
    const auto cause = out_of_gas(entry->note) ? "out_of_gas" : "refused";
    for (auto* member : members)
      guarded(member->id.text(), [&] {
        // The node refuses what is on chain already, too.
        const bool there = kind.what == "commit" ? adopt_sector(*member) : adopt_precommit(*member);
        if (!there)
          fail(*member, cause, entry->note, members.size(),
               {{"what", kind.what}, {"key", key}, {"exit_code", -1}});
      });
    return;
  }
  const auto word = trouble(*entry);
  const auto subject = entry->wish.from.text(types::Network::mainnet);
  for (const char* one : {"funds", "key", "fee"}) {
    if (word == one)
      alerts_.raise(one, subject, entry->note, now_ms_);
    else
      alerts_.clear(one, subject, now_ms_);
  }
  if (word == "node") return;
  for (auto* member : members)
    guarded(member->id.text(),
            [&] { note(*member, word.empty() ? "" : word + ": " + entry->note); });
}

void Driver::landed(const Kind& kind, const outbox::Entry& entry,
                    const std::vector<Sector*>& members) {
  const auto where = chain_.landing(entry);
  const auto& receipt = entry.receipt.value();
  const auto& key = entry.wish.key;
  const json message{{"what", kind.what},
                     {"key", key},
                     {"cid", entry.landed.text()},
                     {"epoch", where.epoch},
                     {"fee", types::to_text(where.fee)},
                     {"exit_code", receipt.exit_code},
                     {"count", members.front()->sent(kind.what)->count}};
  for (const auto* member : members)
    log_(receipt.exit_code != kOk,
         fmt::format("{}: message {} {} epoch {} fee {} of {} sectors, exit {}", member->id.text(),
                     kind.what, entry.landed.text(), where.epoch, types::fil_text(where.fee),
                     members.size(), receipt.exit_code));
  std::optional<message::BatchReturn> each;
  if (kind.what == "commit" && receipt.exit_code == kOk && !receipt.result.empty())
    each = message::BatchReturn::from_cbor(receipt.result);
  for (auto* member : members) {
    const std::uint64_t index = member->sent(kind.what)->wish.at("index");
    const auto code = receipt.exit_code != kOk || !each
                          ? receipt.exit_code
                          : static_cast<std::int64_t>(each->exit_code(index));
    guarded(member->id.text(), [&] { landed(kind, *member, code, message); });
  }
}

void Driver::landed(const Kind& kind, Sector& sector, std::int64_t code, const json& message) {
  const auto number = sector.id.number;
  const std::uint64_t batch = message.at("count");
  if (const auto there = chain_.sector(number);
      there && there->comm_r == types::Cid::of_comm_r(sector.comm_r.value())) {
    write(sector, event::kActivated,
          {{"activation", there->activation},
           {"expiration", there->expiration},
           {"message", message}});
    log_(false, fmt::format("{}: on chain since epoch {}, expires at {}", sector.id.text(),
                            there->activation, there->expiration));
    return;
  }
  if (code == kOutOfGas) return fail(sector, "out_of_gas", "it ran out of gas", batch, message);
  if (kind.what == "precommit") {
    if (const auto there = chain_.precommit(number);
        there && there->info.comm_r == types::Cid::of_comm_r(sector.comm_r.value())) {
      write(sector, event::kPrecommitted,
            {{"epoch", there->epoch},
             {"deposit", types::to_text(there->deposit)},
             {"expiration", there->info.expiration},
             {"message", message}});
      log_(false, fmt::format("{}: pre-committed at epoch {}, deposit {}", sector.id.text(),
                              there->epoch, types::fil_text(there->deposit)));
      return;
    }
  }
  // Not its fault where a reorg moved what it was proven for.
  if (kind.what == "commit" && (gone(sector, message) || seed_changed(sector, message))) return;
  if (code == kOk)
    return fail(sector, "not_on_chain", "its message ran, but it is not on chain", batch, message);
  fail(sector, "exit",
       fmt::format("exit code {} in message {}", code, message.at("cid").get<std::string>()), batch,
       message);
}

}  // namespace sealyard::onchain
