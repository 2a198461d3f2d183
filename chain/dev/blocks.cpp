#include "chain/dev/blocks.h"

#include "chain/types/cbor.h"
#include "kernels/base/bytes.h"

namespace sealyard::dev {
namespace {

using types::Json;

constexpr std::uint8_t kBls = 2;

/// The aggregate of no signatures: the point at infinity.
Bytes no_signatures() {
  Bytes bytes(96, 0);
  bytes[0] = 0xc0;
  return bytes;
}

}  // namespace

Bytes Header::cbor() const {
  types::CborWriter w;
  w.array(16).address(miner).array(1).bytes(ticket);
  w.array(2).number(win_count).bytes(election);
  w.array(1).array(2).number(beacon_round).bytes(beacon);
  w.array(0);  // winning proofs
  w.array(parents.size());
  for (const auto& parent : parents) w.cid(parent);
  w.big_int(parent_weight).number(height).cid(state_root).cid(receipts).cid(messages);
  w.bytes(types::with_head(kBls, no_signatures())).number(timestamp);
  if (signature.empty())
    w.null();
  else
    w.bytes(types::with_head(kBls, signature));
  w.number(0u).big_int(parent_base_fee);
  return w.take();
}

Json Header::json() const {
  const auto bls = [](const Bytes& bytes) {
    return bytes.empty() ? Json() : Json{{"Type", kBls}, {"Data", types::to_base64(bytes)}};
  };
  return {{"Miner", types::to_json(miner, types::Network::testnet)},
          {"Ticket", {{"VRFProof", types::bytes_json(ticket)}}},
          {"ElectionProof", {{"WinCount", win_count}, {"VRFProof", types::bytes_json(election)}}},
          {"BeaconEntries",
           Json::array({{{"Round", beacon_round}, {"Data", types::bytes_json(beacon)}}})},
          {"WinPoStProof", Json()},
          {"Parents", types::to_json(parents)},
          {"ParentWeight", types::to_json(parent_weight)},
          {"Height", height},
          {"ParentStateRoot", types::to_json(state_root)},
          {"ParentMessageReceipts", types::to_json(receipts)},
          {"Messages", types::to_json(messages)},
          {"BLSAggregate", height == 0 ? Json() : bls(no_signatures())},
          {"Timestamp", timestamp},
          {"BlockSig", bls(signature)},
          {"ForkSignaling", 0},
          {"ParentBaseFee", types::to_json(parent_base_fee)}};
}

Json tipset_json(const Header& header, const Cid& cid) {
  return {{"Cids", types::to_json(std::vector{cid})},
          {"Blocks", Json::array({header.json()})},
          {"Height", header.height}};
}

Bytes beacon_entry(const wallet::Key& secret, std::uint64_t round) {
  Bytes text(8);
  store_be<std::uint64_t>(text.data(), round);
  const auto digest = types::blake2b_256(secret.sign(text).data);
  return {digest.begin(), digest.end()};
}

Bytes vrf(const wallet::Key& key, types::DrawTag tag, const Bytes& beacon, Epoch epoch,
          const Bytes& entropy) {
  const auto drawn = types::draw(tag, types::randomness_digest(beacon), epoch, entropy);
  return key.sign(drawn.bytes).data;
}

Cid root_of(const std::vector<Cid>& cids) {
  types::CborWriter w;
  w.array(cids.size());
  for (const auto& cid : cids) w.cid(cid);
  return Cid::of_cbor(w.take());
}

}  // namespace sealyard::dev
