// sealyard info.
#include "chain/cli/info.h"

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>

#include "chain/alert/alert.h"
#include "chain/cli/chain.h"
#include "chain/cli/layout.h"
#include "chain/ledger/instance_lock.h"
#include "chain/pledge/sector.h"
#include "kernels/base/error.h"
#include "slurm/cluster.h"

namespace sealyard::cli {
namespace {

using types::BigInt;

constexpr int kRed = 31, kGreen = 32, kYellow = 33, kBlue = 34, kCyan = 36;
constexpr double kBlocksPerEpoch = 5, kEpoch_s = 30, kEpochsAWeek = 7 * 2880;

/// "28 KiB", "28 Ki": four digits of bytes, three of power.
/// Source: lotus, chain/types/bigint.go, SizeStr(), DeciStr().
std::string scaled(const BigInt& value, const char* unit, int digits) {
  constexpr std::array kPrefixes{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi"};
  auto number = value.convert_to<double>();
  std::size_t prefix = 0;
  for (; number >= 1024 && prefix + 1 < kPrefixes.size(); ++prefix) number /= 1024;
  return fmt::format("{:.{}g} {}{}", number, digits, kPrefixes[prefix], unit);
}
std::string bytes_text(const BigInt& value) { return scaled(value, "B", 4); }

double percent(const BigInt& part, const BigInt& of) {
  return of == 0 ? 0 : BigInt(part * 100).convert_to<double>() / of.convert_to<double>();
}

std::string whole_seconds(double s) { return duration_text(static_cast<std::int64_t>(s) * 1000); }

struct InfoPrinter {
  const InfoOptions& options;
  std::string out{};

  template <typename... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    out += fmt::format(text, std::forward<Args>(args)...) + '\n';
  }
  std::string in(int number, const std::string& text) const {
    return colour(options.colour, number, text);
  }
  std::string address(const types::Address& a) const { return a.text(options.network); }

  void house(const HouseView& house) {
    if (!house.daemon_since_s) return;
    std::string names;
    for (const auto& name : house.subsystems) names += (names.empty() ? "" : " ") + name;
    line("Enabled subsystems: [{}]", names);
    line("StartTime: {} (started at {})",
         whole_seconds(static_cast<double>(house.now_s - *house.daemon_since_s)),
         time_text(*house.daemon_since_s * 1000));
  }

  void chain(const MinerView& v) {
    const auto delay = static_cast<std::int64_t>(std::max<std::uint64_t>(v.block_delay_s, 1));
    const auto behind = whole_seconds(static_cast<double>(v.head_age_s));
    const auto sync = v.head_age_s < delay * 3 / 2 ? in(kGreen, "sync ok")
                      : v.head_age_s < delay * 5
                          ? in(kYellow, fmt::format("sync slow ({} behind)", behind))
                          : in(kRed, fmt::format("sync behind! ({} behind)", behind));
    const auto fee = v.base_fee > 3'000'000'000 ? kRed
                     : v.base_fee > 750'000'000 ? kYellow
                     : v.base_fee > 100'000'000 ? kGreen
                                                : kBlue;
    line("Chain: [{}] [basefee {}]", sync, in(fee, types::fil_short(v.base_fee)));
  }

  void power(const MinerView& v) {
    const auto &mine = v.power.miner, &all = v.power.total;
    line("Miner: {} ({} sectors)", in(kBlue, address(v.miner)), bytes_text(v.info.sector_bytes));
    line("Power: {} / {} ({:.4f}%)", in(kGreen, scaled(mine.quality_adjusted, "", 3)),
         scaled(all.quality_adjusted, "", 3), percent(mine.quality_adjusted, all.quality_adjusted));
    line("\tRaw: {} / {} ({:.4f}%)", in(kBlue, bytes_text(mine.raw_bytes)),
         bytes_text(all.raw_bytes), percent(mine.raw_bytes, all.raw_bytes));
    const BigInt size = v.info.sector_bytes;
    line("\tCommitted: {}", bytes_text(size * v.sectors.live));
    const auto proving = bytes_text(size * (v.sectors.active + v.sectors.faulty));
    if (v.sectors.faulty == 0)
      line("\tProving: {}", proving);
    else
      line("\tProving: {} ({} Faulty, {:.2f}%)", proving, bytes_text(size * v.sectors.faulty),
           percent(v.sectors.faulty, v.sectors.live));
  }

  /// Expected blocks of an epoch are Poisson; several in one epoch count once here.
  void projection(const rpc::MinerPower& p) {
    if (!p.has_min_power) {
      out += "Below minimum power threshold, no blocks will be won\n";
      return;
    }
    const auto expected =
        percent(p.miner.quality_adjusted, p.total.quality_adjusted) / 100 * kBlocksPerEpoch;
    const auto chance = -std::expm1(-expected);
    if (chance <= 0) {
      out += '\n';
      return;
    }
    line("Projected average block win rate: {}",
         in(kBlue, fmt::format("{:.2f}/week (every {})", chance * kEpochsAWeek,
                               whole_seconds(kEpoch_s / chance))));
    // log(1 - chance) is -expected.
    line("Projected block win with {}",
         in(kGreen, fmt::format("99.9% probability every {}",
                                whole_seconds(kEpoch_s * std::log(1000) / expected))));
    line("(projections DO NOT account for future network and miner growth)\n");
  }

  void amount(std::string_view label, const BigInt& value) {
    line("{}", in(value > 0    ? kGreen
                  : value == 0 ? kYellow
                               : kRed,
                  fmt::format("{}{}", label, types::fil_short(value))));
  }

  void money(const MinerView& v) {
    const auto available = v.funds.available();
    const BigInt market = v.market.escrow - v.market.locked;
    line("Miner Balance:    {}", in(kYellow, types::fil_short(v.funds.balance)));
    line("      PreCommit:  {}", types::fil_short(v.funds.precommit_deposits));
    line("      Pledge:     {}", types::fil_short(v.funds.initial_pledge));
    line("      Vesting:    {}", types::fil_short(v.funds.vesting));
    amount("      Available:  ", available);
    line("Market Balance:   {}", types::fil_short(v.market.escrow));
    line("       Locked:    {}", types::fil_short(v.market.locked));
    amount("       Available: ", market);
    line("{}", in(kCyan, fmt::format("Worker Balance:   {}", types::fil_short(v.worker_balance))));
    if (!v.info.control.empty()) line("       Control:   {}", types::fil_short(v.control_balance));
    amount("Total Spendable:  ",
           (available > 0 ? available : BigInt(0)) + market + v.worker_balance + v.control_balance);
  }

  void beneficiary(const rpc::MinerInfo& info) {
    if (!info.beneficiary.defined()) return;
    line("\nBeneficiary:\t{}", address(info.beneficiary));
    if (info.beneficiary == info.owner) return;
    line("Beneficiary Quota:\t{}", types::to_text(info.beneficiary_quota));
    line("Beneficiary Used Quota:\t{}", types::to_text(info.beneficiary_used));
    line("Beneficiary Expiration:\t{}", info.beneficiary_expiration);
  }

  void sectors(const HouseView& house) {
    std::size_t total = 0;
    for (const auto& [state, count] : house.states) total += count;
    line("Sectors:\n\tTotal: {}", total);
    for (const auto& [state, count] : house.states) line("\t{}: {}", state, count);
  }

  void hosts(const HouseView& house) {
    if (house.sealing_hosts)
      line("Workers: Seal({}) WdPoSt({}) WinPoSt({})", *house.sealing_hosts,
           house.window_post_hosts.value_or(0), house.winning_post_hosts.value_or(0));
    else
      line("ERROR: getting worker stats: {}", house.no_hosts);
  }
};

MinerView miner_view(const Chain& chain) {
  const auto& node = chain.node();
  const auto head = node.head();
  const auto& at = head.key;  // one tipset, or the sums would not add up
  MinerView v;
  v.miner = chain.miner();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  v.head_age_s = std::chrono::duration_cast<std::chrono::seconds>(now).count() -
                 static_cast<std::int64_t>(head.blocks.front().timestamp);
  v.block_delay_s = node.version().block_delay_s;
  v.base_fee = head.blocks.front().parent_base_fee;
  v.info = node.miner_info(v.miner, at);
  v.power = node.miner_power(v.miner, at);
  v.sectors = node.sector_count(v.miner, at);
  v.funds = node.miner_funds(v.miner, at);
  v.market = node.market_balance(v.miner, at);
  v.worker_balance = node.balance(v.info.worker);
  for (const auto& address : v.info.control) v.control_balance += node.balance(address);
  return v;
}

/// When the daemon of this home began, if it runs.
std::optional<std::int64_t> daemon_since(const std::filesystem::path& home) {
  struct stat found {};
  if (stat((home / "daemon.lock").c_str(), &found) != 0) return std::nullopt;
  try {
    const ledger::InstanceLock probe(home);
    return std::nullopt;
  } catch (const Error& error) {
    if (error.fault() != Fault::busy) throw;
    return found.st_mtime;
  }
}

HouseView house_view(const Context& context, const settings::Settings& settings) {
  HouseView house;
  house.now_s = std::time(nullptr);
  house.daemon_since_s = daemon_since(settings.home);
  house.subsystems = {"Sealing", "SectorStorage"};
  house.alerts = alert::going(settings.home).size();
  pledge::Sectors all;
  if (std::filesystem::exists(settings.ledger_file()))
    pledge::apply(all, context.open_ledger(settings).events());
  for (const auto& row : pledge::states()) {
    std::size_t count = 0;
    for (const auto& [id, sector] : all)
      if (id.miner == settings.miner && sector.state == row.state) ++count;
    if (count > 0) house.states.emplace_back(row.name, count);
  }
  try {
    house.sealing_hosts = 0;
    for (const auto& host : slurm::hosts())
      if (host.usable()) ++*house.sealing_hosts;
  } catch (const Error& error) {
    house.sealing_hosts.reset();
    house.no_hosts = error.what();
  }
  return house;
}

Json to_json(const MinerView& v, const std::optional<HouseView>& house, const Chain& chain) {
  const auto power = [](const rpc::Power& p) {
    return Json{{"RawBytePower", types::to_text(p.raw_bytes)},
                {"QualityAdjPower", types::to_text(p.quality_adjusted)}};
  };
  Json out{{"Miner", chain.text(v.miner)},
           {"SectorSize", v.info.sector_bytes},
           {"HeadAge", v.head_age_s},
           {"BaseFee", types::to_text(v.base_fee)},
           {"MinerPower", power(v.power.miner)},
           {"TotalPower", power(v.power.total)},
           {"HasMinPower", v.power.has_min_power},
           {"Live", v.sectors.live},
           {"Active", v.sectors.active},
           {"Faulty", v.sectors.faulty},
           {"Balance", types::to_text(v.funds.balance)},
           {"PreCommit", types::to_text(v.funds.precommit_deposits)},
           {"Pledge", types::to_text(v.funds.initial_pledge)},
           {"Vesting", types::to_text(v.funds.vesting)},
           {"FeeDebt", types::to_text(v.funds.fee_debt)},
           {"Available", types::to_text(v.funds.available())},
           {"MarketEscrow", types::to_text(v.market.escrow)},
           {"MarketLocked", types::to_text(v.market.locked)},
           {"WorkerBalance", types::to_text(v.worker_balance)},
           {"ControlBalance", types::to_text(v.control_balance)}};
  if (!house) return out;
  out["DaemonRuns"] = house->daemon_since_s.has_value();
  out["Sectors"] = Json::object();
  for (const auto& [state, count] : house->states) out["Sectors"][state] = count;
  out["Workers"] = house->sealing_hosts ? Json(*house->sealing_hosts) : Json();
  return out;
}

int show_info(const Context& context, bool hide_sectors) {
  const Chain chain(context, {});
  const auto view = miner_view(chain);
  std::optional<HouseView> house;
  if (context.miner.empty()) house = house_view(context, chain.settings());
  if (context.json)
    print(to_json(view, house, chain));
  else
    std::cout << info_text(view, house,
                           {context.colour, hide_sectors, network_of(chain.settings())});
  return 0;
}

}  // namespace

std::string info_text(const MinerView& view, const std::optional<HouseView>& house,
                      const InfoOptions& options) {
  InfoPrinter printer{options};
  if (house) printer.house(*house);
  printer.chain(view);
  if (house && house->alerts > 0)
    printer.line("{} (check {})",
                 printer.in(kRed, fmt::format("⚠ {} Active alerts", house->alerts)),
                 printer.in(kYellow, "lotus-miner log alerts"));
  printer.power(view);
  printer.projection(view.power);
  printer.money(view);
  printer.beneficiary(view.info);
  printer.out += '\n';
  if (house && !options.hide_sectors) printer.sectors(*house);
  printer.out += '\n';
  if (house) printer.hosts(*house);
  return printer.out;
}

std::vector<Command> info_commands() {
  return {{{"info"}, "Print miner info", "", [](CLI::App& app) {
             auto hide = std::make_shared<bool>(false);
             app.add_flag("--hide-sectors-info", *hide, "hide sectors info");
             return [hide](const Context& context) { return show_info(context, *hide); };
           }}};
}

}  // namespace sealyard::cli
