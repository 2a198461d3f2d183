#include "chain/wallet/store.h"

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "chain/election/election.h"
#include "chain/election/header.h"
#include "chain/message/methods.h"
#include "chain/wallet/store_content.h"
#include "kernels/base/error.h"

namespace sealyard::wallet {
namespace {

constexpr std::uint64_t kTries = 3;
constexpr std::int64_t kLocked_s = 24 * 3600;
constexpr std::array<std::string_view, 3> kProtections{"ordinary", "encrypted", "offline"};

types::Bytes bound(const Listed& listed) {
  auto out = listed.address.bytes();
  out.push_back(static_cast<std::uint8_t>(listed.type));
  out.push_back(static_cast<std::uint8_t>(listed.protection));
  return out;
}

Secret box_key(const Secret& machine, const Listed& listed, const Secret* from_password) {
  if (listed.protection != Protection::offline)
    return derive(machine, static_cast<std::uint64_t>(Use::box));
  if (!from_password)
    throw Error(Fault::usage, "an offline key's box opens with the password only");
  return combine(derive(machine, static_cast<std::uint64_t>(Use::offline)), *from_password);
}

void box(types::Bytes& into, const Listed& listed, const Key& key, const Secret& machine,
         const Secret* from_password) {
  into = seal(box_key(machine, listed, from_password), key.secret().bytes(), bound(listed));
}

std::string time_text(std::int64_t unix_s) {
  const std::time_t time = unix_s;
  std::tm tm{};
  gmtime_r(&time, &tm);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &tm);
  return text.data();
}

void check_new(const Password& password) {
  if (password.view().size() < Password::kLeast)
    throw Error(Fault::usage, "password: {} characters, want at least {}", password.view().size(),
                Password::kLeast);
}

}  // namespace

std::string_view name(Protection protection) {
  return kProtections.at(static_cast<std::size_t>(protection));
}

bool is_sealing(const types::Message& message, std::uint64_t miner) {
  if (message.to != types::Address::of_id(miner)) return false;
  switch (static_cast<message::Miner>(message.method)) {
    case message::Miner::precommit_sector_batch2:
    case message::Miner::prove_commit_sectors3:
    case message::Miner::submit_windowed_post:
    case message::Miner::declare_faults:
    case message::Miner::declare_faults_recovered:
    case message::Miner::extend_sector_expiration2:
      return true;
    default:
      return false;
  }
}

Store::Store(std::filesystem::path folder, StoreOptions options)
    : folder_(std::filesystem::absolute(folder).lexically_normal()), options_(std::move(options)) {
  if (!options_.now_s)
    options_.now_s = [] { return static_cast<std::int64_t>(std::time(nullptr)); };
}

std::vector<Listed> Store::list() const {
  std::vector<Listed> all;
  for (const auto& held : read().keys) all.push_back(held.listed);
  return all;
}

std::optional<Listed> Store::find(const types::Address& address) const {
  for (const auto& held : read().keys)
    if (held.listed.address == address) return held.listed;
  return std::nullopt;
}

std::optional<types::Address> Store::default_address() const {
  const auto content = read();
  if (!content.default_address.defined()) return std::nullopt;
  return content.default_address;
}

bool Store::has_password() const { return read().password.has_value(); }

void Store::add(const Key& key) {
  change([&](Content& content) {
    for (const auto& held : content.keys)
      if (held.listed.address == key.address()) return;
    Held held;
    held.listed = {key.address(), key.type(),
                   content.password ? Protection::encrypted : Protection::ordinary, ""};
    box(held.box, held.listed, key, machine_key(), nullptr);
    content.keys.push_back(std::move(held));
    if (!content.default_address.defined()) content.default_address = key.address();
  });
}

Key Store::unboxed(const Content&, const Held& held, const Secret* from_password) const {
  auto plain =
      open(box_key(machine_key(), held.listed, from_password), held.box, bound(held.listed));
  if (!plain)
    throw Error(Fault::corrupt, "wallet: the box of {} does not open: restore a backup",
                held.listed.address.text(types::Network::mainnet));
  struct Wipe {
    types::Bytes& bytes;
    ~Wipe() { wipe(std::span(bytes)); }
  } wiped{*plain};
  Key key(held.listed.type, Secret(*plain));
  if (key.address() != held.listed.address)
    throw Error(Fault::corrupt, "wallet: the box of {} holds another key: restore a backup",
                held.listed.address.text(types::Network::mainnet));
  return key;
}

/// The password's key.
Secret Store::opened(const Password* password, std::string_view what) const {
  if (!password) throw Error(Fault::usage, "{}: wants the wallet's password", what);
  std::optional<Secret> found;
  std::uint64_t left = 0;
  std::int64_t until = 0;
  change([&](Content& content) {
    if (!content.password)
      throw Error(Fault::usage, "no password is set; 'wallet passwd add' sets one");
    const auto now = options_.now_s();
    if (content.failures >= kTries) {
      until = content.failed_at_s + kLocked_s;
      // A clock set back must not lock for longer than the rule.
      if (now >= content.failed_at_s && now < until) return;
      content.failures = 0;
      until = 0;
    }
    auto key = stretch(*password, content.password->salt, content.password->cost);
    if (open(key, content.password->box, {})) {
      content.failures = 0;
      found = std::move(key);
      return;
    }
    ++content.failures;
    content.failed_at_s = now;
    left = kTries - content.failures;
  });
  if (until)
    throw Error(Fault::busy, "{} wrong passwords: nothing opens before {}", kTries,
                time_text(until));
  if (!found) throw Error(Fault::usage, "wrong password; {} more tries", left);
  return std::move(*found);
}

Key Store::key_for(const types::Address& address, bool ask, const Password* password,
                   std::string_view what) const {
  if (!ask) {
    const auto content = read();
    return unboxed(content, content.at(address), nullptr);
  }
  const auto from_password = opened(password, what);
  const auto content = read();
  return unboxed(content, content.at(address), &from_password);
}

void Store::remove(const types::Address& address, const Password* password) {
  if (read().at(address).listed.protection != Protection::ordinary)
    opened(password, "deleting this key");
  change([&](Content& content) {
    content.at(address);
    std::erase_if(content.keys, [&](const Held& held) { return held.listed.address == address; });
    if (content.default_address == address) content.default_address = {};
  });
}

Key Store::take_out(const types::Address& address, const Password* password) const {
  const bool ask = read().at(address).listed.protection != Protection::ordinary;
  return key_for(address, ask, password, "exporting this key");
}

void Store::set_default(const types::Address& address) {
  change([&](Content& content) { content.default_address = content.at(address).listed.address; });
}

void Store::mark(const types::Address& address, const std::string& text) {
  if (text.size() > 200 ||
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    throw Error(Fault::usage, "mark: want one line of at most 200 bytes");
  change([&](Content& content) { content.at(address).listed.mark = text; });
}

void Store::add_password(const Password& password) {
  check_new(password);
  change([&](Content& content) {
    if (content.password)
      throw Error(Fault::usage, "there is a password; 'wallet passwd reset' changes it");
    PasswordCheck check;
    check.salt.resize(crypto_pwhash_SALTBYTES);
    ::randombytes_buf(check.salt.data(), check.salt.size());
    check.cost = options_.cost;
    check.box = seal(stretch(password, check.salt, check.cost), {}, {});
    content.password = std::move(check);
    content.failures = 0;
  });
}

void Store::reset_password(const Password& old, const Password& fresh) {
  check_new(fresh);
  const auto before = opened(&old, "another password");
  change([&](Content& content) {
    if (!content.password || !open(before, content.password->box, {}))
      throw Error(Fault::busy, "the password was changed meanwhile; try again");
    ::randombytes_buf(content.password->salt.data(), content.password->salt.size());
    content.password->cost = options_.cost;
    const auto after = stretch(fresh, content.password->salt, content.password->cost);
    content.password->box = seal(after, {}, {});
    for (auto& held : content.keys)
      if (held.listed.protection == Protection::offline)
        box(held.box, held.listed, unboxed(content, held, &before), machine_key(), &after);
  });
}

void Store::clear_password(const Password& old) {
  const auto before = opened(&old, "no password");
  change([&](Content& content) {
    if (!content.password || !open(before, content.password->box, {}))
      throw Error(Fault::busy, "the password was changed meanwhile; try again");
    content.password.reset();
    for (auto& held : content.keys) {
      const auto key = unboxed(content, held, &before);
      held.listed.protection = Protection::ordinary;
      box(held.box, held.listed, key, machine_key(), nullptr);
    }
  });
}

void Store::protect(const types::Address& address, Protection protection,
                    const Password* password) {
  const auto content = read();
  const auto now = content.at(address).listed.protection;
  if (now == protection) return;
  if (!content.password)
    throw Error(Fault::usage, "no password is set; 'wallet passwd add' sets one");
  // More protection than it has needs no proof of who asks, but an offline box needs the key.
  std::optional<Secret> from_password;
  if (!(now == Protection::ordinary && protection == Protection::encrypted))
    from_password = opened(password, "this change");
  change([&](Content& fresh) {
    auto& held = fresh.at(address);
    if (held.listed.protection != now ||
        (from_password && !(fresh.password && open(*from_password, fresh.password->box, {}))))
      throw Error(Fault::busy, "the wallet was changed meanwhile; try again");
    const Secret* secret = from_password ? &*from_password : nullptr;
    const auto key = unboxed(fresh, held, secret);
    held.listed.protection = protection;
    box(held.box, held.listed, key, machine_key(), secret);
  });
}

bool Store::asks(const types::Message& message, std::uint64_t miner) const {
  switch (read().at(message.from).listed.protection) {
    case Protection::ordinary:
      return false;
    case Protection::encrypted:
      return !is_sealing(message, miner);
    case Protection::offline:
      return true;
  }
  return true;
}

types::SignedMessage Store::sign(const types::Message& message, std::uint64_t miner,
                                 const Password* password) const {
  return key_for(message.from, asks(message, miner), password, "signing this message")
      .sign(message);
}

Key Store::key_of_blocks(const types::Address& worker, const types::Address& of,
                         std::uint64_t miner) const {
  if (of != types::Address::of_id(miner))
    throw Error(Fault::usage, "a block of {}, want one of f0{}", of.text(types::Network::mainnet),
                miner);
  const bool offline = read().at(worker).listed.protection == Protection::offline;
  return key_for(worker, offline, nullptr, "making blocks with an offline key");
}

types::Signature Store::sign(const types::Address& worker, const election::Draw& draw,
                             std::uint64_t miner) const {
  return key_of_blocks(worker, draw.miner, miner).sign(draw.node().bytes);
}

types::Signature Store::sign(const types::Address& worker, const election::Header& header,
                             std::uint64_t miner) const {
  return key_of_blocks(worker, header.miner, miner).sign(header.signed_bytes());
}

types::Signature Store::sign(const types::Address& address, types::ByteView bytes,
                             const Password* password) const {
  const bool ask = read().at(address).listed.protection != Protection::ordinary;
  return key_for(address, ask, password, "signing with this key").sign(bytes);
}

void forbid_dumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__  // its leak check reads the process as a debugger does
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace sealyard::wallet
