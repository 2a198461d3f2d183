#include "chain/pledge/take.h"

#include "chain/pledge/sector.h"
#include "kernels/base/error.h"

namespace sealyard::pledge {
namespace {

/// What the request got the first time.
Taken answered(const Order& order, const std::vector<ledger::Event>& before) {
  Taken taken;
  taken.again = true;
  for (const auto& event : before) {
    if (event.sector.miner != order.miner)
      throw Error(Fault::usage, "request '{}' was answered for miner f0{}, not f0{}; name another",
                  order.request, event.sector.miner, order.miner);
    taken.numbers.push_back(event.sector.number);
  }
  if (taken.numbers.size() != order.count)
    throw Error(Fault::usage, "request '{}' was answered with {} sectors, not {}; name another",
                order.request, taken.numbers.size(), order.count);
  return taken;
}

}  // namespace

std::uint64_t sealing(const ledger::Ledger& ledger, std::uint64_t miner) {
  Sectors all;
  pledge::apply(all, ledger.events_awake());  // no sector at rest is being sealed
  std::uint64_t count = 0;
  for (const auto& [id, sector] : all)
    if (id.miner == miner && row(sector.state).sealing) ++count;
  return count;
}

Taken take(ledger::Ledger& ledger, const settings::Settings& settings, const Order& order,
           const std::string& actor, bool dry_run) {
  Taken taken;
  ledger.transact([&] {
    if (!order.request.empty())
      if (const auto before = ledger.pledged_by(order.request); !before.empty()) {
        taken = answered(order, before);
        return;
      }
    if (const auto most = settings.max_sealing_sectors; most > 0)
      if (const auto now = sealing(ledger, order.miner); now + order.count > most) {
        taken.refusal =
            fmt::format("too many sectors sealing (curSealing: {}, max: {})", now, most);
        return;
      }
    auto number = ledger.next_number(order.miner, settings.first_sector);
    if (order.highest > 0 && number + order.count - 1 > order.highest) {
      taken.refusal =
          fmt::format("sector numbers end at {}: {} would be the next", order.highest, number);
      return;
    }
    auto payload = order.payload;
    if (!order.request.empty()) payload["request"] = order.request;
    for (unsigned i = 0; i < order.count; ++i, ++number) {
      taken.numbers.push_back(number);
      if (!dry_run)
        ledger.append({0, order.time_ms, {order.miner, number}, event::kPledged, payload, actor});
    }
  });
  return taken;
}

}  // namespace sealyard::pledge
