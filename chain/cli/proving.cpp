// sealyard proving ...
#include "chain/cli/proving.h"

#include <array>
#include <ctime>
#include <iostream>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/cli/layout.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

using types::Epoch;

constexpr int kProvingBlue = 34;
constexpr std::uint64_t kMostNumbers = 1 << 20;  ///< of sectors that are written out

std::string utc(std::int64_t time_s, const char* form) {
  const auto time = static_cast<std::time_t>(time_s);
  std::tm tm{};
  gmtime_r(&time, &tm);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), form, &tm);
  return text.data();
}

/// "2 minutes 28 seconds": the two largest units that are not zero.
std::string spoken(std::int64_t seconds) {
  struct Unit {
    std::int64_t seconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {{365 * 86'400, "year"}, {7 * 86'400, "week"}, {86'400, "day"},
                             {3600, "hour"},         {60, "minute"},       {1, "second"}};
  std::string out;
  int words = 0;
  for (const auto& unit : kUnits) {
    const auto count = seconds / unit.seconds;
    seconds %= unit.seconds;
    if (count == 0 || words == 2) continue;
    out += fmt::format("{}{} {}{}", words++ ? " " : "", count, unit.name, count == 1 ? "" : "s");
  }
  return out;
}

std::string when(const ProvingView& view, Epoch epoch) {
  const auto seconds = (epoch - view.now.current) * view.delay_s;
  return seconds == 0 ? "now" : seconds < 0 ? spoken(-seconds) + " ago" : "in " + spoken(seconds);
}

std::int64_t time_of(const ProvingView& view, Epoch epoch) {
  return view.time_s + (epoch - view.now.current) * view.delay_s;
}

std::string epoch_text(const ProvingView& view, Epoch epoch) {
  return fmt::format("{} ({})", epoch, when(view, epoch));
}

std::string dated(const ProvingView& view, Epoch epoch) {
  return fmt::format("{} ({}, {})", epoch, utc(time_of(view, epoch), "%d %b %y %H:%M UTC"),
                     when(view, epoch));
}

std::string open_text(const ProvingView& view, std::uint64_t index) {
  const auto away = static_cast<Epoch>(index) - static_cast<Epoch>(view.now.index);
  return utc(time_of(view, view.now.open + away * view.now.challenge_window), "%H:%M:%S");
}

std::string miner_line(const ProvingView& view, bool coloured) {
  return fmt::format("Miner: {}\n", colour(coloured, kProvingBlue, view.miner));
}

struct Kind {
  const char* name;
  types::Bitfield rpc::Partition::*sectors;
};
constexpr Kind kKinds[] = {{"All", &rpc::Partition::all},
                           {"Live", &rpc::Partition::live},
                           {"Active", &rpc::Partition::active},
                           {"Faulty", &rpc::Partition::faulty},
                           {"Recovering", &rpc::Partition::recovering}};

std::uint64_t count(const std::vector<rpc::Partition>& partitions,
                    types::Bitfield rpc::Partition::*sectors) {
  std::uint64_t all = 0;
  for (const auto& partition : partitions) all += (partition.*sectors).size();
  return all;
}

std::string listed(const types::Bitfield& sectors) {
  std::string out;
  for (const auto number : sectors.members(kMostNumbers))
    out += (out.empty() ? "" : " ") + std::to_string(number);
  return "[" + out + "]";
}

ProvingView proving_view(const Chain& chain) {
  const auto& node = chain.node();
  const auto miner = chain.miner();
  const auto head = node.head();
  ProvingView view;
  view.miner = chain.text(miner);
  view.time_s = static_cast<std::int64_t>(head.blocks.front().timestamp);
  view.delay_s = static_cast<std::int64_t>(node.network_params().block_delay_s);
  view.now = node.proving_deadline(miner, head.key);
  view.deadlines = node.deadlines(miner, head.key);
  for (std::uint64_t i = 0; i < view.deadlines.size(); ++i)
    view.partitions.push_back(node.partitions(miner, i, head.key));
  return view;
}

Json to_json(const rpc::Partition& partition) {
  Json out;
  for (const auto& kind : kKinds) out[kind.name] = (partition.*kind.sectors).members(kMostNumbers);
  return out;
}

Json to_json(const ProvingView& view) {
  auto deadlines = Json::array();
  for (std::size_t i = 0; i < view.deadlines.size(); ++i) {
    auto partitions = Json::array();
    for (const auto& partition : view.partitions[i]) partitions.push_back(to_json(partition));
    deadlines.push_back({{"Index", i},
                         {"Open", open_text(view, i)},
                         {"Proven", view.deadlines[i].post_submissions.members(kMostNumbers)},
                         {"Partitions", std::move(partitions)}});
  }
  return {{"Miner", view.miner},
          {"CurrentEpoch", view.now.current},
          {"PeriodStart", view.now.period_start},
          {"Index", view.now.index},
          {"Open", view.now.open},
          {"Close", view.now.close},
          {"Challenge", view.now.challenge},
          {"FaultCutoff", view.now.fault_cutoff},
          {"Deadlines", std::move(deadlines)}};
}

struct ProvingWords {
  std::string deadline;
  bool all = false, numbers = false;
};

using Print = std::string (*)(const ProvingView&, const ProvingWords&, bool colour);

/// A command that looks at the chain and prints.
Command chain_command(std::vector<std::string> words, const char* summary, const char* arguments,
                      void (*declare)(CLI::App&, ProvingWords&), Print text) {
  return {std::move(words), summary, arguments, [declare, text](CLI::App& app) {
            auto said = std::make_shared<ProvingWords>();
            if (declare) declare(app, *said);
            return [said, text](const Context& context) {
              const Chain chain(context, {});
              const auto view = proving_view(chain);
              const auto out = text(view, *said, context.colour);
              if (context.json)
                print(to_json(view));
              else
                std::cout << out;
              return 0;
            };
          }};
}

}  // namespace

std::uint64_t parse_deadline(const std::string& text, std::uint64_t deadlines) {
  const bool digits =
      !text.empty() && text.size() < 5 && text.find_first_not_of("0123456789") == std::string::npos;
  const auto index = digits ? std::stoull(text) : deadlines;
  if (index >= deadlines)
    throw Refusal(
        fmt::format("could not parse deadline index: '{}': want 0 to {}", text, deadlines - 1),
        exit_code(Fault::usage));
  return index;
}

std::string proving_info_text(const ProvingView& view, bool colour) {
  const auto& now = view.now;
  std::uint64_t live = 0, faults = 0, recovering = 0;
  for (const auto& partitions : view.partitions) {
    live += count(partitions, &rpc::Partition::live);
    faults += count(partitions, &rpc::Partition::faulty);
    recovering += count(partitions, &rpc::Partition::recovering);
  }
  std::string out = miner_line(view, colour);
  const auto line = [&](const char* name, int columns, const std::string& value) {
    out += fmt::format("{:<{}}{}\n", name, columns, value);
  };
  line("Current Epoch:", 25, std::to_string(now.current));
  line("Proving Period Boundary:", 25, std::to_string(now.period_start % now.proving_period));
  line("Proving Period Start:", 25, dated(view, now.period_start));
  line("Next Period Start:", 25, dated(view, now.period_start + now.proving_period));
  out += '\n';
  line("Faults:", 13, fmt::format("{} ({}.00%)", faults, live == 0 ? 0 : faults * 100 / live));
  line("Recovering:", 13, std::to_string(recovering));
  line("Deadline Index:", 22, std::to_string(now.index));
  line("Deadline Sectors:", 22,
       std::to_string(count(view.partitions.at(now.index), &rpc::Partition::live)));
  line("Deadline Open:", 22, epoch_text(view, now.open));
  line("Deadline Close:", 22, epoch_text(view, now.close));
  line("Deadline Challenge:", 22, epoch_text(view, now.challenge));
  line("Deadline FaultCutoff:", 22, epoch_text(view, now.fault_cutoff));
  return out;
}

std::string proving_deadlines_text(const ProvingView& view, bool all, bool colour) {
  std::vector<std::vector<std::string>> rows{
      {"deadline", "open", "partitions", "sectors (faults)", "proven partitions"}};
  for (std::uint64_t i = 0; i < view.deadlines.size(); ++i) {
    const auto& partitions = view.partitions[i];
    const auto sectors = all ? &rpc::Partition::all : &rpc::Partition::live;
    const auto counted = std::count_if(
        partitions.begin(), partitions.end(),
        [&](const rpc::Partition& partition) { return all || !partition.live.empty(); });
    rows.push_back({std::to_string(i), open_text(view, i), std::to_string(counted),
                    fmt::format("{} ({})", count(partitions, sectors),
                                count(partitions, &rpc::Partition::faulty)),
                    fmt::format("{}{}", view.deadlines[i].post_submissions.size(),
                                view.now.index == i ? "  (current)" : "")});
  }
  return miner_line(view, colour) + aligned(rows);
}

std::string proving_deadline_text(const ProvingView& view, std::uint64_t index, bool numbers) {
  const auto& partitions = view.partitions.at(index);
  std::string out;
  const auto line = [&](const char* name, const std::string& value) {
    out += fmt::format("{:<26}{}\n", name, value);
  };
  line("Deadline Index:", std::to_string(index));
  line("Deadline Open:", open_text(view, index));
  line("Partitions:", std::to_string(partitions.size()));
  line("Proven Partitions:", std::to_string(view.deadlines.at(index).post_submissions.size()));
  line("Current:", view.now.index == index ? "true" : "false");
  out += '\n';
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    line("Partition Index:", std::to_string(i));
    for (const auto& kind : kKinds) {
      const auto& sectors = partitions[i].*kind.sectors;
      out += fmt::format("\t{:<27}{}\n", std::string(kind.name) + " Sectors:", sectors.size());
      if (numbers)
        out += fmt::format("\t{:<28}{}\n",
                           std::string(kind.name) + " Sector Numbers:", listed(sectors));
    }
  }
  return out;
}

std::string proving_faults_text(const ProvingView& view, bool colour) {
  std::vector<std::vector<std::string>> rows{{"deadline", "partition", "sectors"}};
  for (std::size_t d = 0; d < view.partitions.size(); ++d)
    for (std::size_t p = 0; p < view.partitions[d].size(); ++p)
      for (const auto number : view.partitions[d][p].faulty.members(kMostNumbers))
        rows.push_back({std::to_string(d), std::to_string(p), std::to_string(number)});
  return miner_line(view, colour) + aligned(rows);
}

std::vector<Command> proving_commands() {
  std::vector<Command> commands{
      chain_command({"proving", "info"}, "View current state information", "", nullptr,
                    [](const ProvingView& view, const ProvingWords&, bool colour) {
                      return proving_info_text(view, colour);
                    }),
      chain_command(
          {"proving", "deadlines"}, "View the current proving period deadlines information", "",
          [](CLI::App& app, ProvingWords& words) {
            app.add_flag("--all,-a", words.all,
                         "Count all sectors (only live sectors are counted by default)");
          },
          [](const ProvingView& view, const ProvingWords& words, bool colour) {
            return proving_deadlines_text(view, words.all, colour);
          }),
      chain_command(
          {"proving", "deadline"},
          "View the current proving period deadline information by its index", "<deadlineIdx>",
          [](CLI::App& app, ProvingWords& words) {
            app.add_option("deadlineIdx", words.deadline)->required();
            app.add_flag("--sector-nums,-n", words.numbers,
                         "Print sector/fault numbers belonging to this deadline");
          },
          [](const ProvingView& view, const ProvingWords& words, bool) {
            return proving_deadline_text(
                view, parse_deadline(words.deadline, view.deadlines.size()), words.numbers);
          }),
      chain_command({"proving", "faults"},
                    "View the currently known proving faulty sectors information", "", nullptr,
                    [](const ProvingView& view, const ProvingWords&, bool colour) {
                      return proving_faults_text(view, colour);
                    }),
      proving_check_command(),
      proving_recover_command(),
  };
  for (auto& command : proving_compute_commands()) commands.push_back(std::move(command));
  return commands;
}

}  // namespace sealyard::cli
