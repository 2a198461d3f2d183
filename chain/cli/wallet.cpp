// sealyard wallet ...: keys, their marks, their password.
#include "chain/cli/wallet.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/cli/layout.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::cli {
namespace {

using types::Address;
using wallet::Protection;

struct WalletWords {
  std::string address, text, file, format;
  std::string signature;
  bool flag = false, id = false, market = false, offline = false;
  PasswordWords password, fresh;
};
using WalletAction = std::function<int(const Context&, const WalletWords&)>;

std::string shown(const Context& context, const Address& address) {
  return address.text(network_of(context.settings()));
}

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
  const auto key = wallet::parse_key_info(text.text);
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

const wallet::Password* given(const std::optional<wallet::Password>& password) {
  return password ? &*password : nullptr;
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
    if (row.key.protection != Protection::ordinary)
      cells["Encrypt"] = std::string(wallet::name(row.key.protection));
    if (!row.key.mark.empty()) cells["Mark"] = row.key.mark;
    table.add(std::move(cells));
  }
  return table.text();
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
          {"wallet", "import"}, "import keys", "[<path> (optional, will read from stdin)]", 0,
          import_key,
          [](CLI::App& app, WalletWords& w) {
            app.add_option("path", w.file, "what 'wallet export' wrote; - or none: stdin");
            app.add_option("--format", w.format, "hex-lotus, json-lotus; read as what it is");
            app.add_flag("--as-default", w.flag, "import the given key as your default");
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
