#include "chain/election/header.h"

#include "chain/types/cbor.h"

namespace sealyard::election {
namespace {

using types::Json;
using types::JsonView;

void put(types::CborWriter& w, const std::optional<types::Signature>& signature) {
  if (signature)
    w.bytes(signature->bytes());
  else
    w.null();
}

Json signature_json(const std::optional<types::Signature>& signature) {
  return signature ? types::to_json(*signature) : Json();
}

std::optional<types::Signature> signature_of(const JsonView& json) {
  if (json.is_null()) return std::nullopt;
  return json.signature();
}

}  // namespace

BeaconEntry BeaconEntry::parse(const JsonView& json) {
  return {json.at("Round").u64(), json.at("Data").bytes()};
}

Json BeaconEntry::json() const { return {{"Round", round}, {"Data", types::bytes_json(data)}}; }

Json to_json(const std::vector<BeaconEntry>& entries) {
  Json out;
  for (const auto& entry : entries) out.push_back(entry.json());
  return out;
}

Json to_json(const std::vector<message::PostProof>& proofs) {
  Json out;
  for (const auto& proof : proofs)
    out.push_back({{"PoStProof", proof.type}, {"ProofBytes", types::bytes_json(proof.bytes)}});
  return out;
}

std::vector<message::PostProof> parse_proofs(const JsonView& json) {
  std::vector<message::PostProof> proofs;
  for (const auto& item : json.items())
    proofs.push_back({item.at("PoStProof").i64(), item.at("ProofBytes").bytes()});
  return proofs;
}

types::Bytes Header::cbor() const {
  types::CborWriter w;
  w.array(16).address(miner).array(1).bytes(ticket);
  w.array(2).number(win_count).bytes(election);
  w.array(beacons.size());
  for (const auto& entry : beacons) w.array(2).number(entry.round).bytes(entry.data);
  w.array(winning_proofs.size());
  for (const auto& proof : winning_proofs) w.array(2).number(proof.type).bytes(proof.bytes);
  w.array(parents.size());
  for (const auto& parent : parents) w.cid(parent);
  w.big_int(parent_weight).number(height).cid(state_root).cid(receipts).cid(messages);
  put(w, aggregate);
  w.number(timestamp);
  put(w, signature);
  w.number(fork_signal).big_int(parent_base_fee);
  return w.take();
}

types::Bytes Header::signed_bytes() const {
  auto bare = *this;
  bare.signature.reset();
  return bare.cbor();
}

Json Header::json() const {
  return {{"Miner", types::to_json(miner, types::Network::testnet)},
          {"Ticket", {{"VRFProof", types::bytes_json(ticket)}}},
          {"ElectionProof", {{"WinCount", win_count}, {"VRFProof", types::bytes_json(election)}}},
          {"BeaconEntries", to_json(beacons)},
          {"WinPoStProof", to_json(winning_proofs)},
          {"Parents", types::to_json(parents)},
          {"ParentWeight", types::to_json(parent_weight)},
          {"Height", height},
          {"ParentStateRoot", types::to_json(state_root)},
          {"ParentMessageReceipts", types::to_json(receipts)},
          {"Messages", types::to_json(messages)},
          {"BLSAggregate", signature_json(aggregate)},
          {"Timestamp", timestamp},
          {"BlockSig", signature_json(signature)},
          {"ForkSignaling", fork_signal},
          {"ParentBaseFee", types::to_json(parent_base_fee)}};
}

Header Header::parse(const JsonView& json) {
  Header h;
  h.miner = json.at("Miner").address();
  h.ticket = json.at("Ticket").at("VRFProof").bytes();
  h.win_count = json.at("ElectionProof").at("WinCount").i64();
  h.election = json.at("ElectionProof").at("VRFProof").bytes();
  for (const auto& item : json.at("BeaconEntries").items())
    h.beacons.push_back(BeaconEntry::parse(item));
  h.winning_proofs = parse_proofs(json.at("WinPoStProof"));
  h.parents = json.at("Parents").cids();
  h.parent_weight = json.at("ParentWeight").big_int();
  h.height = json.at("Height").i64();
  h.state_root = json.at("ParentStateRoot").cid();
  h.receipts = json.at("ParentMessageReceipts").cid();
  h.messages = json.at("Messages").cid();
  h.aggregate = signature_of(json.at("BLSAggregate"));
  h.timestamp = json.at("Timestamp").u64();
  h.signature = signature_of(json.at("BlockSig"));
  h.fork_signal = json.at("ForkSignaling").u64();
  h.parent_base_fee = json.at("ParentBaseFee").big_int();
  return h;
}

const BeaconEntry& newest(const std::vector<BeaconEntry>& beacons, const BeaconEntry& before) {
  return beacons.empty() ? before : beacons.back();
}

Json Block::json() const {
  const auto list = [](const std::vector<Cid>& cids) {
    return cids.empty() ? Json() : types::to_json(cids);
  };
  return {{"Header", header.json()},
          {"BlsMessages", list(bls_messages)},
          {"SecpkMessages", list(secp_messages)}};
}

Block Block::parse(const JsonView& json) {
  return {Header::parse(json.at("Header")), json.at("BlsMessages").cids(),
          json.at("SecpkMessages").cids()};
}

}  // namespace sealyard::election
