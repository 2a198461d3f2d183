#include "chain/winning/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chain/rpc/client.h"
#include "jobs/stage/post_result.h"
#include "kernels/base/error.h"

namespace sealyard::winning {
namespace {

constexpr std::size_t kProofBytes = 192;
/// Blocks reach everybody within this part of an epoch.
/// Source: lotus, build/buildconstants, PropagationDelaySecs: 10 of 30 s.
constexpr std::int64_t kPropagationPart = 3;
/// More epochs without a block mean that the node is behind.
constexpr Epoch kMostNulls = 10;
constexpr std::int64_t kLookMs = 500, kFollowMs = 20, kAgainMs = 1000;
/// Orders and results are kept so long.
constexpr Epoch kKeptEpochs = 2880;

constexpr std::array<std::string_view, 8> kNames{"waiting", "idle", "lost",     "proving",
                                                 "failed",  "late", "withheld", "sent"};

std::int64_t time_ms(const rpc::Tipset& t) {
  auto least = t.blocks.front().timestamp;
  for (const auto& block : t.blocks) least = std::min(least, block.timestamp);
  return static_cast<std::int64_t>(least) * 1000;
}

const types::Bytes& least_ticket(const rpc::Tipset& t) {
  return std::min_element(t.blocks.begin(), t.blocks.end(),
                          [](const rpc::Block& a, const rpc::Block& b) {
                            return election::smaller(a.ticket, b.ticket);
                          })
      ->ticket;
}

/// Blocks that are in both: whoever made two of one epoch is thrown out, nobody comes in.
rpc::Tipset common(const rpc::Tipset& base, const rpc::Tipset& head) {
  rpc::Tipset out{{}, {}, base.height};
  for (std::size_t i = 0; i < base.key.size(); ++i)
    if (std::find(head.key.begin(), head.key.end(), base.key[i]) != head.key.end()) {
      out.key.push_back(base.key[i]);
      out.blocks.push_back(base.blocks[i]);
    }
  return out.key.empty() ? base : out;
}

}  // namespace

std::string_view name(Outcome outcome) { return kNames.at(static_cast<std::size_t>(outcome)); }

Driver::Driver(const settings::Settings& settings, const rpc::Node& node, Keys keys, Where where,
               Prover& prover, Book& book, Clock clock, Log log)
    : settings_(settings),
      node_(node),
      keys_(std::move(keys)),
      where_(std::move(where)),
      prover_(prover),
      book_(book),
      clock_(std::move(clock)),
      log_(std::move(log)),
      miner_(types::Address::of_id(settings.miner)) {}

std::int64_t Driver::tick() {
  try {
    return won_ ? follow() : look();
  } catch (const std::exception& error) {
    // Before a block is claimed all of it may be done again.
    again_ = round_.outcome != Outcome::sent;
    prover_.stop();
    won_.reset();
    round_.outcome = Outcome::failed;
    round_.why = error.what();
    say(true, fmt::format("winning: epoch {}: {}", round_.epoch, error.what()));
    return kAgainMs;
  }
}

void Driver::say(bool warning, const std::string& line) {
  if (line != said_) log_(warning, line);
  said_ = line;
}

std::int64_t Driver::end(Outcome outcome, std::string why) {
  prover_.stop();
  won_.reset();
  again_ = false;
  round_.outcome = outcome;
  round_.why = std::move(why);
  const bool bad =
      outcome == Outcome::failed || outcome == Outcome::late || outcome == Outcome::withheld;
  const auto line = fmt::format("winning: epoch {}: {}{}{}", round_.epoch, name(outcome),
                                round_.why.empty() ? "" : ": ", round_.why);
  if (outcome == Outcome::idle)
    say(false, fmt::format("winning: no blocks: {}", round_.why));
  else if (outcome != Outcome::lost)
    log_(bad, line);
  return kLookMs;
}

std::int64_t Driver::look() {
  if (epoch_ms_ == 0)
    epoch_ms_ = 1000 * static_cast<std::int64_t>(
                           std::max<std::uint64_t>(node_.network_params().block_delay_s, 1));
  const auto head = node_.head();
  const auto arrived = time_ms(head) + epoch_ms_ / kPropagationPart;
  const auto now = clock_();
  if (now < arrived) return std::min(arrived - now, kLookMs);
  const Epoch nulls = (now - arrived) / epoch_ms_;
  if (nulls > kMostNulls) {
    say(true, fmt::format("winning: the node's head, epoch {}, is {} s old: no blocks on it",
                          head.height, (now - time_ms(head)) / 1000));
    return kLookMs;
  }
  const auto epoch = head.height + 1 + nulls;
  Times times;
  times.begin = arrived + nulls * epoch_ms_;
  times.block = time_ms(head) + (nulls + 1) * epoch_ms_;
  times.last = times.begin + epoch_ms_;
  if (epoch < round_.epoch || (epoch == round_.epoch && !again_))
    return std::clamp<std::int64_t>(times.last - now, 1, kLookMs);
  round_ = {};
  round_.epoch = epoch;
  again_ = false;
  return draw(head, times);
}

types::Bytes Driver::vrf(const election::Draw& what) const {
  auto signature = keys_.draw(won_->info.worker, what);
  if (signature.type != types::SignatureType::bls)
    throw Error(Fault::configuration, "the worker's key is not a BLS key: it wins nothing");
  return std::move(signature.data);
}

std::int64_t Driver::draw(const rpc::Tipset& head, const Times& times) {
  if (book_.claimed(settings_.miner, round_.epoch))
    return end(Outcome::withheld, "this epoch has a block already");
  auto info = node_.mining_base(miner_, round_.epoch, head.key);
  if (!info || info->sectors.empty())
    return end(Outcome::idle, "no sector of the miner had power 900 epochs ago");
  if (!info->eligible)
    return end(Outcome::idle,
               "not eligible: too little power, now or 900 epochs ago, fee debt, or a consensus "
               "fault");
  won_ = Won{head, *info, {}, {}, times, {}};
  won_->beacon = election::newest(info->beacons, info->beacon_before).data;
  won_->election = vrf(election::election_of(miner_, round_.epoch, won_->beacon));
  round_.wins = election::win_count(won_->election, info->power, info->total);
  if (round_.wins < 1) return end(Outcome::lost);
  order();
  round_.outcome = Outcome::proving;
  log_(false,
       fmt::format("winning: epoch {}: won {} times; proves sector {}, {} ms are left",
                   round_.epoch, round_.wins, info->sectors[0].number, times.last - clock_()));
  return kFollowMs;
}

std::filesystem::path Driver::file(std::string_view ending) const {
  return settings_.storage_root / "post" / fmt::format("t0{}", settings_.miner) /
         fmt::format("winning-{}", round_.epoch % kKeptEpochs) / ending;
}

void Driver::order() {
  const auto& drawn = won_->info.sectors[0];
  const auto where = where_({settings_.miner, drawn.number}, drawn.sector_key.defined());
  stage::PostOrder order;
  order.kind = "winning";
  order.sector_bytes = won_->info.sector_bytes;
  order.miner = settings_.miner;
  order.randomness = election::challenge(miner_, round_.epoch, won_->beacon);
  order.sectors = {{drawn.number, drawn.comm_r.comm_r(), where.sealed, where.cache}};
  std::filesystem::create_directories(file("order.json").parent_path());
  std::filesystem::remove(file("proof.result.json"));
  std::filesystem::remove(file("proof.result.out"));
  stage::write(file("order.json"), order);
  prover_.start(file("order.json"), file("proof.result.json"));
}

/// From the election on: proof, block, submission. Late is late at every step.
std::int64_t Driver::follow() {
  const auto now = clock_();
  if (now >= won_->times.last)
    return end(Outcome::late, fmt::format("won {} times; nothing is sent", round_.wins));
  if (won_->block) {
    if (now < won_->times.block) return std::min(won_->times.block - now, kLookMs);
    try {
      node_.submit_block(*won_->block);
    } catch (const rpc::NoAnswer& error) {  // the same block once more does no harm
      say(true, fmt::format("winning: epoch {}: {}", round_.epoch, error.what()));
      return kFollowMs;
    } catch (const rpc::RpcError& error) {
      return end(Outcome::failed, error.what());
    }
    round_.block = won_->block->header.cid();
    return end(Outcome::sent, fmt::format("block {}, {} ms before its last time",
                                          round_.block.text(), won_->times.last - clock_()));
  }
  if (prover_.runs()) return std::min(won_->times.last - now, kFollowMs);
  std::string why;
  try {
    make(proof());
    return won_ ? 1 : kLookMs;
  } catch (const rpc::NoAnswer&) {
    throw;
  } catch (const std::exception& error) {
    return end(Outcome::failed, error.what());
  }
}

types::Bytes Driver::proof() const {
  const auto path = file("proof.result.json");
  const auto result = stage::read_post_result(path);
  if (!result) throw Error(Fault::missing, "no proof; see {}", file("proof.result.out").string());
  if (!result->skipped.empty())
    throw Error(Fault::missing, "sector {}: {}", result->skipped[0].number,
                result->skipped[0].reason);
  auto randomness = election::challenge(miner_, round_.epoch, won_->beacon);
  randomness.bytes[31] &= 0x3f;
  if (result->randomness != randomness || result->miner != settings_.miner ||
      result->sectors != std::vector{won_->info.sectors[0].number} ||
      result->proof.size() != kProofBytes)
    throw Error(Fault::corrupt, "{}: the result of another order", path.string());
  if (result->params != "official" && !settings_.development())
    throw Error(Fault::configuration,
                "INSECURE: the proof was made with {} parameters, which {} does not take",
                result->params, settings_.network);
  return result->proof;
}

rpc::BlockTemplate Driver::wish(types::Bytes proof) {
  const auto& won = *won_;
  rpc::BlockTemplate t;
  t.miner = miner_;
  t.parents = won.base.key;
  t.ticket = vrf(election::ticket_of(miner_, round_.epoch, won.beacon, least_ticket(won.base)));
  t.election = won.election;
  t.win_count = round_.wins;
  t.beacons = won.info.beacons;
  t.messages = node_.select_messages(t.parents, election::quality(t.ticket));
  t.epoch = round_.epoch;
  t.timestamp = static_cast<std::uint64_t>(won.times.block / 1000);
  // Of seal proofs in order of size, five to a version: the same order as winning proofs.
  // Source: go-state-types, abi/sector.go, RegisteredWinningPoStProof().
  t.winning_proofs = {{won.info.sectors[0].seal_proof % 5, std::move(proof)}};
  return t;
}

void Driver::make(types::Bytes proof) {
  auto& won = *won_;
  const auto head = node_.head();
  if (head.height == won.base.height && head.key != won.base.key) won.base = common(won.base, head);
  const auto t = wish(std::move(proof));
  if (clock_() >= won.times.last) return void(end(Outcome::late, "before its block was made"));
  // Before anybody signs: killed from here on, this epoch has no other block.
  if (const auto why = book_.claim(settings_.miner, round_.epoch, t.parents, won.base.height);
      !why.empty())
    return void(end(Outcome::withheld, why));
  try {
    auto block = node_.create_block(t);
    auto& h = block.header;
    if (h.miner != t.miner || h.parents != t.parents || h.height != t.epoch ||
        h.timestamp != t.timestamp || h.ticket != t.ticket || h.election != t.election ||
        h.win_count != t.win_count || h.beacons != t.beacons ||
        h.winning_proofs != t.winning_proofs)
      throw Error(Fault::corrupt, "MinerCreateBlock: another block than was asked for");
    if (auto signature = keys_.sign(won.info.worker, h)) h.signature = std::move(signature);
    if (!h.signature)
      throw Error(Fault::missing, "nobody signs: no key of the worker, here or at the node");
    book_.sign(settings_.miner, round_.epoch, h.cid());
    won.block = std::move(block);
  } catch (const rpc::NoAnswer& error) {  // the epoch is claimed: not once more
    end(Outcome::failed, error.what());
  }
}

}  // namespace sealyard::winning
