// Chain, pool and node.
#include "chain/rpc/answers.h"
#include "kernels/base/error.h"

namespace sealyard::rpc {

Block Block::parse(const JsonView& json) {
  Block b;
  b.miner = json.at("Miner").address();
  if (json.has("ElectionProof")) b.win_count = json.at("ElectionProof").at("WinCount").i64();
  if (json.has("Ticket")) b.ticket = json.at("Ticket").at("VRFProof").bytes();
  b.parents = json.at("Parents").cids();
  b.parent_weight = json.at("ParentWeight").big_int();
  b.height = json.at("Height").i64();
  b.state_root = json.at("ParentStateRoot").cid();
  b.receipts = json.at("ParentMessageReceipts").cid();
  b.messages = json.at("Messages").cid();
  b.timestamp = json.at("Timestamp").u64();
  b.parent_base_fee = json.at("ParentBaseFee").big_int();
  return b;
}

Tipset Tipset::parse(const JsonView& json) {
  Tipset t{json.at("Cids").cids(), {}, json.at("Height").i64()};
  for (const auto& block : json.at("Blocks").items()) t.blocks.push_back(Block::parse(block));
  if (t.blocks.empty() || t.key.size() != t.blocks.size())
    throw Error(Fault::corrupt, "a tipset of {} blocks with {} identifiers", t.blocks.size(),
                t.key.size());
  return t;
}

HeadChange HeadChange::parse(const JsonView& json) {
  const auto kind = json.at("Type").text();
  if (kind != "current" && kind != "apply" && kind != "revert")
    throw Error(Fault::corrupt, "head change '{}', want current, apply or revert", kind);
  return {kind == "apply"    ? Kind::apply
          : kind == "revert" ? Kind::revert
                             : Kind::current,
          Tipset::parse(json.at("Val"))};
}

NodeVersion NodeVersion::parse(const JsonView& json) {
  return {json.at("Version").text(), json.has("Agent") ? json.at("Agent").text() : std::string(),
          json.at("APIVersion").u64(), json.at("BlockDelay").u64()};
}

NetworkParams NetworkParams::parse(const JsonView& json) {
  return {json.at("NetworkName").text(), json.at("BlockDelaySecs").u64(),
          json.has("GenesisTimestamp") ? json.at("GenesisTimestamp").u64() : 0,
          json.at("ConsensusMinerMinPower").big_int(), json.at("PreCommitChallengeDelay").i64()};
}

ActiveSync ActiveSync::parse(const JsonView& json) {
  return {static_cast<int>(json.at("Stage").i64()), json.at("Height").i64(),
          json.has("Target") ? json.at("Target").at("Height").i64() : -1,
          json.at("Message").text()};
}

Receipt Receipt::parse(const JsonView& json) {
  return {json.at("ExitCode").i64(), json.at("Return").bytes(), json.at("GasUsed").i64()};
}

MessageLookup MessageLookup::parse(const JsonView& json) {
  return {json.at("Message").cid(), Receipt::parse(json.at("Receipt")), json.at("TipSet").cids(),
          json.at("Height").i64()};
}

PoolConfig PoolConfig::parse(const JsonView& json) {
  return {json.at("ReplaceByFeeRatio").real(), json.at("GasLimitOverestimation").real()};
}

Actor Actor::parse(const JsonView& json) {
  return {json.at("Code").cid(), json.at("Head").cid(), json.at("Nonce").u64(),
          json.at("Balance").big_int()};
}

CallResult CallResult::parse(const JsonView& json) {
  return {Receipt::parse(json.at("MsgRct")), json.at("Error").text()};
}

}  // namespace sealyard::rpc
