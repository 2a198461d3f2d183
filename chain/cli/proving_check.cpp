// sealyard proving check: reads the sectors of a deadline, here and now, as a proof would.
#include <stdlib.h>

#include <iostream>
#include <map>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/cli/layout.h"
#include "chain/cli/program.h"
#include "chain/cli/proving.h"
#include "chain/deadline/files.h"
#include "jobs/stage/argv.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

constexpr int kBadColour = 31, kGoodColour = 32;

struct CheckWords {
  std::string deadline;
  bool only_bad = false, faulty = false;
};

/// A folder of its own, gone at the end.
class CheckFolder {
 public:
  CheckFolder() {
    auto name = (std::filesystem::temp_directory_path() / "sealyard-check-XXXXXX").string();
    if (!mkdtemp(name.data())) throw Error(Fault::io, "{} cannot be made", name);
    path = name;
  }
  ~CheckFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  CheckFolder(const CheckFolder&) = delete;
  CheckFolder& operator=(const CheckFolder&) = delete;

  std::filesystem::path path;
};

/// Why each of these sectors cannot be proven; good ones are not in it.
std::map<std::uint64_t, std::string> bad_ones(const Context& context, const Chain& chain,
                                              const rpc::MinerInfo& info,
                                              const types::Bitfield& numbers) {
  const auto& settings = chain.settings();
  const auto miner = chain.miner().id();
  pledge::Sectors known;
  if (std::filesystem::exists(settings.ledger_file()))
    pledge::apply(known, context.open_ledger(settings).events());
  stage::PostOrder order{.kind = "window",
                         .sector_bytes = info.sector_bytes,
                         .miner = miner,
                         .randomness = {},
                         .sectors = {}};
  for (const auto& sector : chain.node().sectors(chain.miner(), numbers)) {
    const auto where =
        deadline::place(settings, known, {miner, sector.number}, sector.sector_key.defined());
    order.sectors.push_back({sector.number, sector.comm_r.comm_r(), where.sealed, where.cache});
  }
  const CheckFolder folder;
  const auto ordered = folder.path / "order.json", made = folder.path / "result.json";
  stage::write(ordered, order);
  auto words = stage::post_argv(stage::kWindowPost, ordered, {}, made);
  words[0] = (settings.programs / words[0]).string();
  words.push_back("--vanilla-only");
  const auto ended = run_program(words);
  const auto result = stage::read_post_result(made);
  if (!result) throw Refusal(fmt::format("{} ended with {}", words[0], ended.code), ended.code);
  std::map<std::uint64_t, std::string> bad;
  for (const auto& skipped : result->skipped) bad[skipped.number] = skipped.reason;
  return bad;
}

int check(const Context& context, const CheckWords& words) {
  const Chain chain(context, {});
  const auto index = parse_deadline(words.deadline, chain.node().deadlines(chain.miner()).size());
  const auto info = chain.node().miner_info(chain.miner());
  std::vector<std::vector<std::string>> rows{{"deadline", "partition", "sector", "status"}};
  auto all = Json::array();
  const auto partitions = chain.node().partitions(chain.miner(), index);
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    const auto& sectors = words.faulty ? partitions[p].faulty : partitions[p].live;
    if (sectors.empty()) continue;
    const auto bad = bad_ones(context, chain, info, sectors);
    for (const auto number : sectors.members(UINT16_MAX)) {
      const auto found = bad.find(number);
      if (words.only_bad && found == bad.end()) continue;
      const auto status =
          found == bad.end()
              ? colour(context.colour, kGoodColour, "good")
              : fmt::format("{} ({})", colour(context.colour, kBadColour, "bad"), found->second);
      rows.push_back({std::to_string(index), std::to_string(p), std::to_string(number), status});
      all.push_back({{"Deadline", index},
                     {"Partition", p},
                     {"Sector", number},
                     {"Bad", found == bad.end() ? Json() : Json(found->second)}});
    }
  }
  if (context.json)
    print(all);
  else
    std::cout << aligned(rows);
  return 0;
}

}  // namespace

Command proving_check_command() {
  return {{"proving", "check"}, "Check sectors provable", "<deadlineIdx>", [](CLI::App& app) {
            auto words = std::make_shared<CheckWords>();
            app.add_option("deadlineIdx", words->deadline)->required();
            app.add_flag("--only-bad", words->only_bad, "print only bad sectors");
            app.add_flag("--faulty", words->faulty, "only check faulty sectors");
            return [words](const Context& context) { return check(context, *words); };
          }};
}

}  // namespace sealyard::cli
