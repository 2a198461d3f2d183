// Sectors come on chain: pre-commit and prove-commit.
// Source: builtin-actors v18, actors/miner/src/lib.rs, pre_commit_sector_batch_inner(),
// prove_commit_sectors3().
#include <fmt/format.h>

#include <limits>

#include "chain/dev/call.h"
#include "chain/dev/deadline.h"
#include "chain/dev/gas.h"
#include "chain/dev/money.h"
#include "chain/message/batch_return.h"
#include "kernels/base/porep.h"
#include "kernels/piece/piece.h"

namespace sealyard::dev {
namespace {

constexpr std::uint64_t kMostSectorNumber = std::numeric_limits<std::int64_t>::max();

/// The rules of an expiration, for a sector that becomes active at `activation`.
void check_expiration(const Call& call, Epoch activation, Epoch expiration) {
  const auto& p = call.policy;
  call.require(
      expiration > activation, kBad,
      fmt::format("sector expiration {} must be after activation ({})", expiration, activation));
  call.require(expiration - activation >= p.min_lifetime, kBad,
               fmt::format("invalid expiration {}, total sector lifetime ({}) must exceed {} after "
                           "activation {}",
                           expiration, expiration - activation, p.min_lifetime, activation));
  call.require(expiration <= call.epoch + p.max_ahead, kBad,
               fmt::format("invalid expiration {}, cannot be more than {} past current epoch {}",
                           expiration, p.max_ahead, call.epoch));
  call.require(expiration - activation <= p.max_lifetime, kBad,
               fmt::format("invalid expiration {}, total sector lifetime ({}) cannot exceed {}",
                           expiration, expiration - activation, p.max_lifetime));
}

void check_precommit(const Call& call, const Miner& m, const message::SectorPreCommit& s) {
  call.require(s.number <= kMostSectorNumber, kBad, "sector number out of range");
  call.require(s.seal_proof >= 5 && s.seal_proof <= 14, kBad,
               fmt::format("unsupported seal proof type {}", s.seal_proof));
  call.require(registered_porep(static_cast<unsigned>(s.seal_proof)).sector_bytes == m.sector_bytes,
               kBad,
               fmt::format("sector Window PoSt proof type must match; seal proof {}, miner's "
                           "window proof {}",
                           s.seal_proof, m.window_post_proof));
  call.require(s.comm_r.is_comm_r(), kBad, "sealed CID had wrong prefix");
  call.require(!s.comm_d.defined() || s.comm_d.is_comm_d(), kBad, "unsealed CID had wrong prefix");
  call.require(
      s.seal_rand_epoch < call.epoch, kBad,
      fmt::format("seal challenge epoch {} must be before now {}", s.seal_rand_epoch, call.epoch));
  call.require(s.seal_rand_epoch >= call.epoch - call.policy.max_precommit_lookback, kBad,
               fmt::format("seal challenge epoch {} too old, must be after {}", s.seal_rand_epoch,
                           call.epoch - call.policy.max_precommit_lookback));
  call.require(s.deal_ids.size() <= std::max<std::uint64_t>(256, m.sector_bytes >> 27), kBad,
               fmt::format("too many deals for sector: {}", s.deal_ids.size()));
  check_expiration(call, call.epoch + call.policy.max_prove_commit, s.expiration);
}

void pay_debt(Call& call) {
  auto& self = call.self();
  auto& m = *self.miner;
  const BigInt debt = m.fee_debt;
  if (debt <= 0) return;
  m.fee_debt = 0;
  call.require(available_balance(self) >= debt, Exit::no_funds,
               "unlocked balance can not repay fee debt");
  call.burn(debt);
}

/// CommD that the manifest of a sector gives; zeros where it lists nothing.
Node comm_d_of(const Call& call, const Miner& m, const message::SectorActivation& activation) {
  if (activation.pieces.empty()) return piece::zero_commitment(m.sector_bytes);
  // Zeros fill the gaps between pieces and the rest of the sector.
  std::vector<piece::PieceInfo> list;
  std::uint64_t at = 0;
  const auto fill_to = [&](std::uint64_t end) {
    while (at < end) {
      const auto room = std::min(at ? at & ~(at - 1) : end, std::uint64_t{1} << 63);
      auto size = room;
      while (size > end - at) size /= 2;
      list.push_back({piece::zero_commitment(size), size});
      at += size;
    }
  };
  for (const auto& p : activation.pieces) {
    const auto size = p.padded_bytes;
    call.require(size >= 128 && (size & (size - 1)) == 0 && size <= m.sector_bytes, kBad,
                 fmt::format("piece size {} of sector {}", size, activation.number));
    call.require(p.comm_p.is_comm_d(), kBad, "piece CID had wrong prefix");
    call.require(!p.allocation, kBad,
                 "allocations are not claimed on this chain: it has no verified registry");
    fill_to((at + size - 1) / size * size);
    list.push_back({p.comm_p.comm_d(), size});
    at += size;
    call.require(at <= m.sector_bytes, kBad, "pieces do not fit the sector");
  }
  fill_to(m.sector_bytes);
  return piece::comm_d(m.sector_bytes, list);
}

/// Nothing, or why this sector is not activated.
std::optional<std::string> judge(Call& call, const PreCommit& p,
                                 const message::SectorActivation& activation, const Bytes& proof) {
  const auto& m = call.miner();
  const auto& policy = call.policy;
  const auto seed_epoch = p.epoch + policy.precommit_challenge_delay;
  if (!p.info.deal_ids.empty()) return "the pre-commit has deal ids";
  if (call.epoch > p.epoch + policy.max_prove_commit)
    return fmt::format("commitment proof for {} too late at {}, due {}", p.info.number, call.epoch,
                       p.epoch + policy.max_prove_commit);
  if (call.epoch <= seed_epoch)
    return fmt::format("too early to prove sector {}: seed of epoch {}, now {}", p.info.number,
                       seed_epoch, call.epoch);
  if (p.info.expiration - call.epoch < policy.min_lifetime)
    return fmt::format("sector {} would live less than {} epochs", p.info.number,
                       policy.min_lifetime);
  const auto comm_d = comm_d_of(call, m, activation);
  const auto declared =
      p.info.comm_d.defined() ? p.info.comm_d.comm_d() : piece::zero_commitment(m.sector_bytes);
  if (comm_d != declared)
    return fmt::format("the pieces of sector {} give another CommD than its pre-commit",
                       p.info.number);
  using Source = Surroundings::Source;
  const auto entropy = types::miner_entropy(Address::of_id(call.receiver));
  verify::Seal seal;
  seal.porep = registered_porep(static_cast<unsigned>(p.info.seal_proof));
  seal.sector = {call.receiver, p.info.number};
  seal.comm_d = comm_d;
  seal.comm_r = p.info.comm_r.comm_r();
  seal.ticket = call.around.randomness(Source::tickets, types::DrawTag::seal_ticket,
                                       p.info.seal_rand_epoch, entropy);
  seal.seed =
      call.around.randomness(Source::beacon, types::DrawTag::interactive_seed, seed_epoch, entropy);
  call.gas += kSealProofGas;
  if (const auto why = call.around.judge_seal(seal, proof))
    return fmt::format("sector {}: invalid proof: {}", p.info.number, *why);
  return std::nullopt;
}

void activate(Call& call, const std::vector<std::uint64_t>& numbers,
              const std::vector<bool>& with_data) {
  auto& self = call.self();
  auto& m = *self.miner;
  BigInt pledges = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto p = m.precommits.at(numbers[i]);
    m.precommits.erase(numbers[i]);
    Sector s;
    s.number = numbers[i];
    s.seal_proof = p.info.seal_proof;
    s.comm_r = p.info.comm_r;
    s.activation = s.power_base = call.epoch;
    s.expiration = p.info.expiration;
    if (with_data[i]) s.deal_weight = BigInt(m.sector_bytes) * (s.expiration - s.activation);
    s.pledge = initial_pledge(BigInt(m.sector_bytes), call.policy);
    s.daily_fee = daily_fee(BigInt(m.sector_bytes));
    pledges += s.pledge;
    m.sectors.emplace(s.number, s);
  }
  call.require(available_balance(self) >= 0, Exit::no_funds,
               fmt::format("insufficient funds for aggregate initial pledge requirement {}",
                           types::to_text(pledges)));
  assign(m, numbers, call.epoch, call.policy);
}

}  // namespace

Bytes precommit_sectors(Call& call) {
  call.gas += kPrecommitGas;
  const auto params = read_params<message::PreCommitSectorBatch2>(call);
  call.only_operator();
  call.require(!params.sectors.empty(), kBad, "batch empty");
  call.gas += kPrecommitSectorGas * static_cast<std::int64_t>(params.sectors.size());
  pay_debt(call);
  auto& self = call.self();
  auto& m = *self.miner;
  types::Bitfield numbers;
  for (const auto& s : params.sectors) {
    check_precommit(call, m, s);
    call.require(!numbers.contains(s.number), kBad,
                 fmt::format("duplicate sector number {}", s.number));
    call.require(!m.allocated.contains(s.number), kBad,
                 fmt::format("sector numbers BitField {{ ranges: [{}..{}], set: {{}}, unset: {{}} "
                             "}} already allocated",
                             s.number, s.number + 1));
    numbers.insert(s.number);
    m.precommits[s.number] = {s, precommit_deposit(m.sector_bytes, call.policy), call.epoch};
  }
  m.allocated = m.allocated | numbers;
  call.require(available_balance(self) >= 0, Exit::no_funds,
               "insufficient funds for pre-commit deposit");
  return {};
}

Bytes prove_commit_sectors(Call& call) {
  const auto params = read_params<message::ProveCommitSectors3>(call);
  call.only_operator();
  call.require(!params.sectors.empty(), kBad, "no sectors");
  call.require(params.proofs.empty() != params.aggregate_proof.empty(), kBad,
               "exactly one of sector proofs or aggregate proof must be non-empty");
  call.require(params.aggregate_proof.empty(), kBad,
               "aggregated proofs are not verified on this chain; send a proof a sector");
  call.require(params.proofs.size() == params.sectors.size(), kBad,
               fmt::format("mismatched lengths: {} sectors, {} proofs", params.sectors.size(),
                           params.proofs.size()));
  Numbers named;
  for (const auto& activation : params.sectors) {
    call.require(call.miner().precommits.contains(activation.number), Exit::not_found,
                 fmt::format("loading precommits: sector {} not found", activation.number));
    call.require(named.insert(activation.number).second, kBad,
                 fmt::format("duplicate sector {}", activation.number));
  }
  message::BatchReturn result;
  std::vector<std::uint64_t> proven;
  std::vector<bool> with_data;
  std::string first;
  for (std::size_t i = 0; i < params.sectors.size(); ++i) {
    call.gas += kProveCommitSectorGas;
    const auto& activation = params.sectors[i];
    const auto precommit = call.miner().precommits.at(activation.number);
    if (const auto why = judge(call, precommit, activation, params.proofs[i])) {
      if (first.empty()) first = *why;
      result.failures.push_back({i, static_cast<std::uint64_t>(kBad)});
    } else {
      proven.push_back(activation.number);
      with_data.push_back(!activation.pieces.empty());
    }
  }
  call.require(!params.require_activation || result.failures.empty(), kBad, first);
  call.require(!proven.empty(), kBad, "no valid proofs specified: " + first);
  activate(call, proven, with_data);
  result.successes = proven.size();
  return result.cbor();
}

}  // namespace sealyard::dev
