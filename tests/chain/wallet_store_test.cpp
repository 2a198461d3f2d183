// Keys at rest: what opens them, what does not, and what a kill leaves.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "chain/election/election.h"
#include "chain/election/header.h"
#include "chain/message/methods.h"
#include "chain/wallet/store.h"
#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using wallet::Key;
using wallet::KeyType;
using wallet::Password;
using wallet::Protection;
using wallet::Store;

namespace {

constexpr std::uint64_t kMiner = 1000;
const wallet::Cost kCheap{1, 8192};  // Argon2id's least

struct Wallet {
  Scratch folder;
  std::int64_t now = 1'800'000'000;
  Store store{folder.path() / "w", {kCheap, [this] { return now; }}};
  Key worker = Key::generate(KeyType::bls), owner = Key::generate(KeyType::secp256k1);
  Password right{"correct horse"}, wrong{"battery staple"};

  Wallet() {
    store.add(worker);
    store.add(owner);
  }
  std::filesystem::path file(const char* name) const { return folder.path() / "w" / name; }
};

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

types::Message unsigned_message(const Key& from, std::uint64_t to, std::uint64_t method) {
  types::Message m;
  m.from = from.address();
  m.to = types::Address::of_id(to);
  m.method = method;
  m.gas_limit = 1'000'000;
  return m;
}

template <typename F>
Fault fault_of(F&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.fault();
  }
  FAIL("nothing was thrown");
  return Fault::internal;
}

}  // namespace

TEST_CASE("store: keys come back as they went in", "[wallet]") {
  Wallet w;
  CHECK(w.store.list().size() == 2);
  CHECK(w.store.default_address() == w.worker.address());
  CHECK(wallet::export_hex(w.store.take_out(w.owner.address(), nullptr)) ==
        wallet::export_hex(w.owner));
  CHECK(wallet::verify(w.store.sign(unsigned_message(w.worker, kMiner, 5), kMiner)));
  w.store.mark(w.owner.address(), "cold, safe 3");
  w.store.set_default(w.owner.address());
  w.store.add(w.owner);  // again: nothing is lost
  const Store other(w.folder.path() / "w");
  CHECK(other.find(w.owner.address())->mark == "cold, safe 3");
  CHECK(other.default_address() == w.owner.address());
  w.store.remove(w.owner.address(), nullptr);
  CHECK_FALSE(other.find(w.owner.address()));
  CHECK_FALSE(other.default_address());
  CHECK(fault_of([&] { other.take_out(w.owner.address(), nullptr); }) == Fault::usage);
  CHECK(fault_of([&] { w.store.mark(w.worker.address(), "two\nlines"); }) == Fault::usage);
  for (const auto* name : {"store", "machine.key", "lock"}) {
    struct stat found {};
    REQUIRE(stat(w.file(name).c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
  }
  const auto stored = bytes_of(w.file("store"));
  const auto secret = w.worker.secret().bytes();
  CHECK(stored.find(std::string(secret.begin(), secret.end())) == std::string::npos);
}

TEST_CASE("store: which messages want the password", "[wallet]") {
  Wallet w;
  CHECK_FALSE(w.store.asks(unsigned_message(w.worker, 99, message::kSend), kMiner));
  CHECK(fault_of([&] { w.store.protect(w.worker.address(), Protection::encrypted, nullptr); }) ==
        Fault::usage);
  CHECK(fault_of([&] { w.store.add_password(Password("too short")); }) == Fault::usage);
  w.store.add_password(w.right);
  w.store.protect(w.worker.address(), Protection::encrypted, nullptr);
  for (std::uint64_t method = 0; method < 40; ++method) {
    CAPTURE(method);
    const bool sealing =
        method == 5 || method == 10 || method == 11 || method == 28 || method == 32 || method == 34;
    CHECK(w.store.asks(unsigned_message(w.worker, kMiner, method), kMiner) == !sealing);
    CHECK(w.store.asks(unsigned_message(w.worker, kMiner + 1, method),
                       kMiner));  // somebody else's miner
  }
  const auto transfer = unsigned_message(w.worker, 99, message::kSend);
  CHECK(fault_of([&] { w.store.sign(transfer, kMiner); }) == Fault::usage);
  CHECK(fault_of([&] { w.store.sign(transfer, kMiner, &w.wrong); }) == Fault::usage);
  CHECK(wallet::verify(w.store.sign(transfer, kMiner, &w.right)));
  CHECK(wallet::verify(w.store.sign(unsigned_message(w.worker, kMiner, 28), kMiner)));
  const types::Bytes text{1, 2, 3};  // may be a message's identifier
  CHECK(fault_of([&] { w.store.sign(w.worker.address(), text, nullptr); }) == Fault::usage);
  CHECK(fault_of([&] { w.store.take_out(w.worker.address(), nullptr); }) == Fault::usage);
  CHECK(fault_of([&] { w.store.remove(w.worker.address(), nullptr); }) == Fault::usage);
  CHECK(fault_of([&] { w.store.protect(w.worker.address(), Protection::ordinary, nullptr); }) ==
        Fault::usage);
  w.store.protect(w.owner.address(), Protection::offline, &w.right);
  CHECK(w.store.asks(unsigned_message(w.owner, kMiner, 5), kMiner));
  CHECK(fault_of([&] { w.store.sign(unsigned_message(w.owner, kMiner, 5), kMiner); }) ==
        Fault::usage);
  CHECK(wallet::verify(w.store.sign(unsigned_message(w.owner, kMiner, 5), kMiner, &w.right)));
  const auto later = Key::generate(KeyType::bls);
  w.store.add(later);
  CHECK(w.store.find(later.address())->protection == Protection::encrypted);
}

TEST_CASE("store: an encrypted worker makes blocks of its own miner", "[wallet]") {
  Wallet w;
  w.store.add_password(w.right);
  w.store.protect(w.worker.address(), Protection::encrypted, nullptr);
  const auto draw = election::election_of(types::Address::of_id(kMiner), 7, {1, 2, 3});
  const auto vrf = w.store.sign(w.worker.address(), draw, kMiner);
  CHECK(wallet::verify(vrf, w.worker.address(), draw.node().bytes));
  election::Header header;
  header.miner = types::Address::of_id(kMiner);
  header.height = 7;
  header.state_root = header.receipts = header.messages = types::Cid::of_cbor(types::Bytes{0x80});
  header.signature = w.store.sign(w.worker.address(), header, kMiner);
  CHECK(wallet::verify(*header.signature, w.worker.address(), header.signed_bytes()));

  auto seal_ticket = draw;
  seal_ticket.tag = types::DrawTag::seal_ticket;
  CHECK(fault_of([&] { w.store.sign(w.worker.address(), seal_ticket, kMiner); }) == Fault::usage);
  CHECK(fault_of([&] { w.store.sign(w.worker.address(), draw, kMiner + 1); }) == Fault::usage);
  CHECK(fault_of([&] { w.store.sign(w.worker.address(), header, kMiner + 1); }) == Fault::usage);
  w.store.protect(w.worker.address(), Protection::offline, &w.right);
  CHECK(fault_of([&] { w.store.sign(w.worker.address(), draw, kMiner); }) == Fault::usage);
  CHECK(fault_of([&] { w.store.sign(w.worker.address(), header, kMiner); }) == Fault::usage);
}

TEST_CASE("store: another password, or none", "[wallet]") {
  Wallet w;
  w.store.add_password(w.right);
  w.store.protect(w.worker.address(), Protection::encrypted, nullptr);
  w.store.protect(w.owner.address(), Protection::offline, &w.right);
  const Password fresh("another horse");
  CHECK(fault_of([&] { w.store.reset_password(w.wrong, fresh); }) == Fault::usage);
  w.store.reset_password(w.right, fresh);
  CHECK(fault_of([&] { w.store.take_out(w.owner.address(), &w.right); }) == Fault::usage);
  CHECK(w.store.take_out(w.owner.address(), &fresh).address() == w.owner.address());
  CHECK(fault_of([&] { w.store.clear_password(w.right); }) == Fault::usage);
  w.store.clear_password(fresh);
  CHECK_FALSE(w.store.has_password());
  for (const auto& listed : w.store.list()) CHECK(listed.protection == Protection::ordinary);
  CHECK(w.store.take_out(w.owner.address(), nullptr).address() == w.owner.address());
}

TEST_CASE("store: three wrong passwords lock for a day", "[wallet]") {
  Wallet w;
  w.store.add_password(w.right);
  w.store.protect(w.worker.address(), Protection::encrypted, nullptr);
  const auto with = [&](const Password& password) {
    return [&] { w.store.take_out(w.worker.address(), &password); };
  };
  CHECK(fault_of(with(w.wrong)) == Fault::usage);
  CHECK(fault_of(with(w.wrong)) == Fault::usage);
  CHECK_NOTHROW(with(w.right)());  // the count begins anew
  for (int i = 0; i < 3; ++i) CHECK(fault_of(with(w.wrong)) == Fault::usage);
  CHECK(fault_of(with(w.right)) == Fault::busy);
  CHECK(wallet::verify(
      w.store.sign(unsigned_message(w.worker, kMiner, 5), kMiner)));  // sealing goes on
  w.now += 24 * 3600 - 1;
  CHECK(fault_of(with(w.right)) == Fault::busy);
  w.now += 1;
  CHECK_NOTHROW(with(w.right)());
}

TEST_CASE("store: a changed byte anywhere is refused", "[wallet]") {
  Wallet w;
  w.store.add_password(w.right);
  for (const auto* name : {"store", "machine.key"}) {
    const auto whole = bytes_of(w.file(name));
    for (std::size_t at = 0; at < whole.size(); ++at) {
      auto broken = whole;
      broken[at] = static_cast<char>(broken[at] ^ (1 << (at % 8)));
      put(w.file(name), broken);
      CAPTURE(name, at);
      CHECK(fault_of([&] { w.store.list(); }) == Fault::corrupt);
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{20}, whole.size() - 1}) {
      put(w.file(name), whole.substr(0, length));
      CHECK(fault_of([&] { w.store.list(); }) == Fault::corrupt);
    }
    put(w.file(name), whole + "x");
    CHECK(fault_of([&] { w.store.list(); }) == Fault::corrupt);
    put(w.file(name), whole);
  }
  CHECK(w.store.list().size() == 2);
}

TEST_CASE("store: files that others read, or that are gone", "[wallet]") {
  Wallet w;
  for (const auto* name : {"store", "machine.key"}) {
    std::filesystem::permissions(w.file(name), std::filesystem::perms(0640));
    CHECK(fault_of([&] { w.store.list(); }) == Fault::configuration);
    std::filesystem::permissions(w.file(name), std::filesystem::perms(0600));
  }
  // Without its machine.key a store must not be taken for a new one and written over.
  const auto before = bytes_of(w.file("store"));
  std::filesystem::rename(w.file("machine.key"), w.file("away"));
  CHECK(fault_of([&] { w.store.add(Key::generate(KeyType::bls)); }) == Fault::configuration);
  CHECK(bytes_of(w.file("store")) == before);
  CHECK(Store(w.folder.path() / "none").list().empty());
  CHECK_FALSE(std::filesystem::exists(w.folder.path() / "none"));
}

TEST_CASE("store: killed while it writes", "[wallet]") {
  Wallet w;
  w.store.add_password(w.right);
  w.store.protect(w.owner.address(), Protection::offline, &w.right);
  const Password odd("odd passwords"), even("even passwords");
  w.store.reset_password(w.right, even);
  bool is_even = true;
  for (int round = 0; round < 8; ++round) {
    const auto child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (bool at = is_even;; at = !at) w.store.reset_password(at ? even : odd, at ? odd : even);
    }
    // Once it has written something, at any moment.
    const auto before = bytes_of(w.file("store"));
    while (bytes_of(w.file("store")) == before) {
      REQUIRE(waitpid(child, nullptr, WNOHANG) == 0);
      usleep(200);
    }
    usleep(static_cast<useconds_t>(round * 700));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const auto opens = [&](const Password& password) {
      try {
        return w.store.take_out(w.owner.address(), &password).address() == w.owner.address();
      } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return false;
      }
    };
    is_even = opens(even);
    CHECK(is_even != opens(odd));  // one of them, and only one
    CHECK(w.store.list().size() == 2);
    CHECK(opens(is_even ? even : odd));  // resets the count of wrong ones
  }
}
