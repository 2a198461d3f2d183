// What happens by itself at the end of an epoch.
// Source: builtin-actors v18, actors/miner/src/lib.rs, handle_proving_deadline();
// partition_state.rs, record_missed_post().
#include <algorithm>

#include "chain/dev/deadline.h"
#include "chain/dev/money.h"

namespace sealyard::dev {
namespace {

/// Pays what it can and notes the rest as debt.
void charge(State& state, ActorId id, const BigInt& amount) {
  auto& actor = state.edit(id);
  auto& m = *actor.miner;
  BigInt due = amount + m.fee_debt;
  m.fee_debt = 0;
  // Funds that vest later go first.
  for (auto part = m.vesting.begin(); part != m.vesting.end() && due > 0;) {
    const BigInt taken = std::min(part->amount, due);
    part->amount -= taken;
    actor.balance -= taken;
    state.edit(types::kBurntFundsActor).balance += taken;
    due -= taken;
    part = part->amount == 0 ? m.vesting.erase(part) : part + 1;
  }
  const BigInt free = std::max<BigInt>(0, available_balance(actor));
  const BigInt paid = std::min(free, due);
  actor.balance -= paid;
  state.edit(types::kBurntFundsActor).balance += paid;
  m.fee_debt = due - paid;
}

/// Sectors that were to be proven and were not are faulty from here on; recoveries are taken back.
/// Gives the fees of sectors that were faulty before.
BigInt miss(Miner& m, Partition& part, Epoch epoch, const Policy& policy) {
  BigInt fees = 0;
  for (const auto number : part.faulty) {
    (void)number;
    fees += fault_fee(BigInt(m.sector_bytes), policy);
  }
  for (const auto number : part.live - part.faulty) {
    part.faulty.insert(number);
    m.sectors.at(number).faulty_since = epoch;
  }
  part.recovering.clear();
  part.unproven.clear();
  return fees;
}

void end_window(State& state, ActorId id, Epoch epoch, const Policy& policy) {
  auto& m = state.edit_miner(id);
  auto& deadline = m.deadlines.at(window_at(m, epoch, policy).index);
  BigInt fees = 0;
  Numbers gone;
  BigInt termination = 0;
  for (std::size_t i = 0; i < deadline.partitions.size(); ++i) {
    auto& part = deadline.partitions[i];
    if (!deadline.posted.contains(i))
      fees += miss(m, part, epoch, policy);
    else
      fees += fault_fee(BigInt(m.sector_bytes), policy) * part.faulty.size();
    for (const auto number : part.live) {
      const auto& sector = m.sectors.at(number);
      if (sector.expiration <= epoch) {
        gone.insert(number);
      } else if (part.faulty.contains(number) && sector.faulty_since >= 0 &&
                 epoch - sector.faulty_since >=
                     static_cast<Epoch>(policy.fault_max_periods) * policy.period()) {
        gone.insert(number);
        termination += termination_fee(sector.pledge, BigInt(m.sector_bytes),
                                       epoch - sector.activation, policy);
      }
      fees += sector.daily_fee;
    }
  }
  deadline.posted.clear();
  remove(m, gone);
  if (fees + termination > 0 || m.fee_debt > 0) charge(state, id, fees + termination);
}

bool expires(const PreCommit& p, Epoch epoch, const Policy& policy) {
  return epoch > p.epoch + policy.max_prove_commit + policy.precommit_cleanup;
}

void clean_up(State& state, ActorId id, Epoch epoch, const Policy& policy) {
  const auto& known = *state.find(id)->miner;
  const bool vests = !known.vesting.empty() && known.vesting.front().epoch <= epoch;
  const bool expired =
      std::any_of(known.precommits.begin(), known.precommits.end(),
                  [&](const auto& item) { return expires(item.second, epoch, policy); });
  if (!vests && !expired) return;
  auto& actor = state.edit(id);
  auto& m = *actor.miner;
  std::erase_if(m.vesting, [&](const Vesting& part) { return part.epoch <= epoch; });
  BigInt burned = 0;
  std::erase_if(m.precommits, [&](const auto& item) {
    if (!expires(item.second, epoch, policy)) return false;
    burned += item.second.deposit;
    return true;
  });
  actor.balance -= burned;
  state.edit(types::kBurntFundsActor).balance += burned;
}

bool has_sectors(const Deadline& deadline) {
  return std::any_of(deadline.partitions.begin(), deadline.partitions.end(),
                     [](const Partition& part) { return !part.live.empty(); });
}

}  // namespace

void cron(State& state, Epoch epoch, const Policy& policy) {
  std::vector<ActorId> miners;
  for (const auto& [id, actor] : state.actors())
    if (actor->miner) miners.push_back(id);
  for (const auto id : miners) {
    const auto& m = *state.find(id)->miner;
    const auto w = window_at(m, epoch, policy);
    if (epoch == w.close - 1 && (has_sectors(m.deadlines.at(w.index)) || m.fee_debt > 0))
      end_window(state, id, epoch, policy);
    clean_up(state, id, epoch, policy);
  }
}

Epoch next_event(const State& state, Epoch after, const Policy& policy) {
  Epoch next = after + policy.period();
  const auto consider = [&](Epoch epoch) {
    if (epoch > after) next = std::min(next, epoch);
  };
  for (const auto& [id, actor] : state.actors()) {
    if (!actor->miner) continue;
    const auto& m = *actor->miner;
    for (const auto& [number, p] : m.precommits)
      consider(p.epoch + policy.precommit_challenge_delay);
    for (std::size_t i = 0; i < m.deadlines.size(); ++i) {
      if (!has_sectors(m.deadlines[i])) continue;
      const auto w = next_window(m, i, after, policy);
      consider(w.challenge);
      consider(w.open);
      consider(w.close - 1);
      consider(w.open + policy.period());
    }
  }
  return next;
}

}  // namespace sealyard::dev
