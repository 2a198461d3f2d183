// sealyard actor ...: who may act for the miner, and its money.
#include "chain/cli/actor.h"

#include <algorithm>
#include <iostream>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/cli/layout.h"
#include "chain/message/methods.h"
#include "chain/message/miner.h"
#include "chain/types/cbor.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

using message::Miner;
using types::Address;

struct ActorWords {
  std::vector<std::string> addresses;
  std::string amount;
  bool verbose = false, really = false, beneficiary = false;
  std::uint64_t confidence = 5;
  PasswordWords password;
};

const types::BigInt kOneFil("1000000000000000000");

int colour_of_balance(const types::BigInt& balance) {
  return balance < 10 * kOneFil ? 31 : balance < 50 * kOneFil ? 33 : 32;
}

int colour_of_use(const std::string& use) { return use == "post" ? 32 : 33; }

outbox::Wish wish(const Chain& chain, std::string_view what, const Address& from, Miner method,
                  types::Bytes params) {
  outbox::Wish w;
  w.key = fresh_key(what);
  w.from = from;
  w.to = chain.miner();
  w.method = static_cast<std::uint64_t>(method);
  w.params = std::move(params);
  return w;
}

/// Ends a command that would change something: false where it was not meant.
bool actor_meant(const Context& context, const ActorWords& words) {
  if (words.really) return true;
  if (context.json)
    print({{"Sent", false}});
  else
    std::cout << "Pass --really-do-it to actually execute this action\n";
  return false;
}

std::vector<ControlRow> rows_of(const Chain& chain, const rpc::MinerInfo& info) {
  const auto row = [&](std::string name, const Address& id) {
    ControlRow made;
    made.name = std::move(name);
    made.id = id;
    if (const auto actor = chain.node().actor(id)) made.balance = actor->balance;
    try {
      made.key = chain.key_of(id);
    } catch (const rpc::RpcError&) {
      made.key = id;  // no account: a multisig
    }
    if (id == info.worker) made.uses.push_back("other");
    if (std::find(info.control.begin(), info.control.end(), id) != info.control.end())
      made.uses.push_back("post");
    return made;
  };
  std::vector<ControlRow> rows{row("owner", info.owner), row("worker", info.worker)};
  if (info.beneficiary.defined()) rows.push_back(row("beneficiary", info.beneficiary));
  for (std::size_t i = 0; i < info.control.size(); ++i)
    rows.push_back(row(fmt::format("control-{}", i), info.control[i]));
  return rows;
}

int control_list(const Context& context, const ActorWords& words) {
  const Chain chain(context, {});
  const auto rows = rows_of(chain, chain.node().miner_info(chain.miner()));
  if (!context.json) {
    std::cout << control_text(rows, words.verbose, context.colour, network_of(chain.settings()));
    return 0;
  }
  auto all = Json::array();
  for (const auto& row : rows)
    all.push_back({{"name", row.name},
                   {"ID", chain.text(row.id)},
                   {"key", chain.text(row.key)},
                   {"use", row.uses},
                   {"balance", types::to_text(row.balance)}});
  print(all);
  return 0;
}

int control_set(const Context& context, const ActorWords& words) {
  Chain chain(context, words.password);
  const auto info = chain.node().miner_info(chain.miner());
  std::vector<Address> wanted, ids;
  for (const auto& text : words.addresses) {
    wanted.push_back(Address::parse(text));
    ids.push_back(chain.node().lookup_id(wanted.back()));
  }
  if (wanted.size() > 10)
    throw Error(Fault::usage, "{} control addresses, the chain takes 10", wanted.size());
  auto added = Json::array(), removed = Json::array();
  for (const auto& id : info.control)
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) {
      if (!context.json) std::cout << "Remove " << chain.text(chain.key_of(id)) << '\n';
      removed.push_back(chain.text(id));
    }
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (std::find(info.control.begin(), info.control.end(), ids[i]) == info.control.end()) {
      if (!context.json) std::cout << "Add " << chain.text(chain.key_of(ids[i])) << '\n';
      added.push_back(chain.text(ids[i]));
    }
  if (!actor_meant(context, words)) return 0;
  // The worker has to be named again, or it would be changed, too.
  const message::ChangeWorkerAddress params{info.worker, wanted};
  const auto sent =
      wish(chain, "actor control set", info.owner, Miner::change_worker_address, params.cbor());
  const auto cid = chain.send(sent);
  if (context.json)
    print({{"Message", cid.text()}, {"Added", added}, {"Removed", removed}});
  else
    std::cout << "Message CID: " << cid.text() << '\n';
  return 0;
}

int withdraw(const Context& context, const ActorWords& words) {
  Chain chain(context, words.password);
  const auto info = chain.node().miner_info(chain.miner());
  const auto available = chain.node().available_balance(chain.miner());
  const auto amount = words.amount.empty() ? available : types::parse_fil(words.amount);
  // Source of both refusals: lotus, node/impl/storminer.go, WithdrawBalance().
  if (amount <= 0) throw Refusal("can't withdraw 0: nothing is available");
  if (amount > available)
    throw Refusal(
        fmt::format("can't withdraw more funds than available; requested: {}; available: {}",
                    types::fil_text(amount), types::fil_text(available)));
  const auto sent = wish(chain, "actor withdraw", words.beneficiary ? info.beneficiary : info.owner,
                         Miner::withdraw_balance, message::WithdrawBalance{amount}.cbor());
  const auto cid = chain.send(sent);
  if (!context.json)
    std::cout << fmt::format(
                     "Requested withdrawal in message {}\nwaiting for it to be included in a "
                     "block..\n",
                     cid.text())
              << std::flush;
  const auto entry = chain.wait(sent.key, words.confidence, "withdrawal");
  types::CborReader reader(entry.receipt->result, "result of WithdrawBalance");
  const auto withdrawn = reader.big_int();
  reader.finish();
  if (context.json) {
    print({{"Message", entry.landed.text()}, {"Withdrawn", types::to_text(withdrawn)}});
    return 0;
  }
  std::cout << fmt::format("Successfully withdrew {} \n", types::fil_text(withdrawn));
  if (withdrawn < amount)
    std::cout << fmt::format("Note that this is less than the requested amount of {}\n",
                             types::fil_text(amount));
  return 0;
}

int set_owner(const Context& context, const ActorWords& words) {
  Chain chain(context, words.password);
  const auto fresh = chain.node().lookup_id(Address::parse(words.addresses.at(0)));
  const auto sender = chain.node().lookup_id(Address::parse(words.addresses.at(1)));
  const auto info = chain.node().miner_info(chain.miner());
  // Source: lotus, cli/spcli/actor.go: the owner proposes, the nominee confirms.
  if (sender != info.owner && sender != fresh)
    throw Refusal("from address must either be the old owner or the new owner");
  if (!actor_meant(context, words)) return 0;
  const auto sent = wish(chain, "actor set-owner", sender, Miner::change_owner_address,
                         types::CborWriter().address(fresh).take());
  const auto cid = chain.send(sent);
  if (!context.json) std::cout << "Message CID: " << cid.text() << std::endl;
  const auto entry = chain.wait(sent.key, words.confidence, "owner change");
  if (context.json)
    print({{"Message", entry.landed.text()}});
  else
    std::cout << "message succeeded!\n";
  return 0;
}

int propose_worker(const Context& context, const ActorWords& words) {
  Chain chain(context, words.password);
  const auto text = words.addresses.at(0);
  const auto fresh = chain.node().lookup_id(Address::parse(text));
  const auto info = chain.node().miner_info(chain.miner());
  if (!info.new_worker.defined() && info.worker == fresh)
    throw Refusal(fmt::format("worker address already set to {}", text));
  if (info.new_worker.defined() && info.new_worker == fresh)
    throw Refusal(fmt::format("change to worker address {} already pending", text));
  if (chain.key_of(fresh).protocol() != types::Protocol::bls)
    throw Error(Fault::usage, "{}: a worker's key must be bls (f3)", text);
  if (!actor_meant(context, words)) return 0;
  const message::ChangeWorkerAddress params{fresh, info.control};
  const auto sent = wish(chain, "actor propose-change-worker", info.owner,
                         Miner::change_worker_address, params.cbor());
  const auto cid = chain.send(sent);
  if (!context.json) std::cout << "Propose Message CID: " << cid.text() << std::endl;
  chain.wait(sent.key, words.confidence, "propose worker change");
  const auto now = chain.node().miner_info(chain.miner());
  if (now.new_worker != fresh)
    throw Refusal(fmt::format(
        "Proposed worker address change not reflected on chain: expected '{}', found '{}'",
        chain.text(fresh), chain.text(now.new_worker)));
  if (context.json) {
    print({{"Message", cid.text()}, {"Height", now.worker_change_epoch}});
    return 0;
  }
  std::cout << fmt::format(
      "Worker key change to {} successfully sent, change happens at height {}.\n"
      "If you have no active deadlines, call 'confirm-change-worker' at or after height {} to "
      "complete.\n",
      text, now.worker_change_epoch, now.worker_change_epoch);
  return 0;
}

int confirm_worker(const Context& context, const ActorWords& words) {
  Chain chain(context, words.password);
  const auto text = words.addresses.at(0);
  const auto fresh = chain.node().lookup_id(Address::parse(text));
  const auto info = chain.node().miner_info(chain.miner());
  if (!info.new_worker.defined()) throw Refusal("no worker key change proposed");
  if (info.new_worker != fresh)
    throw Refusal(fmt::format("worker key {} does not match current worker key proposal {}",
                              chain.text(fresh), chain.text(info.new_worker)));
  if (const auto height = chain.node().head().height; height < info.worker_change_epoch)
    throw Refusal(
        fmt::format("worker key change cannot be confirmed until {}, current height is {}",
                    info.worker_change_epoch, height));
  if (!actor_meant(context, words)) return 0;
  const auto sent = wish(chain, "actor confirm-change-worker", info.owner,
                         Miner::confirm_change_worker_address, {});
  const auto cid = chain.send(sent);
  if (!context.json) std::cout << "Confirm Message CID: " << cid.text() << std::endl;
  chain.wait(sent.key, words.confidence, "worker change");
  const auto now = chain.node().miner_info(chain.miner());
  if (now.worker != fresh)
    throw Refusal(fmt::format(
        "Confirmed worker address change not reflected on chain: expected '{}', found '{}'",
        chain.text(fresh), chain.text(now.worker)));
  if (context.json) print({{"Message", cid.text()}});
  return 0;
}

/// A command over addresses that sends a message of the owner.
Command owner_command(std::vector<std::string> words, std::string summary, std::string arguments,
                      int addresses, int (*action)(const Context&, const ActorWords&)) {
  return {std::move(words), std::move(summary), std::move(arguments),
          [addresses, action](CLI::App& app) {
            auto taken = std::make_shared<ActorWords>();
            auto* option = app.add_option("address", taken->addresses, "f0..., f1..., f3...");
            if (addresses > 0) option->required()->expected(addresses);
            app.add_flag("--really-do-it", taken->really,
                         "Actually send transaction performing the action");
            if (addresses > 0)  // only control set does not wait, as lotus' does not
              app.add_option("--confidence", taken->confidence,
                             "number of block confirmations to wait for");
            taken->password.declare(app);
            return [taken, action](const Context& context) { return action(context, *taken); };
          }};
}

}  // namespace

std::string control_text(const std::vector<ControlRow>& rows, bool verbose, bool colour,
                         types::Network network) {
  SparseTable table({"name", "ID", "key", "use", "balance"}, {});
  for (const auto& row : rows) {
    auto key = row.key.text(network);
    if (!verbose && key.size() > 9) key = key.substr(0, 6) + "...";
    std::string uses;
    for (const auto& use : row.uses)
      uses += (uses.empty() ? "" : " ") + cli::colour(colour, colour_of_use(use), use);
    table.add({{"name", row.name},
               {"ID", row.id.text(network)},
               {"key", key},
               {"use", uses},
               {"balance", cli::colour(colour, colour_of_balance(row.balance),
                                       types::fil_text(row.balance))}});
  }
  return table.text();
}

std::vector<Command> actor_commands() {
  return {
      {{"actor", "control", "list"},
       "Get currently set control addresses",
       "",
       [](CLI::App& app) {
         auto words = std::make_shared<ActorWords>();
         app.add_flag("--verbose", words->verbose, "whole keys");
         return [words](const Context& context) { return control_list(context, *words); };
       }},
      owner_command({"actor", "control", "set"}, "Set control address(-es)", "[...address]", 0,
                    control_set),
      {{"actor", "withdraw"},
       "withdraw available balance to beneficiary",
       "[amount (FIL)]",
       [](CLI::App& app) {
         auto words = std::make_shared<ActorWords>();
         app.add_option("amount", words->amount, "FIL; all that is available where left out");
         app.add_option("--confidence", words->confidence,
                        "number of block confirmations to wait for");
         app.add_flag("--beneficiary", words->beneficiary,
                      "send withdraw message from the beneficiary address");
         words->password.declare(app);
         return [words](const Context& context) { return withdraw(context, *words); };
       }},
      owner_command(
          {"actor", "set-owner"},
          "Set owner address (this command should be invoked twice, first with the old owner "
          "as the senderAddress, and then with the new owner)",
          "[newOwnerAddress senderAddress]", 2, set_owner),
      owner_command({"actor", "propose-change-worker"}, "Propose a worker address change",
                    "[address]", 1, propose_worker),
      owner_command({"actor", "confirm-change-worker"}, "Confirm a worker address change",
                    "[address]", 1, confirm_worker),
  };
}

}  // namespace sealyard::cli
