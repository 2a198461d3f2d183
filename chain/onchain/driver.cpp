#include "chain/onchain/driver.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "chain/onchain/policy.h"
#include "chain/pledge/retry.h"
#include "chain/rpc/client.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/base/porep.h"

namespace sealyard::onchain {
namespace {

using nlohmann::json;
using pledge::State;
namespace event = pledge::event;

constexpr std::int64_t kLongestBackoffMs = 60'000;
/// Pre-commits need some epochs to land.
constexpr Epoch kTicketMargin = 10;
/// Sectors on chain that are not final are looked up that often.
constexpr Epoch kLookAgain = 10;
constexpr char kChain[] = "chain", kTicketExpired[] = "ticket_expired", kGasSpent[] = "out_of_gas";

std::string read_proof(const std::filesystem::path& file, const PorepConfig& porep) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto wanted = std::size_t{192} * porep.partitions();
  if (!in.eof() && in.fail())
    throw Error(Fault::missing, "{}: not there; run seal-c2", file.string());
  if (bytes.size() != wanted)
    throw Error(Fault::corrupt, "{}: {} bytes, want {}; run seal-c2 again", file.string(),
                bytes.size(), wanted);
  return types::to_base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

}  // namespace

Driver::Driver(const settings::Settings& settings, Chain& chain, outbox::Pool& pool,
               outbox::Outbox& outbox, pledge::Journal& journal, alert::Alerts& alerts, Log log)
    : settings_(settings),
      chain_(chain),
      pool_(pool),
      outbox_(outbox),
      journal_(journal),
      alerts_(alerts),
      log_(std::move(log)) {}

void Driver::tick(pledge::Sectors& sectors, std::int64_t now_ms) {
  now_ms_ = now_ms;
  candidates_.clear();
  in_messages_.clear();
  fit_ = false;
  if (now_ms < ask_again_ms_) return;
  const auto trouble = [&](const std::string& kind, const std::string& text) {
    if (text != said_) log_(true, text + "; sectors wait");
    said_ = text;
    alerts_.raise(kind, kChain, text, now_ms);
  };
  try {
    view_ = chain_.look();
    silent_ = 0;
    alerts_.clear("node_away", kChain, now_ms);
    if (!view_.trouble.empty()) return trouble(view_.trouble_kind, view_.trouble);
    if (!said_.empty())
      log_(false, fmt::format("the node is fit again, at epoch {}", view_.height));
    said_.clear();
    for (const char* kind : {"node_out_of_sync", "network_version"})
      alerts_.clear(kind, kChain, now_ms);
    fit_ = true;
    for (auto& item : sectors) step(item.second);
    for (const auto& item : in_messages_)
      guarded(item.first,
              [&] { settle(kind_of(item.second.front()->state), item.first, item.second); });
    for (const auto state : {State::pre_committing, State::submit_commit}) fire(kind_of(state));
    if (wished_ || outbox_ticked_ != view_.key)
      guarded("outbox", [&] {
        outbox_.tick(pool_);
        outbox_ticked_ = view_.key;
        wished_ = false;
      });
  } catch (const rpc::NoAnswer& error) {
    fit_ = false;
    ask_again_ms_ = now_ms + std::min(1000LL << std::min(silent_, 6u), kLongestBackoffMs + 0LL);
    ++silent_;
    trouble("node_away", error.what());
  } catch (const rpc::RpcError& error) {
    fit_ = false;
    trouble("node_away", error.what());
  }
}

void Driver::guarded(const std::string& subject, const std::function<void()>& turn) {
  try {
    turn();
  } catch (const pledge::Stale&) {
    // Somebody else wrote about it: the next tick reads it again.
  } catch (const rpc::NoAnswer&) {
    throw;
  } catch (const Error& error) {
    log_(true, fmt::format("{}: {}", subject, error.what()));
  } catch (const json::exception& error) {
    log_(true, fmt::format("{}: {}", subject, error.what()));
  }
}

void Driver::step(Sector& sector) {
  struct Row {
    State state;
    void (Driver::*turn)(Sector&);
  };
  static constexpr Row kTurns[] = {
      {State::wait_chain, &Driver::wait_chain},
      {State::pre_committing, &Driver::pre_committing},
      {State::pre_commit_wait, &Driver::in_message},
      {State::wait_seed, &Driver::wait_seed},
      {State::wait_commit, &Driver::wait_commit},
      {State::submit_commit, &Driver::submit_commit},
      {State::commit_wait, &Driver::in_message},
      {State::finalized, &Driver::finalized},
      {State::proving, &Driver::proving},
  };
  for (const auto& row : kTurns)
    if (row.state == sector.state && sector.broken.empty())
      return guarded(sector.id.text(), [&] { (this->*row.turn)(sector); });
}

bool Driver::draw_ticket(Sector& sector, std::int64_t now_ms) {
  if (!fit_) return false;
  now_ms_ = now_ms;
  if (sector.ticket_source == kChain && !ticket_expired(sector)) {
    write(sector, event::kTicket,
          {{"value", sector.ticket}, {"epoch", sector.ticket_epoch}, {"source", kChain}});
    return true;
  }
  try {
    // A pre-commit that is there already says which ticket its replica was made with.
    const auto there = chain_.precommit(sector.id.number);
    const auto epoch = there ? there->info.seal_rand_epoch : view_.height - kTicketLookback;
    write(sector, event::kTicket,
          {{"value", to_hex(chain_.ticket(epoch))}, {"epoch", epoch}, {"source", kChain}});
    return true;
  } catch (const rpc::NoAnswer& error) {
    fit_ = false;
    return false;
  }
}

void Driver::wait_chain(Sector& sector) {
  if (sector.finalize_ordered || sector.ticket_source != kChain) return;  // not for this chain
  const auto porep = parse_porep(sector.proof_type);
  if (!porep.registered || *porep.registered < 5 || *porep.registered > 14)
    return note(sector, fmt::format("proof: {} cannot be pre-committed: networks take V1_1 and "
                                    "synthetic proofs; non-interactive ones are not supported yet",
                                    porep.name()));
  write(sector, event::kQueued, json::object());
}

bool Driver::ticket_expired(const Sector& sector) const {
  return view_.height >= sector.ticket_epoch + kTicketLife - kTicketMargin;
}

void Driver::pre_committing(Sector& sector) {
  if (checked_[sector.id] != sector.state_ms) {
    if (adopt_precommit(sector) || resume_message(sector)) return;
    checked_[sector.id] = sector.state_ms;
  }
  if (ticket_expired(sector))
    return fail(sector, kTicketExpired,
                fmt::format("the ticket of epoch {} is too old at epoch {}: PC1 begins anew with "
                            "another",
                            sector.ticket_epoch, view_.height));
  candidates_["precommit"].push_back(&sector);
}

/// What somebody else, or we in another life, brought on chain.
bool Driver::adopt_precommit(Sector& sector) {
  const auto number = sector.id.number;
  if (const auto there = chain_.precommit(number)) {
    if (there->info.comm_r != types::Cid::of_comm_r(sector.comm_r.value()) ||
        there->info.seal_rand_epoch != sector.ticket_epoch)
      return fail(sector, "other_comm_r",
                  fmt::format("its number is pre-committed with {} and the ticket of epoch {}",
                              there->info.comm_r.text(), there->info.seal_rand_epoch)),
             true;
    write(sector, event::kPrecommitted,
          {{"epoch", there->epoch},
           {"deposit", types::to_text(there->deposit)},
           {"expiration", there->info.expiration},
           {"adopted", true}});
    return true;
  }
  if (adopt_sector(sector)) return true;
  if (sector.state != State::pre_committing || !chain_.allocated(number)) return false;
  fail(sector, "allocated",
       fmt::format("number {} was used before on this chain and can never be used again; pledge "
                   "another sector",
                   number));
  return true;
}

bool Driver::adopt_sector(Sector& sector) {
  const auto there = chain_.sector(sector.id.number);
  if (!there) return false;
  if (there->comm_r != types::Cid::of_comm_r(sector.comm_r.value()))
    fail(sector, "other_comm_r",
         fmt::format("its number is on chain with {}", there->comm_r.text()));
  else
    write(
        sector, event::kActivated,
        {{"activation", there->activation}, {"expiration", there->expiration}, {"adopted", true}});
  return true;
}

/// An operator, a failure or a reorg sent it back while its message may still land: never a second
/// one beside it.
bool Driver::resume_message(Sector& sector) {
  const auto* sent = sector.sent(what_of(sector.state));
  if (!sent || sent->wish.is_null()) return false;
  auto entry = outbox_.find(sent->key);
  if (!entry || entry->state == outbox::State::refused) return false;
  // It may have been taken back since it was last looked up.
  if (entry->state == outbox::State::confirmed) entry = outbox_.look_up(pool_, sent->key);
  const bool settled =
      entry->state == outbox::State::confirmed || entry->state == outbox::State::final;
  if (settled && sent->ended_ms != 0) return false;
  write(sector, event::kWished, sent->wish);
  return true;
}

bool Driver::gone(Sector& sector, const json& message) {
  if (chain_.precommit(sector.id.number)) return false;
  if (!expired(sector)) fail(sector, "gone", "its pre-commit is not on chain any more", 0, message);
  return true;
}

bool Driver::expired(Sector& sector) {
  const auto last = sector.precommit_epoch + max_prove_commit(chain_.challenge_delay());
  if (view_.height <= last) return false;
  write(sector, event::kExpired, {{"epoch", last}});
  alerts_.raise("precommit_expired", sector.id.text(),
                fmt::format("not proven until epoch {}: its pre-commit expired, its deposit of {} "
                            "is lost",
                            last,
                            types::fil_text(types::big_int_from_text(
                                sector.deposit.empty() ? "0" : sector.deposit, "deposit"))),
                now_ms_);
  return true;
}

void Driver::wait_seed(Sector& sector) {
  const auto due = sector.precommit_epoch + chain_.challenge_delay();
  if (view_.height < due + static_cast<Epoch>(settings_.chain.seed_confidence)) return;
  const auto there = chain_.precommit(sector.id.number);
  if (!there) {
    if (!adopt_sector(sector)) gone(sector);
    return;
  }
  if (there->epoch != sector.precommit_epoch)
    return write(sector, event::kPrecommitted,
                 {{"epoch", there->epoch}, {"deposit", types::to_text(there->deposit)}});
  if (expired(sector)) return;
  write(sector, event::kSeed,
        {{"value", to_hex(chain_.seed(due))}, {"epoch", due}, {"source", kChain}});
}

/// A beacon is the same on every fork, but the epoch of the pre-commit says which draw is meant.
bool Driver::seed_changed(Sector& sector, const json& message) {
  const auto there = chain_.precommit(sector.id.number);
  const bool moved = there && there->epoch != sector.precommit_epoch;
  const auto value = to_hex(chain_.seed(sector.seed_epoch));
  if (!moved && value == sector.seed) return false;
  json payload{{"value", value}};
  if (!message.is_null()) payload["message"] = message;
  write(sector, event::kSeedChanged, std::move(payload));
  return true;
}

void Driver::wait_commit(Sector& sector) {
  if (sector.seed_source != kChain || sector.precommit_epoch < 0) return;  // 'sectors prove'
  if (seed_changed(sector) || expired(sector)) return;
  const auto file = stage::work_folder(settings_.storage_root, sector.id) / "proof.bin";
  const json proof{{"proof", read_proof(file, parse_porep(sector.proof_type))}};
  const bool early = settings_.chain.finalize_early && sector.finalized_ms == 0;
  write(sector, early ? event::kQueuedEarly : event::kQueued, proof);
}

void Driver::finalized(Sector& sector) {
  checked_.erase(sector.id);
  if (sector.activation >= 0)
    write(sector, event::kProving, json::object());
  else if (sector.precommit_epoch >= 0 && !sector.proof.empty())
    write(sector, event::kQueued, json::object());
}

/// A reorg may take back what brought it on chain, until that is final.
void Driver::proving(Sector& sector) {
  if (pledge::rests(sector)) return;
  // Not all of them at one head, also when the daemon has just begun.
  const auto spread = static_cast<Epoch>(sector.id.number % kLookAgain);
  auto& looked = looked_.try_emplace(sector.id, view_.height - 1 - spread).first->second;
  const bool deep =
      view_.height >= sector.activation + static_cast<Epoch>(settings_.chain.finality);
  if (!deep && looked <= view_.height && view_.height < looked + kLookAgain) return;
  looked = view_.height;
  const auto there = chain_.sector(sector.id.number);
  if (!there || there->comm_r != types::Cid::of_comm_r(sector.comm_r.value())) {
    write(sector, event::kGone,
          {{"epoch", view_.height},
           {"text", "a reorg took it off the chain: it is committed again"}});
  } else if (there->activation != sector.activation) {
    write(sector, event::kActivated,
          {{"activation", there->activation}, {"expiration", there->expiration}});
  } else if (deep) {
    write(sector, event::kFinal, {{"epoch", view_.height}});
  } else {
    return;
  }
  looked_.erase(sector.id);
}

void Driver::submit_commit(Sector& sector) {
  if (checked_[sector.id] != sector.state_ms) {
    if (adopt_sector(sector) || resume_message(sector) || gone(sector)) return;
    if (seed_changed(sector)) return;
    // Another's message had brought it on chain, until a reorg.
    if (sector.proof.empty()) return write(sector, event::kSeedChanged, {{"value", ""}});
    checked_[sector.id] = sector.state_ms;
  }
  if (expired(sector)) return;
  candidates_["commit"].push_back(&sector);
}

void Driver::in_message(Sector& sector) {
  const auto* sent = sector.sent(what_of(sector.state));
  if (!sent)
    throw Error(Fault::corrupt, "{} without a message: 'sealyard sectors update-state'",
                name(sector.state));
  in_messages_[sent->key].push_back(&sector);
}

void Driver::write(Sector& sector, const char* kind, json payload) {
  const std::string_view what(kind);
  if (what == event::kTicket) alerts_.clear(kTicketExpired, sector.id.text(), now_ms_);
  if (what == event::kPrecommitted || what == event::kActivated)
    alerts_.clear(kGasSpent, sector.id.text(), now_ms_);
  journal_.write(sector, kind, std::move(payload), now_ms_);
}

void Driver::fail(Sector& sector, std::string_view cause, const std::string& text,
                  std::uint64_t batch, const json& message) {
  auto payload = pledge::decide_on_chain(sector, cause, text, batch, settings_.retry, now_ms_);
  if (!message.is_null()) payload["message"] = message;
  if (cause == kTicketExpired || cause == kGasSpent)  // retried, but not for nothing
    alerts_.raise(std::string(cause), sector.id.text(), payload["text"], now_ms_);
  write(sector, event::kFailed, std::move(payload));
}

void Driver::note(Sector& sector, const std::string& text) {
  const auto word = [](const std::string& note) { return note.substr(0, note.find(':')); };
  if (word(sector.note) != word(text)) write(sector, event::kNote, {{"text", text}});
}

}  // namespace sealyard::onchain
