#include "chain/rpc/methods.h"

#include <algorithm>

namespace sealyard::rpc {
namespace {

// In order of name: find_method() halves.
constexpr Method kMethods[] = {
    {"AuthVerify", 1},
    {"ChainGetBlockMessages", 1},
    {"ChainGetFinalizedTipSet", 0},
    {"ChainGetGenesis", 0},
    {"ChainGetMessage", 1},
    {"ChainGetParentMessages", 1},
    {"ChainGetParentReceipts", 1},
    {"ChainGetPath", 2},
    {"ChainGetTipSet", 1},
    {"ChainGetTipSetAfterHeight", 2},
    {"ChainGetTipSetByHeight", 2},
    {"ChainHead", 0},
    {"GasEstimateFeeCap", 3},
    {"GasEstimateGasLimit", 2},
    {"GasEstimateGasPremium", 4},
    {"GasEstimateMessageGas", 3},
    {"MinerCreateBlock", 1},
    {"MinerGetBaseInfo", 3},
    {"MpoolGetConfig", 0},
    {"MpoolGetNonce", 1},
    {"MpoolPending", 1},
    {"MpoolPush", 1},
    {"MpoolSelect", 2},
    {"NetPeers", 0},
    {"NodeStatus", 1},
    {"StateAccountKey", 2},
    {"StateCall", 2},
    {"StateGetActor", 2},
    {"StateGetNetworkParams", 0},
    {"StateGetRandomnessFromBeacon", 4},
    {"StateGetRandomnessFromTickets", 4},
    {"StateLookupID", 2},
    {"StateMarketBalance", 2},
    {"StateMinerActiveSectors", 2},
    {"StateMinerAllocated", 2},
    {"StateMinerAvailableBalance", 2},
    {"StateMinerCreationDeposit", 1},
    {"StateMinerDeadlines", 2},
    {"StateMinerFaults", 2},
    {"StateMinerInfo", 2},
    {"StateMinerInitialPledgeForSector", 4},
    {"StateMinerPartitions", 3},
    {"StateMinerPower", 2},
    {"StateMinerPreCommitDepositForPower", 3},
    {"StateMinerProvingDeadline", 2},
    {"StateMinerRecoveries", 2},
    {"StateMinerSectorAllocated", 3},
    {"StateMinerSectorCount", 2},
    {"StateMinerSectors", 3},
    {"StateNetworkName", 0},
    {"StateNetworkVersion", 1},
    {"StateReadState", 2},
    {"StateSearchMsg", 4},
    {"StateSectorExpiration", 3},
    {"StateSectorGetInfo", 3},
    {"StateSectorPartition", 3},
    {"StateSectorPreCommitInfo", 3},
    {"StateWaitMsg", 4},
    {"SyncState", 0},
    {"SyncSubmitBlock", 1},
    {"Version", 0},
    {"WalletBalance", 1},
    {"WalletHas", 1},
    {"WalletList", 0},
    {"WalletSign", 2},
    {"WalletSignMessage", 2},
};
static_assert(std::is_sorted(std::begin(kMethods), std::end(kMethods),
                             [](const Method& a, const Method& b) { return a.name < b.name; }));

}  // namespace

std::span<const Method> methods() { return kMethods; }

const Method* find_method(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kMethods), std::end(kMethods), name,
      [](const Method& method, std::string_view wanted) { return method.name < wanted; });
  return found != std::end(kMethods) && found->name == name ? found : nullptr;
}

}  // namespace sealyard::rpc
