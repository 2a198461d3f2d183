// Node, head, tipsets, randomness.
#include <fmt/format.h>

#include "chain/dev/methods.h"

namespace sealyard::dev {
namespace {

constexpr std::uint64_t kApiVersion = 0x020300;
constexpr std::uint64_t kChainId = 31415926;

Json json_of(const Tipset& t) { return Json::parse(t.json); }

Json version(Devnet& net, const Params&) {
  return {{"Version", "sealyard-devnet"},
          {"APIVersion", kApiVersion},
          {"BlockDelay", net.block_delay_s()},
          {"Agent", "sealyard-devnet"}};
}

Json head(Devnet& net, const Params&) { return json_of(net.visible_head()); }
Json genesis(Devnet& net, const Params&) { return json_of(net.chain().genesis()); }

Json finalized(Devnet& net, const Params&) {
  const auto height = net.visible_head().height - net.chain().policy().finality;
  return json_of(*net.chain().at_or_before(std::max<Epoch>(0, height)));
}

Json tipset(Devnet& net, const Params& p) {
  if (p.at(0).cids().empty()) throw Refused("NewTipSet called with zero length array of blocks");
  return json_of(net.at(p.at(0)));
}

/// The height that is asked for, which must not lie after the tipset asked from.
Epoch height_below(Devnet& net, const Params& p) {
  const auto height = p.at(0).i64();
  const auto from = net.at(p.at(1)).height;
  if (height < 0) throw Refused(fmt::format("height {} is negative", height));
  if (height > from)
    throw Refused(
        fmt::format("looking for tipset with height greater than start point, req: {}, "
                    "head: {}",
                    height, from));
  return height;
}

Json by_height(Devnet& net, const Params& p) {
  return json_of(*net.chain().at_or_before(height_below(net, p)));
}

Json after_height(Devnet& net, const Params& p) {
  return json_of(*net.chain().at_or_after(height_below(net, p)));
}

Json path(Devnet& net, const Params& p) {
  auto& chain = net.chain();
  auto from = net.at(p.at(0)), to = net.at(p.at(1));
  const auto parent = [&](const Tipset& t) { return *chain.tipset(t.parent); };
  std::vector<Tipset> reverts, applies;
  while (from.cid != to.cid) {
    if (from.height >= to.height) {
      reverts.push_back(from);
      from = parent(from);
    } else {
      applies.push_back(to);
      to = parent(to);
    }
  }
  auto out = Json::array();
  for (const auto& t : reverts) out.push_back({{"Type", "revert"}, {"Val", json_of(t)}});
  for (auto t = applies.rbegin(); t != applies.rend(); ++t)
    out.push_back({{"Type", "apply"}, {"Val", json_of(*t)}});
  return out;
}

Tipset block(Devnet& net, const Params& p) {
  const auto cid = p.at(0).cid();
  auto t = net.chain().tipset(cid);
  if (!t) throw Refused(fmt::format("ipld: could not find {}", cid.text()));
  return *t;
}

Json get_block(Devnet& net, const Params& p) { return json_of(block(net, p)).at("Blocks").at(0); }

Json parent_messages(Devnet& net, const Params& p) {
  const auto t = block(net, p);
  Json out;  // null where there are none
  if (t.parent.defined())
    for (const auto& i : net.chain().included_at(net.chain().tipset(t.parent)->height)) {
      const auto m = *net.chain().message(i.cid);
      out.push_back(
          {{"Cid", types::to_json(i.cid)}, {"Message", message_json(m.message, m.message.cid())}});
    }
  return out;
}

Json parent_receipts(Devnet& net, const Params& p) {
  const auto t = block(net, p);
  auto out = Json::array();
  if (t.parent.defined())
    for (const auto& i : net.chain().included_at(net.chain().tipset(t.parent)->height))
      out.push_back(receipt_json(i));
  return out;
}

Json block_messages(Devnet& net, const Params& p) {
  const auto t = block(net, p);
  Json bls = Json::array(), secp = Json::array(), cids = Json::array();
  for (const auto& i : net.chain().included_at(t.height)) {
    const auto m = *net.chain().message(i.cid);
    if (m.signature.type == types::SignatureType::bls)
      bls.push_back(message_json(m.message, i.cid));
    else
      secp.push_back(signed_json(m));
    cids.push_back(types::to_json(i.cid));
  }
  return {{"BlsMessages", bls}, {"SecpkMessages", secp}, {"Cids", cids}};
}

template <Source source>
Json randomness(Devnet& net, const Params& p) {
  const auto tag = p.at(0).i64();
  const auto epoch = p.at(1).i64();
  const auto entropy = p.at(2).bytes();
  if (p.at(3).cids().empty())
    throw Refused("loading tipset key: NewTipSet called with zero length array of blocks");
  const auto up_to = net.at(p.at(3)).height;
  const auto drawn =
      net.chain().randomness(source, static_cast<types::DrawTag>(tag), epoch, entropy, up_to);
  return types::to_base64(drawn.bytes);
}

template <Source source>
Json randomness_digest(Devnet& net, const Params& p) {
  return types::to_base64(net.chain().digest(source, p.at(0).i64(), net.at(p.at(1)).height).bytes);
}

Json beacon_entry_at(Devnet& net, const Params& p) {
  const auto t = net.chain().at_or_after(p.at(0).i64());
  if (!t) throw Refused("cannot draw randomness from the future");
  return {{"Round", t->beacon_round}, {"Data", types::bytes_json(t->beacon)}};
}

Json weight(Devnet& net, const Params& p) { return types::to_json(net.at(p.at(0)).weight); }
Json network_name(Devnet& net, const Params&) { return net.chain().policy().network; }

Json network_version(Devnet& net, const Params& p) {
  return net.chain().network_version(net.at(p.at(0)).height);
}

Json network_params(Devnet& net, const Params&) {
  const auto& policy = net.chain().policy();
  return {{"NetworkName", policy.network},
          {"BlockDelaySecs", net.block_delay_s()},
          {"ConsensusMinerMinPower", std::to_string(policy.min_power_bytes)},
          {"PreCommitChallengeDelay", policy.precommit_challenge_delay},
          {"ForkUpgradeParams", Json::object()},
          {"Eip155ChainID", kChainId},
          {"GenesisTimestamp", net.chain().timestamp_of_genesis()}};
}

Json sync_state(Devnet& net, const Params&) {
  Json target;
  if (net.behind > 0) target = json_of(net.chain().head());
  return {{"ActiveSyncs", Json::array({{{"WorkerID", 1},
                                        {"Base", Json()},
                                        {"Target", target},
                                        {"Stage", net.behind > 0 ? 3 : 0},
                                        {"Height", net.visible_head().height},
                                        {"Start", "0001-01-01T00:00:00Z"},
                                        {"End", "0001-01-01T00:00:00Z"},
                                        {"Message", ""}}})},
          {"VMApplied", net.chain().head().height}};
}

Json node_status(Devnet& net, const Params&) {
  return {{"SyncStatus", {{"Epoch", net.visible_head().height}, {"Behind", net.behind}}},
          {"PeerStatus", {{"PeersToPublishMsgs", 0}, {"PeersToPublishBlocks", 0}}},
          {"ChainStatus", {{"BlocksPerTipsetLast100", 1}, {"BlocksPerTipsetLastFinality", 1}}}};
}

Json peers(Devnet&, const Params&) { return Json::array(); }

Json auth_verify(Devnet& net, const Params& p) {
  const auto allow = net.permissions(p.at(0).text());
  if (allow.empty()) throw Refused("JWT Verification failed (key is random): signature is invalid");
  return allow;
}

constexpr Rpc kChainMethods[] = {
    {"AuthVerify", 1, kRead, auth_verify},
    {"ChainGetBlock", 1, kRead, get_block},
    {"ChainGetBlockMessages", 1, kRead, block_messages},
    {"ChainGetFinalizedTipSet", 0, kRead, finalized},
    {"ChainGetGenesis", 0, kRead, genesis},
    {"ChainGetParentMessages", 1, kRead, parent_messages},
    {"ChainGetParentReceipts", 1, kRead, parent_receipts},
    {"ChainGetPath", 2, kRead, path},
    {"ChainGetTipSet", 1, kRead, tipset},
    {"ChainGetTipSetAfterHeight", 2, kRead, after_height},
    {"ChainGetTipSetByHeight", 2, kRead, by_height},
    {"ChainHead", 0, kRead, head},
    {"ChainTipSetWeight", 1, kRead, weight},
    {"NetPeers", 0, kRead, peers},
    {"NodeStatus", 1, kRead, node_status},
    {"StateGetBeaconEntry", 1, kRead, beacon_entry_at},
    {"StateGetNetworkParams", 0, kRead, network_params},
    {"StateGetRandomnessDigestFromBeacon", 2, kRead, randomness_digest<Source::beacon>},
    {"StateGetRandomnessDigestFromTickets", 2, kRead, randomness_digest<Source::tickets>},
    {"StateGetRandomnessFromBeacon", 4, kRead, randomness<Source::beacon>},
    {"StateGetRandomnessFromTickets", 4, kRead, randomness<Source::tickets>},
    {"StateNetworkName", 0, kRead, network_name},
    {"StateNetworkVersion", 1, kRead, network_version},
    {"SyncState", 0, kRead, sync_state},
    {"Version", 0, kRead, version},
};

}  // namespace

std::span<const Rpc> chain_methods() { return kChainMethods; }

}  // namespace sealyard::dev
