#include "chain/pledge/journal.h"

namespace sealyard::pledge {

void Journal::write(Sector& sector, std::string kind, nlohmann::json payload, std::int64_t now_ms) {
  std::vector<Line> one;
  one.push_back({&sector, std::move(kind), std::move(payload)});
  write(std::move(one), now_ms);
}

void Journal::write(std::vector<Line> lines, std::int64_t now_ms) {
  std::vector<ledger::Event> events;
  const auto append = [&](Line& line) {
    ledger::Event event{
        0, now_ms, line.sector->id, std::move(line.kind), std::move(line.payload), actor_};
    const auto seq = ledger_.append_after(line.sector->last_seq, event);
    if (!seq) throw Stale{};
    event.seq = *seq;
    events.push_back(std::move(event));
  };
  if (lines.size() == 1)
    append(lines.front());
  else
    ledger_.transact([&] {
      for (auto& line : lines) append(line);
    });
  for (std::size_t i = 0; i < lines.size(); ++i) {
    apply(*lines[i].sector, events[i]);
    if (written_) written_(*lines[i].sector, events[i]);
  }
}

}  // namespace sealyard::pledge
