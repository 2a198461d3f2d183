// What `info` prints: the chain's view of a miner, then ours.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chain/rpc/answers.h"

namespace sealyard::cli {

/// Taken from the chain at one tipset. Amounts in attoFIL.
struct MinerView {
  types::Address miner;
  std::int64_t head_age_s = 0;  ///< of the tipset's timestamp
  std::uint64_t block_delay_s = 30;
  types::BigInt base_fee;
  rpc::MinerInfo info;
  rpc::MinerPower power;
  rpc::SectorCount sectors;
  rpc::MinerFunds funds;
  rpc::MarketBalance market;
  types::BigInt worker_balance, control_balance;
};

/// What the home folder and the cluster say; nothing of it with --actor.
struct HouseView {
  std::optional<std::int64_t> daemon_since_s;  ///< Unix time; absent: it does not run
  std::int64_t now_s = 0;
  std::vector<std::string> subsystems;
  std::size_t alerts = 0;
  std::vector<std::pair<std::string, std::size_t>> states;  ///< sectors in each, in order
  std::optional<std::size_t> sealing_hosts, window_post_hosts, winning_post_hosts;
  std::string no_hosts;  ///< why they are not known
};

struct InfoOptions {
  bool colour = false, hide_sectors = false;
  types::Network network = types::Network::mainnet;
};

/// Source: lotus, cli/miner/info.go, infoCmdAct(); cli/chain.go, SyncBasefeeCheck().
std::string info_text(const MinerView& view, const std::optional<HouseView>& house,
                      const InfoOptions& options);

}  // namespace sealyard::cli
