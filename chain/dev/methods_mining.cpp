// What makes blocks of miners.
#include <fmt/format.h>

#include "chain/dev/methods.h"
#include "chain/dev/mining.h"

namespace sealyard::dev {
namespace {

Json base_info(Devnet& net, const Params& p) {
  const auto m = mining_base(net.chain(), net.at(p.at(2)), p.at(1).i64(), p.address(0));
  if (!m) return {};
  return {{"MinerPower", types::to_json(m->power)},
          {"NetworkPower", types::to_json(m->total)},
          {"Sectors", Json::array({{{"SealProof", m->drawn.seal_proof},
                                    {"SectorNumber", m->drawn.number},
                                    {"SectorKey", Json()},
                                    {"SealedCID", types::to_json(m->drawn.comm_r)}}})},
          {"WorkerKey", text_of(m->worker)},
          {"SectorSize", m->sector_bytes},
          {"PrevBeaconEntry", m->beacon_before.json()},
          {"BeaconEntries", election::to_json({m->beacon})},
          {"EligibleForMining", m->eligible}};
}

Json select(Devnet& net, const Params& p) {
  (void)p.at(1).real();  // one block an epoch: nobody else takes messages
  const auto base = net.at(p.at(0));
  auto out = Json::array();
  for (const auto& m :
       net.chain().pool().select(*net.chain().state_after(base.height), base.next_base_fee))
    out.push_back(signed_json(m));
  return out;
}

// This node holds no keys: who asked signs the header.
Json create_block(Devnet& net, const Params& p) {
  const auto t = p.at(0);
  election::Block block;
  auto& h = block.header;
  h.miner = t.at("Miner").address();
  h.parents = t.at("Parents").cids();
  h.ticket = t.at("Ticket").at("VRFProof").bytes();
  h.win_count = t.at("Eproof").at("WinCount").i64();
  h.election = t.at("Eproof").at("VRFProof").bytes();
  for (const auto& entry : t.at("BeaconValues").items())
    h.beacons.push_back(election::BeaconEntry::parse(entry));
  h.winning_proofs = election::parse_proofs(t.at("WinningPoStProof"));
  h.height = t.at("Epoch").i64();
  h.timestamp = t.at("Timestamp").u64();
  for (const auto& item : t.at("Messages").items()) {
    const auto m = item.signed_message();
    (m.signature.type == types::SignatureType::bls ? block.bls_messages : block.secp_messages)
        .push_back(m.cid());
  }
  auto cids = block.bls_messages;
  cids.insert(cids.end(), block.secp_messages.begin(), block.secp_messages.end());
  h.messages = root_of(cids);
  complete(net.chain(), h);
  return block.json();
}

Json submit(Devnet& net, const Params& p) {
  net.chain().submit(election::Block::parse(p.at(0)));
  return {};
}

constexpr Rpc kMiningMethods[] = {
    {"MinerCreateBlock", 1, Right::write, create_block},
    {"MinerGetBaseInfo", 3, Right::read, base_info},
    {"MpoolSelect", 2, Right::read, select},
    {"SyncSubmitBlock", 1, Right::write, submit},
};

}  // namespace

std::span<const Rpc> mining_methods() { return kMiningMethods; }

}  // namespace sealyard::dev
