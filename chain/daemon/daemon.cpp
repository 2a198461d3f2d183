#include "chain/daemon/daemon.h"

#include <sodium.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "chain/autotask/driver.h"
#include "chain/daemon/on_chain.h"
#include "chain/ledger/instance_lock.h"
#include "chain/pledge/key.h"
#include "chain/pledge/order.h"
#include "jobs/stage/progress.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "slurm/cluster.h"
#include "slurm/submit.h"

namespace sealyard::daemon {
namespace {

using nlohmann::json;
using pledge::Sector;
namespace event = pledge::event;

/// A sector needs few steps at a time; more means that two of them undo each other.
constexpr int kMostSteps = 16;
/// slurmctld writes its state that often at the latest.
/// Source: Slurm, src/slurmctld/state_save.c, SAVE_MAX_WAIT.
constexpr std::int64_t kSaveMaxWaitS = 5;
constexpr std::int64_t kLongestBackoffMs = 60'000;
constexpr std::streamoff kTailBytes = 8192;

/// The last line the stage itself wrote into its job's output: why it ended.
std::string last_words(const settings::Settings& settings, const Sector& sector) {
  if (!sector.job) return {};
  std::ifstream file(pledge::output_path(settings.storage_root, sector.id, sector.job->stage));
  file.seekg(0, std::ios::end);
  const auto size = static_cast<std::streamoff>(file.tellg());
  if (size <= 0) return {};
  file.seekg(std::max<std::streamoff>(size - kTailBytes, 0));
  const auto program = stage::program(sector.job->stage) + ": ";
  std::string last;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(program)) last = line.substr(program.size());
  return last;
}

/// Where finalize took a sector; sectors that are proven are at rest and not in memory.
std::string store_of(const ledger::Ledger& ledger, const pledge::Sectors& awake, SectorId id) {
  if (const auto found = awake.find(id); found != awake.end()) return found->second.store;
  pledge::Sectors resting;
  pledge::apply(resting, ledger.events_of(id));
  const auto found = resting.find(id);
  return found == resting.end() ? std::string() : found->second.store;
}

}  // namespace

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Daemon::Daemon(settings::Settings settings, ledger::Ledger ledger,
               std::shared_ptr<spdlog::logger> log)
    : settings_(std::move(settings)),
      ledger_(std::move(ledger)),
      log_(std::move(log)),
      journal_(
          ledger_, fmt::format("daemon:{}:{}", ledger::host_name(), getpid()),
          [this](const Sector& sector, const ledger::Event& event) { written(sector, event); }),
      alerts_(alert::sinks(settings_.alerts, settings_.home, log_),
              static_cast<std::int64_t>(settings_.alerts.repeat_s) * 1000, log_) {
  if (sodium_init() < 0) throw Error(Fault::internal, "libsodium does not start");
  tag_ = settings_.cluster_tag.empty() ? ledger_.id() : settings_.cluster_tag;
  if (settings_.chain.on)
    chain_ =
        std::make_unique<OnChain>(settings_, journal_, alerts_, log_, tag_, watch_, slurm_answers_);
  autotask_ = make_autotask();
}

Daemon::~Daemon() = default;

Daemon::Tick Daemon::tick(const std::function<bool()>& stop) {
  report_ = {};
  read_ledger();
  poll_slurm();
  report_.slurm_answers = slurm_answers_;
  // Deadlines first: they do not wait.
  if (chain_ && settings_.chain.window_post)
    chain_->posts.tick([this](SectorId id) { return store_of(ledger_, sectors_, id); }, now_ms());
  if (chain_) chain_->standing.tick(now_ms());
  if (chain_) chain_->driver.tick(sectors_, now_ms());
  for (auto& [id, sector] : sectors_) {
    if (stop && stop()) break;
    const auto& row = pledge::row(sector.state);
    tell(sector);
    if (!row.waits_for.empty()) continue;
    if (!sector.failure || sector.failure->again_ms != 0) ++report_.active;
    if (!row.of_chain.empty()) continue;
    try {
      turn(sector);
    } catch (const pledge::Stale&) {
      log_->debug("{}: changed by somebody else; read again", id.text());
    } catch (const Error& error) {
      ++report_.errors;
      log_->warn("{}: {}", id.text(), error.what());
    } catch (const std::exception& error) {
      ++report_.errors;
      log_->error("{}: {}", id.text(), error.what());
    }
  }
  if (slurm_answers_) cancel_superseded();
  autotask_->tick(sectors_, now_ms());
  put_to_rest();
  return report_;
}

/// Somebody has to look: once when it begins, once when it is over.
void Daemon::tell(const Sector& sector) {
  const bool held = !sector.broken.empty() || (sector.failure && sector.failure->again_ms == 0);
  if (!held && !held_.contains(sector.id)) return;
  if (held) {
    alerts_.raise("sector_held", sector.id.text(),
                  sector.broken.empty() ? sector.failure->text : sector.broken, now_ms());
    held_.insert(sector.id);
  } else {
    alerts_.clear("sector_held", sector.id.text(), now_ms());
    held_.erase(sector.id);
  }
}

bool Daemon::ledger_changed() const { return ledger_.last_seq() != seen_; }

void Daemon::read_ledger() {
  if (seen_ == 0) {
    const auto last = ledger_.last_seq();  // first: what is written meanwhile is read again
    pledge::apply(sectors_, ledger_.events_awake());
    seen_ = last;
    return;
  }
  const auto events = ledger_.events(seen_);
  if (events.empty()) return;
  for (const auto& event : events)
    if (!sectors_.contains(event.sector))  // new, or at rest until now
      pledge::apply(sectors_, ledger_.events_of(event.sector));
  pledge::apply(sectors_, events);
  seen_ = events.back().seq;
}

/// Only what was read back: an event of this tick would wake its sector at the next one.
void Daemon::put_to_rest() {
  std::vector<ledger::Resting> resting;
  for (const auto& [id, sector] : sectors_)
    if (pledge::rests(sector) && sector.last_seq <= seen_ && !held_.contains(id))
      resting.push_back({id, sector.last_seq});
  if (resting.empty()) return;
  ledger_.rest(resting);
  for (const auto& one : resting) {
    sectors_.erase(one.sector);
    memory_.erase(one.sector);
  }
}

void Daemon::poll_slurm() {
  if (slurm_failures_ > 0 && now_ms() < ask_slurm_again_ms_) return;
  try {
    watch_.poll();
    if (!slurm_answers_) {
      forget_ms_ = (2 * kSaveMaxWaitS + slurm::settings().min_job_age_s) * 1000;
      log_->info("slurmctld answers; {} jobs known", watch_.jobs().size());
    }
    slurm_answers_ = true;
    slurm_failures_ = 0;
  } catch (const Error& error) {
    if (slurm_answers_ || !slurm_asked_)
      log_->warn("slurmctld does not answer: {}; jobs go on without it, asking again",
                 error.what());
    slurm_answers_ = false;
    const auto wait =
        std::min<std::int64_t>(1000LL << std::min(slurm_failures_, 6u), kLongestBackoffMs);
    ++slurm_failures_;
    ask_slurm_again_ms_ = now_ms() + wait;
  }
  slurm_asked_ = true;
}

pledge::Facts Daemon::look(const Sector& sector, Memory& memory) const {
  pledge::Facts facts;
  facts.now_ms = now_ms();
  facts.forget_ms = forget_ms_;
  facts.slurm_answers = slurm_answers_;
  if (sector.job && slurm_answers_) facts.jobs = watch_.find(sector.job->name);
  if (pledge::runs_stage(sector.state)) {
    try {
      facts.result =
          stage::read_result(settings_.storage_root, sector.id, pledge::row(sector.state).stage);
    } catch (const Error& error) {
      if (error.fault() != Fault::corrupt) throw;
      facts.result_error = error.what();
    }
    const auto found = facts.result ? pledge::identity(*facts.result) : std::string();
    if (found != memory.result_seen) {
      memory.result_seen = found;
      memory.result_seen_ms = facts.now_ms;
    }
    facts.result_seen_ms = memory.result_seen_ms;
  }
  return facts;
}

void Daemon::turn(Sector& sector) {
  auto& memory = memory_[sector.id];
  std::optional<std::vector<slurm::Attempt>> asked;
  for (int steps = 0; steps < kMostSteps; ++steps) {
    auto facts = look(sector, memory);
    facts.history = asked;
    const auto step = pledge::next_step(sector, facts, settings_);
    if (const auto* wait = std::get_if<pledge::Wait>(&step)) {
      if (wait->why != memory.waited)
        log_->debug("{}: {}: {}", sector.id.text(), name(sector.state), wait->why);
      memory.waited = wait->why;
      return comment(sector, memory);
    }
    if (std::holds_alternative<pledge::DrawTicket>(step)) {
      if (!draw_ticket(sector)) return;
    } else if (std::holds_alternative<pledge::Submit>(step)) {
      if (!submit(sector, memory)) return;
    } else if (std::holds_alternative<pledge::AskHistory>(step)) {
      asked = history(sector);
    } else if (const auto* record = std::get_if<pledge::Record>(&step)) {
      auto payload = record->payload;
      if (record->kind == event::kFailed)
        if (const auto said = last_words(settings_, sector); !said.empty())
          payload["text"] = payload["text"].get<std::string>() + ": " + said;
      const bool still_gone = record->kind == event::kMissing;
      write(sector, record->kind, std::move(payload));
      if (!still_gone) asked.reset();
    } else if (const auto* pull = std::get_if<pledge::PullForward>(&step)) {
      const unsigned restarts = facts.jobs.empty() ? 0 : facts.jobs.front().restarts;
      if (memory.pulled.insert(restarts).second) {
        slurm::Update now;
        now.start_soon = true;
        slurm::update(pull->job, now);
        log_->info("{}: job {} starts again now", sector.id.text(), pull->job.text());
      }
      return;
    } else if (const auto* hold = std::get_if<pledge::HoldJob>(&step)) {
      slurm::hold(hold->job);
      write(sector, event::kFailed, hold->failed);
    }
  }
  throw Error(Fault::internal, "state {} does not come to rest", name(sector.state));
}

void Daemon::write(Sector& sector, std::string kind, json payload) {
  journal_.write(sector, std::move(kind), std::move(payload), now_ms());
}

void Daemon::written(const Sector& sector, const ledger::Event& made) {
  ++report_.events;
  const auto text = made.payload.value("text", std::string());
  log_->log(made.kind == event::kFailed || made.kind == event::kRefused ? spdlog::level::warn
                                                                        : spdlog::level::info,
            "{}: {} {}{}{}", sector.id.text(), name(sector.state), made.kind,
            text.empty() ? "" : ": ", text);
}

bool Daemon::draw_ticket(Sector& sector) {
  if (chain_ && sector.ordered_ticket.empty()) return chain_->driver.draw_ticket(sector, now_ms());
  std::string value = sector.ticket, source = "kept";
  if (value.empty() && !sector.ordered_ticket.empty()) {
    value = sector.ordered_ticket;
    source = "operator";
  } else if (value.empty()) {
    Node drawn;
    randombytes_buf(drawn.bytes.data(), drawn.bytes.size());
    value = to_hex(drawn);
    source = "random";
  }
  write(sector, event::kTicket, {{"value", value}, {"epoch", 0}, {"source", source}});
  return true;
}

}  // namespace sealyard::daemon
