// The table of `wallet list`.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "chain/rpc/answers.h"
#include "chain/wallet/store.h"

namespace sealyard::cli {

/// A key and what the chain says of its account; nothing said where no node was asked.
struct WalletRow {
  wallet::Listed key;
  bool is_default = false;
  bool asked = false;     ///< of the chain
  types::Address id;      ///< undefined: no actor yet
  types::BigInt balance;  ///< attoFIL
  std::uint64_t nonce = 0;
  std::optional<rpc::MarketBalance> market;  ///< only where it was asked for
};

struct WalletListOptions {
  bool id = false, addresses_only = false;
  types::Network network = types::Network::mainnet;
};

/// Lotus' columns; behind them Encrypt and Mark where a key has one.
std::string wallet_text(const std::vector<WalletRow>& rows, const WalletListOptions& options);

}  // namespace sealyard::cli
