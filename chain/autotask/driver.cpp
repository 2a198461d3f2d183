#include "chain/autotask/driver.h"

#include <sys/stat.h>

#include "chain/pledge/take.h"
#include "kernels/base/error.h"
#include "kernels/base/porep.h"

namespace sealyard::autotask {
namespace {

constexpr char kSubject[] = "autotask";
constexpr char kIdle[] = "autotask_idle", kFunds[] = "autotask_funds",
               kMaxSector[] = "autotask_max_sector";

/// Another one where a file was written, replaced or removed.
std::string stamp(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return "-";
  return fmt::format("{}.{}.{}.{}", found.st_ino, found.st_size, found.st_mtim.tv_sec,
                     found.st_mtim.tv_nsec);
}

}  // namespace

Driver::Driver(settings::Settings settings, ledger::Ledger& ledger, alert::Alerts& alerts,
               Look look, StartsIn starts_in, Draw draw, Log log)
    : settings_(std::move(settings)),
      ledger_(ledger),
      alerts_(alerts),
      look_(std::move(look)),
      starts_in_(std::move(starts_in)),
      draw_(std::move(draw)),
      log_(std::move(log)) {}

void Driver::read_settings() {
  const auto now = stamp(settings_.home / "config.toml") + " " + stamp(settings_.live_file());
  if (now == read_) return;
  read_ = now;
  try {
    settings_.automatic = settings::load(settings_.home, settings_.programs).automatic;
    if (!settings_.automatic.worker_balance.empty())
      types::parse_fil(settings_.automatic.worker_balance);
  } catch (const Error& error) {
    log_(true, fmt::format("autotask: goes on with what it read before: {}", error.what()));
  }
}

void Driver::switch_on(std::int64_t now_ms) {
  begun_ = true;
  const auto last = ledger_.last_pledged_by(kRequestPrefix);
  last_pledge_ms_ = last ? last->time_ms : 0;
  if (const auto kept = read_status(settings_.home); kept && kept->on_ms > 0) status_ = *kept;
  // A cycle that has pledged is over, whatever the file says of it.
  const bool over = last && last->payload.value("request", "") >= request_name(status_.cycle);
  if (status_.on_ms == 0 || over || status_.cycle.begun_ms > now_ms) {
    const auto since = status_.on_ms == 0 ? now_ms : std::min(last_pledge_ms_, now_ms);
    if (status_.on_ms == 0) status_.on_ms = now_ms;
    status_.cycle = {since, draw_(kMostDrawS)};
    // Two cycles of one millisecond would have one name.
    if (last && last->payload.value("request", "") >= request_name(status_.cycle))
      status_.cycle.begun_ms = now_ms;
  }
  write_status(settings_.home, status_);
  log_(false, fmt::format("autotask: on, delay {} s", settings_.automatic.delay));
}

void Driver::switch_off(std::int64_t now_ms) {
  begun_ = false;
  status_ = {};
  write_status(settings_.home, status_);
  for (const char* kind : {kIdle, kFunds, kMaxSector}) alerts_.clear(kind, kSubject, now_ms);
  told_max_sector_ = false;
  log_(false, "autotask: off");
}

Verdict Driver::check(const pledge::Sectors& sectors) {
  try {
    auto facts = look_(settings_, sectors);
    facts.next_number = ledger_.next_number(settings_.miner, settings_.first_sector);
    return decide(facts, settings_.automatic, starts_in_);
  } catch (const Error& error) {
    return {"error", error.what(), {}, {}};
  }
}

Verdict Driver::pledge(const Verdict& verdict, std::int64_t now_ms) {
  nlohmann::json payload{{"proof_type", parse_porep(settings_.proof_type).name()},
                         {"group", settings_.default_group},
                         {"node", verdict.node},
                         {"stages", verdict.stages},
                         {"pieces", nlohmann::json::array()}};
  const pledge::Order order{settings_.miner,
                            1,
                            std::move(payload),
                            request_name(status_.cycle),
                            settings_.automatic.max_sector,
                            now_ms};
  const auto taken = pledge::take(ledger_, settings_, order, kSubject);
  if (!taken.refusal.empty()) return {"refused", taken.refusal, {}, {}};
  log_(false, fmt::format("autotask: sector {} {} for {}", taken.numbers.front(),
                          taken.again ? "was pledged" : "pledged", verdict.node));
  return verdict;
}

/// What people are told, and when it is over.
void Driver::tell(std::int64_t now_ms) {
  const auto& found = status_.condition;
  if (found == "funds" || found == "worker_balance")
    alerts_.raise(kFunds, kSubject, status_.text, now_ms);
  else
    alerts_.clear(kFunds, kSubject, now_ms);
  if (found == "max_sector") {
    if (!told_max_sector_) alerts_.raise(kMaxSector, kSubject, status_.text, now_ms);
  } else if (told_max_sector_) {
    alerts_.clear(kMaxSector, kSubject, now_ms);
  }
  told_max_sector_ = found == "max_sector";
}

void Driver::tick(const pledge::Sectors& sectors, std::int64_t now_ms) {
  read_settings();
  const auto& rules = settings_.automatic;
  if (!rules.pledge) {
    if (begun_) switch_off(now_ms);
    return;
  }
  if (!begun_) switch_on(now_ms);
  if (now_ms < std::max(status_.cycle.begun_ms, status_.cycle.passed_ms))
    status_.cycle = {now_ms, draw_(kMostDrawS)};  // the clock was put back
  if (now_ms >= due_ms(status_.cycle, rules.delay)) {
    auto verdict = check(sectors);
    const bool second = status_.cycle.passed_ms != 0;
    if (verdict.passes() && second) {
      verdict = pledge(verdict, now_ms);
      if (verdict.passes()) last_pledge_ms_ = now_ms;
    }
    if (!verdict.passes())
      log_(false, fmt::format("autotask: no pledge: {}: {}", verdict.condition, verdict.text));
    status_.checked_ms = now_ms;
    status_.condition = verdict.condition;
    status_.text = verdict.text;
    if (verdict.passes() && !second)
      status_.cycle.passed_ms = now_ms;
    else
      status_.cycle = {now_ms, draw_(kMostDrawS)};
    write_status(settings_.home, status_);
    tell(now_ms);
    if (verdict.passes() && second) alerts_.clear(kIdle, kSubject, now_ms);
  }
  const auto since = std::max(last_pledge_ms_, status_.on_ms);
  if (!status_.condition.empty() && idle_too_long(since, now_ms, rules.delay))
    alerts_.raise(kIdle, kSubject,
                  fmt::format("no sector pledged for {} s: {}: {}", (now_ms - since) / 1000,
                              status_.condition, status_.text),
                  now_ms);
}

}  // namespace sealyard::autotask
