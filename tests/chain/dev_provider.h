// A miner on the development chain with a sector of the reference, and its window proof.
#pragma once
#include "chain/message/methods.h"
#include "chain/message/miner.h"
#include "tests/chain/dev_net.h"
#include "tests/vectors.h"

/// Sector 2 of t01000, five pieces, and its window proof; the chain's randomness is set to what
/// both were made with.
class Provider : public Net {
 public:
  static constexpr std::int64_t kSealProof = 5;
  static constexpr sealyard::types::Epoch kLifetime = 1'500'000;
  static std::uint64_t number_of(sealyard::message::Miner method) {
    return static_cast<std::uint64_t>(method);
  }

  explicit Provider(sealyard::dev::Policy policy = {})
      : Net(std::move(policy)), miner(create_miner()) {
    REQUIRE(miner == Address::of_id(1000));
    REQUIRE(sealed.sector == 2);
  }

  sealyard::message::SectorPreCommit precommit_params() {
    sealyard::message::SectorPreCommit s;
    s.seal_proof = kSealProof;
    s.number = sealed.sector;
    s.comm_r = sealyard::types::Cid::of_comm_r(sealed.comm_r);
    s.comm_d = sealyard::types::Cid::of_comm_d(sealed.comm_d);
    s.seal_rand_epoch = node.head().height - 5;
    s.expiration = node.head().height + kLifetime;
    return s;
  }

  sealyard::types::Epoch precommit() {
    advance(6);
    const auto s = precommit_params();
    set_randomness("tickets", sealyard::types::DrawTag::seal_ticket, s.seal_rand_epoch,
                   sealed.ticket);
    sealyard::message::PreCommitSectorBatch2 params{{s}};
    send(worker, miner, node.precommit_deposit(miner, s),
         number_of(sealyard::message::Miner::precommit_sector_batch2), params.cbor());
    const auto on_chain = node.precommit(miner, s.number);
    REQUIRE(on_chain);
    CHECK(on_chain->info == s);
    const auto seed_epoch = on_chain->epoch + node.network_params().precommit_challenge_delay;
    set_randomness("beacon", sealyard::types::DrawTag::interactive_seed, seed_epoch, sealed.seed);
    return seed_epoch;
  }

  sealyard::message::ProveCommitSectors3 prove_params() {
    sealyard::message::SectorActivation activation{sealed.sector, {}};
    for (const auto& piece : sealed.pieces)
      activation.pieces.push_back({sealyard::types::Cid::of_comm_d(piece.comm_p),
                                   piece.unpadded_bytes / 127 * 128,
                                   std::nullopt,
                                   {}});
    sealyard::message::ProveCommitSectors3 params;
    params.sectors = {activation};
    params.proofs = {sealyard::vectors::bytes(sealed.path("proof.bin"))};
    return params;
  }

  void prove_commit() {
    const auto seed_epoch = precommit();
    go_before(seed_epoch + 1);
    const auto pledge = node.initial_pledge(kLifetime, 2048, 0);
    send(worker, miner, pledge, number_of(sealyard::message::Miner::prove_commit_sectors3),
         prove_params().cbor());
    REQUIRE(node.sector(miner, sealed.sector));
    where = node.sector_location(miner, sealed.sector);
  }

  /// To just before the window of the sector's deadline opens next.
  sealyard::rpc::DeadlineInfo to_window() {
    for (;;) {
      const auto d = node.proving_deadline(miner);
      const auto open =
          d.period_start + static_cast<sealyard::types::Epoch>(where.deadline) * d.challenge_window;
      const auto next = open > height() + 1 ? open : open + d.proving_period;
      go_before(next + 1);
      advance(1);
      const auto there = node.proving_deadline(miner);
      if (there.index == where.deadline) return there;
    }
  }

  sealyard::types::SignedMessage post(const sealyard::rpc::DeadlineInfo& d,
                                      sealyard::types::Bytes bytes) {
    set_randomness("beacon", sealyard::types::DrawTag::window_post_deadline, d.challenge,
                   sealyard::vectors::node(window.at("randomness").get<std::string>()));
    sealyard::message::SubmitWindowedPost params;
    params.deadline = d.index;
    params.partitions = {{where.partition, {}}};
    params.proofs = {{10, std::move(bytes)}};
    params.chain_commit_epoch = d.challenge;
    const auto rand = node.randomness_from_tickets(sealyard::types::DrawTag::post_chain_commit,
                                                   d.challenge, {}, node.head().key);
    params.chain_commit_rand = {rand.bytes.begin(), rand.bytes.end()};
    return priced(
        worker, message(worker, miner, 0, number_of(sealyard::message::Miner::submit_windowed_post),
                        params.cbor()));
  }

  BigInt power() { return node.miner_power(miner).miner.raw_bytes; }

  std::int64_t declare(sealyard::message::Miner method) {
    sealyard::message::SectorDeclarations params;
    params.declarations = {{where.deadline, where.partition, {sealed.sector}}};
    return land(priced(worker, message(worker, miner, 0, number_of(method), params.cbor())))
        .receipt.exit_code;
  }

  using Net::message;
  Address miner;
  sealyard::vectors::Case sealed = sealyard::vectors::seal_case("2k-data-v1_1");
  Json window = Json::parse(sealyard::vectors::bytes("post/window-2k-1/case.json"));
  sealyard::types::Bytes proof = sealyard::vectors::bytes("post/window-2k-1/proof.bin");
  sealyard::rpc::SectorLocation where;
};
