// sealyard wallet list: keys, and what the chain says of their accounts.
#include <algorithm>
#include <iostream>

#include "chain/cli/layout.h"
#include "chain/cli/wallet.h"
#include "chain/cli/wallet_words.h"

namespace sealyard::cli {
namespace {

using types::Address;

WalletRow wallet_row(const wallet::Listed& key, const std::optional<Address>& chosen) {
  WalletRow row;
  row.key = key;
  row.is_default = chosen == key.address;
  return row;
}

void ask_chain(const rpc::Node& node, WalletRow& row, bool market) {
  row.asked = true;
  try {
    row.id = node.lookup_id(row.key.address);
  } catch (const rpc::RpcError& error) {
    if (error.code() != rpc::kErrorActorNotFound) throw;
    return;
  }
  if (const auto actor = node.actor(row.key.address)) {
    row.balance = actor->balance;
    row.nonce = actor->nonce;
  }
  if (market) row.market = node.market_balance(row.key.address);
}

Json to_json(const WalletRow& row, types::Network network) {
  Json out{{"Address", row.key.address.text(network)},
           {"Type", row.key.type == wallet::KeyType::bls ? "bls" : "secp256k1"},
           {"Default", row.is_default},
           {"Encrypt", wallet::name(row.key.protection)},
           {"Mark", row.key.mark}};
  if (!row.asked) return out;
  out["ID"] = row.id.defined() ? Json(row.id.text(network)) : Json();
  out["Balance"] = types::to_text(row.balance);
  out["Nonce"] = row.nonce;
  return out;
}

}  // namespace

int list_keys(const Context& context, const WalletWords& words) {
  const auto settings = context.settings();
  const auto store = wallet_of(settings);
  const auto chosen = store.default_address();
  std::vector<WalletRow> rows;
  for (const auto& key : store.list()) rows.push_back(wallet_row(key, chosen));
  const auto network = network_of(settings);
  std::sort(rows.begin(), rows.end(), [&](const WalletRow& a, const WalletRow& b) {
    return a.key.address.text(network) < b.key.address.text(network);
  });
  if (!words.flag && !endpoints_of(settings).empty() && !rows.empty()) {
    const Chain chain(context, {});
    try {
      for (auto& row : rows) ask_chain(chain.node(), row, words.market);
    } catch (const rpc::NoAnswer& error) {
      std::cerr << error.what() << '\n';  // the keys are here all the same
    }
  }
  if (context.json) {
    auto all = Json::array();
    for (const auto& row : rows) all.push_back(to_json(row, network));
    print(all);
  } else {
    std::cout << wallet_text(rows, {words.id, words.flag, network});
  }
  return 0;
}

std::string wallet_text(const std::vector<WalletRow>& rows, const WalletListOptions& options) {
  std::string out;
  if (options.addresses_only) {
    for (const auto& row : rows) out += row.key.address.text(options.network) + '\n';
    return out;
  }
  SparseTable table({"Address", "ID", "Balance", "Market(Avail)", "Market(Locked)", "Nonce",
                     "Default", "Encrypt", "Mark"},
                    {});
  for (const auto& row : rows) {
    std::map<std::string, std::string> cells{{"Address", row.key.address.text(options.network)}};
    if (row.asked) {
      cells["Balance"] = types::fil_text(row.balance);
      cells["Nonce"] = std::to_string(row.nonce);
      if (options.id) cells["ID"] = row.id.defined() ? row.id.text(options.network) : "n/a";
    }
    if (row.market) {
      cells["Market(Avail)"] = types::fil_text(row.market->escrow - row.market->locked);
      cells["Market(Locked)"] = types::fil_text(row.market->locked);
    }
    if (row.is_default) cells["Default"] = "X";
    if (row.key.protection != wallet::Protection::ordinary)
      cells["Encrypt"] = std::string(wallet::name(row.key.protection));
    if (!row.key.mark.empty()) cells["Mark"] = row.key.mark;
    table.add(std::move(cells));
  }
  return table.text();
}

}  // namespace sealyard::cli
