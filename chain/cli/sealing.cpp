#include "chain/cli/sealing.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iostream>
#include <map>
#include <memory>

#include "chain/cli/layout.h"
#include "chain/cli/status.h"
#include "chain/pledge/key.h"
#include "kernels/base/hex.h"
#include "slurm/watch.h"

namespace sealyard::cli {
namespace {

using slurm::Host;

std::string state_text(const slurm::JobState& job) {
  using enum slurm::State;
  if (job.held) return fmt::format("held({})", job.reason);
  if (job.state == suspended) return "suspended";
  if (job.state == pending) return fmt::format("queued({})", job.reason);
  return job.configuring ? "prepared" : "running";
}

bool wanted(const StageView& job, const std::string& grep) {
  return contains(job.node, grep) || contains(short_name(job.stage), grep) ||
         contains(std::to_string(job.sector), grep);
}

std::vector<const StageView*> on(const Host& host, const std::vector<StageView>& jobs) {
  std::vector<const StageView*> found;
  for (const auto& job : jobs)
    if (job.node == host.name) found.push_back(&job);
  return found;
}

bool wanted(const Host& host, const std::vector<const StageView*>& jobs,
            const WorkerOptions& options) {
  if (!options.all && !host.usable() && jobs.empty()) return false;
  return contains(host.name, options.grep) ||
         std::any_of(jobs.begin(), jobs.end(),
                     [&](const StageView* job) { return wanted(*job, options.grep); });
}

/// Running stages by short name, in lotus' order of tasks.
std::vector<std::pair<std::string, unsigned>> task_counts(
    const std::vector<const StageView*>& jobs) {
  std::vector<std::pair<std::string, unsigned>> counts;
  for (const auto name : {"FIN", "UNS", "PC2", "PC1", "AP", "UNK"}) {
    const auto count = std::count_if(jobs.begin(), jobs.end(), [&](const StageView* job) {
      return job->state == "running" && short_name(job->stage) == name;
    });
    if (count > 0) counts.emplace_back(name, static_cast<unsigned>(count));
  }
  return counts;
}

struct Gpu {
  std::string model;
  std::uint32_t total = 0, used = 0;
};

std::vector<Gpu> gpus(const Host& host) {
  std::map<std::string, Gpu> found;
  for (const auto& gres : host.gres)
    if (gres.name == "gpu" || gres.name.starts_with("gpu:")) found[gres.name].total += gres.count;
  for (const auto& gres : host.gres_used)
    if (const auto gpu = found.find(gres.name); gpu != found.end()) gpu->second.used += gres.count;
  std::vector<Gpu> all;
  for (auto& [name, gpu] : found) {
    gpu.model = name == "gpu" ? "gpu" : name.substr(4);
    all.push_back(gpu);
  }
  return all;
}

std::string groups(const Host& host) {
  std::string out;
  for (const auto& feature : host.active_features)
    if (feature.starts_with("grp_")) out += (out.empty() ? "" : ",") + feature.substr(4);
  return out;
}

std::uint64_t memory_used(const Host& host) {
  const auto busy = host.memory_free_bytes > 0 && host.memory_free_bytes < host.memory_bytes
                        ? host.memory_bytes - host.memory_free_bytes
                        : 0;
  return std::max(busy, host.memory_used_bytes);
}

bool blacklisted(const Host& host, const WorkerOptions& options) {
  const auto& all = options.blacklist;
  return std::find(all.begin(), all.end(), host.name) != all.end();
}

std::string host_state(const Host& host) {
  std::string out(slurm::name(host.state));
  if (host.drain) out += "+drain";
  if (host.maintenance) out += "+maintenance";
  if (host.not_responding) out += "+not_responding";
  if (host.failing) out += "+failing";
  if (host.powered_down) out += "+powered_down";
  return out;
}

std::string worker_text(const Host& host, const std::vector<const StageView*>& jobs,
                        const std::string& cluster, const WorkerOptions& options) {
  const bool c = options.colour;
  auto out =
      fmt::format("Worker {}, host {}{}{}\n", worker_id(cluster, host.name),
                  colour(c, 35, host.name), host.usable() ? "" : colour(c, 31, " (disabled)"),
                  blacklisted(host, options) ? colour(c, 33, " (blacklisted)") : "");
  std::string tasks;
  for (const auto& [name, count] : task_counts(jobs))
    tasks += fmt::format("{}({}) ", colour(c, 34, name), colour(c, 36, std::to_string(count)));
  if (!tasks.empty()) out += fmt::format("\tTASK: {}\n", tasks);
  out += fmt::format("\tCPU:  [{}] {}/{} core(s) in use\n",
                     colour(c, 32, bar(host.cpus, host.cpus_used)), host.cpus_used, host.cpus);
  const auto used = memory_used(host);
  const auto percent = host.memory_bytes ? used * 100 / host.memory_bytes : 0;
  for (const auto name : {"RAM:  ", "VMEM: "})  // Slurm counts no swap
    out += fmt::format(
        "\t{}[{}] {}% {}/{}\n", name,
        colour(c, 32, bar(static_cast<double>(host.memory_bytes), static_cast<double>(used))),
        percent, size_text(used), size_text(host.memory_bytes));
  std::uint32_t total = 0, busy = 0;
  for (const auto& gpu : gpus(host)) total += gpu.total, busy += gpu.used;
  if (total > 0)
    out += fmt::format("\tGPU:  [{}] {:.0f}% {:.2f}/{} gpu(s) in use\n",
                       colour(c, 32, bar(total, busy)), busy * 100.0 / total,
                       static_cast<double>(busy), total);
  for (const auto& gpu : gpus(host))
    for (std::uint32_t i = 0; i < gpu.total; ++i)
      out += fmt::format("\tGPU: {}, {}used\n", gpu.model, i < gpu.used ? "" : "not ");
  if (options.all) {
    const auto group = groups(host);
    out += fmt::format("\tNODE: {}, group {}, Processing {}{}\n", host_state(host),
                       group.empty() ? "-" : group, jobs.size(),
                       host.reason.empty() ? "" : ", reason: " + host.reason);
  }
  return out;
}

struct Cluster {
  std::string name, tag;
  std::vector<StageView> jobs;
};

Cluster look(const Context& context, const settings::Settings& settings) {
  Cluster cluster;
  cluster.tag = settings.cluster_tag.empty() ? context.open_ledger(settings, true).id()
                                             : settings.cluster_tag;
  slurm::Watch watch;
  watch.poll();
  cluster.name = slurm::settings().cluster_name;
  cluster.jobs = stage_views(watch.jobs(), cluster.tag, std::time(nullptr));
  return cluster;
}

int jobs(const Context& context, const std::string& grep) {
  const auto cluster = look(context, context.settings());
  if (context.json)
    print(jobs_json(cluster.jobs, cluster.name, grep));
  else
    std::cout << jobs_text(cluster.jobs, cluster.name, grep, context.colour);
  return 0;
}

int workers(const Context& context, WorkerOptions options) {
  const auto settings = context.settings();
  const auto cluster = look(context, settings);
  options.blacklist = slurm::host_names(settings.automatic.blacklist);
  options.colour = context.colour;
  const auto hosts = slurm::hosts();
  if (context.json)
    print(workers_json(hosts, cluster.jobs, cluster.name, options));
  else
    std::cout << workers_text(hosts, cluster.jobs, cluster.name, options);
  return 0;
}

}  // namespace

std::vector<StageView> stage_views(const std::vector<slurm::JobState>& jobs, std::string_view tag,
                                   std::int64_t now_s) {
  std::vector<StageView> views;
  for (const auto& job : jobs) {
    const auto key = pledge::parse_key(job.name);
    if (!key || key->tag != tag || job.ended()) continue;
    StageView view{job.raw_id, key->sector.number, key->stage, "", state_text(job), -1};
    if (!job.nodes.empty()) view.node = job.nodes.front();
    const bool runs = job.state == slurm::State::running || job.state == slurm::State::suspended;
    const std::int64_t since = runs ? job.start_time : job.submit_time;
    if (since > 0) view.elapsed_ms = std::max<std::int64_t>(now_s - since, 0) * 1000;
    views.push_back(std::move(view));
  }
  std::stable_sort(views.begin(), views.end(), [](const StageView& a, const StageView& b) {
    const bool first = a.state == "running", second = b.state == "running";
    return first != second ? first : a.elapsed_ms > b.elapsed_ms;
  });
  return views;
}

std::string worker_id(std::string_view cluster, std::string_view node) {
  const auto text = fmt::format("sealyard worker\n{}\n{}", cluster, node);
  std::array<std::uint8_t, 16> id{};
  crypto_generichash(id.data(), id.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0f) | 0x80);  // version 8: made by the application
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);
  const auto hex = to_hex(id);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

std::string jobs_text(const std::vector<StageView>& jobs, const std::string& cluster,
                      const std::string& grep, bool coloured) {
  std::vector<std::vector<std::string>> rows{
      {"ID", "Sector", "Worker", "Hostname", "Task", "State", "Time"}};
  for (const auto& job : jobs) {
    if (!wanted(job, grep)) continue;
    const auto task = short_name(job.stage);
    rows.push_back({std::to_string(job.job), std::to_string(job.sector),
                    job.node.empty() ? "-" : worker_id(cluster, job.node).substr(0, 8),
                    job.node.empty() ? "-" : job.node, colour(coloured && task == "PC2", 32, task),
                    job.state, job.elapsed_ms < 0 ? "n/a" : duration_text(job.elapsed_ms)});
  }
  return aligned(rows);
}

Json jobs_json(const std::vector<StageView>& jobs, const std::string& cluster,
               const std::string& grep) {
  Json out = Json::array();
  for (const auto& job : jobs)
    if (wanted(job, grep))
      out.push_back({{"ID", job.job},
                     {"Sector", job.sector},
                     {"Worker", job.node.empty() ? Json() : Json(worker_id(cluster, job.node))},
                     {"Hostname", job.node},
                     {"Task", short_name(job.stage)},
                     {"State", job.state},
                     {"Time", job.elapsed_ms < 0 ? Json() : Json(job.elapsed_ms / 1000)}});
  return out;
}

std::string workers_text(const std::vector<Host>& hosts, const std::vector<StageView>& jobs,
                         const std::string& cluster, const WorkerOptions& options) {
  std::string out;
  for (const auto& host : hosts)
    if (const auto here = on(host, jobs); wanted(host, here, options))
      out += worker_text(host, here, cluster, options);
  return out;
}

Json workers_json(const std::vector<Host>& hosts, const std::vector<StageView>& jobs,
                  const std::string& cluster, const WorkerOptions& options) {
  Json out = Json::array();
  for (const auto& host : hosts) {
    const auto here = on(host, jobs);
    if (!wanted(host, here, options)) continue;
    Json one{{"Worker", worker_id(cluster, host.name)},
             {"Hostname", host.name},
             {"Enabled", host.usable()},
             {"Blacklisted", blacklisted(host, options)},
             {"State", host_state(host)},
             {"Reason", host.reason},
             {"Group", groups(host)},
             {"Processing", here.size()},
             {"Tasks", Json::object()},
             {"CPUs", host.cpus},
             {"CpuUse", host.cpus_used},
             {"MemPhysical", host.memory_bytes},
             {"MemUsed", memory_used(host)},
             {"GPUs", Json::array()}};
    for (const auto& [name, count] : task_counts(here)) one["Tasks"][name] = count;
    for (const auto& gpu : gpus(host))
      one["GPUs"].push_back({{"Model", gpu.model}, {"Count", gpu.total}, {"Used", gpu.used}});
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Command> sealing_commands() {
  return {
      {{"sealing", "jobs"},
       "list running jobs",
       "",
       [](CLI::App& app) {
         auto grep = std::make_shared<std::string>();
         auto done = std::make_shared<bool>(false);
         app.add_option("--grep", *grep, "only jobs with this text in host name, task or sector");
         app.add_flag("--show-ret-done", *done, "show returned but not consumed calls");
         return [=](const Context& context) { return jobs(context, *grep); };
       }},
      {{"sealing", "workers"},
       "list workers",
       "",
       [](CLI::App& app) {
         auto options = std::make_shared<WorkerOptions>();
         app.add_option("--grep", options->grep,
                        "only hosts with this text in host name, task or sector");
         app.add_flag("--all", options->all,
                      "hosts that take no jobs too, and state, group and Processing of each");
         return [options](const Context& context) { return workers(context, *options); };
       }},
  };
}

}  // namespace sealyard::cli
