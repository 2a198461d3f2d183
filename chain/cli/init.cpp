// sealyard init: a new miner actor, and the settings that name it.
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>

#include "chain/cli/chain.h"
#include "chain/message/methods.h"
#include "chain/message/power.h"
#include "kernels/base/error.h"
#include "kernels/base/porep.h"

namespace sealyard::cli {
namespace {

using types::Address;

struct MinerWords {
  std::string owner, worker, sector_size;
  std::uint64_t confidence = 5;
  PasswordWords password;
};

/// Version 1.1 of both proofs: what this sector size is registered as.
/// Source: go-state-types, abi/sector.go: seal proofs 5 to 9, window PoSt proofs 10 to 14.
struct MinerSize {
  std::string name, seal_proof;
  std::int64_t window_post_proof;
};

MinerSize size_named(const std::string& name) {
  const auto bytes = parse_size(name);
  for (unsigned seal = 5; seal <= 9; ++seal)
    if (const auto porep = registered_porep(seal); porep.sector_bytes == bytes)
      return {sealyard::size_text(bytes), porep.name(), seal + 5};
  throw Error(Fault::usage, "--sector-size {}: want 2KiB, 8MiB, 512MiB, 32GiB or 64GiB", name);
}

/// The first try for these three that has not failed: killed and run again, it is the same message.
std::string key_of_try(const Chain& chain, const Address& owner, const Address& worker,
                       const MinerSize& size) {
  for (unsigned number = 1;; ++number) {
    auto key = fmt::format("init {} {} {} {}", owner.text(types::Network::mainnet),
                           worker.text(types::Network::mainnet), size.name, number);
    const auto before = chain.sent(key);
    const bool failed =
        before &&
        (before->state == outbox::State::refused ||
         ((before->state == outbox::State::confirmed || before->state == outbox::State::final) &&
          before->receipt->exit_code != 0));
    if (!failed) return key;
  }
}

outbox::Wish creation(const Chain& chain, const std::string& key, const Address& owner,
                      const Address& worker, const MinerSize& size) {
  if (const auto before = chain.sent(key)) return before->wish;
  // Source: builtin-actors, actors/miner/src/lib.rs, resolve_worker_address().
  if (chain.key_of(worker).protocol() != types::Protocol::bls)
    throw Error(Fault::usage, "worker {}: its key must be bls (f3)", chain.text(worker));
  for (const auto& one : {owner, worker}) {
    try {
      chain.node().lookup_id(one);
    } catch (const rpc::RpcError& error) {
      if (error.code() != rpc::kErrorActorNotFound) throw;
      throw Refusal(fmt::format("{}: not on chain yet; send it some FIL first", chain.text(one)));
    }
  }
  message::CreateMiner params;
  params.owner = owner;
  params.worker = worker;
  params.window_post_proof = size.window_post_proof;
  outbox::Wish made;
  made.key = key;
  made.from = owner;
  made.to = Address::of_id(types::kPowerActor);
  made.value = chain.node().creation_deposit();
  made.method = static_cast<std::uint64_t>(message::Power::create_miner);
  made.params = params.cbor();
  return made;
}

/// `key = ...` of [miner] set to `value`, whatever else is in the text left as it is.
std::string with_miner_key(const std::string& text, std::string_view key,
                           const std::string& value) {
  std::istringstream lines(text);
  std::string out;
  bool inside = false, done = false;
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(" \t");
    const auto rest =
        first == line.npos ? std::string_view() : std::string_view(line).substr(first);
    if (rest.starts_with('[')) {
      if (inside && !done) {
        out += fmt::format("{} = \"{}\"\n", key, value);
        done = true;
      }
      inside = rest.starts_with("[miner]");
    } else if (inside && !done && rest.starts_with(key) &&
               rest.find_first_not_of(" \t", key.size()) != rest.npos &&
               rest[rest.find_first_not_of(" \t", key.size())] == '=') {
      const auto comment = line.find(" #");
      line = fmt::format("{} = \"{}\"{}", key, value,
                         comment == line.npos ? "" : line.substr(comment));
      done = true;
    }
    out += line + '\n';
  }
  if (!done) out += fmt::format("{}{} = \"{}\"\n", inside ? "" : "\n[miner]\n", key, value);
  return out;
}

std::string network_named(const std::string& name) {
  return name == "mainnet" || name == "calibrationnet" ? name : "development";
}

std::filesystem::path write_miner(const Chain& chain, const Address& miner, const MinerSize& size) {
  auto settings = chain.settings();
  const auto file = settings.home / "config.toml";
  if (settings.file.empty()) {
    settings.miner = miner.id();
    settings.proof_type = size.seal_proof;
    settings.network = network_named(chain.node().network_name());
    settings.chain.on = true;
    settings.environment.clear();
    write_settings(file, settings::text(settings));
    return file;
  }
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto changed =
      with_miner_key(with_miner_key(text, "id", miner.text(types::Network::mainnet)), "proof_type",
                     size.seal_proof);
  if (changed != text) write_settings(file, changed);
  return file;
}

int create_miner(const Context& context, const MinerWords& words) {
  const auto size = size_named(words.sector_size);
  Chain chain(context, words.password);
  const auto owner = Address::parse(words.owner);
  const auto worker = words.worker.empty() ? owner : Address::parse(words.worker);
  const auto key = key_of_try(chain, owner, worker, size);
  const auto made = creation(chain, key, owner, worker, size);
  const auto before = chain.sent(key);
  if (!before || before->state == outbox::State::queued) {
    const auto cid = chain.send(made);
    if (!context.json)
      std::cout << fmt::format("Pushed CreateMiner with a deposit of {} in message {}\n",
                               types::fil_text(made.value), cid.text())
                << std::flush;
  }
  const auto entry = chain.wait(key, words.confidence, "CreateMiner");
  const auto created = message::CreatedMiner::from_cbor(entry.receipt->result);
  const auto file = write_miner(chain, created.id, size);
  if (context.json)
    print({{"ID", chain.text(created.id)},
           {"Robust", chain.text(created.robust)},
           {"Message", entry.landed.text()},
           {"Config", file.string()}});
  else
    std::cout << fmt::format("New miners address is: {} ({})\n{}: names it now\n",
                             chain.text(created.id), chain.text(created.robust), file.string());
  return 0;
}

}  // namespace

std::vector<Command> init_commands() {
  return {{{"init"}, "Initialize a new storage miner", "", [](CLI::App& app) {
             auto words = std::make_shared<MinerWords>();
             app.add_option("--owner,-o", words->owner, "owner key to use; pays the deposit")
                 ->required();
             app.add_option("--worker,-w", words->worker, "worker key to use (default: the owner)");
             app.add_option("--sector-size", words->sector_size,
                            "2KiB, 8MiB, 512MiB, 32GiB or 64GiB")
                 ->required();
             app.add_option("--confidence", words->confidence,
                            "number of block confirmations to wait for");
             words->password.declare(app);
             return [words](const Context& context) { return create_miner(context, *words); };
           }}};
}

}  // namespace sealyard::cli
