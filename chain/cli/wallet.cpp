// sealyard wallet ...: keys and their marks.
#include "chain/cli/wallet.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/cli/layout.h"
#include "chain/cli/wallet_words.h"
#include "chain/wallet/key_info.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::cli {
namespace {

using types::Address;
using wallet::Protection;

int create_key(const Context& context, const WalletWords& words) {
  auto store = wallet_of(context.settings());
  if (!words.text.empty() && words.text != "bls" && words.text != "secp256k1")
    throw Error(Fault::usage, "key type '{}': want secp256k1 or bls", words.text);
  const auto key = wallet::Key::generate(words.text == "bls" ? wallet::KeyType::bls
                                                             : wallet::KeyType::secp256k1);
  store.add(key);
  const auto address = shown(context, key.address());
  if (context.json)
    print({{"Address", address}});
  else
    std::cout << address << '\n';
  return 0;
}

int get_default(const Context& context, const WalletWords&) {
  const auto chosen = wallet_of(context.settings()).default_address();
  if (!chosen) throw Refusal("no default address; 'sealyard wallet set-default' chooses one");
  if (context.json)
    print({{"Address", shown(context, *chosen)}});
  else
    std::cout << shown(context, *chosen) << '\n';
  return 0;
}

int set_default(const Context& context, const WalletWords& words) {
  const auto address = Address::parse(words.address);
  wallet_of(context.settings()).set_default(address);
  if (context.json)
    print({{"Address", shown(context, address)}});
  else
    std::cout << "Default address set to: " << shown(context, address) << '\n';
  return 0;
}

Address chosen(const wallet::Store& store, const std::string& text) {
  if (!text.empty()) return Address::parse(text);
  if (const auto address = store.default_address()) return *address;
  throw Refusal("no default address; name one");
}

int show_balance(const Context& context, const WalletWords& words) {
  const Chain chain(context, {});
  const auto address = chosen(chain.wallet(), words.address);
  const auto amount = chain.node().balance(address);
  if (context.json)
    print({{"Address", chain.text(address)}, {"Balance", types::to_text(amount)}});
  else
    std::cout << types::fil_text(amount)
              << (amount == 0 ? " (warning: may display 0 if chain sync in progress)\n" : "\n");
  return 0;
}

/// The key of a KeyInfo, unlocked where a fork of lotus has locked it.
wallet::Key key_of(const std::string& text, const WalletWords& words) {
  const auto info = wallet::read_key_info(text);
  const auto expected = words.address.empty() ? Address() : Address::parse(words.address);
  if (info.locked()) {
    if (!expected.defined())
      throw Error(Fault::usage,
                  "the key is locked with a password, and only its address tells a wrong one; "
                  "add --address f1... or f3...");
    return wallet::unlock(info, ask_password(words.password, "Password of the key").view(),
                          expected);
  }
  wallet::Key key(info.type, wallet::Secret(info.secret));
  if (expected.defined() && key.address() != expected)
    throw Error(Fault::usage, "this is the key of {}, not of --address {}",
                key.address().text(types::Network::mainnet), words.address);
  return key;
}

int import_key(const Context& context, const WalletWords& words) {
  if (!words.format.empty() && words.format != "hex-lotus" && words.format != "json-lotus")
    throw Error(Fault::unsupported, "--format {}: want hex-lotus or json-lotus", words.format);
  wallet::Wiped text;
  if (words.file.empty() || words.file == "-") {
    text.text = read_secret_input("Enter private key");
  } else {
    std::ifstream in(words.file, std::ios::binary);
    if (!in) throw Error(Fault::usage, "{}: cannot be read", words.file);
    text.text.reserve(std::filesystem::file_size(words.file));
    text.text.assign(std::istreambuf_iterator<char>(in), {});
  }
  auto store = wallet_of(context.settings());
  const auto key = key_of(text.text, words);
  store.add(key);
  if (words.flag) store.set_default(key.address());
  const auto address = shown(context, key.address());
  if (context.json)
    print({{"Address", address}});
  else
    std::cout << fmt::format("imported key {} successfully!\n", address);
  return 0;
}

/// Where this key wants it for whatever is not sealing.
std::optional<wallet::Password> password_for(const wallet::Store& store, const Address& address,
                                             const PasswordWords& words) {
  const auto key = store.find(address);
  if (!key || key->protection == Protection::ordinary) return std::nullopt;
  return ask_password(words, "Password of the wallet");
}

int export_key(const Context& context, const WalletWords& words) {
  const auto store = wallet_of(context.settings());
  const auto address = Address::parse(words.address);
  const auto password = password_for(store, address, words.password);
  const auto key = store.take_out(address, given(password));
  wallet::Wiped text{context.json ? wallet::key_info(key) : wallet::export_hex(key)};
  std::cout << text.text << std::endl;
  return 0;
}

int delete_key(const Context& context, const WalletWords& words) {
  auto store = wallet_of(context.settings());
  const auto address = Address::parse(words.address);
  if (!store.find(address)) throw Refusal(fmt::format("{}: not in this wallet", words.address), 64);
  if (!words.flag)
    throw Refusal("the key is gone for good then: export it first; pass --really-do-it");
  const auto password = password_for(store, address, words.password);
  store.remove(address, given(password));
  if (context.json)
    print({{"Deleted", shown(context, address)}});
  else
    std::cout << "Deleted address: " << shown(context, address) << '\n';
  return 0;
}

int sign_text(const Context& context, const WalletWords& words) {
  const auto store = wallet_of(context.settings());
  const auto address = Address::parse(words.address);
  const auto bytes = wallet::envelope(from_hex(words.text, "message"));
  const auto password = password_for(store, address, words.password);
  const auto signature = to_hex(store.sign(address, bytes, given(password)).bytes());
  if (context.json)
    print({{"Signature", signature}});
  else
    std::cout << signature << '\n';
  return 0;
}

int verify_text(const Context& context, const WalletWords& words) {
  const auto signature = types::Signature::from_bytes(from_hex(words.signature, "signature"));
  const bool valid = wallet::verify(signature, Address::parse(words.address),
                                    wallet::envelope(from_hex(words.text, "message")));
  if (context.json)
    print({{"Valid", valid}});
  else
    std::cout << (valid ? "valid\n" : "invalid\n");
  if (!valid) throw Refusal("CLI Verify called with invalid signature");
  return 0;
}

int mark_add(const Context& context, const WalletWords& words) {
  wallet_of(context.settings()).mark(Address::parse(words.address), words.text);
  return 0;
}

int mark_clear(const Context& context, const WalletWords&) {
  auto store = wallet_of(context.settings());
  for (const auto& key : store.list())
    if (!key.mark.empty()) store.mark(key.address, "");
  return 0;
}

/// What a command takes, in the order of its arguments.
enum WalletTakes : unsigned {
  kAddress = 1,
  kOptionalAddress = 2,
  kText = 4,
  kPassword = 8,
  kReally = 16,
};

Command wallet_command(std::vector<std::string> words, std::string summary, std::string arguments,
                       unsigned take, WalletAction action,
                       std::function<void(CLI::App&, WalletWords&)> more = nullptr) {
  return {std::move(words), std::move(summary), std::move(arguments),
          [take, action, more](CLI::App& app) {
            auto taken = std::make_shared<WalletWords>();
            if (take & (kAddress | kOptionalAddress)) {
              auto* option = app.add_option("address", taken->address, "f1..., f3...");
              if (take & kAddress) option->required();
            }
            if (take & kText) app.add_option("text", taken->text, "")->required();
            if (take & kPassword) taken->password.declare(app);
            if (take & kReally) app.add_flag("--really-do-it", taken->flag, "really do it");
            if (more) more(app, *taken);
            return [taken, action](const Context& context) { return action(context, *taken); };
          }};
}

}  // namespace

std::string shown(const Context& context, const Address& address) {
  return address.text(network_of(context.settings()));
}

std::vector<Command> wallet_commands() {
  return {
      wallet_command({"wallet", "new"}, "Generate a new key of the given type", "[bls|secp256k1]",
                     0, create_key,
                     [](CLI::App& app, WalletWords& w) {
                       app.add_option("type", w.text, "secp256k1 or bls");
                     }),
      wallet_command({"wallet", "list"}, "List wallet address", "", 0, list_keys,
                     [](CLI::App& app, WalletWords& w) {
                       app.add_flag("--addr-only,-a", w.flag, "Only print addresses");
                       app.add_flag("--id,-i", w.id, "Output ID addresses");
                       app.add_flag("--market,-m", w.market, "Output market balances");
                     }),
      wallet_command({"wallet", "default"}, "Get default wallet address", "", 0, get_default),
      wallet_command({"wallet", "set-default"}, "Set default wallet address", "[address]", kAddress,
                     set_default),
      wallet_command({"wallet", "balance"}, "Get account balance", "[address]", kOptionalAddress,
                     show_balance),
      wallet_command(
          {"wallet", "import"}, "import keys", "[<path> (optional, will read from stdin)]",
          kPassword, import_key,
          [](CLI::App& app, WalletWords& w) {
            app.add_option("path", w.file, "what 'wallet export' wrote; - or none: stdin");
            app.add_option("--format", w.format, "hex-lotus, json-lotus; read as what it is");
            app.add_flag("--as-default", w.flag, "import the given key as your default");
            app.add_option("--address", w.address,
                           "whose key it must be; wanted of one that a fork of lotus locked");
          }),
      wallet_command({"wallet", "export"}, "export keys", "[address]", kAddress | kPassword,
                     export_key),
      wallet_command({"wallet", "delete"}, "Delete an address from the wallet", "<address>",
                     kAddress | kPassword | kReally, delete_key),
      wallet_command({"wallet", "sign"}, "sign a message", "<signing address> <hexMessage>",
                     kAddress | kText | kPassword, sign_text),
      wallet_command({"wallet", "verify"}, "verify the signature of a message",
                     "<signing address> <hexMessage> <signature>", kAddress | kText, verify_text,
                     [](CLI::App& app, WalletWords& w) {
                       app.add_option("signature", w.signature, "")->required();
                     }),
      wallet_command({"wallet", "mark", "add"}, "Note something on a key", "<address> <text>",
                     kAddress | kText, mark_add),
      wallet_command({"wallet", "mark", "del"}, "Take the note off a key", "<address>", kAddress,
                     mark_add),
      wallet_command({"wallet", "mark", "clear"}, "Take the notes off all keys", "", 0, mark_clear),
      wallet_command({"wallet", "passwd", "add"}, "Set a password", "", kPassword, passwd_add),
      wallet_command(
          {"wallet", "passwd", "reset"}, "Change the password", "", kPassword, passwd_reset,
          [](CLI::App& app, WalletWords& w) { w.fresh.declare(app, "--new-password-file"); }),
      wallet_command({"wallet", "passwd", "clear"},
                     "Remove the password; every key becomes ordinary", "", kPassword,
                     passwd_clear),
      wallet_command(
          {"wallet", "encrypt"},
          "Let a key sign sealing messages only, all else wants the password", "<address>|all",
          kAddress | kPassword,
          [](const Context& context, const WalletWords& words) {
            return protect(context, words,
                           words.offline ? Protection::offline : Protection::encrypted);
          },
          [](CLI::App& app, WalletWords& w) {
            app.add_flag("--offline", w.offline, "sealing messages want it, too");
          }),
      wallet_command({"wallet", "decrypt"}, "Let a key sign without the password", "<address>|all",
                     kAddress | kPassword,
                     [](const Context& context, const WalletWords& words) {
                       return protect(context, words, Protection::ordinary);
                     }),
  };
}

}  // namespace sealyard::cli
