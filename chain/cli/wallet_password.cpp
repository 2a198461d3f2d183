// sealyard wallet passwd, encrypt, decrypt: what keys want before they sign.
#include <iostream>
#include <vector>

#include "chain/cli/layout.h"
#include "chain/cli/wallet_words.h"

namespace sealyard::cli {

namespace {
using types::Address;
using wallet::Protection;
}  // namespace

int passwd_add(const Context& context, const WalletWords& words) {
  auto store = wallet_of(context.settings());
  if (store.has_password()) throw Refusal("there is a password; 'wallet passwd reset' changes it");
  store.add_password(ask_new_password(words.password));
  std::cerr << "keys made from now on are encrypted; 'wallet encrypt all' does it to the others\n";
  return 0;
}

int passwd_reset(const Context& context, const WalletWords& words) {
  const auto old = ask_password(words.password, "Password of the wallet");
  wallet_of(context.settings()).reset_password(old, ask_new_password(words.fresh));
  return 0;
}

int passwd_clear(const Context& context, const WalletWords& words) {
  wallet_of(context.settings())
      .clear_password(ask_password(words.password, "Password of the wallet"));
  return 0;
}

int protect(const Context& context, const WalletWords& words, Protection wanted) {
  auto store = wallet_of(context.settings());
  std::vector<Address> addresses;
  if (words.address != "all") addresses.push_back(Address::parse(words.address));
  for (const auto& key : store.list())
    if (words.address == "all") addresses.push_back(key.address);
  std::optional<wallet::Password> password;
  for (const auto& address : addresses) {
    const auto key = store.find(address);
    const auto now = key ? key->protection : Protection::ordinary;
    // Whoever asks for `encrypted` does not mean to weaken an offline key.
    const bool keep = now == wanted || (wanted == Protection::encrypted && words.address == "all" &&
                                        now == Protection::offline);
    if (!keep && !password && !(now == Protection::ordinary && wanted == Protection::encrypted))
      password = ask_password(words.password, "Password of the wallet");
    if (!keep) store.protect(address, wanted, given(password));
    std::cout << fmt::format("{}  {}\n", shown(context, address),
                             wallet::name(keep ? now : wanted));
  }
  return 0;
}

}  // namespace sealyard::cli
