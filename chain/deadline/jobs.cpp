#include "chain/deadline/jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chain/pledge/order.h"
#include "jobs/stage/argv.h"
#include "jobs/stage/resources.h"
#include "jobs/stage/stage.h"
#include "kernels/base/backend.h"
#include "kernels/base/porep.h"

namespace sealyard::deadline {
namespace {

/// Reading is waiting for disks: few cores, and what some thousand sectors' leaves take.
constexpr unsigned kCheckCores = 4;
constexpr std::uint64_t kCheckMemory = std::uint64_t{2} << 30;
constexpr unsigned kMostGrowth = 4;
/// A limit is so many times what nine of ten jobs need, but never less than some minutes.
constexpr double kTimeReserve = 4;
constexpr std::uint64_t kLeastTimeS = 300;

stage::Resources model(Task task, const settings::Settings& settings) {
  auto need =
      stage::resources(stage::kWindowPost, parse_porep(settings.proof_type), Backend::portable);
  if (task == Task::proof) return need;
  need.cores = std::min(need.cores, kCheckCores);
  need.memory_bytes = std::min(need.memory_bytes, kCheckMemory);
  need.gpus = 0;
  return need;
}

std::uint64_t time_limit_s(std::uint64_t model_s, double usual_s) {
  if (usual_s <= 0) return model_s;
  return std::max(std::min(model_s, kLeastTimeS),
                  static_cast<std::uint64_t>(std::ceil(kTimeReserve * usual_s)));
}

}  // namespace

slurm::Request request(const Part& part, unsigned generation, std::string_view tag,
                       const Files& files, const settings::Settings& settings, double usual_s) {
  const bool proof = part.task == Task::proof;
  const auto site = settings.stage(std::string(stage::kWindowPost));
  const auto need = model(part.task, settings);

  slurm::Request request;
  request.name = part.job_name(tag, generation);
  request.argv = stage::post_argv(stage::kWindowPost, files.order(part, generation), {},
                                  files.result(part, generation));
  if (!proof) request.argv.push_back("--vanilla-only");
  request.argv[0] = (settings.programs / request.argv[0]).string();
  request.cores = static_cast<int>(proof && site.cores ? site.cores : need.cores);
  request.memory_bytes = proof && site.memory_bytes ? site.memory_bytes : need.memory_bytes;
  request.time_s = static_cast<std::int64_t>(
      site.time_s ? site.time_s
                  : time_limit_s(need.time_s * part.partitions,
                                 usual_s * static_cast<double>(part.partitions)));
  for (unsigned i = 1; i < std::min(generation, kMostGrowth); ++i) {
    request.memory_bytes += request.memory_bytes / 2;
    request.time_s += request.time_s / 2;
  }
  if (proof) request.gres = pledge::parse_gres(site.gres);
  if (need.gpus) request.gres.push_back({"gpu", need.gpus});
  pledge::set_place(request, site, settings);
  request.work_dir = files.folder(part.window).string();
  request.output = files.output(part, generation).string();
  request.comment =
      fmt::format("sp1;miner={};deadline={};partition={};open={};task={};gen={}", part.window.miner,
                  part.window.index, part.partition, part.window.open, name(part.task), generation);
  return request;
}

slurm::Request array_request(const std::vector<Part>& parts, std::string_view tag,
                             const Files& files, const settings::Settings& settings,
                             double usual_s) {
  const auto& first = parts.front();
  auto wish = request(first, 1, tag, files, settings, usual_s);
  wish.name = first.array_name(tag);
  for (const auto& part : parts)
    wish.array += (wish.array.empty() ? "" : ",") + std::to_string(part.partition);
  const auto file = [&](std::string_view ending) {
    return "\"$0/" + Files::name(first.task, "$SLURM_ARRAY_TASK_ID", 1, ending) + "\"";
  };
  wish.argv = {"/bin/sh", "-c",
               fmt::format("exec \"$1\" --order {} --out {}{}", file("order.json"),
                           file("result.json"), first.task == Task::check ? " --vanilla-only" : ""),
               files.folder(first.window).string(), wish.argv[0]};
  wish.output = (files.folder(first.window) / Files::name(first.task, "%a", 1, "out")).string();
  wish.comment = fmt::format("sp1;miner={};deadline={};open={};task={};gen=1", first.window.miner,
                             first.window.index, first.window.open, name(first.task));
  return wish;
}

bool covers(const slurm::JobState& job, std::uint64_t task) {
  if (job.id.task >= 0) return static_cast<std::uint64_t>(job.id.task) == task;
  if (job.array_tasks.empty()) return false;
  const auto waiting = slurm::array_indices(job.array_tasks);
  return std::find(waiting.begin(), waiting.end(), task) != waiting.end();
}

double model_s(const settings::Settings& settings) {
  return static_cast<double>(model(Task::proof, settings).time_s);
}

}  // namespace sealyard::deadline
