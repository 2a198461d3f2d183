// What the commands of `sealyard wallet` share. Private to this folder.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "chain/cli/chain.h"
#include "chain/cli/password.h"

namespace sealyard::cli {

struct WalletWords {
  std::string address, text, file, format;
  std::string signature;
  bool flag = false, id = false, market = false, offline = false;
  PasswordWords password, fresh;
};
using WalletAction = std::function<int(const Context&, const WalletWords&)>;

/// An address as this network writes it.
std::string shown(const Context& context, const types::Address& address);

inline const wallet::Password* given(const std::optional<wallet::Password>& password) {
  return password ? &*password : nullptr;
}

int list_keys(const Context& context, const WalletWords& words);
int passwd_add(const Context& context, const WalletWords& words);
int passwd_reset(const Context& context, const WalletWords& words);
int passwd_clear(const Context& context, const WalletWords& words);
/// `wallet encrypt` and `wallet decrypt`, of one key or all.
int protect(const Context& context, const WalletWords& words, wallet::Protection wanted);

}  // namespace sealyard::cli
