#include "chain/deadline/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chain/deadline/usual.h"
#include "chain/rpc/client.h"
#include "kernels/base/error.h"

namespace sealyard::deadline {
namespace {

constexpr std::int64_t kAskAgainMs = 1000;
/// More steps in a row undo each other.
constexpr int kMostTurns = 8;
/// Files of deadlines are kept so long, in proving periods.
constexpr Epoch kKeepPeriods = 7;
/// Settings' post_batches name it, or none.
bool is_ours(const settings::Settings& settings, std::uint64_t batch) {
  const auto& all = settings.chain.post_batches;
  return all.empty() || ("," + all + ",").find(fmt::format(",{},", batch)) != std::string::npos;
}

rpc::Partition operator|(const rpc::Partition& a, const rpc::Partition& b) {
  return {a.all | b.all, a.faulty | b.faulty, a.recovering | b.recovering, a.live | b.live,
          a.active | b.active};
}

constexpr std::string_view kTroubles[] = {"post_late", "post_missed", "post_skipped",
                                          "post_failed"};

}  // namespace

Driver::Driver(const settings::Settings& settings, std::string tag, Chain& chain, Jobs& jobs,
               outbox::Pool& pool, outbox::Outbox& outbox, alert::Alerts& alerts, Log log)
    : settings_(settings),
      tag_(std::move(tag)),
      chain_(chain),
      jobs_(jobs),
      pool_(pool),
      outbox_(outbox),
      alerts_(alerts),
      log_(std::move(log)),
      files_(settings.storage_root),
      calendar_(settings, tag_, jobs, log_) {}

void Driver::tick(const Stored& stored, std::int64_t now_ms) {
  now_ms_ = now_ms;
  if (now_ms < ask_again_ms_) return;
  try {
    view_ = chain_.look();
    if (!view_.trouble.empty()) return;
    if (seen_ != view_.key || view_.key.empty()) read_chain();
    said_.clear();
    table_.clear();
    wanted_jobs_.clear();
    wanted_tasks_.clear();
    fresh_.clear();
    for (const auto& due : due_) turn(due, stored);
    if (settings_.chain.post_reserve > 0)
      calendar_.tick(needs_, {view_.height, chain_.epoch_s(), now_ms});
    submit_fresh();
    if (jobs_.answers()) cancel_superseded();
    if (wished_) outbox_.tick(pool_);
    wished_ = false;
  } catch (const std::exception& error) {  // no node answers, or says no, or nothing readable
    ask_again_ms_ = now_ms + kAskAgainMs;
    if (said_ != error.what())
      log_(true, fmt::format("{}; deadlines are looked at again soon", error.what()));
    said_ = error.what();
  }
}

void Driver::read_chain() {
  const auto period = chain_.period();
  const auto deadlines = chain_.deadlines();
  miner_ = chain_.miner();
  std::vector<Due> due;
  for (const auto& window : windows(settings_.miner, period, view_.height)) {
    read_deadline(window, deadlines, due);
  }
  due_ = std::move(due);
  if (settings_.chain.post_reserve > 0) read_needs(period);
  seen_ = view_.key;
  if (forgot_ < 0 || view_.height >= forgot_ + period.challenge_window) {
    files_.forget(settings_.miner, view_.height - kKeepPeriods * period.proving_period);
    forgot_ = view_.height;
    usual_s_.clear();
  }
}

void Driver::read_needs(const rpc::DeadlineInfo& period) {
  needs_.clear();
  const auto ahead = static_cast<Epoch>(settings_.chain.post_reserve);
  for (const auto& window : windows(settings_.miner, period, view_.height, ahead)) {
    if (window.close <= view_.height) continue;
    std::vector<Due> all;
    const bool known = std::any_of(due_.begin(), due_.end(),
                                   [&](const Due& due) { return due.part.window == window; });
    if (!known) read_deadline(window, {}, all);
    Need need{window, 0, 0};
    for (const auto& due : known ? due_ : all) {
      if (!due.ours || due.part.window != window || due.part.task != Task::proof) continue;
      bool open = false;
      for (std::size_t i = 0; i < due.partitions.size(); ++i)
        open = open || (!due.posted[i] && !provable(due.partitions[i]).empty());
      if (!open) continue;
      const auto job = request(due.part, 1, tag_, files_, settings_, usual_s(Task::proof));
      need.cores += static_cast<std::uint32_t>(job.cores);
      need.time_s = std::max(need.time_s, job.time_s);
    }
    if (need.cores > 0) needs_.push_back(need);
  }
}

void Driver::read_deadline(const Window& window, const std::vector<rpc::Deadline>& deadlines,
                           std::vector<Due>& due) {
  const auto partitions = chain_.partitions(window.index);
  std::optional<sealyard::Node> challenge;
  if (!partitions.empty() && view_.height >= window.prove() && view_.height < window.close)
    challenge = chain_.challenge(window.challenge);
  const auto posted = [&](std::uint64_t i) {
    return window.index < deadlines.size() && view_.height < window.close &&
           deadlines[window.index].post_submissions.contains(i);
  };
  const auto most =
      std::min(settings_.chain.post_partitions, most_partitions(miner_.partition_sectors));
  for (std::uint64_t first = 0; first < partitions.size(); first += most) {
    const auto end = std::min<std::uint64_t>(first + most, partitions.size());
    const bool ours = is_ours(settings_, first / most);
    Due batch{{window, first, Task::proof, end - first}, {}, {}, ours, challenge};
    for (auto i = first; i < end; ++i) {
      due.push_back({{window, i, Task::check, 1}, {partitions[i]}, {posted(i)}, ours, challenge});
      batch.partitions.push_back(partitions[i]);
      batch.posted.push_back(posted(i));
    }
    due.push_back(std::move(batch));
  }
}

void Driver::turn(const Due& due, const Stored& stored) {
  const auto& part = due.part;
  try {
    for (int turns = 0; turns < kMostTurns; ++turns) {
      const auto facts = look(due, stored);
      const auto job = part.job_name(tag_, facts.generation);
      wanted_jobs_.insert(job);
      auto& tasks = wanted_tasks_[part.array_name(tag_)];
      if (facts.generation == 1) tasks.insert(part.partition);
      const auto unwanted = [&] {
        wanted_jobs_.erase(job);
        tasks.erase(part.partition);
      };
      const auto step = next_step(facts, settings_);
      if (const auto* stay = std::get_if<Rest>(&step)) {
        // One that has left its result ends by itself.
        if ((stay->state == State::done || stay->state == State::missed) && !facts.result)
          unwanted();
        return rest(part, *stay);
      }
      if (std::holds_alternative<Order>(step)) {
        unwanted();
        order(part, facts, stored);
      } else if (std::holds_alternative<Submit>(step)) {
        return submit(part, facts);
      } else if (!send(due, facts, std::get<Send>(step))) {
        return;
      }
    }
    throw Error(Fault::internal, "{} does not come to rest", part.text());
  } catch (const rpc::NoAnswer&) {
    throw;
  } catch (const std::exception& error) {
    rest(part, {State::failed, error.what(), {{"post_failed", error.what()}}});
  }
}

Facts Driver::look(const Due& due, const Stored& stored) {
  const auto& part = due.part;
  Facts facts;
  facts.now_ms = now_ms_;
  facts.task = part.task;
  facts.window = part.window;
  facts.head = view_.height;
  facts.epoch_s = chain_.epoch_s();
  facts.posted = true;
  for (std::size_t i = 0; i < due.partitions.size(); ++i) {
    if (part.task == Task::proof && due.posted[i]) continue;
    facts.partition = facts.partition | due.partitions[i];
    facts.posted = false;
  }
  facts.ours = due.ours;
  facts.challenge = due.challenge;
  facts.partition_sectors = miner_.partition_sectors;
  files_.read(part, facts);
  facts.moved = moved(facts, stored);
  facts.slurm_answers = jobs_.answers();
  facts.predicted_s = predicted_s(part);
  if (part.task == Task::proof) {
    facts.post = newest(part, "post", facts.generation);
  } else {
    facts.faults = newest(part, "faults", facts.generation);
    facts.recoveries = newest(part, "recoveries", facts.generation);
  }
  if (facts.generation == 0) return facts;
  const auto name = part.job_name(tag_, facts.generation);
  auto& memory = memory_[name];
  if (facts.slurm_answers) facts.jobs = records(part, facts.generation);
  const bool going = std::any_of(facts.jobs.begin(), facts.jobs.end(),
                                 [](const slurm::JobState& job) { return !job.ended(); });
  if (going) memory = {};
  if (!going && !facts.jobs.empty() && memory.ended_ms == 0) memory.ended_ms = now_ms_;
  facts.ended_ms = memory.ended_ms;
  facts.refusal = memory.refusal;
  return facts;
}

std::vector<slurm::JobState> Driver::records(const Part& part, unsigned generation) const {
  auto found = jobs_.find(part.job_name(tag_, generation));
  if (generation != 1) return found;
  for (const auto& job : jobs_.find(part.array_name(tag_)))
    if (covers(job, part.partition)) found.push_back(job);
  return found;
}

/// A sector that finalize took elsewhere after the order was written is not lost.
bool Driver::moved(const Facts& facts, const Stored& stored) const {
  if (!facts.order || !facts.result) return false;
  return std::any_of(
      facts.result->skipped.begin(), facts.result->skipped.end(), [&](const auto& skipped) {
        const auto ordered =
            std::find_if(facts.order->sectors.begin(), facts.order->sectors.end(),
                         [&](const auto& sector) { return sector.number == skipped.number; });
        if (ordered == facts.order->sectors.end()) return false;
        const bool updated =
            std::filesystem::path(ordered->sealed).parent_path().filename() == "update";
        return place(settings_, stored, {settings_.miner, skipped.number}, updated) !=
               Place{ordered->sealed, ordered->cache};
      });
}

void Driver::rest(const Part& part, const Rest& rest) {
  table_.push_back({part, rest.state, rest.why});
  const auto subject = part.text();
  for (const auto kind : kTroubles) {
    const auto found = std::find_if(rest.troubles.begin(), rest.troubles.end(),
                                    [&](const Trouble& trouble) { return trouble.kind == kind; });
    if (found != rest.troubles.end())
      alerts_.raise(std::string(kind), subject, found->text, now_ms_);
    else
      alerts_.clear(std::string(kind), subject, now_ms_);
  }
  const auto line = fmt::format("{}: {}{}{}", subject, row(rest.state).name,
                                rest.why.empty() ? "" : ": ", rest.why);
  auto& last = logged_[subject];
  if (line == last) return;
  last = line;
  if (rest.state != State::idle)
    log_(rest.state == State::failed || rest.state == State::missed, line);
}

void Driver::cancel_superseded() {
  const auto ours = fmt::format("sp.{}.{}.", tag_, settings_.miner);
  for (const auto& job : jobs_.all()) {
    if (!job.name.starts_with(ours) || job.ended() || job.completing ||
        wanted_jobs_.contains(job.name))
      continue;
    if (const auto array = wanted_tasks_.find(job.name);
        array != wanted_tasks_.end() &&
        std::any_of(array->second.begin(), array->second.end(),
                    [&](std::uint64_t task) { return covers(job, task); }))
      continue;
    try {
      jobs_.cancel(job.id);
      log_(false,
           fmt::format("job {} ({}) is of no use any more: cancelled", job.id.text(), job.name));
    } catch (const Error& error) {
      log_(true, fmt::format("job {}: {}", job.id.text(), error.what()));
    }
  }
}

double Driver::usual_s(Task task) {
  const auto found = usual_s_.find(task);
  if (found != usual_s_.end()) return found->second;
  const auto past = files_.past(settings_.miner, task);
  const auto attempts = jobs_.past(job_names(past, tag_));
  return usual_s_[task] = deadline::usual_s(past, tag_, files_, attempts);
}

double Driver::predicted_s(const Part& part) {
  const auto usual = usual_s(part.task);
  return (usual > 0 ? usual : model_s(settings_)) * static_cast<double>(part.partitions);
}

/// A job that starts later ends too late, as it looks.
Epoch Driver::latest_start(const Part& part) {
  const auto end = part.task == Task::proof ? part.window.close : part.window.fault_cutoff;
  return end - static_cast<Epoch>(std::ceil(predicted_s(part) / chain_.epoch_s()));
}

}  // namespace sealyard::deadline
