// What the daemon does to jobs: submits and adopts them, tells how far they are, ends twins.
#include <spdlog/spdlog.h>

#include "chain/daemon/daemon.h"
#include "chain/pledge/key.h"
#include "chain/pledge/order.h"
#include "jobs/stage/progress.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "slurm/cluster.h"
#include "slurm/submit.h"

namespace sealyard::daemon {
namespace {

using nlohmann::json;
using pledge::Sector;
namespace event = pledge::event;

/// Templates that could not be made are tried again no sooner; sectors do without meanwhile.
constexpr std::int64_t kTemplateAgainS = 3600;

}  // namespace

std::string Daemon::after_templates(const Sector& sector) {
  const auto wanted = pledge::template_request(sector, tag_, settings_);
  if (!wanted) return {};
  std::filesystem::create_directories(wanted->work_dir);
  const auto job = slurm::submit_once(*wanted, {}, now_ms() / 1000 - kTemplateAgainS);
  if (!job.adopted) log_->info("templates: submitted job {}: {}", job.id.text(), wanted->name);
  return slurm::terminal(job.state) ? std::string() : "afterany:" + job.id.text();
}

bool Daemon::submit(Sector& sector, Memory& memory) {
  if (now_ms() < memory.refused_until_ms) return false;
  const std::string stage(pledge::row(sector.state).stage);
  const bool resumed = sector.job.has_value();
  const unsigned generation = resumed ? sector.job->generation : sector.generation[stage] + 1;
  const pledge::Key key{tag_, sector.id, stage, generation};
  auto request = pledge::request(sector, key, settings_);
  std::error_code made;
  std::filesystem::create_directories(request.work_dir, made);
  if (made) throw Error(Fault::io, "{}: {}", request.work_dir, made.message());

  // A stage that finds its own result believes it is done; a new generation is to do it again. What
  // finalize left says what was moved already: it stays.
  if (!resumed && stage != stage::kFinalize)
    stage::remove_result(settings_.storage_root, sector.id, stage);

  const slurm::Journal journal{
      .intent =
          [&](const slurm::Request& wanted) {
            if (!sector.job)
              write(sector, event::kIntent,
                    {{"stage", stage},
                     {"generation", generation},
                     {"name", wanted.name},
                     {"plan", pledge::plan(wanted)}});
          },
      .submitted =
          [&](const slurm::Submitted& found) {
            write(sector, event::kSubmitted,
                  {{"name", request.name},
                   {"job", found.id.job},
                   {"submit_time", static_cast<std::int64_t>(found.submit_time)},
                   {"adopted", found.adopted}});
          },
  };
  try {
    if (stage == stage::kAddPiece) request.dependency = after_templates(sector);
    const auto since = resumed ? sector.job->intent_ms / 1000 - 3600 : now_ms() / 1000 - 60;
    const auto submitted = slurm::submit_once(request, journal, since);
    memory.refused_until_ms = 0;
    log_->info("{}: {} job {}: {}", sector.id.text(), submitted.adopted ? "adopted" : "submitted",
               submitted.id.text(), request.name);
    // Its record is not among those of this tick's poll: without it the job would look lost.
    return false;
  } catch (const Error& error) {
    if (error.fault() == Fault::io) {
      slurm_answers_ = false;  // the others need not find out one by one
      slurm_failures_ = std::max(slurm_failures_, 1u);
      log_->warn("{}: {}: outcome unknown, looked up again: {}", sector.id.text(), request.name,
                 error.what());
      return false;
    }
    memory.refused_until_ms = now_ms() + static_cast<std::int64_t>(settings_.retry.wait_s) * 1000;
    if (sector.job && sector.job->refusal != error.what())
      write(
          sector, event::kRefused,
          {{"name", request.name}, {"text", error.what()}, {"again_ms", memory.refused_until_ms}});
    return false;
  }
}

std::vector<slurm::Attempt> Daemon::history(const Sector& sector) const {
  std::vector<slurm::Attempt> found;
  if (slurm::has_accounting()) {
    slurm::History wanted;
    wanted.names = {sector.job->name};
    wanted.since = sector.job->intent_ms / 1000 - 3600;
    found = slurm::attempts(wanted);
  }
  return found;
}

void Daemon::comment(const Sector& sector, Memory& memory) {
  if (!slurm_answers_ || !sector.job || !sector.job->started) return;
  const auto now = now_ms();
  if (now < memory.commented_ms + static_cast<std::int64_t>(settings_.comment_s) * 1000) return;
  const auto& job = *sector.job;
  const auto progress = stage::read_progress(settings_.storage_root, sector.id);
  if (!progress || progress->attempt.job_id != job.id) return;
  const pledge::Key key{tag_, sector.id, job.stage, job.generation};
  auto text = key.comment(job.plan) + ";progress=" + progress->text();
  if (text == memory.comment) return;
  slurm::Update change;
  change.comment = text;
  try {
    slurm::update({job.id, -1}, change);
  } catch (const Error& error) {  // it may have ended since the poll; a comment is only a comment
    log_->debug("{}: comment: {}", sector.id.text(), error.what());
  }
  memory.comment = std::move(text);
  memory.commented_ms = now;
}

void Daemon::cancel_superseded() {
  pledge::Sectors resting;  // a sector at rest may have left a twin behind
  for (const auto& job : watch_.jobs()) {
    const auto key = pledge::parse_key(job.name);
    if (!key || key->tag != tag_ || job.ended() || job.completing) continue;
    const bool awake = sectors_.contains(key->sector);
    if (!awake) pledge::apply(resting, ledger_.events_of(key->sector));
    auto& among = awake ? sectors_ : resting;
    const auto found = among.find(key->sector);
    if (found == among.end()) {
      if (strangers_.insert(job.name).second)
        log_->warn("job {} ({}) is of a sector this ledger does not know; left alone",
                   job.id.text(), job.name);
      continue;
    }
    auto& sector = found->second;
    const bool current = sector.job && sector.job->name == job.name;
    const bool twin = current && sector.job->id != 0 && sector.job->id != job.raw_id &&
                      watch_.find(slurm::JobId{sector.job->id, -1}).size() == 1;
    if ((current && !twin) || key->generation > sector.generation[key->stage]) continue;
    try {
      slurm::cancel(job.id);
      log_->info("{}: job {} ({}) is superseded: cancelled", key->sector.text(), job.id.text(),
                 job.name);
    } catch (const Error& error) {
      log_->warn("{}: job {}: {}", key->sector.text(), job.id.text(), error.what());
    }
  }
}

}  // namespace sealyard::daemon
