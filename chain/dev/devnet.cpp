#include "chain/dev/devnet.h"

#include <fmt/format.h>

#include <chrono>

#include "chain/dev/deadline.h"
#include "chain/dev/methods.h"
#include "chain/dev/token.h"
#include "chain/message/methods.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::dev {
namespace {

constexpr Epoch kGateMargin = 5;
constexpr auto kSubmitPost = static_cast<std::uint64_t>(message::Miner::submit_windowed_post);
constexpr std::chrono::milliseconds kGateLook{20};
constexpr std::chrono::microseconds kTurn{300};
constexpr std::chrono::seconds kAfterFailure{1};

thread_local std::unique_lock<std::mutex>* held = nullptr;  // of the call that this thread runs

}  // namespace

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string_view text(ClockMode mode) {
  return mode == ClockMode::steady ? "steady" : mode == ClockMode::gated ? "gated" : "jump";
}

ClockMode parse_clock_mode(std::string_view name) {
  for (const auto mode : {ClockMode::steady, ClockMode::gated, ClockMode::jump})
    if (text(mode) == name) return mode;
  throw Error(Fault::usage, "clock {}: want steady, gated or jump", name);
}

Devnet::Devnet(const Options& options)
    : options_(options), chain_(options.folder / "chain.sqlite", options.params, options.policy) {
  auto& store = chain_.store();
  if (!store.meta("token_secret")) {
    const auto secret = to_hex(wallet::Secret::random().bytes());
    store.transact([&] { store.set_meta("token_secret", secret); });
  }
  chain_.block_delay_s = block_delay_s();
  token_secret_ = *store.meta("token_secret");
  token_ = make_token(token_secret_, {"read", "write", "sign", "admin"});
  clock_ = std::thread([this] { run_clock(); });
}

Devnet::~Devnet() { stop(); }

void Devnet::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  change_.notify_all();
  if (clock_.joinable()) clock_.join();
}

void Devnet::run_clock() {
  using Clock = std::chrono::steady_clock;
  std::unique_lock lock(mutex_);
  auto last = Clock::now();
  while (!stopping_) {
    if (options_.clock == ClockMode::jump) {
      change_.wait(lock);
      last = Clock::now();
      continue;
    }
    const auto next = last + std::chrono::milliseconds(options_.epoch_ms);
    if (Clock::now() < next) {
      change_.wait_until(lock, next);
      continue;
    }
    if (frozen || (options_.clock == ClockMode::gated && !gate().empty())) {
      change_.wait_for(lock, kGateLook);
      continue;
    }
    try {
      chain_.advance();
    } catch (const Error& error) {  // the disk is full, say: the chain stands where it was
      fmt::print(stderr, "sealyard-devnet: no epoch: {}; trying again\n", error.what());
      change_.wait_for(lock, kAfterFailure);
      continue;
    }
    last = std::max(next, Clock::now() - std::chrono::milliseconds(options_.epoch_ms));
    change_.notify_all();
    // Where epochs take longer than they are apart, calls still get their turn.
    lock.unlock();
    std::this_thread::sleep_for(kTurn);
    lock.lock();
  }
}

void Devnet::set_clock(ClockMode mode, std::uint64_t epoch_ms) {
  options_.clock = mode;
  options_.epoch_ms = epoch_ms;
  chain_.block_delay_s = block_delay_s();
  changed();
}

std::string Devnet::gate() {
  for (const auto& [name, until] : leases)
    if (until > steady_ms()) return "lease of " + name;
  // Half a window is enough where windows are short.
  const auto margin = std::min(kGateMargin, std::max<Epoch>(1, chain_.policy().window / 2));
  const auto state = chain_.now();
  auto due = proofs_due(*state, chain_.head().height + 1, margin, chain_.policy());
  if (due.empty()) return "";
  // A proof that waits in the pool needs an epoch to land in.
  for (const auto& m : chain_.pool().pending()) {
    const auto miner = state->resolve(m.message.to);
    if (!miner || m.message.method != kSubmitPost) continue;
    try {
      const auto post = message::SubmitWindowedPost::from_cbor(m.message.params);
      for (const auto& p : post.partitions) due.erase({*miner, post.deadline, p.index});
    } catch (const Error&) {
      continue;  // it proves nothing
    }
  }
  return due.empty() ? "" : "a window proof is due";
}

Tipset Devnet::visible_head() const {
  if (behind == 0) return chain_.head();
  return *chain_.at_or_before(std::max<Epoch>(0, chain_.head().height - behind));
}

Tipset Devnet::at(const types::JsonView& key) const {
  const auto cids = key.cids();
  if (cids.empty()) return visible_head();
  auto t = chain_.tipset(cids.front());
  if (!t)
    throw Refused(fmt::format("get block {0}: ipld: could not find {0}", cids.front().text()));
  return *t;
}

bool Devnet::wait_for_change() {
  change_.wait(*held);
  return !stopping_;
}

void Devnet::grow(Epoch nulls) {
  chain_.advance(nulls);
  changed();
}

types::Json Devnet::call(std::string_view method, const types::Json& params) {
  const auto* rpc = find_rpc("Filecoin", method);
  if (!rpc) rpc = find_rpc("Sealyard", method);
  if (!rpc) throw Error(Fault::internal, "no method {}", method);
  std::unique_lock lock(mutex_);
  if (stopping_) throw Refused("the node is ending");
  held = &lock;
  return rpc->run(*this, Params(method, params));
}

std::optional<Trouble> Devnet::trouble(std::string_view method) {
  const std::scoped_lock lock(mutex_);
  for (auto& one : troubles)
    if (one.count > 0 && (one.method.empty() || one.method == method)) {
      --one.count;
      return one;
    }
  return std::nullopt;
}

std::vector<std::string> Devnet::permissions(std::string_view token) const {
  return read_token(token_secret_, token);
}

}  // namespace sealyard::dev
