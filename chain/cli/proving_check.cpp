// sealyard proving check: reads the sectors of a deadline, here and now, as a proof would.
#include <iostream>
#include <map>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/cli/layout.h"
#include "chain/cli/proving.h"
#include "chain/cli/proving_run.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

constexpr int kBadColour = 31, kGoodColour = 32;

struct CheckWords {
  std::string deadline;
  bool only_bad = false, faulty = false;
};

/// Why each of these sectors cannot be proven; good ones are not in it.
std::map<std::uint64_t, std::string> bad_ones(const Context& context, const Chain& chain,
                                              const types::Bitfield& numbers) {
  std::map<std::uint64_t, std::string> bad;
  for (const auto& skipped : run_window_post(context, chain, numbers, {}, true).skipped)
    bad[skipped.number] = skipped.reason;
  return bad;
}

int check(const Context& context, const CheckWords& words) {
  const Chain chain(context, {});
  const auto index = parse_deadline(words.deadline, chain.node().deadlines(chain.miner()).size());
  std::vector<std::vector<std::string>> rows{{"deadline", "partition", "sector", "status"}};
  auto all = Json::array();
  const auto partitions = chain.node().partitions(chain.miner(), index);
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    const auto& sectors = words.faulty ? partitions[p].faulty : partitions[p].live;
    if (sectors.empty()) continue;
    const auto bad = bad_ones(context, chain, sectors);
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
