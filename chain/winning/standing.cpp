#include "chain/winning/standing.h"

#include <fmt/format.h>

#include <algorithm>

#include "chain/pledge/order.h"
#include "jobs/stage/resources.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/porep.h"

namespace sealyard::winning {
namespace {

constexpr std::int64_t kUsualTimeS = 24 * 3600;
/// The next one is asked for so long before the end; of short ones a quarter.
constexpr std::int64_t kRenewS = 3600;
/// A proof of one epoch is over by then: the one before is let go.
constexpr std::int64_t kOverlapS = 120;
constexpr std::int64_t kAskAgainMs = 60'000;

}  // namespace

slurm::Request standing_request(const settings::Settings& settings, std::string_view tag,
                                std::int64_t now_ms) {
  const auto site = settings.stage(std::string(stage::kWinningPost));
  const auto need =
      stage::resources(stage::kWinningPost, parse_porep(settings.proof_type), Backend::portable);
  slurm::Request job;
  job.name = fmt::format("sw.{}.{}.{}", tag, settings.miner, now_ms / 1000);
  job.argv = {"/bin/sleep", "infinity"};
  job.cores = static_cast<int>(site.cores ? site.cores : need.cores);
  job.memory_bytes = site.memory_bytes ? site.memory_bytes : need.memory_bytes;
  job.time_s = site.time_s ? static_cast<std::int64_t>(site.time_s) : kUsualTimeS;
  job.gres = pledge::parse_gres(site.gres);
  pledge::set_place(job, site, settings);
  job.as_step = false;
  job.comment = fmt::format("sp1;miner={};task=winning", settings.miner);
  return job;
}

Standing::Standing(const settings::Settings& settings, std::string tag, deadline::Jobs& jobs,
                   Log log)
    : settings_(settings), tag_(std::move(tag)), jobs_(jobs), log_(std::move(log)) {}

std::string Standing::prefix() const { return fmt::format("sw.{}.{}.", tag_, settings_.miner); }

std::string Standing::words() const {
  const std::scoped_lock lock(mutex_);
  return words_;
}

void Standing::set(std::string words) {
  const std::scoped_lock lock(mutex_);
  words_ = std::move(words);
}

void Standing::let_go(const slurm::JobState& job, const std::string& why) {
  try {
    jobs_.cancel(job.id);
    log_(false, fmt::format("winning: let go of job {}: {}", job.id.text(), why));
  } catch (const Error& error) {
    log_(true, fmt::format("winning: job {}: {}", job.id.text(), error.what()));
  }
}

void Standing::ask(std::int64_t now_ms) {
  if (now_ms < again_ms_) return;
  again_ms_ = now_ms + kAskAgainMs;  // a new one is not at once in the list
  try {
    const auto wish = standing_request(settings_, tag_, now_ms);
    const auto job = jobs_.submit(wish, static_cast<std::time_t>(now_ms / 1000) - 60);
    log_(false, fmt::format("winning: submitted job {} to stand by: {}", job.id.text(), wish.name));
    said_.clear();
  } catch (const Error& error) {
    if (said_ != error.what())
      log_(true, fmt::format("winning: no job stands by, proofs run here: {}", error.what()));
    said_ = error.what();
  }
}

void Standing::tick(std::int64_t now_ms) {
  if (!jobs_.answers()) return;  // what runs goes on running
  const auto now_s = now_ms / 1000;
  const bool wanted = settings_.chain.winning_post && settings_.chain.winning_step;
  std::vector<slurm::JobState> running;
  bool waiting = false;
  for (const auto& job : jobs_.all()) {
    if (!job.name.starts_with(prefix()) || job.ended() || job.completing) continue;
    if (!wanted)
      let_go(job, "no job is to stand by");
    else if (job.state == slurm::State::running)
      running.push_back(job);
    else
      waiting = true;
  }
  if (!wanted) return set({});
  // The one that lasts longest is used.
  std::sort(running.begin(), running.end(), [](const auto& a, const auto& b) {
    return std::pair(a.end_time, a.id) > std::pair(b.end_time, b.id);
  });
  if (running.empty()) {
    set({});
    if (!waiting) ask(now_ms);
    return;
  }
  const auto& best = running.front();
  // The memory is the job's: steps share it.
  set(
      fmt::format("srun --quiet --overlap --jobid={} --nodes=1 --ntasks=1 --cpus-per-task={} "
                  "--mem=0 --mpi=none --input=none",
                  best.id.text(), std::max<std::uint32_t>(best.cpus, 1)));
  if (now_s >= best.start_time + kOverlapS)
    for (std::size_t i = 1; i < running.size(); ++i)
      let_go(running[i], fmt::format("job {} stands by", best.id.text()));
  const auto renew_s = std::min(kRenewS, best.time_limit_s / 4);
  if (best.time_limit_s > 0 && now_s >= best.end_time - renew_s && running.size() == 1 && !waiting)
    ask(now_ms);
}

}  // namespace sealyard::winning
