#include "chain/dev/mining.h"

#include <fmt/format.h>

#include "chain/dev/chain.h"
#include "chain/wallet/key.h"

namespace sealyard::dev {
namespace {

/// Fewer than so many miners above the least power: any power is enough.
/// Source: builtin-actors v18, actors/power/src/policy.rs, CONSENSUS_MINER_MIN_MINERS.
constexpr std::size_t kLeastMiners = 4;

struct Powers {
  BigInt own, total;
  std::size_t above = 0;  ///< miners with the least power that counts
};

Powers powers(const State& state, ActorId miner, const Policy& policy) {
  Powers found;
  for (const auto& [id, actor] : state.actors()) {
    if (!actor->miner) continue;
    const BigInt bytes = actor->miner->power_bytes();
    found.total += bytes;
    found.above += bytes > 0 && bytes >= policy.min_power_bytes;
    if (id == miner) found.own = bytes;
  }
  return found;
}

bool is_enough(const Powers& p, const Policy& policy) {
  return p.own > 0 && (p.own >= policy.min_power_bytes || p.above < kLeastMiners);
}

/// Active sectors, in order of number.
Numbers active(const Miner& miner) {
  Numbers found;
  for (const auto& deadline : miner.deadlines)
    for (const auto& part : deadline.partitions)
      found = found | (part.live - (part.faulty | part.unproven));
  return found;
}

Node prover_id(ActorId miner) {
  Bytes bytes;
  types::append_varint(bytes, miner);
  Node id;
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

Tipset base_of(const Chain& chain, const Header& h) {
  if (h.parents.size() != 1)
    throw Refused(
        fmt::format("a tipset of {} blocks: this network has one each", h.parents.size()));
  const auto base = chain.tipset(h.parents[0]);
  if (!base)
    throw Refused(fmt::format("load parent tipset failed ({}): not found", h.parents[0].text()));
  return *base;
}

void require(bool holds, const std::string& otherwise) {
  if (!holds) throw Refused(otherwise);
}

bool is_signed(const Bytes& proof, const Address& worker, types::ByteView of) {
  return wallet::verify({types::SignatureType::bls, proof}, worker, of);
}

void check_parents(const Chain& chain, const Header& h, const Tipset& base) {
  const auto& head = chain.head();
  // A block of our own gives way as long as nothing builds on it.
  const bool in_time =
      base.cid == head.cid || (base.cid == head.parent && h.height == head.height &&
                               header_of(head.json).miner == Address::of_id(kProducer));
  require(in_time, fmt::format("block of epoch {} on epoch {}: too late, the head is at {}",
                               h.height, base.height, chain.head().height));
  require(
      h.height > base.height,
      fmt::format("block height not greater than parent height: {} != {}", h.height, base.height));
  const auto time =
      base.timestamp + chain.block_delay_s * static_cast<std::uint64_t>(h.height - base.height);
  require(h.timestamp == time,
          fmt::format("block has wrong timestamp: {} != {}", h.timestamp, time));
  auto right = h;
  complete(chain, right);
  require(h.parent_weight == right.parent_weight,
          fmt::format("parent weight different: {} (header) != {} (computed)",
                      types::to_text(h.parent_weight), types::to_text(right.parent_weight)));
  require(h.state_root == right.state_root,
          fmt::format("parent state root did not match computed state ({} != {})",
                      h.state_root.text(), right.state_root.text()));
  require(h.receipts == right.receipts,
          fmt::format("parent receipts root did not match computed value ({} != {})",
                      h.receipts.text(), right.receipts.text()));
  require(h.parent_base_fee == right.parent_base_fee,
          fmt::format("base fee doesn't match: {} (header) != {} (computed)",
                      types::to_text(h.parent_base_fee), types::to_text(right.parent_base_fee)));
}

void check_winner(const Header& h, const MiningBase& m, const Tipset& base) {
  require(h.win_count >= 1, "block is not claiming to be a winner");
  require(m.eligible, "block's miner is ineligible to mine");
  require(h.beacons == std::vector{m.beacon}, "failed to validate blocks random beacon values");
  const auto election = election::election_of(h.miner, h.height, m.beacon.data).node();
  require(is_signed(h.election, m.worker, election.bytes),
          "validating block election proof failed: vrf was invalid");
  const auto wins = election::win_count(h.election, m.power, m.total);
  require(
      h.win_count == wins,
      fmt::format("miner claims wrong number of wins: miner: {}, computed: {}", h.win_count, wins));
  const auto ticket = election::ticket_of(h.miner, h.height, m.beacon.data, base.ticket).node();
  require(is_signed(h.ticket, m.worker, ticket.bytes),
          "validating block tickets failed: vrf was invalid");
  require(h.signature && wallet::verify(*h.signature, m.worker, h.signed_bytes()),
          "check block signature failed: invalid signature");
}

void check_winning_post(Proofs& proofs, const Header& h, const MiningBase& m) {
  require(h.winning_proofs.size() == 1 && h.winning_proofs[0].type == m.winning_post_proof,
          "invalid election post: want one proof of the miner's type");
  verify::Post post;
  post.kind = challenges::Post::winning;
  post.sector_bytes = m.sector_bytes;
  post.miner = m.miner;
  post.randomness = m.challenge;
  post.sectors[m.drawn.number] = m.drawn.comm_r.comm_r();
  if (const auto why = proofs.judge(post, h.winning_proofs[0].bytes))
    throw Refused("invalid election post: winning post was invalid: " + *why);
}

/// As the pool chooses: each sender's next nonces in order, paying the base fee, in one block's
/// gas.
void check_messages(const Chain& chain, const election::Block& block) {
  std::vector<Cid> cids = block.bls_messages;
  cids.insert(cids.end(), block.secp_messages.begin(), block.secp_messages.end());
  require(block.header.messages == root_of(cids), "block's message root does not fit its messages");
  const auto state = chain.state_after(chain.tipset(block.header.parents[0])->height);
  std::map<Address, std::uint64_t> nonces;
  std::int64_t gas = 0;
  for (const auto& m : messages_of(chain, block)) {
    const auto* sender = state->find(m.message.from);
    require(sender != nullptr, "block had an invalid message: its sender is not there");
    const auto next = nonces.emplace(m.message.from, sender->nonce).first;
    require(m.message.nonce == next->second++,
            fmt::format("wrong nonce (exp: {}, got: {})", next->second - 1, m.message.nonce));
    require(m.message.gas_fee_cap >= block.header.parent_base_fee,
            "block had a message whose fee cap is below the base fee");
    gas += m.message.gas_limit;
  }
  require(gas <= types::kBlockGasLimit, "block had too much gas limit");
}

}  // namespace

std::optional<MiningBase> mining_base(const Chain& chain, const Tipset& base, Epoch epoch,
                                      const Address& miner) {
  require(epoch > base.height,
          fmt::format("epoch {} is not after the tipset at {}", epoch, base.height));
  const auto& policy = chain.policy();
  const auto present = chain.before(base);
  const auto* now = present->find(miner);
  require(now != nullptr, "loading miner in current state: actor not found");
  require(now->miner.has_value(), "failed to load miner actor state: actor code is not miner");

  const auto lookback = std::min(base.height, std::max<Epoch>(0, epoch - policy.finality));
  const auto state = chain.state_after(chain.at_or_before(lookback)->height);
  const auto* then = state->find(now->id);
  if (!then) return std::nullopt;
  const auto sectors = active(*then->miner);
  if (sectors.empty()) return std::nullopt;

  MiningBase m;
  m.miner = now->id;
  m.beacon_before = {base.beacon_round, base.beacon};
  m.beacon = chain.beacon(epoch);
  m.challenge = chain.set_randomness(Source::beacon, types::DrawTag::winning_post_sectors, epoch)
                    .value_or(election::challenge(Address::of_id(m.miner), epoch, m.beacon.data));
  const auto index = challenges::winning_sector(
      prover_id(m.miner), challenges::post_randomness(m.challenge), sectors.size());
  m.drawn =
      then->miner->sectors.at(*std::next(sectors.begin(), static_cast<std::ptrdiff_t>(index)));
  m.sector_bytes = then->miner->sector_bytes;
  m.winning_post_proof = then->miner->window_post_proof % 5;
  m.worker = state->find(then->miner->worker)->address;
  const auto past = powers(*state, m.miner, policy), today = powers(*present, m.miner, policy);
  m.power = past.own;
  m.total = past.total;
  m.eligible = is_enough(past, policy) && today.own > 0 && now->miner->fee_debt <= 0;
  return m;
}

void complete(const Chain& chain, election::Header& h) {
  const auto base = base_of(chain, h);
  h.parent_weight = base.weight;
  h.state_root = base.state_root;
  h.receipts = base.receipts;
  h.parent_base_fee = chain.base_fee_after(base, h.height);
  h.aggregate = no_signatures();
}

std::vector<types::SignedMessage> messages_of(const Chain& chain, const election::Block& block) {
  std::vector<types::SignedMessage> found;
  const auto take = [&](const std::vector<Cid>& cids, bool bls) {
    for (const auto& cid : cids) {
      const auto m = chain.message(cid);
      require(m && (m->signature.type == types::SignatureType::bls) == bls,
              fmt::format("failed to load message {}", cid.text()));
      found.push_back(*m);
    }
  };
  take(block.bls_messages, true);
  take(block.secp_messages, false);
  return found;
}

void check_block(const Chain& chain, Proofs& proofs, const election::Block& block) {
  const auto& h = block.header;
  const auto base = base_of(chain, h);
  check_parents(chain, h, base);
  const auto m = mining_base(chain, base, h.height, h.miner);
  require(m && h.miner == Address::of_id(m->miner), "block's miner is ineligible to mine");
  check_winner(h, *m, base);
  check_messages(chain, block);
  check_winning_post(proofs, h, *m);
}

}  // namespace sealyard::dev
