#include "chain/cli/chain.h"

#include <sodium.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "chain/ledger/files.h"
#include "chain/message/network.h"
#include "chain/outbox/rpc_pool.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::cli {
namespace {

constexpr std::string_view kOperatorKind = "operator";
/// Of one message, as lotus' DefaultMaxFee: 0.07 FIL.
const types::BigInt kMaxFee("70000000000000000");
constexpr std::chrono::milliseconds kFirstPoll{50}, kLastPoll{3000};

std::vector<rpc::Endpoint> parsed_endpoints(const settings::Settings& settings) {
  const auto text = endpoints_of(settings);
  if (text.empty())
    throw Error(Fault::configuration,
                "no full node: write chain.endpoints into {} or set FULLNODE_API_INFO",
                (settings.home / "config.toml").string());
  return rpc::parse_api_info(text);
}

}  // namespace

types::Network network_of(const settings::Settings& settings) {
  return settings.network == "mainnet" ? types::Network::mainnet : types::Network::testnet;
}

std::string endpoints_of(const settings::Settings& settings) {
  if (!settings.chain.endpoints.empty()) return settings.chain.endpoints;
  const char* named = std::getenv("FULLNODE_API_INFO");
  return named ? named : "";
}

wallet::Store wallet_of(const settings::Settings& settings) {
  wallet::forbid_dumps();
  return wallet::Store(settings.chain.wallet.empty() ? settings.home / "wallet"
                                                     : settings.chain.wallet);
}

Chain::Chain(const Context& context, PasswordWords password)
    : settings_(context.settings()),
      network_(network_of(settings_)),
      wallet_(wallet_of(settings_)),
      password_words_(std::move(password)),
      client_(parsed_endpoints(settings_), {}),
      node_(client_, network_) {
  if (!context.miner.empty()) actor_ = settings::parse_miner(context.miner);
}

types::Address Chain::miner() const {
  if (actor_) return types::Address::of_id(*actor_);
  if (settings_.file.empty())
    throw Error(Fault::configuration,
                "no miner: 'sealyard init' makes one, or give --actor f01000");
  return types::Address::of_id(settings_.miner);
}

types::Address Chain::key_of(const types::Address& address) const {
  if (address.protocol() == types::Protocol::bls ||
      address.protocol() == types::Protocol::secp256k1)
    return address;
  return node_.account_key(address);
}

void Chain::require_known_network() const {
  message::require_known_network(node_.network_version(), settings_.chain.allow_unknown_network);
}

outbox::Outbox Chain::open_outbox(std::uint64_t confidence) const {
  std::filesystem::create_directories(settings_.home);
  outbox::Settings rules;
  rules.rules[std::string(kOperatorKind)] = {.max_fee = kMaxFee};
  rules.confidence = static_cast<types::Epoch>(confidence);
  rules.finality = std::max(rules.finality, rules.confidence);
  return outbox::Outbox::open(settings_.outbox_file(), rules, [this](const types::Message& m) {
    const bool mine = password_ && m.from == asked_for_.from && m.to == asked_for_.to &&
                      m.value == asked_for_.value && m.method == asked_for_.method &&
                      m.params == asked_for_.params;
    return wallet_.sign(m, settings_.miner, mine ? &*password_ : nullptr);
  });
}

std::optional<outbox::Entry> Chain::sent(const std::string& key) const {
  return open_outbox(5).find(key);
}

types::Cid Chain::send(const outbox::Wish& asked) {
  require_known_network();
  auto wish = asked;
  wish.kind = kOperatorKind;
  wish.from = key_of(wish.from);
  if (!wallet_.find(wish.from))
    throw Refusal(
        fmt::format("{}: no such key in the wallet; 'sealyard wallet import' it", text(wish.from)),
        exit_code(Fault::usage));
  types::Message whole;
  whole.from = wish.from;
  whole.to = wish.to;
  whole.method = wish.method;
  if (wallet_.asks(whole, settings_.miner)) {
    password_ = ask_password(password_words_, "Password of the wallet");
    asked_for_ = wish;
  }
  auto box = open_outbox(5);
  outbox::RpcPool pool(node_);
  // Until it is signed: a wish that a killed command left behind is never sent by the next one.
  const ledger::FileLock alone(settings_.home / "operator.lock");
  for (const auto& left : box.entries(outbox::State::queued))
    if (left.wish.kind == kOperatorKind && left.wish.key != wish.key) box.drop(left.wish.key);
  box.enqueue(wish);
  box.tick(pool);
  const auto entry = box.find(wish.key);
  if (!entry->nonce) {
    box.drop(wish.key);
    throw Refusal(entry->note.empty() ? "the node took no message" : entry->note);
  }
  if (entry->state == outbox::State::pending && entry->pushed < 0 && !entry->note.empty())
    std::cerr << fmt::format("not pushed yet, will be again: {}\n", entry->note);
  return entry->landed.text().empty() ? entry->attempts.back().cid() : entry->landed;
}

outbox::Entry Chain::wait(const std::string& key, std::uint64_t confidence, std::string_view what) {
  auto box = open_outbox(confidence);
  outbox::RpcPool pool(node_);
  for (auto poll = kFirstPoll;; poll = std::min(poll * 3 / 2, kLastPoll)) {
    try {
      box.tick(pool);
    } catch (const rpc::NoAnswer& error) {
      std::cerr << error.what() << '\n';  // it goes on when a node is back
    }
    const auto entry = box.find(key);
    if (entry->state == outbox::State::refused)
      throw Refusal(fmt::format("{}: refused: {}", what, entry->note));
    if (entry->state == outbox::State::confirmed || entry->state == outbox::State::final) {
      if (entry->receipt->exit_code != 0)
        throw Refusal(fmt::format("Failed to execute {} message {}: exit code {}", what,
                                  entry->landed.text(), entry->receipt->exit_code));
      return *entry;
    }
    std::this_thread::sleep_for(poll);
  }
}

std::string fresh_key(std::string_view what) {
  if (::sodium_init() < 0) throw Error(Fault::io, "libsodium finds no random source");
  std::array<std::uint8_t, 12> bytes;
  ::randombytes_buf(bytes.data(), bytes.size());
  return fmt::format("{} {}", what, to_hex(bytes));
}

}  // namespace sealyard::cli
