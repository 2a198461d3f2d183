// What the chain does to a sector.
#include "chain/pledge/sector_events.h"

namespace sealyard::pledge {
namespace {

using nlohmann::json;

void wished(Sector& sector, const ledger::Event& event) {
  const auto& p = event.payload;
  Sent sent;
  sent.what = p.at("what");
  sent.key = p.at("key");
  sent.count = p.at("count");
  sent.wish = p;
  sent.wished_ms = event.time_ms;
  std::erase_if(sector.messages, [&](const Sent& old) { return old.key == sent.key; });
  sector.messages.push_back(std::move(sent));
}

}  // namespace

void landed(Sector& sector, const nlohmann::json& message, std::int64_t time_ms) {
  const std::string what = message.at("what"), key = message.value("key", "");
  Sent* found = nullptr;
  for (auto& sent : sector.messages)
    if (sent.what == what && sent.key == key) found = &sent;
  if (!found) {
    sector.messages.push_back({});
    found = &sector.messages.back();
    found->what = what;
    found->key = key;
    found->wished_ms = time_ms;
  }
  found->cid = message.value("cid", "");
  found->epoch = message.value("epoch", std::int64_t{-1});
  found->fee = message.value("fee", "");
  found->exit_code = message.value("exit_code", std::int64_t{0});
  found->count = message.value("count", found->count);
  found->ended_ms = time_ms;
}

bool of_chain(Sector& sector, const ledger::Event& event) {
  const auto& kind = event.kind;
  const auto& p = event.payload;
  if (kind == event::kNote) {
    sector.note = p.at("text");
    return true;
  }
  if (kind == event::kFinal) {
    sector.final = true;
    return true;
  }
  if (kind == event::kWished) {
    wished(sector, event);
  } else if (kind == event::kCalledOff) {
    if (!sector.messages.empty() && sector.messages.back().key == p.at("key"))
      sector.messages.pop_back();
  } else if (kind == event::kPrecommitted) {
    sector.precommit_epoch = p.at("epoch");
    sector.deposit = p.at("deposit");
    sector.bad_runs.erase("precommit");
    sector.batch_limit.erase("precommit");
  } else if (kind == event::kActivated) {
    sector.activation = p.at("activation");
    sector.expiration = p.at("expiration");
    sector.final = false;
    sector.bad_runs.erase("commit");
    sector.batch_limit.erase("commit");
  } else if (kind == event::kGone) {
    sector.activation = sector.expiration = -1;
    sector.final = false;
  } else if (kind == event::kQueued || kind == event::kQueuedEarly) {
    sector.proof = p.value("proof", sector.proof);
  } else if (kind == event::kSeedChanged) {
    sector.proof.clear();
  } else if (kind != event::kProving && kind != event::kExpired) {
    return false;
  }
  if (p.contains("message")) landed(sector, p.at("message"), event.time_ms);
  sector.note.clear();
  sector.failure.reset();
  // What is in long-term storage already is not moved there again.
  auto to = next(sector.state, kind);
  if (to == State::finalize_sector && sector.finalized_ms != 0) to = State::finalized;
  if (to) enter(sector, *to, event.time_ms);
  return true;
}

}  // namespace sealyard::pledge
