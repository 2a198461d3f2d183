// sealyard proving recover-faults: declares sectors recovered once they were read as a proof would.
// Source: lotus, cmd/lotus-miner/proving.go, provingRecoverFaultsCmd; storage/wdpost,
// declareManualRecoveries().
#include <iostream>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/cli/proving.h"
#include "chain/cli/proving_run.h"
#include "chain/message/methods.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

using types::Bitfield;

struct RecoverWords {
  std::vector<std::string> sectors;
  std::uint64_t confidence = 5;
  PasswordWords password;
};

/// Where these sectors are faulty and not declared recovered yet.
/// @throws Refusal  one of them is not.
std::vector<message::PartitionSectors> where_faulty(const Chain& chain, Bitfield sectors) {
  std::vector<message::PartitionSectors> found;
  const auto deadlines = chain.node().deadlines(chain.miner()).size();
  for (std::uint64_t d = 0; d < deadlines && !sectors.empty(); ++d) {
    const auto partitions = chain.node().partitions(chain.miner(), d);
    for (std::uint64_t p = 0; p < partitions.size(); ++p) {
      const auto faulty = partitions[p].faulty - partitions[p].recovering;
      const auto here = faulty - (faulty - sectors);
      if (here.empty()) continue;
      found.push_back({d, p, here});
      sectors = sectors - here;
    }
  }
  if (!sectors.empty())
    throw Refusal(fmt::format("sector {} is not faulty, or declared recovered already",
                              sectors.runs().front().first),
                  exit_code(Fault::usage));
  return found;
}

int recover(const Context& context, const RecoverWords& words) {
  Bitfield sectors;
  for (const auto& word : words.sectors) sectors = sectors | parse_numbers(word);
  Chain chain(context, words.password);
  message::SectorDeclarations recoveries{where_faulty(chain, sectors)};
  const auto read = run_window_post(context, chain, sectors, {}, true);
  auto bad = Json::object();
  for (const auto& skipped : read.skipped) {
    bad[std::to_string(skipped.number)] = skipped.reason;
    std::cerr << fmt::format("sector {} cannot be proven: {}\n", skipped.number, skipped.reason);
  }
  const auto whole = Bitfield::of(read.sectors);
  for (auto& one : recoveries.declarations) one.sectors = one.sectors - (one.sectors - whole);
  std::erase_if(recoveries.declarations, [](const auto& one) { return one.sectors.empty(); });
  if (recoveries.declarations.empty())
    throw Refusal("no sector can be declared recovered", exit_code(Fault::corrupt));

  const auto& named = chain.settings().chain.post_from;
  outbox::Wish wish;
  wish.key = fresh_key("proving recover-faults");
  wish.from =
      named.empty() ? chain.node().miner_info(chain.miner()).worker : types::Address::parse(named);
  wish.to = chain.miner();
  wish.method = static_cast<std::uint64_t>(message::Miner::declare_faults_recovered);
  wish.params = recoveries.cbor();
  const auto cid = chain.send(wish);
  if (!context.json) std::cout << "Message CID: " << cid.text() << std::endl;
  chain.wait(wish.key, words.confidence, "recovery");
  if (context.json)
    print({{"Message", cid.text()}, {"Recovered", read.sectors}, {"Bad", std::move(bad)}});
  return 0;
}

}  // namespace

Command proving_recover_command() {
  return {{"proving", "recover-faults"},
          "Manually recovers faulty sectors on chain",
          "<faulty sectors>",
          [](CLI::App& app) {
            auto words = std::make_shared<RecoverWords>();
            app.add_option("sectors", words->sectors, "numbers of faulty sectors")->required();
            app.add_option("--confidence", words->confidence,
                           "number of block confirmations to wait for");
            words->password.declare(app);
            return [words](const Context& context) { return recover(context, *words); };
          }};
}

}  // namespace sealyard::cli
