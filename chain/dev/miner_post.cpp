// Sectors stay on chain: window proofs, faults and recoveries.
// Source: builtin-actors v18, actors/miner/src/lib.rs, submit_windowed_post(), declare_faults(),
// declare_faults_recovered().
#include <fmt/format.h>

#include "chain/dev/call.h"
#include "chain/dev/deadline.h"
#include "chain/dev/gas.h"

namespace sealyard::dev {
namespace {

constexpr std::size_t kPartitionProofBytes = 192;

/// The parts of a submission that do not depend on the miner's sectors.
void check_submission(const Call& call, const Miner& m, const message::SubmitWindowedPost& p,
                      const Window& w) {
  call.require(
      p.deadline == w.index, kBad,
      fmt::format("invalid deadline {} at epoch {}, expected {}", p.deadline, call.epoch, w.index));
  call.require(!p.partitions.empty() && p.partitions.size() <= call.policy.most_partitions_posted,
               kBad,
               fmt::format("too many partitions {}, limit {}", p.partitions.size(),
                           call.policy.most_partitions_posted));
  call.require(p.proofs.size() == 1, kBad,
               fmt::format("expected exactly one proof, got {}", p.proofs.size()));
  call.require(
      p.proofs[0].type == m.window_post_proof, kBad,
      fmt::format("expected proof of type {}, got {}", m.window_post_proof, p.proofs[0].type));
  call.require(p.proofs[0].bytes.size() <= kPartitionProofBytes * p.partitions.size(), kBad,
               fmt::format("expected proof to be smaller than {} bytes",
                           kPartitionProofBytes * p.partitions.size()));
  call.require(p.chain_commit_epoch >= w.challenge && p.chain_commit_epoch < call.epoch, kBad,
               fmt::format("expected chain commit epoch {} between {} and {}", p.chain_commit_epoch,
                           w.challenge, call.epoch));
  const auto drawn = call.around.randomness(
      Surroundings::Source::tickets, types::DrawTag::post_chain_commit, p.chain_commit_epoch, {});
  call.require(std::equal(p.chain_commit_rand.begin(), p.chain_commit_rand.end(),
                          drawn.bytes.begin(), drawn.bytes.end()),
               kBad, "post commit randomness mismatched");
}

/// Takes what one partition says and gives the sectors that its proof is about.
Numbers prove_partition(Call& call, Miner& m, std::uint64_t deadline,
                        const message::PostPartition& p) {
  auto& all = m.deadlines.at(deadline);
  call.require(p.index < all.partitions.size(), Exit::not_found,
               fmt::format("no such partition {}", p.index));
  call.require(all.posted.insert(p.index).second, kBad,
               fmt::format("partition already proven: {}", p.index));
  auto& part = all.partitions[p.index];
  const auto skipped = numbers(p.skipped);
  call.require((skipped - part.all).empty(), kBad,
               "skipped faults contains sectors outside partition");
  for (const auto number : skipped&(part.live - part.faulty))
    m.sectors.at(number).faulty_since = call.epoch;
  const auto recovered = part.recovering - skipped;
  for (const auto number : recovered) m.sectors.at(number).faulty_since = -1;
  part.faulty = (part.faulty - recovered) | (skipped & part.live);
  part.recovering.clear();
  part.unproven.clear();
  call.gas += kPostPartitionGas;
  return part.live - part.faulty;
}

enum class Change { fault, recovery };

void declare(Call& call, Change change) {
  call.gas += kDeclareGas;
  const auto params = read_params<message::SectorDeclarations>(call);
  call.only_operator();
  auto& m = call.miner();
  call.require(!params.declarations.empty(), kBad, "no declarations");
  call.require(change == Change::fault || m.fee_debt <= 0, Exit::no_funds,
               "unlocked balance can not repay fee debt");
  for (const auto& d : params.declarations) {
    const auto named = numbers(d.sectors);
    call.gas += kDeclarationGas + kDeclaredSectorGas * static_cast<std::int64_t>(named.size());
    call.require(d.deadline < m.deadlines.size(), kBad,
                 fmt::format("invalid deadline {}", d.deadline));
    call.require(
        call.epoch < next_window(m, d.deadline, call.epoch, call.policy).fault_cutoff, kBad,
        fmt::format("late fault declaration at deadline {}, epoch {}", d.deadline, call.epoch));
    auto& parts = m.deadlines[d.deadline].partitions;
    call.require(d.partition < parts.size(), Exit::not_found,
                 fmt::format("no such partition {}", d.partition));
    auto& part = parts[d.partition];
    call.require(!named.empty() && (named - part.all).empty(), kBad,
                 "not all sectors are assigned to the partition");
    if (change == Change::recovery) {
      part.recovering = part.recovering | (named & part.faulty);
      continue;
    }
    part.recovering = part.recovering - named;
    for (const auto number : (named & part.live) - part.faulty) {
      part.faulty.insert(number);
      part.unproven.erase(number);
      m.sectors.at(number).faulty_since = call.epoch;
    }
  }
}

}  // namespace

Bytes submit_window_post(Call& call) {
  call.gas += kPostGas;
  const auto params = read_params<message::SubmitWindowedPost>(call);
  call.only_operator();
  auto& m = call.miner();
  const auto w = window_at(m, call.epoch, call.policy);
  check_submission(call, m, params, w);
  Numbers to_prove;
  for (const auto& p : params.partitions)
    to_prove = to_prove | prove_partition(call, m, params.deadline, p);
  call.require(!to_prove.empty(), kBad, "cannot prove partitions with no active sectors");
  verify::Post post;
  post.sector_bytes = m.sector_bytes;
  post.miner = call.receiver;
  post.randomness =
      call.around.randomness(Surroundings::Source::beacon, types::DrawTag::window_post_deadline,
                             w.challenge, types::miner_entropy(Address::of_id(call.receiver)));
  for (const auto number : to_prove) post.sectors[number] = m.sectors.at(number).comm_r.comm_r();
  call.gas += kPostProofGas + kPostSectorGas * static_cast<std::int64_t>(to_prove.size());
  // A real chain looks at it only when someone disputes it; here a wrong one gives nothing.
  if (const auto why = call.around.judge_post(post, params.proofs[0].bytes))
    throw Abort(kBad, "invalid PoSt: " + *why);
  return {};
}

Bytes declare_faults(Call& call) {
  declare(call, Change::fault);
  return {};
}

Bytes declare_recoveries(Call& call) {
  declare(call, Change::recovery);
  return {};
}

}  // namespace sealyard::dev
